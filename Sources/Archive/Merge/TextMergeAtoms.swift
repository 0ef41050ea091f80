/// The second stage of `TextMerge`: the sentences of one contested hunk, compared by their atoms.
enum AtomMerge {
    /// Some sentences of the hunk, with what became of them. Ranges are bytes of the hunk's texts.
    struct Piece: Equatable {
        var baseRange: Range<Int>
        var sideRanges: [Range<Int>]
        /// The merged text, or nothing where the sides conflict.
        var text: [UInt8]?
    }

    private struct Edit: Equatable {
        /// Atoms of the base.
        let range: Range<Int>
        let inserted: [UInt8]
        /// Whether it does no more than write whole sentences anew, each for one.
        let isRewriting: Bool

        /// Whether both can be applied: `next` starts no earlier and is another edit. They must not overlap, nor touch, except at the
        /// border of a sentence written anew, where another may begin and something may be put in.
        func precedes(_ next: Edit) -> Bool {
            if range.upperBound != next.range.lowerBound { return range.upperBound < next.range.lowerBound }
            return isRewriting ? next.isRewriting || next.range.isEmpty : range.isEmpty && next.isRewriting
        }
    }

    /// A point where the hunk can be cut, because every side has it: an atom of the base, and one of each side.
    private struct Cut {
        var base = 0
        var sides: [Int]
    }

    /// One text for all, if the sides that changed it made the same of it.
    static func agreed(base: [UInt8], sides: [[UInt8]]) -> [UInt8]? {
        let changed = sides.filter { $0 != base }
        guard let first = changed.first else { return base }
        return changed.allSatisfy { $0 == first } ? first : nil
    }

    /// The hunk cut at every end of a sentence that no edit crosses, each piece merged or in conflict; nothing if that
    /// takes more cells of a table than are left. Takes from `cells` what it spends.
    static func pieces(base: [UInt8], sides: [[UInt8]], cells: inout Int) -> [Piece]? {
        let texts = [base] + sides
        let atoms = texts.map { MergeAtoms.ranges(in: $0) }
        var interner = DiffInterner(expecting: atoms.reduce(0) { $0 + $1.count })
        let tokens = zip(texts, atoms).map { interner.tokens($0, $1) }
        let sentences = Sentences.ranges(in: base)
        let rewritten = RewrittenSentences(sentences, atoms: atoms[0])
        var changes: [[DiffRange]] = []
        for side in tokens.dropFirst() {
            guard let certain = Diff.changesInAllAlignments(tokens[0], side, maxCells: &cells) else { return nil }
            changes.append(rewritten.widened(Diff.cleaned(certain)))
        }

        let cuts = cuts(changes, baseAtoms: atoms[0], sentences: sentences, sideCounts: atoms.dropFirst().map(\.count))
        var passed = changes.map { _ in 0 }
        return zip(cuts, cuts.dropFirst()).map { start, end in
            let baseRange = bytes(start.base..<end.base, of: atoms[0], in: base)
            let sideRanges = sides.indices.map { bytes(start.sides[$0]..<end.sides[$0], of: atoms[$0 + 1], in: sides[$0]) }
            let agreed = agreed(base: Array(base[baseRange]), sides: zip(sides, sideRanges).map { Array($0[$1]) })
            let edits = edits(changes, upTo: end.base, passed: &passed, sides, Array(atoms.dropFirst()), rewritten)
            let text = agreed ?? applied(edits, base, atoms[0], start.base..<end.base)
            return Piece(baseRange: baseRange, sideRanges: sideRanges, text: text)
        }
    }

    private static func bytes(_ range: Range<Int>, of atoms: [Range<Int>], in text: [UInt8]) -> Range<Int> {
        Diff.byteRange(range, of: atoms, end: text.count)
    }

    // MARK: Cutting

    private static func cuts(
        _ changes: [[DiffRange]], baseAtoms: [Range<Int>], sentences: [Range<Int>], sideCounts: [Int]
    ) -> [Cut] {
        let starts = Set(sentences.map(\.lowerBound))
        var cuts = [Cut(sides: sideCounts.map { _ in 0 })]
        var next = changes.map { _ in 0 }
        var shift = changes.map { _ in 0 }
        for (atom, range) in baseAtoms.enumerated() where atom > 0 && starts.contains(range.lowerBound) {
            for side in changes.indices {
                while next[side] < changes[side].count, changes[side][next[side]].aRange.upperBound <= atom {
                    let change = changes[side][next[side]]
                    shift[side] += change.bRange.count - change.aRange.count
                    next[side] += 1
                }
            }
            if isCut(atom, changes, next) { cuts.append(Cut(base: atom, sides: shift.map { atom + $0 })) }
        }
        cuts.append(Cut(base: baseAtoms.count, sides: sideCounts))
        return cuts
    }

    /// Whether edits lie on one side of the point at most and none is at it: `next` are the first edits that end after it.
    private static func isCut(_ point: Int, _ changes: [[DiffRange]], _ next: [Int]) -> Bool {
        var isTouchedBefore = false
        var isTouchedAfter = false
        for (changes, next) in zip(changes, next) {
            if next > 0, changes[next - 1].aRange.upperBound == point {
                if changes[next - 1].aRange.isEmpty { return false }
                isTouchedBefore = true
            }
            if next < changes.count, changes[next].aRange.lowerBound <= point {
                if changes[next].aRange.lowerBound < point { return false }
                isTouchedAfter = true
            }
        }
        return !(isTouchedBefore && isTouchedAfter)
    }

    // MARK: Applying

    /// The edits of all sides between the `passed` ones and a cut, in ascending order; passes them. An edit that ends at
    /// the cut lies before it: none is empty there, and none crosses it.
    private static func edits(
        _ changes: [[DiffRange]], upTo cut: Int, passed: inout [Int], _ sides: [[UInt8]], _ atoms: [[Range<Int>]],
        _ rewritten: RewrittenSentences
    ) -> [Edit] {
        var edits: [Edit] = []
        for side in changes.indices {
            while passed[side] < changes[side].count, changes[side][passed[side]].aRange.upperBound <= cut {
                let change = changes[side][passed[side]]
                let inserted = Array(sides[side][bytes(change.bRange, of: atoms[side], in: sides[side])])
                let isRewriting = rewritten.isRewriting(change.aRange, inserted)
                edits.append(Edit(range: change.aRange, inserted: inserted, isRewriting: isRewriting))
                passed[side] += 1
            }
        }
        return edits.sorted { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    }

    /// The edits applied to some atoms of `base`; nothing if two that are not identical overlap or touch.
    private static func applied(
        _ edits: [Edit], _ base: [UInt8], _ atoms: [Range<Int>], _ part: Range<Int>
    ) -> [UInt8]? {
        let partBytes = bytes(part, of: atoms, in: base)
        var result: [UInt8] = []
        var position = partBytes.lowerBound
        var last: Edit?
        for edit in edits where edit != last {
            if let last, !last.precedes(edit) { return nil }
            let editBytes = bytes(edit.range, of: atoms, in: base)
            result += base[position..<editBytes.lowerBound]
            result += edit.inserted
            position = editBytes.upperBound
            last = edit
        }
        return result + base[position..<partBytes.upperBound]
    }
}
