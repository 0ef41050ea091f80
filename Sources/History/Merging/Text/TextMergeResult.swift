/// What became of a merge.
public struct TextMergeResult: Sendable, Hashable {
    /// The merged text; a conflicting hunk stands in it as the base has it. There are never markers.
    public var text: [UInt8]
    /// What a person must decide, ascending; empty if the merge is clean.
    public var conflicts: [MergeHunk]

    public var isClean: Bool { conflicts.isEmpty }

    /// The text with every conflict as `choice` has it.
    func text(choosing choice: (MergeHunk) throws -> [UInt8]) rethrows -> [UInt8] {
        var chosen: [UInt8] = []
        var position = 0
        for hunk in conflicts {
            chosen += text[position..<hunk.resultRange.lowerBound]
            chosen += try choice(hunk)
            position = hunk.resultRange.upperBound
        }
        return chosen + text[position...]
    }

    /// What may come of it: all conflicts as the base has them, and as each side does.
    var outcomes: [[UInt8]] {
        [text] + (conflicts.first?.sides.indices ?? 0..<0).map { side in text { $0.sides[side] } }
    }

    public init(text: [UInt8], conflicts: [MergeHunk]) {
        self.text = text
        self.conflicts = conflicts
    }
}

/// A run of sentences that the sides changed in ways that do not go together. All ranges are in bytes.
public struct MergeHunk: Sendable, Hashable {
    /// Where the hunk stands in the base, which may be a point between two sentences.
    public var baseRange: Range<Int>
    /// The base's text of it.
    public var base: [UInt8]
    /// Each side's text of it, in the order in which the sides were given.
    public var sides: [[UInt8]]
    /// Where the base's text of it stands in the result.
    public var resultRange: Range<Int>
    /// Where each side's text of it stands in that side.
    public var sideRanges: [Range<Int>]

    public init(
        baseRange: Range<Int>, base: [UInt8], sides: [[UInt8]], resultRange: Range<Int>, sideRanges: [Range<Int>]
    ) {
        self.baseRange = baseRange
        self.base = base
        self.sides = sides
        self.resultRange = resultRange
        self.sideRanges = sideRanges
    }
}
