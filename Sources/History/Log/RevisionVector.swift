/// Replica → the highest sequence number that a revision and its ancestors bear in that replica's log.
///
/// A version vector in the sense of Parker et al., "Detection of Mutual Inconsistency in Distributed Systems" (1983):
/// joins form a lattice, and two vectors of which neither is ≤ the other prove concurrent revisions.
public struct RevisionVector: Hashable, Sendable {
    /// Never holds a zero: a replica that contributed nothing is absent.
    public private(set) var sequences: [ReplicaID: Int64]

    public init(_ sequences: [ReplicaID: Int64] = [:]) {
        self.sequences = sequences.filter { $0.value > 0 }
    }

    /// How two vectors stand to each other.
    public enum Order: Sendable { case equal, before, after, concurrent }

    /// The sequence number of a replica; 0 for one that contributed nothing.
    public subscript(replica: ReplicaID) -> Int64 { sequences[replica] ?? 0 }

    public func compare(_ other: RevisionVector) -> Order {
        let isBehind = other.sequences.contains { self[$0.key] < $0.value }
        let isAhead = sequences.contains { other[$0.key] < $0.value }
        return switch (isBehind, isAhead) {
        case (false, false): .equal
        case (true, false): .before
        case (false, true): .after
        case (true, true): .concurrent
        }
    }

    /// The least vector that is ≥ both.
    public func join(_ other: RevisionVector) -> RevisionVector {
        var result = self
        for (replica, sequence) in other.sequences { result.witness(replica, sequence) }
        return result
    }

    /// Raises one replica's number to `sequence`, if it is lower.
    public mutating func witness(_ replica: ReplicaID, _ sequence: Int64) {
        if sequence > self[replica] { sequences[replica] = sequence }
    }
}
