import Archive

/// What equal hashes alone do not show: that what all replicas agree on is right.
extension Schedule {
    func checkMeaning(_ replica: Replica) throws {
        try replica.archive.read { reader in
            var imported: Set<[UInt8]> = []
            for kind in [ItemKind.essay, .annotation] {
                var filter = ItemFilter()
                filter.kind = kind
                filter.includesDeleted = true
                for item in try reader.items(filter) {
                    let state = try reader.state(item.id)
                    try checkDeletion(state)
                    try checkMerge(state, reader)
                    try checkImport(state.history[item.id.root]!, &imported)
                }
            }
        }
    }

    /// An item is deleted if all its heads are.
    private func checkDeletion(_ state: ItemState) throws {
        let isDeleted = state.heads.allSatisfy { state.history[$0]!.isTombstone }
        guard state.isDeleted == isDeleted else { throw Violation("\(state.item) is \(isDeleted ? "not " : "")shown as deleted") }
    }

    /// Each sentence that a side wrote since the base stands in a clean merge, and one that is in conflict stands in a side.
    private func checkMerge(_ state: ItemState, _ reader: ArchiveReader) throws {
        guard state.sides.count > 1, !state.isConflict else { return }
        let bases = state.history.mergeBases(of: state.sides)
        guard bases.count == 1 else { return }
        let old = try sentences(reader.text(of: state.history[bases[0]]!))
        let merged = try reader.text(of: state)
        for side in state.sides {
            for sentence in try sentences(reader.text(of: state.history[side]!)).subtracting(old) where !contains(merged, sentence) {
                throw Violation("the merge of \(state.item) lacks “\(String(decoding: sentence, as: UTF8.self))” of \(side)")
            }
        }
    }

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
