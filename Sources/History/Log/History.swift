import Prose

/// All revisions of one item that are held, and what follows from them: heads, order, vectors, merge bases.
///
/// Invariants: the parents of every node are nodes; the graph has one root and no cycle (a revision's ID covers its
/// parents' IDs).
public struct History: Sendable {
    public struct Node: Sendable {
        public let revision: Revision
        /// Where the revision stands in replicas' logs.
        public var dots: [ReplicaID: Int64]
        /// When it was first logged anywhere.
        public var recorded: Timestamp

        public init(revision: Revision, dots: [ReplicaID: Int64], recorded: Timestamp) {
            self.revision = revision
            self.dots = dots
            self.recorded = recorded
        }
    }

    public let item: ItemID
    public let nodes: [RevisionID: Node]
    /// The revisions by (longest path from the root, ID): parents before children, the same on every replica.
    /// A revision's version number is its place in this order, from 1.
    public let order: [RevisionID]
    /// The revisions that no other names as a parent, ascending.
    public let heads: [RevisionID]
    private let vectors: [RevisionID: RevisionVector]

    public init(item: ItemID, nodes: [RevisionID: Node]) {
        self.item = item
        self.nodes = nodes
        let depths = Self.depths(nodes)
        order = nodes.keys.sorted { (depths[$0]!, $0) < (depths[$1]!, $1) }
        let replaced = Set(nodes.values.flatMap(\.revision.parents))
        heads = nodes.keys.filter { !replaced.contains($0) }.sorted()
        var vectors: [RevisionID: RevisionVector] = [:]
        for id in order {
            let node = nodes[id]!
            vectors[id] = node.revision.parents.reduce(RevisionVector(node.dots)) { $0.join(vectors[$1]!) }
        }
        self.vectors = vectors
    }

    public subscript(id: RevisionID) -> Revision? { nodes[id]?.revision }

    /// The join of all dots that log the revision or its ancestors.
    public func vector(of id: RevisionID) -> RevisionVector { vectors[id] ?? RevisionVector() }

    /// The version number, from 1; `nil` for a revision of another item.
    public func version(of id: RevisionID) -> Int? { order.firstIndex(of: id).map { $0 + 1 } }

    /// When the heads were written, or first logged: the latest of these. A clock that was wrong once counts until it is replaced.
    public var modified: Timestamp { heads.map { nodes[$0]!.revision.written ?? nodes[$0]!.recorded }.max()! }

    /// How two revisions stand to each other. Incomparable vectors prove them concurrent; a vector that is ≤ another is
    /// confirmed by the parents, since one replica can branch by itself.
    public func relation(_ left: RevisionID, _ right: RevisionID) -> RevisionVector.Order {
        if left == right { return .equal }
        if vector(of: left).compare(vector(of: right)) == .concurrent { return .concurrent }
        if ancestors(of: right).contains(left) { return .before }
        return ancestors(of: left).contains(right) ? .after : .concurrent
    }

    /// The revision itself and everything it descends from.
    public func ancestors(of id: RevisionID) -> Set<RevisionID> {
        var seen: Set<RevisionID> = [id]
        var open = [id]
        while let next = open.popLast() {
            for parent in nodes[next]?.revision.parents ?? [] where seen.insert(parent).inserted { open.append(parent) }
        }
        return seen
    }

    /// The history as whoever saw these heads and no others knew it.
    public func known(to heads: [RevisionID]) -> History {
        let seen = ancestors(of: heads)
        return History(item: item, nodes: nodes.filter { seen.contains($0.key) })
    }

    /// What whoever saw these heads and no others does not know: in order.
    public func unknown(to heads: [RevisionID]) -> [RevisionID] {
        let seen = ancestors(of: heads)
        return order.filter { !seen.contains($0) }
    }

    /// The revision that holds a merge of just these revisions and says nothing else; `nil` if none was written.
    package func writtenMerge(of heads: [RevisionID]) -> RevisionID? {
        guard heads.count > 1 else { return nil }
        return order.first { nodes[$0]!.revision.merge != nil && Set(nodes[$0]!.revision.parents) == Set(heads) }
    }

    private func ancestors(of heads: [RevisionID]) -> Set<RevisionID> {
        heads.reduce(into: []) { $0.formUnion(ancestors(of: $1)) }
    }

    /// The maximal common ancestors of some revisions, ascending.
    public func mergeBases(of revisions: [RevisionID]) -> [RevisionID] {
        guard let first = revisions.first else { return [] }
        return maximal(revisions.dropFirst().reduce(ancestors(of: first)) { $0.intersection(ancestors(of: $1)) })
    }

    /// Those of a set of revisions, closed under parents, that are no ancestor of another; ascending.
    func maximal(_ revisions: Set<RevisionID>) -> [RevisionID] {
        // An ancestor of one of the set is a parent of one.
        let covered = revisions.reduce(into: Set<RevisionID>()) { $0.formUnion(nodes[$1]!.revision.parents) }
        return revisions.subtracting(covered).sorted()
    }

    private static func depths(_ nodes: [RevisionID: Node]) -> [RevisionID: Int] {
        var depths: [RevisionID: Int] = [:]
        for start in nodes.keys {
            var open = [start]
            while let id = open.last {
                let parents = nodes[id]?.revision.parents ?? []
                let unknown = parents.filter { depths[$0] == nil }
                if unknown.isEmpty {
                    depths[id] = parents.reduce(0) { max($0, depths[$1]! + 1) }
                    open.removeLast()
                } else {
                    open.append(contentsOf: unknown)
                }
            }
        }
        return depths
    }
}
