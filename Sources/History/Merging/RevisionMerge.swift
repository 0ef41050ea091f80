/// Merges heads of one item.
package struct RevisionMerge {
    package enum Text {
        case stored(TextHash)
        case computed([UInt8])
    }

    /// A state that a merge starts from or arrives at.
    struct State {
        var fields: Fields
        /// In a conflict, with the base's text where the sides differ.
        var text: Text?
        var conflict: MergeConflict?
    }

    let history: History
    let load: (TextHash) throws -> [UInt8]

    /// Merges heads, all at once where all have the same base.
    ///
    /// Where some are closer kin than others, those go first, and what comes of them is one side of the next merge: three
    /// texts merged against the first of their ancestors would bring back what one of them took out of a later one. The
    /// first merge that conflicts ends it: the rest waits until that is settled.
    func merge(_ heads: [RevisionID]) throws -> State {
        var sides = heads.map(side)
        while true {
            let (kin, others) = MergeSides(history: history).closest(sides.map(\.side))
            let merged = try merge(kin.map { sides[$0] })
            if others.isEmpty || merged.conflict != nil { return merged }
            let joined = MergeSides.Side(joining: kin.map { sides[$0].side })
            sides = others.map { sides[$0] } + [(joined, merged)]
        }
    }

    private func side(_ id: RevisionID) -> (side: MergeSides.Side, state: State) {
        let revision = history[id]!
        return (MergeSides.Side(id, in: history), State(fields: revision.fields, text: revision.text.map(Text.stored)))
    }

    /// Merges sides against their maximal common ancestors, several of which are merged first the same way (the recursive
    /// strategy of git's merge-recursive). What conflicts in such a virtual base is nobody's word: see `TextMerge`.
    private func merge(_ sides: [(side: MergeSides.Side, state: State)]) throws -> State {
        guard sides.count > 1 else { return sides[0].state }
        let ordered = sides.sorted { $0.side.revisions.lexicographicallyPrecedes($1.side.revisions) }
        let bases = MergeSides(history: history).bases(of: ordered.map(\.side))
        // Bases of bases lie strictly deeper in the past, so the recursion ends at the root.
        let base = try merge(bases.map(side))

        var result = State(fields: [:])
        let fields = merge(fields: ordered.map(\.state.fields), against: base, into: &result.fields)
        let hunks = try merge(texts: ordered.map(\.state.text), against: base, into: &result.text)
        if !fields.isEmpty || !hunks.isEmpty {
            let text = try result.text.map(bytes)
            let conflicting = try ordered.map { side, state in
                MergeConflict.Side(revisions: side.revisions, fields: state.fields, text: try state.text.map(bytes))
            }
            result.conflict = MergeConflict(sides: conflicting, fields: fields, hunks: hunks, text: text)
        }
        return result
    }

    private func merge(fields sides: [Fields], against base: State, into result: inout Fields) -> [MergeConflict.Field]
    {
        var conflicts: [MergeConflict.Field] = []
        let unsettled = Set((base.conflict?.fields ?? []).map(\.key))
        let keys = sides.reduce(into: Set(base.fields.keys)) { $0.formUnion($1.keys) }
        for key in keys.union(unsettled).sorted() {
            if key == FieldKey.tags {
                result.tags = Array(FieldMerge.mergeSet(base: Set(base.fields.tags), sides: sides.map { Set($0.tags) }))
                continue
            }
            let values = sides.map { $0[key] }
            switch FieldMerge.mergeScalar(
                base: base.fields[key], sides: values, isBaseSettled: !unsettled.contains(key))
            {
            case .clean(let value): result[key] = value
            case .conflict:
                result[key] = base.fields[key]
                conflicts.append(MergeConflict.Field(key: key, base: base.fields[key], sides: values))
            }
        }
        return conflicts
    }

    private func merge(texts sides: [Text?], against base: State, into result: inout Text?) throws -> [MergeHunk] {
        let unsettled = (base.conflict?.hunks ?? []).map(\.resultRange)
        // Where at most one side changed the text, nothing needs to be read.
        if case .stored(let hash)? = base.text {
            let hashes = sides.map { if case .stored(let hash)? = $0 { hash } else { nil as TextHash? } }
            let changed = Set(hashes).subtracting([hash])
            if !changed.contains(nil), changed.count <= 1 {
                result = .stored(changed.first.flatMap(\.self) ?? hash)
                return []
            }
        }
        guard base.text != nil || sides.contains(where: { $0 != nil }) else { return [] }
        let merged = TextMerge.merge(
            base: try base.text.map(bytes) ?? [], sides: try sides.map { try $0.map(bytes) ?? [] }, unsettled: unsettled
        )
        result = .computed(merged.text)
        return merged.conflicts
    }

    private func bytes(_ text: Text) throws -> [UInt8] {
        switch text {
        case .stored(let hash): try load(hash)
        case .computed(let bytes): bytes
        }
    }
}
