/// The first stage of `TextMerge`: groups of sentence edits, each applied, merged by atoms, or left as a conflict.
struct SentenceMerge {
    private struct Side {
        let text: [UInt8]
        let sentences: [Range<Int>]
        let edits: [DiffRange]
        /// Edits that lie before the present group, and by how many sentences they have shifted this side.
        var passed = 0
        var shift = 0
    }

    /// Edits that belong together, and the base sentences that they cover.
    private struct Group {
        var range: Range<Int>
        /// Whether one of its edits inserts exactly at its end.
        var endsWithInsertion: Bool
    }

    private let base: [UInt8]
    private let baseSentences: [Range<Int>]
    private let indexOfSide: [Int]
    private var sides: [Side]
    private var result = TextMergeResult(text: [], conflicts: [])
    private var basePosition = 0

    init(base: [UInt8], sides: [[UInt8]], indexOfSide: [Int], maxSteps: Int) {
        self.base = base
        self.indexOfSide = indexOfSide
        baseSentences = Sentences.ranges(in: base)
        let sentences = sides.map { Sentences.ranges(in: $0) }
        var interner = DiffInterner(expecting: baseSentences.count + sentences.reduce(0) { $0 + $1.count })
        let baseTokens = interner.tokens(base, baseSentences)
        let tokens = zip(sides, sentences).map { interner.tokens($0, $1) }
        let tokenCount = interner.count
        self.sides = sides.indices.map { index in
            let script = Diff.script(interned: baseTokens, tokens[index], tokenCount: tokenCount, maxSteps: maxSteps)
            return Side(text: sides[index], sentences: sentences[index], edits: script.changes)
        }
    }

    mutating func run() -> TextMergeResult {
        for group in groups() { merge(group) }
        result.text += base[basePosition...]
        return result
    }

    private func groups() -> [Group] {
        let ranges = sides.flatMap { $0.edits.map(\.aRange) }
        var groups: [Group] = []
        for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            guard let last = groups.last, belongs(range, to: last) else {
                groups.append(Group(range: range, endsWithInsertion: range.isEmpty))
                continue
            }
            let end = max(last.range.upperBound, range.upperBound)
            let wasAtEnd = last.endsWithInsertion && last.range.upperBound == end
            groups[groups.count - 1] = Group(
                range: last.range.lowerBound..<end,
                endsWithInsertion: wasAtEnd || (range.isEmpty && range.lowerBound == end))
        }
        return groups
    }

    /// `range` starts no earlier than any edit of the group.
    private func belongs(_ range: Range<Int>, to group: Group) -> Bool {
        if range.lowerBound < group.range.upperBound { return true }
        return range.lowerBound == group.range.upperBound && (range.isEmpty || group.endsWithInsertion)
    }

    private mutating func merge(_ group: Group) {
        let baseRange = Diff.byteRange(group.range, of: baseSentences, end: base.count)
        let baseText = Array(base[baseRange])
        let sideRanges = sides.indices.map { sideRange(of: group, side: $0) }
        let sideTexts = zip(sides, sideRanges).map { Array($0.text[$1]) }
        result.text += base[basePosition..<baseRange.lowerBound]
        basePosition = baseRange.upperBound

        let whole = AtomMerge.Piece(baseRange: 0..<baseText.count, sideRanges: sideTexts.map { 0..<$0.count })
        if let agreed = AtomMerge.agreed(base: baseText, sides: sideTexts) {
            result.text += agreed
        } else {
            let pieces = AtomMerge.pieces(base: baseText, sides: sideTexts, maxSteps: TextMerge.characterSteps) ?? [whole]
            for piece in pieces { append(piece, baseRange, sideRanges) }
        }
    }

    /// Appends a piece of a group that starts where `group` and `groupSides` do.
    private mutating func append(_ piece: AtomMerge.Piece, _ group: Range<Int>, _ groupSides: [Range<Int>]) {
        if let text = piece.text {
            result.text += text
            return
        }
        let baseRange = group.lowerBound + piece.baseRange.lowerBound..<group.lowerBound + piece.baseRange.upperBound
        let ranges = zip(groupSides, piece.sideRanges).map { $0.lowerBound + $1.lowerBound..<$0.lowerBound + $1.upperBound }
        let start = result.text.count
        result.text += base[baseRange]
        result.conflicts.append(
            MergeHunk(
                baseRange: baseRange,
                base: Array(base[baseRange]),
                sides: indexOfSide.map { Array($0 < sides.count ? sides[$0].text[ranges[$0]] : base[baseRange]) },
                resultRange: start..<result.text.count,
                sideRanges: indexOfSide.map { $0 < sides.count ? ranges[$0] : baseRange }))
    }

    /// The bytes of a side that stand for the group's base sentences; passes that side's edits of the group.
    private mutating func sideRange(of group: Group, side index: Int) -> Range<Int> {
        let start = group.range.lowerBound + sides[index].shift
        // An edit at the group's end is the group's only if it touches it: an insertion, or one that began inside.
        while sides[index].passed < sides[index].edits.count {
            let edit = sides[index].edits[sides[index].passed]
            let isInside = edit.aRange.lowerBound < group.range.upperBound
            let isAtEnd = edit.aRange.isEmpty && edit.aRange.lowerBound == group.range.upperBound
            guard isInside || isAtEnd else { break }
            sides[index].shift += edit.bRange.count - edit.aRange.count
            sides[index].passed += 1
        }
        let end = group.range.upperBound + sides[index].shift
        return Diff.byteRange(start..<end, of: sides[index].sentences, end: sides[index].text.count)
    }
}
