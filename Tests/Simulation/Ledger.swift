import Archive

/// What was ever written, and what of it must be there in the end.
struct Ledger {
    /// Canonical bytes of everything ever written.
    private(set) var written: [RevisionID: [UInt8]] = [:]
    /// All of it, less what was lost for certain: on a destroyed file or remote and nowhere else.
    private(set) var expected: Set<RevisionID> = []

    /// Takes down entries that were found in a file.
    /// - Parameter isNew: whether they may have been written just now; else they must have come from somewhere.
    mutating func note(_ entries: [(id: RevisionID, bytes: [UInt8])], isNew: Bool) throws {
        for entry in entries {
            if written[entry.id] == nil {
                guard isNew else { throw Violation("revision \(entry.id) came from nowhere") }
                written[entry.id] = entry.bytes
            }
            expected.insert(entry.id)
        }
    }

    /// Something that held `gone` was destroyed, and `left` is what all others hold: what is in none of them is lost, and so
    /// is what descends from it.
    mutating func destroy(_ gone: Set<RevisionID>, left: Set<RevisionID>) {
        let lost = gone.intersection(expected).subtracting(left)
        guard !lost.isEmpty else { return }
        expected.subtract(lost)
        var isDone = false
        while !isDone {
            let orphans = expected.filter { id in
                let revision = written[id].flatMap { try? Revision(canonicalBytes: $0) }
                return revision?.parents.contains { !expected.contains($0) } ?? false
            }
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
