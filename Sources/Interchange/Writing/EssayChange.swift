import History

/// A version that was written, or that nothing had to be.
package struct EssayChange: Codable, Sendable {
    /// The ID of the essay, or of the annotation.
    package let id: ItemID
    /// The title of what was written; `""` of an annotation.
    package let title: String
    /// The ID of the revision that was written; `null` if nothing changed.
    package let revision: RevisionID?
    /// The number of the version that was written; `null` if nothing changed.
    package let version: Int?
    /// Whether something was written.
    package let changed: Bool
    /// Whether the essay, or the annotation, is in conflict now.
    package let conflict: Bool

    /// - Parameters:
    ///   - state: as it is now.
    ///   - revision: what was written.
    package init(_ state: ItemState, revision: RevisionID?) {
        id = state.item
        // In a conflict, another side may be the one that is shown.
        title = (revision.flatMap { state.history[$0] }?.fields ?? state.fields)[string: FieldKey.title] ?? ""
        self.revision = revision
        version = revision.flatMap { state.history.version(of: $0) }
        changed = revision != nil
        conflict = state.isConflict
    }
}

/// A version that was written with a text made from certain others.
package typealias EditedEssay = Joined<EssayChange, EditBasis>

/// What an edited text was made from.
package struct EditBasis: Codable, Sendable {
    /// The IDs of the revisions that the text was taken to be made from.
    package let base: [RevisionID]
    /// The IDs of revisions that are not in these, and merge with what was written.
    package let beside: [RevisionID]

    package init(base: [RevisionID], beside: [RevisionID]) {
        self.base = base
        self.beside = beside
    }
}
