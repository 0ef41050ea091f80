/// Merges any number of texts that came from one base: diff3 (S. Khanna, K. Kunal, B. C. Pierce, "A Formal Investigation
/// of Diff3", 2007) over sentences, for more than two sides at once, and inside a contested hunk over characters.
///
/// The rules are in docs/merging.md. The sides are a set: equal ones count once, those equal to the base not at all, and their
/// order does not matter. `SentenceMerge` groups the edits of sentences, `AtomMerge` merges inside a group, `TextMergeMoves`
/// follows moved passages, and `displaced(in:)` finds what would be lost or doubled. Searches are bounded by counted steps; a
/// hunk past the bound is a conflict.
public struct TextMerge {
    /// Changes whenever the same texts could merge differently; stored with every merge that was written.
    public static let algorithm = 7

    private static let sentenceSteps = 4_000_000
    static let characterCells = 16_000_000
    /// How often to look for displaced sentences: each time takes another merge.
    private static let mostLooks = 8

    /// The merge of `sides` against `base`. With no side it is the base.
    /// - Parameter unsettled: ranges of bytes of a base that is itself a merge, where that merge conflicted. There the base
    ///   is nobody's word: sides agree or conflict, and one that is as the base counts like any other.
    public static func merge(base: [UInt8], sides: [[UInt8]], unsettled: [Range<Int>] = []) -> TextMergeResult {
        let result = mergeAsTheyAre(base: base, sides: sides, unsettled: unsettled)
        guard !result.isClean, let ended = FinalLineEnd(base: base, sides: sides) else { return result }
        return ended.settled(mergeAsTheyAre(base: ended.base, sides: ended.sides, unsettled: unsettled)) ?? result
    }

    private static func mergeAsTheyAre(base: [UInt8], sides: [[UInt8]], unsettled: [Range<Int>]) -> TextMergeResult {
        var distinct: [[UInt8]] = []
        for side in sides.sorted(by: { $0.lexicographicallyPrecedes($1) }) where side != distinct.last {
            if side != base || !unsettled.isEmpty { distinct.append(side) }
        }
        guard distinct.count > 1 else { return TextMergeResult(text: distinct.first ?? base, conflicts: []) }
        // Index into `distinct` of each side as given; one past it means the base.
        let indexOfSide = sides.map { side in distinct.firstIndex(of: side) ?? distinct.count }
        let texts = TextMergeSides(base: base, sides: distinct, maxSteps: sentenceSteps)
        let moves = TextMergeMoves(texts)
        if !moves.isEmpty, unsettled.isEmpty,
            let result = moves.followed(maxSteps: sentenceSteps, indexOfSide: indexOfSide)
        {
            return result
        }
        let disputes = unsettled.map { SentenceMerge.Contested(range: sentences($0, of: texts.base), mayAgree: true) }
        return merge(texts, contested: moves.contested + disputes, indexOfSide: indexOfSide)
    }

    /// The merge in which no sentence is displaced, whichever side is taken: what would be is contested as a whole.
    private static func merge(_ texts: TextMergeSides, contested: [SentenceMerge.Contested], indexOfSide: [Int])
        -> TextMergeResult
    {
        let whole = 0..<texts.base.sentences.count
        var contested = contested
        var known: Set<Range<Int>> = []
        var looks = 0
        while true {
            var merge = SentenceMerge(texts, contested: contested, indexOfSide: indexOfSide)
            let result = merge.run()
            var displaced = Set(texts.displaced(in: result.outcomes)).subtracting(known)
            if displaced.isEmpty || known.contains(whole) { return result }
            looks += 1
            if looks > mostLooks { displaced = [whole] }
            known.formUnion(displaced)
            contested += displaced.sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
                .map { SentenceMerge.Contested(range: $0, mayAgree: false) }
        }
    }

    /// The sentences that a range of bytes has a part in; for a point between two, that border.
    private static func sentences(_ range: Range<Int>, of text: TextMergeSides.Side) -> Range<Int> {
        let start = text.sentences.firstIndex { $0.upperBound > range.lowerBound } ?? text.sentences.count
        let end = text.sentences.firstIndex { $0.lowerBound >= range.upperBound } ?? text.sentences.count
        return start..<max(start, end)
    }
}
