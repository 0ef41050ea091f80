import History

/// What a sync would do.
package struct SyncOutlook: Codable, Sendable {
    /// The remote's name.
    package let remote: String
    /// How many log entries would be sent.
    package let toSend: Int
    /// How many log entries would come.
    package let toReceive: Int
    /// The replica IDs that two files used, which a sync repairs.
    package let differing: [ReplicaID]

    package init(remote: String, toSend: Int, toReceive: Int, differing: [ReplicaID]) {
        self.remote = remote
        self.toSend = toSend
        self.toReceive = toReceive
        self.differing = differing
    }
}
