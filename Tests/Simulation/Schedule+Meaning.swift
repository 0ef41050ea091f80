import Archive

/// What equal hashes alone do not show: that what all replicas agree on is right.
extension Schedule {
    func checkMeaning(_ replica: Replica) throws {
        try replica.archive.read { reader in
            var imported: Set<[UInt8]> = []
            var heads: [ItemID: [RevisionID]] = [:]
            for kind in [ItemKind.essay, .annotation, .source] {
                var filter = ItemFilter()
                filter.kind = kind
                filter.includesDeleted = true
                for item in try reader.items(filter) {
                    let state = try reader.state(item.id)
                    heads[item.id] = state.history.heads
                    try checkDeletion(state)
                    try checkMerge(state, reader)
                    try checkImport(state.history[item.id.root]!, &imported)
                }
            }
            let bytes = heads.sorted { $0.key < $1.key }.flatMap { $0.bytes + $1.sorted().flatMap(\.bytes) }
            guard try TextHash(hashing: bytes).hex == reader.stateHash() else { throw Violation("the state hash is not that of the heads") }
        }
    }

    /// An item is deleted if all its heads are.
    private func checkDeletion(_ state: ItemState) throws {
        let isDeleted = state.heads.allSatisfy { state.history[$0]!.isTombstone }
        guard state.isDeleted == isDeleted else { throw Violation("\(state.item) is \(isDeleted ? "not " : "")shown as deleted") }
    }

    /// A clean merge of two sides holds what both wrote, and nothing twice.
    private func checkMerge(_ state: ItemState, _ reader: ArchiveReader) throws {
        if state.isConflict { live(.conflict) }
        guard state.sides.count == 2, !state.isConflict, !state.isDeleted else { return }
        let bases = state.history.mergeBases(of: state.sides)
        guard bases.count == 1 else { return }
        live(.merge)
        let texts = try (bases + state.sides).map { try reader.text(of: state.history[$0]!) }
        let merged = try reader.text(of: state)
        let check = MergeCheck(base: texts[0], sides: Array(texts[1...]), merged: merged)
        for (what, sentence) in [("lacks", check.lost()), ("doubles", check.doubled())] {
            guard let sentence else { continue }
            let shown = (texts + [merged]).map { String(decoding: $0, as: UTF8.self) }
            throw Violation("the merge of \(state.item) \(what) “\(String(decoding: sentence, as: UTF8.self))”; base, sides, merge: \(shown)")
        }
    }

    /// The same import on two machines is one essay.
    private func checkImport(_ root: Revision, _ seen: inout Set<[UInt8]>) throws {
        guard root.kind == .essay, root.author == nil, root.nonce == nil else { return }
        let content = CanonicalValue.object(root.fields).bytes + (root.text?.bytes ?? [])
        guard seen.insert(content).inserted else { throw Violation("an essay was imported twice") }
    }
}
