import Archive
import History

/// A new replica that was made from a backup.
package struct RestoredArchive: Codable, Sendable {
    /// The new archive's file.
    package let path: String
    /// Its own new replica ID.
    package let replica: ReplicaID
    /// A hash of all items and their heads in it.
    package let stateHash: String
    /// How many essays are in it, without deleted ones.
    package let essays: Int
    /// How many versions of essays are in it, with those of deleted ones.
    package let versions: Int
    /// How many annotations are in it, replies included, without deleted ones.
    package let annotations: Int

    /// - Parameter path: the new archive's file.
    package init(_ reader: ArchiveReader, path: String) throws {
        let counts = try reader.counts()
        self.path = path
        replica = try reader.replicaID
        stateHash = try reader.stateHash()
        essays = counts.essays
        versions = counts.versions
        annotations = counts.annotations
    }
}
