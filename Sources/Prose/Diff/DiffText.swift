/// A changed region of a text, in bytes of the base and of the new text; both ranges lie on code point boundaries.
public struct TextChange: Sendable, Hashable {
    public var baseRange: Range<Int>
    public var newRange: Range<Int>

    public init(baseRange: Range<Int>, newRange: Range<Int>) {
        self.baseRange = baseRange
        self.newRange = newRange
    }
}

extension Diff {
    /// Steps that one text pair may spend on all its code points.
    package static let characterSteps = 2_000_000

    /// The runs of sentences that differ, ascending.
    public static func bySentence(_ base: [UInt8], _ new: [UInt8]) -> [TextChange] {
        let baseSentences = Sentences.ranges(in: base)
        let newSentences = Sentences.ranges(in: new)
        var interner = DiffInterner(expecting: baseSentences.count + newSentences.count)
        let a = interner.tokens(base, baseSentences)
        let b = interner.tokens(new, newSentences)
        let script = script(interned: a, b, tokenCount: interner.count, maxSteps: defaultMaxSteps)
        return script.changes.map { change in
            TextChange(
                baseRange: byteRange(change.aRange, of: baseSentences, end: base.count),
                newRange: byteRange(change.bRange, of: newSentences, end: new.count))
        }
    }

    /// The code points that differ, found inside the sentences that differ; matches of one or two code points between
    /// larger changes are taken as chance and left out.
    public static func byCharacter(_ base: [UInt8], _ new: [UInt8]) -> [TextChange] {
        var steps = characterSteps
        return bySentence(base, new).flatMap { refined($0, base, new, steps: &steps) }
    }

    /// The bytes that a run of consecutive pieces covers; the end of the text stands after the last piece.
    package static func byteRange(_ range: Range<Int>, of pieces: [Range<Int>], end: Int) -> Range<Int> {
        let start = range.lowerBound < pieces.count ? pieces[range.lowerBound].lowerBound : end
        return start..<(range.isEmpty ? start : pieces[range.upperBound - 1].upperBound)
    }

    /// The changes by code point inside one change; takes what it spends from `steps`.
    package static func refined(
        _ change: TextChange, _ base: [UInt8], _ new: [UInt8], steps: inout Int, cleaning: Bool = true
    ) -> [TextChange] {
        guard !change.baseRange.isEmpty, !change.newRange.isEmpty else { return [change] }
        let a = DiffScalars(base, in: change.baseRange)
        let b = DiffScalars(new, in: change.newRange)
        let script = script(a.codes[...], b.codes[...], maxSteps: steps)
        steps = max(0, steps - script.steps)
        let changes = cleaning ? cleaned(script.changes) : script.changes
        return changes.map { TextChange(baseRange: a.bytes($0.aRange), newRange: b.bytes($0.bRange)) }
    }

    /// Joins changes that only a chance match keeps apart: one or two tokens, fewer than one neighbour has and no more
    /// than the other (after the semantic cleanup of N. Fraser's diff-match-patch).
    package static func cleaned(_ changes: [DiffRange]) -> [DiffRange] {
        var result: [DiffRange] = []
        for change in changes {
            result.append(change)
            while result.count > 1, isChance(result[result.count - 2], result[result.count - 1]) {
                let right = result.removeLast()
                let left = result.removeLast()
                result.append(
                    DiffRange(
                        aRange: left.aRange.lowerBound..<right.aRange.upperBound,
                        bRange: left.bRange.lowerBound..<right.bRange.upperBound))
            }
        }
        return result
    }

    private static func isChance(_ left: DiffRange, _ right: DiffRange) -> Bool {
        let match = right.aRange.lowerBound - left.aRange.upperBound
        return match <= 2 && match <= min(left.extent, right.extent) && match < max(left.extent, right.extent)
    }
}

extension Array {
    /// The place of the first element that `isAfter` holds of, where it holds of all after that one; the end if of none.
    package func partitioningIndex(_ isAfter: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
