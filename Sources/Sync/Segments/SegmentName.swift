import Archive
import History
import Prose

/// The name that a segment is stored under: `log/<replica>/<first>-<last>-<chain>-<hash>`, numbers padded to 16 digits.
///
/// Names sort as their runs do, and a name tells the whole position after the run, so that listing a folder is enough
/// to know what it holds.
public struct SegmentName: Hashable, Sendable {
    /// The length of `file` in bytes.
    public static let fileLength = 16 + 1 + 16 + 1 + 64 + 1 + 64

    /// Whose log it is a run of.
    public let replica: ReplicaID
    /// The sequence numbers of the first and the last entry, both included.
    public let first: Int64
    public let last: Int64
    /// The chain after the last entry.
    public let chain: Chain
    /// SHA-256 of the payload.
    public let payloadHash: PayloadHash

    public init(replica: ReplicaID, first: Int64, last: Int64, chain: Chain, payloadHash: PayloadHash) {
        self.replica = replica
        self.first = first
        self.last = last
        self.chain = chain
        self.payloadHash = payloadHash
    }

    /// Reads the name of a file in a replica's folder; `nil` for anything but exactly what `file` writes.
    public init?(replica: ReplicaID, file: some StringProtocol) {
        self.init(replica: replica, file: Array(file.utf8)[...])
    }

    package init?(replica: ReplicaID, file bytes: ArraySlice<UInt8>) {
        let dash = UInt8(ascii: "-")
        let start = bytes.startIndex
        func part(_ range: Range<Int>) -> ArraySlice<UInt8> {
            bytes[start + range.lowerBound..<start + range.upperBound]
        }
        guard bytes.count == Self.fileLength, [16, 33, 98].allSatisfy({ bytes[start + $0] == dash }),
            let first = Self.number(part(0..<16)), let last = Self.number(part(17..<33)), first >= 1, last >= first,
            let chain = Hex.decode(part(34..<98)).flatMap({ Chain(bytes: $0) }),
            let hash = Hex.decode(part(99..<Self.fileLength)).flatMap({ PayloadHash(bytes: $0) })
        else { return nil }
        self.init(replica: replica, first: first, last: last, chain: chain, payloadHash: hash)
    }

    /// The file's name in the replica's folder.
    public var file: String { "\(Self.padded(first))-\(Self.padded(last))-\(chain.hex)-\(payloadHash.hex)" }

    /// The path below the archive's folder.
    public var path: String { "log/\(replica.hex)/\(file)" }

    /// Where the log stands after the last entry.
    public var end: LogPosition { LogPosition(sequence: last, chain: chain) }

    static func padded(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        // What canonical JSON can say, and no more.
        return value <= 1 << 53 ? value : nil
    }
}
