import History

/// A new, empty archive.
package struct NewArchive: Codable, Sendable {
    /// The archive's ID, the same on all its replicas.
    package let archive: ArchiveID
    /// The ID of this replica.
    package let replica: ReplicaID
    /// The archive's file, as it was named.
    package let path: String

    package init(archive: ArchiveID, replica: ReplicaID, path: String) {
        self.archive = archive
        self.replica = replica
        self.path = path
    }
}
