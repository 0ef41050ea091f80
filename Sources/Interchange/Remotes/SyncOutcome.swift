import History

/// What a sync did.
package struct SyncOutcome: Codable, Sendable {
    /// How many log entries the remote took.
    package let pushed: Int
    /// How many log entries came here.
    package let pulled: Int
    /// How many items this run left merged cleanly from several heads.
    package let merged: Int
    /// How many items are in conflict now, whenever that came about.
    package let conflicts: Int
    /// How many requests were made.
    package let requests: Int
    /// How many bytes were sent, with HTTP headers; to a folder, those of files.
    package let sentBytes: Int
    /// How many bytes came, with HTTP headers; of a folder, those of files and of names listed.
    package let receivedBytes: Int
    /// Whether the remote lacks something that it promises, or holds what cannot be used.
    package let incomplete: Bool
    /// What a person should know.
    package let notes: [String]
    /// Essays that were here and that this run deleted, as another machine had.
    package let deleted: [DeletedEssay]
    /// Why the remote took nothing, for people; what it has came all the same. `null` if it refused nothing.
    package let refused: String?
    /// How many texts are missing or damaged in this archive, which its log asks others for.
    package let lacking: Int
    /// How many texts and entries are damaged here and were not sent.
    package let damaged: Int

    package init(
        pushed: Int, pulled: Int, merged: Int, conflicts: Int, requests: Int, sentBytes: Int, receivedBytes: Int,
        incomplete: Bool, notes: [String], deleted: [DeletedEssay], refused: String?, lacking: Int, damaged: Int
    ) {
        self.pushed = pushed
        self.pulled = pulled
        self.merged = merged
        self.conflicts = conflicts
        self.requests = requests
        self.sentBytes = sentBytes
        self.receivedBytes = receivedBytes
        self.incomplete = incomplete
        self.notes = notes
        self.deleted = deleted
        self.refused = refused
        self.lacking = lacking
        self.damaged = damaged
    }
}

/// An essay that was deleted.
package struct DeletedEssay: Codable, Sendable {
    /// The essay's ID.
    package let id: ItemID
    /// Its title.
    package let title: String

    package init(id: ItemID, title: String) {
        self.id = id
        self.title = title
    }
}
