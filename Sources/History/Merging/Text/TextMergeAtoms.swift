import Prose

/// The second stage of `TextMerge`: the sentences of one contested hunk, compared by their atoms.
enum AtomMerge {
    /// Some sentences of the hunk, with what became of them. Ranges are bytes of the hunk's texts.
    struct Piece: Equatable {
        var baseRange: Range<Int>
        var sideRanges: [Range<Int>]
        /// The merged text, or nothing where the sides conflict.
        var text: [UInt8]?
    }

    private struct Edit {
        let side: Int
        /// Atoms of the base.
        let range: Range<Int>
        let inserted: [UInt8]
        /// Whether it puts whole sentences in the place of as many, or of none.
        let isOfSentences: Bool

        func isSame(as other: Edit) -> Bool { range == other.range && inserted == other.inserted }

        /// Whether both can be applied: `next` starts no earlier and is another edit. They must not overlap, nor touch, except
        /// at the border of a sentence written anew, where another may begin and whole sentences may be put in.
        func precedes(_ next: Edit) -> Bool {
            if range.upperBound != next.range.lowerBound { return range.upperBound < next.range.lowerBound }
            return isOfSentences && next.isOfSentences && !(range.isEmpty && next.range.isEmpty)
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
    /// - Parameters:
    ///   - edits: what each side changed, in whole sentences.
    ///   - kept: the sentences that each side may have moved, but not changed.
    ///   - startsLine: whether the hunk begins a line.
    static func pieces(
        base: [UInt8], sides: [[UInt8]], edits sentenceEdits: [[TextChange]], kept: [Set<[UInt8]>],
        startsLine: Bool = true,
        cells: inout Int
    ) -> [Piece]? {
        let texts = ([base] + sides).map { AtomText($0) }
        var interner = DiffInterner(expecting: texts.reduce(0) { $0 + $1.atoms.count })
        let tokens = texts.map { interner.tokens($0.text, $0.atoms) }
        let whole = WholeSentences(texts[0].sentences, of: base, startsLine: startsLine)
        let atoms = texts.map(\.atoms)
        var changes: [[DiffRange]] = []
        for side in sides.indices {
            var found: [DiffRange] = []
            for edit in sentenceEdits[side] {
                let (old, new) = (texts[0].part(edit.baseRange), texts[side + 1].part(edit.newRange))
                let pairs = SentencePairs(
                    a: Array(tokens[0][old.atoms]), b: Array(tokens[side + 1][new.atoms]), aSentences: old.sentences,
                    bSentences: new.sentences,
                    aWords: texts[0].words(old), bWords: texts[side + 1].words(new),
                    kept: (texts[0].places(old, of: kept[side]), texts[side + 1].places(new, of: kept[side])))
                guard let inner = pairs.changes(cells: &cells) else { return nil }
                found += inner.map { $0.shifted(a: old.atoms.lowerBound, b: new.atoms.lowerBound) }
            }
            changes.append(Diff.cleaned(found))
        }

        let cuts = cuts(
            changes, baseAtoms: atoms[0], starts: Set(texts[0].sentences.map(\.lowerBound)),
            sideCounts: atoms.dropFirst().map(\.count))
        var passed = changes.map { _ in 0 }
        return zip(cuts, cuts.dropFirst()).map { start, end in
            let baseRange = bytes(start.base..<end.base, of: atoms[0], in: base)
            let sideRanges = sides.indices.map {
                bytes(start.sides[$0]..<end.sides[$0], of: atoms[$0 + 1], in: sides[$0])
            }
            let sideTexts = zip(sides, sideRanges).map { Array($0[$1]) }
            let agreed = agreed(base: Array(base[baseRange]), sides: sideTexts)
            let edits = edits(changes, upTo: end.base, passed: &passed, sides, kept, Array(atoms.dropFirst()), whole)
            let merged =
                agreed ?? (isChance(edits, texts[0].sentences) ? nil : applied(edits, texts[0], start.base..<end.base))
            let text = merged.flatMap { agreed == nil && isDoubling($0, of: sideTexts) ? nil : $0 }
            return Piece(baseRange: baseRange, sideRanges: sideRanges, text: text)
        }
    }

    /// Whether a sentence stands more often in a merged text than in any side: two put in the same, and their places were
    /// taken for different ones.
    private static func isDoubling(_ merged: [UInt8], of sides: [[UInt8]]) -> Bool {
        func counts(_ text: [UInt8]) -> [[UInt8]: Int] {
            Sentences.ranges(in: text).reduce(into: [:]) { counts, range in
                let words = Sentences.words(range, in: text)
                if words.count >= TextMergeSides.leastSentence { counts[Array(text[words]), default: 0] += 1 }
            }
        }
        let counted = sides.map(counts)
        return counts(merged).contains { sentence, count in
            count > 1 && counted.allSatisfy { $0[sentence, default: 0] < count }
        }
    }

    private static func bytes(_ range: Range<Int>, of atoms: [Range<Int>], in text: [UInt8]) -> Range<Int> {
        Diff.byteRange(range, of: atoms, end: text.count)
    }

    // MARK: Cutting

    private static func cuts(
        _ changes: [[DiffRange]], baseAtoms: [Range<Int>], starts: Set<Int>, sideCounts: [Int]
    ) -> [Cut] {
        var cuts = [Cut(sides: sideCounts.map { _ in 0 })]
        var next = changes.map { _ in 0 }
        var shift = changes.map { _ in 0 }
        for atom in baseAtoms.indices where atom > 0 && starts.contains(atom) {
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
        _ changes: [[DiffRange]], upTo cut: Int, passed: inout [Int], _ sides: [[UInt8]], _ kept: [Set<[UInt8]>],
        _ atoms: [[Range<Int>]],
        _ whole: WholeSentences
    ) -> [Edit] {
        var edits: [Edit] = []
        for side in changes.indices {
            while passed[side] < changes[side].count, changes[side][passed[side]].aRange.upperBound <= cut {
                let change = changes[side][passed[side]]
                let inserted = Array(sides[side][bytes(change.bRange, of: atoms[side], in: sides[side])])
                let isOfSentences = whole.hold(change.aRange, inserted, kept: kept[side])
                edits.append(Edit(side: side, range: change.aRange, inserted: inserted, isOfSentences: isOfSentences))
                passed[side] += 1
            }
        }
        return edits.sorted { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    }

    /// Whether two sides made the same edit inside a sentence of which they made different ones: it may be chance that some
    /// characters agree, and the one wrote another sentence in the place of the one that the other changed.
    private static func isChance(_ edits: [Edit], _ sentences: [Range<Int>]) -> Bool {
        let inside = edits.filter { !$0.isOfSentences }
        guard zip(inside, inside.dropFirst()).contains(where: { $0.isSame(as: $1) }) else { return false }
        // One that joined or cut sentences has a part in each.
        let bySentence = inside.reduce(into: [Int: [Edit]]()) { bySentence, edit in
            let first = sentences.partitioningIndex { $0.upperBound > edit.range.lowerBound }
            let end = sentences.partitioningIndex { $0.lowerBound >= edit.range.upperBound }
            for sentence in first..<max(first + 1, end) { bySentence[sentence, default: []].append(edit) }
        }
        return bySentence.values.contains { edits in
            let bySide = Array(Dictionary(grouping: edits, by: \.side).values)
            return bySide.indices.contains { one in
                bySide[(one + 1)...].contains { other in
                    let shared = bySide[one].count { edit in other.contains { $0.isSame(as: edit) } }
                    return shared > 0 && (shared < bySide[one].count || shared < other.count)
                }
            }
        }
    }

    /// The edits applied to some atoms of the base; nothing if two that are not identical overlap or touch, or stand too close.
    private static func applied(_ edits: [Edit], _ text: AtomText, _ part: Range<Int>) -> [UInt8]? {
        let (base, atoms) = (text.text, text.atoms)
        let partBytes = bytes(part, of: atoms, in: base)
        var result: [UInt8] = []
        var position = partBytes.lowerBound
        var last: Edit?
        for edit in edits where last?.isSame(as: edit) != true {
            let editBytes = bytes(edit.range, of: atoms, in: base)
            if let last {
                guard last.precedes(edit) else { return nil }
                if last.side != edit.side, !text.keepsApart(last.range, edit.range, [last.inserted, edit.inserted]) {
                    return nil
                }
            }
            result += base[position..<editBytes.lowerBound]
            result += edit.inserted
            position = editBytes.upperBound
            last = edit
        }
        return result + base[position..<partBytes.upperBound]
    }
}

extension DiffRange {
    func shifted(a: Int, b: Int) -> DiffRange {
        DiffRange(
            aRange: aRange.lowerBound + a..<aRange.upperBound + a, bRange: bRange.lowerBound + b..<bRange.upperBound + b
        )
    }
}
