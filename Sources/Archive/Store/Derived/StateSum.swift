import Crypto
import History
import Prose

/// The sum of all heads that the state hash is computed from: one head more or less changes it without reading the others.
///
/// It is LtHash (M. Bellare and D. Micciancio, 1997; K. Lewi et al., "Securing Update Propagation with Homomorphic Hashing",
/// 2019) with 1024 lanes of 16 bits: each element is expanded to 2048 bytes, and the lanes are added modulo 2¹⁶. The order in which
/// elements came and went leaves no trace.
public struct StateSum: Hashable, Sendable {
    static let byteCount = 2048
    private static let blockCount = byteCount / SHA256.byteCount

    private var lanes = [UInt16](repeating: 0, count: byteCount / 2)

    /// The sum of nothing.
    public init() {}

    /// A sum as it is stored: each lane in two bytes, the lower first. `nil` for any other length.
    init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        for index in lanes.indices { lanes[index] = UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8 }
    }

    var bytes: [UInt8] { lanes.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } }

    /// The state hash: SHA-256 of the sum's bytes.
    public var hash: String { Hex.encode(SHA256.hash(data: bytes)) }

    /// Adds a head of an item.
    public mutating func add(_ item: ItemID, _ head: RevisionID) {
        Self.forEachLane(item, head) { lanes[$0] &+= $1 }
    }

    /// Takes a head of an item away again.
    public mutating func subtract(_ item: ItemID, _ head: RevisionID) {
        Self.forEachLane(item, head) { lanes[$0] &-= $1 }
    }

    mutating func add(_ other: StateSum) {
        for index in lanes.indices { lanes[index] &+= other.lanes[index] }
    }

    /// Expands an element: the block b of its 64 is SHA-256(SHA-256(item ID ‖ head ID) ‖ b), b in one byte.
    private static func forEachLane(_ item: ItemID, _ head: RevisionID, _ body: (Int, UInt16) -> Void) {
        var seed = [UInt8](SHA256.hash(data: item.bytes + head.bytes)) + [0]
        for block in 0..<blockCount {
            seed[SHA256.byteCount] = UInt8(block)
            SHA256.hash(data: seed).withUnsafeBytes { bytes in
                for lane in 0..<SHA256.byteCount / 2 {
                    body(
                        block * SHA256.byteCount / 2 + lane,
                        UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * lane, as: UInt16.self)))
                }
            }
        }
    }
}
