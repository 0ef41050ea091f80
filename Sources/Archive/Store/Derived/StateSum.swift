import Crypto
import Foundation
import History
import Prose

/// The sum of all heads that the state hash is computed from: one head more or less changes it without reading the others.
///
/// It is LtHash (M. Bellare and D. Micciancio, 1997; K. Lewi et al., "Securing Update Propagation with Homomorphic Hashing",
/// 2019) with 1024 lanes of 16 bits: each element is expanded to 2048 bytes, and the lanes are added modulo 2¹⁶. The order in which
/// elements came and went leaves no trace.
public struct StateSum: Hashable, Sendable {
    static let byteCount = 2048

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
        combine(item, head) { $0 &+= $1 }
    }

    /// Takes a head of an item away again.
    public mutating func subtract(_ item: ItemID, _ head: RevisionID) {
        combine(item, head) { $0 &-= $1 }
    }

    mutating func add(_ other: StateSum) {
        for index in lanes.indices { lanes[index] &+= other.lanes[index] }
    }

    private mutating func combine(_ item: ItemID, _ head: RevisionID, _ change: (inout UInt16, UInt16) -> Void) {
        let element = Self.expanded(item, head)
        element.withUnsafeBytes { bytes in
            for index in lanes.indices {
                change(
                    &lanes[index],
                    UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)))
            }
        }
    }

    private static let zeros = [UInt8](repeating: 0, count: byteCount)
    private static let nonce = try! ChaChaPoly.Nonce(data: zeros.prefix(12))

    /// Expands an element: the key stream of ChaCha20 (RFC 8439) with the key SHA-256(item ID ‖ head ID), a nonce of zeros, and the
    /// block counter from 1.
    private static func expanded(_ item: ItemID, _ head: RevisionID) -> Data {
        let key = SymmetricKey(data: SHA256.hash(data: item.bytes + head.bytes))
        // Sealing throws for texts and nonces of other lengths only. What it encrypts zeros to is the key stream.
        return try! ChaChaPoly.seal(zeros, using: key, nonce: nonce).ciphertext
    }
}
