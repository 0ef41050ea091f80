import Archive
import History

/// What an archive holds, and how far it is synchronized.
package struct ArchiveStatus: Codable, Sendable {
    /// A hash of all that the archive shows, merged texts included. Left out unless it was asked for.
    @LeftOut package var viewHash: String?
    /// The archive's ID.
    package let archive: ArchiveID
    /// The ID of this replica.
    package let replica: ReplicaID
    /// What this replica holds: how far each replica's log is here.
    package let vector: RevisionVector
    /// A hash of all items and their heads: equal where two replicas hold the same.
    package let stateHash: String
    /// How many essays there are, without deleted ones.
    package let essays: Int
    /// How many versions of essays there are, with those of deleted ones.
    package let versions: Int
    /// How many annotations there are, replies included, without deleted ones.
    package let annotations: Int
    /// How many items of any kind are in conflict.
    package let conflicts: Int
    /// How many files, or other sources, essays were imported from.
    package let sources: Int
    /// How many essays are deleted.
    package let deleted: Int
    /// The archive's file, as it was named.
    package let path: String
    /// The version of the system's SQLite.
    package let sqlite: String
    /// Whether that has the fix of the WAL-reset bug.
    package let sqliteHasWALResetFix: Bool
    /// The remotes.
    package let remotes: [RemoteStatus]
    /// Edits that were not finished, the oldest first.
    package let edits: [PendingEdit]

    /// - Parameters:
    ///   - viewHash: if it was asked for.
    ///   - path: the archive's file.
    package init(_ reader: ArchiveReader, viewHash: String?, path: String, edits: [PendingEdit]) throws {
        let counts = try reader.counts()
        self.viewHash = viewHash
        archive = try reader.archiveID
        replica = try reader.replicaID
        vector = RevisionVector(try reader.vector().mapValues(\.sequence))
        stateHash = try reader.stateHash()
        essays = counts.essays
        versions = counts.versions
        annotations = counts.annotations
        conflicts = counts.conflicts
        sources = counts.sources
        deleted = counts.deleted
        self.path = path
        sqlite = SQLiteLibrary.version
        sqliteHasWALResetFix = SQLiteLibrary.hasWALResetFix
        remotes = try reader.remotes().map { try RemoteStatus($0, unsent: reader.unsent(to: $0)) }
        self.edits = edits
    }
}
