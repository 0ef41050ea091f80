import Archive
import History
import Prose

/// An annotation, and where its passage is now.
package struct ListedAnnotation: Codable, Sendable {
    /// The annotation's ID.
    package let id: ItemID
    /// The ID of the essay that it is on.
    package let essay: ItemID
    /// What became of its passage: `review` asks a person to look at it, and of an `orphan` the passage is gone.
    package let state: AnchorState
    /// Where the passage begins, in code points of the text as it is now; `null` for an orphan.
    package let start: Int?
    /// Where the passage ends, in code points of the text as it is now; `null` for an orphan.
    package let end: Int?
    /// The passage as it was when it was annotated.
    package let quote: String
    /// The path of the section that it is in now; of an orphan, of the one that it was in then; `null` for none.
    package let section: String?
    /// The note; `""` if there is none.
    package let body: String
    /// Its tags.
    package let tags: [String]
    /// The number of the essay's version that it was made on; `null` if that is not here, or another program did not say it.
    package let version: Int?
    /// The ID of the essay's revision that it was made on; `null` if another program did not say it.
    package let revision: RevisionID?
    /// Its colour; `null` if it has none.
    package let colour: String?
    /// Who made it; `null` if that is not known.
    package let author: String?
    /// The ID of the annotation that it answers; `null` if it answers none.
    package let replyTo: ItemID?
    /// Whether the annotation itself is in conflict.
    package let conflict: Bool
    /// When it was last changed.
    package let modified: Timestamp
    /// Whether it is deleted.
    package let deleted: Bool

    package init(_ placed: PlacedAnnotation) {
        let annotation = placed.annotation
        id = annotation.id
        essay = annotation.essay
        state = placed.state
        start = placed.range?.lowerBound
        end = placed.range?.upperBound
        quote = annotation.quote
        section = placed.range == nil ? annotation.section : placed.section
        body = annotation.body
        tags = annotation.tags.map(\.string)
        version = placed.version
        revision = annotation.version
        colour = annotation.colour
        author = annotation.author
        replyTo = annotation.replyTo
        conflict = annotation.isConflict
        modified = annotation.modified
        deleted = annotation.isDeleted
    }
}
