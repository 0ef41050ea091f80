/// Merges revisions of one item against their base.
struct RevisionMerge {
    enum Text {
        case stored(TextHash)
        case computed([UInt8])
    }

    struct Result {
        var fields: Fields
        /// In a conflict, with the base's text where the sides differ.
        var text: Text?
        var conflict: MergeConflict?
    }

    let history: History
    let load: (TextHash) throws -> [UInt8]

    /// Merges the sides, all at once, against their maximal common ancestors, several of which are merged first the
    /// same way (the recursive strategy of git's merge-recursive); what conflicts in such a virtual base keeps its base's state.
    func merge(_ sides: [RevisionID]) throws -> Result {
        let bases = history.mergeBases(of: sides)
        // Bases of bases lie strictly deeper in the past, so the recursion ends at the root.
        let base = bases.count == 1 ? state(of: bases[0]) : try merge(bases)
        return try merge(sides, against: base)
    }

    private func state(of id: RevisionID) -> Result {
        let revision = history[id]!
        return Result(fields: revision.fields, text: revision.text.map(Text.stored))
    }

    private func merge(_ sides: [RevisionID], against base: Result) throws -> Result {
        var result = Result(fields: [:])
        let conflicts = mergeFields(sides.map { history[$0]!.fields }, against: base.fields, into: &result.fields)
        let hunks = try mergeTexts(sides.map { history[$0]!.text }, against: base.text, into: &result.text)
        if !conflicts.isEmpty || !hunks.isEmpty {
            result.conflict = MergeConflict(sides: sides, fields: conflicts, hunks: hunks)
        }
        return result
    }

    private func mergeFields(_ sides: [Fields], against base: Fields, into result: inout Fields) -> [MergeConflict.Field] {
        var conflicts: [MergeConflict.Field] = []
        let keys = sides.reduce(into: Set(base.keys)) { $0.formUnion($1.keys) }
        for key in keys.sorted() {
            if key == FieldKey.tags {
                result.tags = Array(FieldMerge.mergeSet(base: Set(base.tags), sides: sides.map { Set($0.tags) }))
                continue
            }
            let values = sides.map { $0[key] }
            switch FieldMerge.mergeScalar(base: base[key], sides: values) {
            case .clean(let value): result[key] = value
            case .conflict:
                result[key] = base[key]
                conflicts.append(MergeConflict.Field(key: key, base: base[key], sides: values))
            }
        }
        return conflicts
    }

    private func mergeTexts(_ sides: [TextHash?], against base: Text?, into result: inout Text?) throws -> [MergeHunk] {
        // Where at most one side changed the text, nothing needs to be read.
        if case .stored(let hash)? = base {
            let changed = Set(sides.compactMap { $0 }).subtracting([hash])
            if sides.allSatisfy({ $0 != nil }), changed.count <= 1 {
                result = .stored(changed.first ?? hash)
                return []
            }
        }
        let baseBytes = try base.map(bytes) ?? []
        guard base != nil || sides.contains(where: { $0 != nil }) else { return [] }
        let merged = TextMerge.merge(base: baseBytes, sides: try sides.map { try $0.map(load) ?? [] })
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
