/// Which sides of a merge are closest kin, and what they have in common.
struct MergeSides {
    /// A head, or several that merged cleanly.
    struct Side {
        /// Ascending.
        let revisions: [RevisionID]
        /// They themselves and everything they descend from.
        let ancestors: Set<RevisionID>

        init(_ revision: RevisionID, in history: History) {
            revisions = [revision]
            ancestors = history.ancestors(of: revision)
        }

        /// The side that a clean merge of `sides` is.
        init(joining sides: [Side]) {
            revisions = sides.flatMap(\.revisions).sorted()
            ancestors = sides.reduce(into: []) { $0.formUnion($1.ancestors) }
        }
    }

    let history: History

    /// The maximal common ancestors of some sides, ascending.
    func bases(of sides: [Side]) -> [RevisionID] { history.maximal(common(sides)) }

    private func common(_ sides: [Side]) -> Set<RevisionID> {
        sides.dropFirst().reduce(sides.first?.ancestors ?? []) { $0.intersection($1.ancestors) }
    }

    /// Those sides, by their places, of which any two have the same common ancestors, and more than with the others; and
    /// the others. The choice depends on the set of sides alone.
    func closest(_ sides: [Side]) -> (kin: [Int], others: [Int]) {
        var kin = Array(sides.indices)
        while kin.count > 2 {
            // What some two share and not all: the deepest of it tells the closer kin.
            let shared = common(kin.map { sides[$0] })
            var counts: [RevisionID: Int] = [:]
            for side in kin {
                for ancestor in sides[side].ancestors.subtracting(shared) { counts[ancestor, default: 0] += 1 }
            }
            let candidates = Set(counts.filter { $0.value > 1 }.keys)
            guard let deepest = history.order.last(where: candidates.contains) else { break }
            kin = kin.filter { sides[$0].ancestors.contains(deepest) }
        }
        return (kin, sides.indices.filter { !kin.contains($0) })
    }
}
