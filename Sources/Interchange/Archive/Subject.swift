import Archive
import History

/// What is damaged: a version of an essay, an annotation, or an original.
package struct Subject: Codable, Sendable {
    /// `essay`, `annotation` or `source`; `null` if not even that can be read.
    package let kind: ItemKind?
    /// The ID of the essay, annotation or source.
    package let id: ItemID
    /// An essay's title or an original's file name; `""` of anything else.
    package let title: String
    /// The number of the essay's version; `null` of anything else.
    package let version: Int?
    /// The ID of the damaged revision.
    package let revision: RevisionID

    package init(_ item: DamagedItem) {
        kind = item.kind
        id = item.item
        title = item.title
        version = item.version
        revision = item.revision
    }
}
