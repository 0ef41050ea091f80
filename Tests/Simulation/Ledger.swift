import Archive
import History

/// What was ever written, and what of it must be there in the end.
struct Ledger {
    /// Everything ever written, and its parents.
    private(set) var written: [RevisionID: [RevisionID]] = [:]
    /// All of it, less what was lost for certain: on a destroyed file or remote and nowhere else.
    private(set) var expected: Set<RevisionID> = []

    /// Takes down a revision that was found in a file.
    /// - Parameter isNew: whether it may have been written just now; else it must have come from somewhere.
    mutating func note(_ id: RevisionID, isNew: Bool, parents: () throws -> [RevisionID]) throws {
        if written[id] == nil {
            guard isNew else { throw Violation("revision \(id) came from nowhere") }
            written[id] = try parents()
        }
        expected.insert(id)
    }

    /// Something that held `gone` was destroyed, and `left` is what all others hold: what is in none of them is lost, and so
    /// is what descends from it.
    mutating func destroy(_ gone: Set<RevisionID>, left: Set<RevisionID>) {
        let lost = gone.intersection(expected).subtracting(left)
        guard !lost.isEmpty else { return }
        expected.subtract(lost)
        var isDone = false
        while !isDone {
            let orphans = expected.filter { written[$0]!.contains { !expected.contains($0) } }
            expected.subtract(orphans)
            isDone = orphans.isEmpty
        }
    }
}

/// A promise that was broken.
struct Violation: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
