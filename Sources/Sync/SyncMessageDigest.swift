import Archive
import Crypto

/// The digest of a vector that grows by one log at a time: the members' canonical bytes are kept, so that a step costs
/// one hash and no encoding.
package struct VectorDigester: Sendable {
    // Ascending by replica, which is also the order of the members in canonical JSON.
    private var members: [(replica: ReplicaID, bytes: [UInt8])] = []

    package init(_ vector: ArchiveVector = [:]) {
        members = vector.sorted { $0.key < $1.key }.map { ($0.key, Self.member($0.key, $0.value)) }
    }

    package mutating func set(_ replica: ReplicaID, to position: LogPosition) {
        let member = (replica: replica, bytes: Self.member(replica, position))
        let index = lowerBound(replica)
        if index < members.count, members[index].replica == replica {
            members[index] = member
        } else {
            members.insert(member, at: index)
        }
    }

    package var digest: VectorDigest {
        var hasher = SHA256()
        hasher.update(data: [UInt8(ascii: "{")])
        for (index, member) in members.enumerated() {
            if index > 0 { hasher.update(data: [UInt8(ascii: ",")]) }
            hasher.update(data: member.bytes)
        }
        hasher.update(data: [UInt8(ascii: "}")])
        return VectorDigest(bytes: Array(hasher.finalize().prefix(16)))!
    }

    private static func member(_ replica: ReplicaID, _ position: LogPosition) -> [UInt8] {
        Array("\"\(replica.hex)\":[\(position.sequence),\"\(position.chain.hex)\"]".utf8)
    }

    private func lowerBound(_ replica: ReplicaID) -> Int {
        var low = 0
        var high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle].replica < replica { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
