import Archive
import History
import Prose

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
            guard try StateCheck.hash(heads) == reader.stateHash() else {
                throw Violation("the state hash is not that of the heads")
            }
            try checkCounts(heads.keys.map { try reader.state($0) }, reader)
        }
        try checkAnchors(replica)
    }

    /// What is counted as changes come is what there is.
    private func checkCounts(_ states: [ItemState], _ reader: ArchiveReader) throws {
        let (essays, counts) = (states.filter { $0.kind == .essay }, try reader.counts())
        let expected = [
            essays.count { !$0.isDeleted }, essays.reduce(0) { $0 + $1.history.nodes.count },
            states.count { $0.kind == .annotation && !$0.isDeleted }, states.count { $0.kind == .source },
            states.count(where: \.isConflict),
            essays.count(where: \.isDeleted),
        ]
        let kept = [
            counts.essays, counts.versions, counts.annotations, counts.sources, counts.conflicts, counts.deleted,
        ]
        guard kept == expected else { throw Violation("\(kept) are counted, not \(expected)") }
    }

    /// Places of annotations that are kept are those that their texts give. Half of the time they are kept from here on, so that
    /// later changes find them; `verify`, which computes them without what is kept, finds nothing wrong with them.
    private func checkAnchors(_ replica: Replica) throws {
        let kept = try replica.archive.read { try $0.allAnnotations().map(PlaceView.init) }
        if dice.chance(50) {
            let again = try replica.archive.readKeepingAnchors { try $0.allAnnotations().map(PlaceView.init) }
            let afterwards = try replica.archive.read { try $0.allAnnotations().map(PlaceView.init) }
            guard kept == again, kept == afterwards else {
                throw Violation("annotations are in other places once these are kept")
            }
        }
    }

    /// An item is deleted if all its heads are.
    private func checkDeletion(_ state: ItemState) throws {
        let isDeleted = state.heads.allSatisfy { state.history[$0]!.isTombstone }
        guard state.isDeleted == isDeleted else {
            throw Violation("\(state.item) is \(isDeleted ? "not " : "")shown as deleted")
        }
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
            throw Violation(
                "the merge of \(state.item) \(what) “\(String(decoding: sentence, as: UTF8.self))”; base, sides, merge: \(shown)"
            )
        }
    }

    /// The same import on two machines is one essay.
    private func checkImport(_ root: Revision, _ seen: inout Set<[UInt8]>) throws {
        guard root.kind == .essay, root.author == nil, root.nonce == nil else { return }
        let content = CanonicalValue.object(root.fields).bytes + (root.text?.bytes ?? [])
        guard seen.insert(content).inserted else { throw Violation("an essay was imported twice") }
    }
}

/// Where an annotation is shown.
private struct PlaceView: Equatable {
    let annotation: ItemID
    let state: AnchorState
    let range: Range<Int>?
    let section: String?

    init(_ placed: PlacedAnnotation) {
        (annotation, state, range, section) = (placed.annotation.id, placed.state, placed.range, placed.section)
    }
}
