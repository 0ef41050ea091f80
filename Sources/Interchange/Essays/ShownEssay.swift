import History
import Prose

/// An essay with the text of one version, or of the merge that is shown.
package struct ShownEssay: Codable, Sendable {
    /// The essay's ID.
    package let id: ItemID
    /// The title of what is shown; `null` if it has none.
    package let title: String?
    /// The text of the version that was asked for, else the current one, merged; in a conflict that of `revision`.
    package let text: String
    /// The number of the version; `null` for a clean merge that nobody has written yet.
    package let version: Int?
    /// The ID of its revision; `null` for such a merge.
    package let revision: RevisionID?
    /// What a text made from this one is to name as its base.
    package let base: [RevisionID]
    /// The revision's vector; of a merge, that of all its heads.
    package let vector: RevisionVector
    /// Whether the essay is in conflict now.
    package let conflict: Bool
    /// The heads of the essay now: the revisions that no other was made from.
    package let heads: [RevisionID]
    /// Whether the essay is deleted now.
    package let deleted: Bool
    /// The fields of what is shown. One that is not set is left out.
    package let fields: FieldMembers

    /// - Parameters:
    ///   - revision: what is shown; `nil` for a clean merge.
    ///   - base: what a text made from this one is made from.
    package init(_ state: ItemState, revision: RevisionID?, fields: Fields, text: [UInt8], base: [RevisionID]) {
        id = state.item
        title = fields[string: FieldKey.title]
        self.text = String(decoding: text, as: UTF8.self)
        version = revision.flatMap { state.history.version(of: $0) }
        self.revision = revision
        self.base = base
        vector =
            revision.map { state.history.vector(of: $0) }
            ?? state.heads.reduce(RevisionVector()) { $0.join(state.history.vector(of: $1)) }
        conflict = state.isConflict
        heads = state.heads
        deleted = state.isDeleted
        self.fields = FieldMembers(fields)
    }
}
