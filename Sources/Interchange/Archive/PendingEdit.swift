import Prose

/// What an edit is of.
package enum EditKind: String, Codable, CaseIterable, Sendable {
    case essay, new, note, conflict, passage
}

/// An edit that was neither saved nor given up.
package struct PendingEdit: Codable, Sendable {
    /// What it is of: an essay, a new essay, the note of an annotation, a whole conflict, or one passage of a conflict.
    package let kind: EditKind
    /// The ID of the essay or annotation; `null` for a new essay.
    package let id: String?
    /// The essay's title, or the one that a new essay is to get; `null` for an annotation.
    package let title: String?
    /// The file with the text.
    package let file: String
    /// A file from which the editor itself recovers what was not written; `null` if there is none.
    package let recovery: String?
    /// The IDs of the revisions that the text was made from.
    package let base: [String]
    /// When the text was last written.
    package let modified: Timestamp

    package init(
        kind: EditKind, id: String?, title: String?, file: String, recovery: String?, base: [String],
        modified: Timestamp
    ) {
        self.kind = kind
        self.id = id
        self.title = title
        self.file = file
        self.recovery = recovery
        self.base = base
        self.modified = modified
    }
}
