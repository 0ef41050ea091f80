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

    /// Each sentence that one of two sides made up since their base stands in a clean merge. One that shares characters with
    /// the base may be a sentence of the base that both changed.
    private func checkMerge(_ state: ItemState, _ reader: ArchiveReader) throws {
        guard state.sides.count == 2, !state.isConflict else { return }
        let bases = state.history.mergeBases(of: state.sides)
        guard bases.count == 1 else { return }
        let texts = try (bases + state.sides).map { try reader.text(of: state.history[$0]!) }
        let merged = try reader.text(of: state)
        let known = scalars(texts[0]).subtracting(["。", "😀"])
        for sentence in sentences(texts[1]).union(sentences(texts[2])) {
            guard scalars(sentence).isDisjoint(with: known), !contains(merged, sentence) else { continue }
            let shown = (texts + [merged]).map { String(decoding: $0, as: UTF8.self) }
            throw Violation("the merge of \(state.item) lacks “\(String(decoding: sentence, as: UTF8.self))”; base, sides, merge: \(shown)")
        }
    }

    private func scalars(_ text: [UInt8]) -> Set<Unicode.Scalar> { Set(String(decoding: text, as: UTF8.self).unicodeScalars) }

    /// The same import on two machines is one essay.
    private func checkImport(_ root: Revision, _ seen: inout Set<[UInt8]>) throws {
        guard root.kind == .essay, root.author == nil, root.nonce == nil else { return }
        let content = CanonicalValue.object(root.fields).bytes + (root.text?.bytes ?? [])
        guard seen.insert(content).inserted else { throw Violation("an essay was imported twice") }
    }

    private func sentences(_ text: [UInt8]) -> Set<[UInt8]> { Set(Sentences.ranges(in: text).map { Array(text[$0]) }) }

    private func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        part.count <= text.count && (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }
}
