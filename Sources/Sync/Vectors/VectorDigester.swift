import Archive
import Crypto
import History

/// The digest of a vector that grows by one log at a time, at the cost of some hashes a step however many logs there are.
///
/// The logs are the leaves of a tree (a binary trie of their replica IDs), and each node has a hash (Merkle, "A Digital Signature
/// Based on a Conventional Encryption Function", 1987). `VectorTree` says which.
package struct VectorDigester: Sendable {
    private indirect enum Node: Sendable {
        case leaf(ReplicaID, VectorTree.Hash)
        case branch(Node?, Node?, VectorTree.Hash)

        var hash: VectorTree.Hash {
            switch self {
            case .leaf(_, let hash), .branch(_, _, let hash): hash
            }
        }

        static func branch(_ left: Node?, _ right: Node?) -> Node {
            .branch(left, right, VectorTree.join(left?.hash ?? VectorTree.empty, right?.hash ?? VectorTree.empty))
        }
    }

    private var root: Node?

    package init(_ vector: ArchiveVector = [:]) {
        for (replica, position) in vector { set(replica, to: position) }
    }

    package mutating func set(_ replica: ReplicaID, to position: LogPosition) {
        root = Self.inserting(replica, VectorTree.leaf(replica, position), into: root, depth: 0)
    }

    package var digest: VectorDigest { VectorTree.digest(root?.hash ?? VectorTree.empty) }

    private static func inserting(_ replica: ReplicaID, _ hash: VectorTree.Hash, into node: Node?, depth: Int) -> Node {
        switch node {
        case nil: return .leaf(replica, hash)
        case .leaf(replica, _): return .leaf(replica, hash)
        case .leaf(let other, _):
            // The other goes one level down, and perhaps further when this one is inserted beside it.
            let branch: Node = other.bit(depth) ? .branch(nil, node, hash) : .branch(node, nil, hash)
            return inserting(replica, hash, into: branch, depth: depth)
        case .branch(let left, let right, _):
            if replica.bit(depth) { return .branch(left, inserting(replica, hash, into: right, depth: depth + 1)) }
            return .branch(inserting(replica, hash, into: left, depth: depth + 1), right)
        }
    }
}

/// The hashes of the tree that a vector is:
///
/// - of no log, SHA-256 of nothing;
/// - of one log, SHA-256 of its replica ID, its sequence number as 8 bytes, the highest first, and its chain: 56 bytes;
/// - of more, at depth d, SHA-256 of the hash of those whose replica IDs have bit d 0, and of those that have it 1: 64 bytes.
///   The root has depth 0, and bit 0 is the highest of an ID's first byte.
///
/// The digest is the first 16 bytes of the root's hash.
enum VectorTree {
    /// 32 bytes as they lie in memory.
    typealias Hash = SIMD4<UInt64>

    static let empty = hash(UnsafeRawBufferPointer(start: nil, count: 0))

    static func leaf(_ replica: ReplicaID, _ position: LogPosition) -> Hash {
        let sequence = UInt64(position.sequence)
        let bytes =
            replica.bytes + (0..<8).map { UInt8(truncatingIfNeeded: sequence >> (56 - 8 * UInt64($0))) }
            + position.chain.bytes
        return bytes.withUnsafeBytes { hash($0) }
    }

    static func join(_ left: Hash, _ right: Hash) -> Hash {
        withUnsafeBytes(of: (left, right)) { hash($0) }
    }

    static func digest(_ root: Hash) -> VectorDigest {
        withUnsafeBytes(of: root) { VectorDigest(bytes: $0.prefix(16))! }
    }

    /// Of a whole vector at once.
    static func digest(_ vector: ArchiveVector) -> VectorDigest {
        let logs = vector.sorted { $0.key < $1.key }.map { (replica: $0.key, hash: leaf($0.key, $0.value)) }
        return digest(root(logs[...], depth: 0))
    }

    private static func root(_ logs: ArraySlice<(replica: ReplicaID, hash: Hash)>, depth: Int) -> Hash {
        guard logs.count > 1 else { return logs.first?.hash ?? empty }
        // Ascending: those with the bit 0 come first.
        var (low, high) = (logs.startIndex, logs.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if logs[middle].replica.bit(depth) { high = middle } else { low = middle + 1 }
        }
        return join(root(logs[..<low], depth: depth + 1), root(logs[low...], depth: depth + 1))
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Hash {
        SHA256.hash(data: bytes).withUnsafeBytes { $0.loadUnaligned(as: Hash.self) }
    }
}
