import Archive
import History
import Prose

public enum PayloadSubject {}

/// SHA-256 of a segment's payload, as it is stored and sent.
public typealias PayloadHash = Digest<PayloadSubject>

/// The first line of a segment: which run of which log the payload holds, and how to know that it arrived whole.
///
/// Identity is the chain, which covers the entries; `payloadHash` covers their present encoding and guards storage and
/// transport alone, so that any replica may write the same entries anew.
public struct SegmentHeader: Hashable, Sendable {
    /// A payload aims at this many bytes at most.
    public static let targetPayload = 8 << 20
    static let format: Int64 = 1

    /// The archive that the log is of.
    public let archive: ArchiveID
    /// The replica whose log this is a run of; not necessarily the one that wrote the segment.
    public let replica: ReplicaID
    /// The sequence numbers of the first and the last entry, both included. `1 ≤ first ≤ last`.
    public let first: Int64
    public let last: Int64
    /// The chain before the first entry.
    public let previous: Chain
    /// The chain after the last entry.
    public let chain: Chain
    /// How the payload is packed. Only who opens it needs to know the codec.
    public let codec: String
    /// The payload's length in bytes.
    public let length: Int
    /// SHA-256 of the payload.
    public let payloadHash: PayloadHash
    /// The whole line with its line feed: it may have keys that this version does not know, which are kept.
    private let line: [UInt8]

    /// The header for a payload. The caller vouches for `1 ≤ first ≤ last` and for the chains.
    public init(
        archive: ArchiveID, replica: ReplicaID, first: Int64, last: Int64, previous: Chain, chain: Chain,
        payload: [UInt8], codec: String = ZstdCodec().name
    ) {
        self.archive = archive
        self.replica = replica
        self.first = first
        self.last = last
        self.previous = previous
        self.chain = chain
        self.codec = codec
        length = payload.count
        payloadHash = PayloadHash(hashing: payload)
        let fields: [ExactString: CanonicalValue] = [
            "archive": .text(archive.hex), "chain": .text(chain.hex), "codec": .text(codec), "first": .integer(first),
            "format": .integer(Self.format), "last": .integer(last), "length": .integer(Int64(length)),
            "previous": .text(previous.hex), "replica": .text(replica.hex), "sha256": .text(payloadHash.hex),
        ]
        line = CanonicalValue.object(fields).bytes + [UInt8(ascii: "\n")]
    }

    /// Why whoever does not know its codec cannot open it.
    var laterFormat: MalformedMessage {
        MalformedMessage("a segment has a codec, \(codec), that this version cannot read", isOfLaterFormat: true)
    }

    /// The name that the segment is stored under.
    public var name: SegmentName {
        SegmentName(replica: replica, first: first, last: last, chain: chain, payloadHash: payloadHash)
    }

    /// Where the log stands before the first entry and after the last.
    public var start: LogPosition { LogPosition(sequence: first - 1, chain: previous) }
    public var end: LogPosition { LogPosition(sequence: last, chain: chain) }

    /// The header line: canonical JSON and a line feed.
    public func encode() -> [UInt8] { line }

    /// Reads a header line, without or with its line feed.
    /// Keys that this version does not know are kept.
    /// - Throws: `MalformedMessage` that names the key and what is wrong with it.
    public init(line: some Collection<UInt8>) throws(MalformedMessage) {
        var bytes = Array(line)
        if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        guard bytes.count <= SegmentLimits.line else {
            throw MalformedMessage("a segment header is longer than \(SegmentLimits.line) bytes", isTooLarge: true)
        }
        self.line = bytes
        let members = try MessageObject(line: line, of: "segment header")
        guard try members.integer("format") == Self.format else {
            throw MalformedMessage("a segment is of a format that this version cannot read", isOfLaterFormat: true)
        }
        codec = try members.text("codec")
        archive = try members.required("archive") { ArchiveID(hex: $0) }
        replica = try members.required("replica") { ReplicaID(hex: $0) }
        previous = try members.required("previous") { Chain(hex: $0) }
        chain = try members.required("chain") { Chain(hex: $0) }
        payloadHash = try members.required("sha256") { PayloadHash(hex: $0) }
        first = try members.integer("first")
        last = try members.integer("last")
        let length = try members.integer("length")
        guard first >= 1, last >= first else { throw members.error("'first' and 'last' are not 1 ≤ first ≤ last") }
        guard (first == 1) == (previous == .empty) else {
            throw members.error("'previous' is zero if and only if 'first' is 1")
        }
        guard length >= 1 else { throw members.error("'length' is not positive") }
        guard length <= Int64(SegmentLimits.payload) else {
            throw MalformedMessage(
                "a segment's payload is longer than \(SegmentLimits.payload) bytes", isTooLarge: true)
        }
        guard last - first < Int64(SegmentLimits.entries) else {
            throw MalformedMessage("a segment has more than \(SegmentLimits.entries) entries", isTooLarge: true)
        }
        self.length = Int(length)
    }
}
