import History
import Prose

/// A version of an essay.
package struct EssayVersion: Codable, Sendable {
    /// Its number, from 1. It may change when versions come from another machine.
    package let version: Int
    /// The ID of its revision, which never changes.
    package let id: RevisionID
    /// The revisions that it was made from.
    package let parents: [RevisionID]
    /// Its vector.
    package let vector: RevisionVector
    /// Who made it; `null` if an import or a merge did.
    package let author: String?
    /// When it was written; `null` if an import or a merge made it.
    package let written: Timestamp?
    /// When a log first took it, here or on another machine.
    package let recorded: Timestamp
    /// The length of its text in bytes of UTF-8; `null` if the text is missing, or so damaged that this is not known.
    package let bytes: Int?
    /// Its title; `null` if it has none.
    package let title: String?
    /// Whether the version is a deletion.
    package let deleted: Bool
    /// What it has that none of its parents had: `text`, names of fields, `deletion`, `undeletion`; nothing of the first version.
    package let changes: [String]
    /// Whether no version was made from it.
    package let head: Bool
    /// Whether it is the one that is shown.
    package let current: Bool

    /// - Parameters:
    ///   - bytes: of its text; `nil` if that cannot be read.
    ///   - current: the revision that is shown.
    package init(
        _ id: RevisionID, version: Int, in history: History, bytes: Int?, changes: [String], current: RevisionID?
    ) {
        let node = history.nodes[id]!
        self.version = version
        self.id = id
        parents = node.revision.parents
        vector = history.vector(of: id)
        author = node.revision.author?.string
        written = node.revision.written
        recorded = node.recorded
        self.bytes = bytes
        title = node.revision.fields[string: FieldKey.title]
        deleted = node.revision.isTombstone
        self.changes = changes
        head = history.heads.contains(id)
        self.current = id == current
    }
}
