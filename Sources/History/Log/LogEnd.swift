/// What an entry of kind `fork` says: a log ends for everybody at `last`, since two files went on with it beyond.
///
/// Its bytes are `{"last":n,"replica":"<hex>"}` in canonical JSON, so that whoever finds the same fork writes the same
/// entry. Of several entries that end one log the lowest `last` counts.
public struct LogEnd: Hashable, Sendable {
    public let replica: ReplicaID
    /// The last sequence number that is part of the log; 0 for none.
    public let last: Int64

    public init(replica: ReplicaID, last: Int64) {
        self.replica = replica
        self.last = last
    }

    public var bytes: [UInt8] {
        CanonicalValue.object(["last": .integer(last), "replica": .text(replica.hex)]).bytes
    }

    /// Reads an entry's bytes; `nil` for anything that ends no log.
    public init?(bytes: [UInt8]) {
        guard let members = try? CanonicalValue(canonical: bytes).object, let last = members["last"]?.integer,
            last >= 0,
            let replica = members["replica"]?.string.flatMap({ ReplicaID(hex: $0) })
        else { return nil }
        self.init(replica: replica, last: last)
    }
}
