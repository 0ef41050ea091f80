/// A run of one replica's log, as it is stored and sent: a header line, then the payload, a zstd frame of log entries.
public struct LogSegment: Hashable, Sendable {
    /// The first line.
    public let header: SegmentHeader
    /// The entries, packed.
    public let payload: [UInt8]

    /// The caller vouches for the payload being the one the header describes; `isIntact` checks it.
    public init(header: SegmentHeader, payload: [UInt8]) {
        self.header = header
        self.payload = payload
    }

    /// Whether the payload has the length and the hash that the header says. One pass of SHA-256.
    public var isIntact: Bool { payload.count == header.length && PayloadHash(hashing: payload) == header.payloadHash }

    /// The stored and sent form.
    public var bytes: [UInt8] { header.encode() + payload }
}
