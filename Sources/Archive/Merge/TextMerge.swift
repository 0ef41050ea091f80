/// Merges any number of texts that came from one base: diff3 (S. Khanna, K. Kunal, B. C. Pierce, "A Formal Investigation
/// of Diff3", 2007) over sentences, for more than two sides at once, and inside a contested hunk over characters.
///
/// The rules, in order:
/// 1. Sides are a set: equal ones count once, those equal to the base not at all, and their order does not matter.
/// 2. An edit covers all places where it may have been made, if sentences or characters repeat.
/// 3. Edits of sentences belong together if they share a base sentence, or if at one point both put something in, or one
///    puts something in and the other takes something away. Rewriting a sentence contests nothing beside it.
/// 4. Edits that belong together and make the same text are one edit.
/// 5. Others are compared atom by atom (`MergeAtoms`): if every two edits of atoms are identical or have an atom between
///    them that none touched, all are applied; else the sentences in question are one conflict. A sentence of which a
///    side kept less than half is changed as a whole, and one that another of the base or of the side equals was moved,
///    not changed. The line end behind a sentence is no part of it. That two sides made the same edit inside a sentence
///    counts only if they made the same of the sentence.
/// 6. A sentence that the merge would hold more often than any side, or that would go though nobody took it out, is a conflict
///    from the first to the last of its places; likewise if that came of taking one side's part of all conflicts.
/// 7. Searches are bounded by counted steps; a hunk past the bound is a conflict.
public struct TextMerge {
    /// Changes whenever the same texts could merge differently; stored with every merge that was written.
    public static let algorithm = 5

    private static let sentenceSteps = 4_000_000
    static let characterCells = 16_000_000
    /// Each look at displaced sentences takes another merge.
    private static let mostDisplaced = 8

    /// The merge of `sides` against `base`. With no side it is the base.
    /// - Parameter unsettled: ranges of bytes of a base that is itself a merge, where that merge conflicted. There the base
    ///   is nobody's word: sides agree or conflict, and one that is as the base counts like any other.
    public static func merge(base: [UInt8], sides: [[UInt8]], unsettled: [Range<Int>] = []) -> TextMergeResult {
        var distinct: [[UInt8]] = []
        for side in sides.sorted(by: { $0.lexicographicallyPrecedes($1) }) where side != distinct.last {
            if side != base || !unsettled.isEmpty { distinct.append(side) }
        }
        guard distinct.count > 1 else { return TextMergeResult(text: distinct.first ?? base, conflicts: []) }
        // Index into `distinct` of each side as given; one past it means the base.
        let indexOfSide = sides.map { side in distinct.firstIndex(of: side) ?? distinct.count }
        let texts = TextMergeSides(base: base, sides: distinct, maxSteps: sentenceSteps)
        let moves = TextMergeMoves(texts)
        if !moves.isEmpty, unsettled.isEmpty, let result = moves.followed(maxSteps: sentenceSteps, indexOfSide: indexOfSide) {
            return result
        }
        let disputes = unsettled.map { SentenceMerge.Contested(range: sentences($0, of: texts.base), mayAgree: true) }
        return merge(texts, contested: moves.contested + disputes, indexOfSide: indexOfSide)
    }

    /// The merge in which no sentence is displaced, whichever side is taken: what would be is contested as a whole.
    private static func merge(_ texts: TextMergeSides, contested: [SentenceMerge.Contested], indexOfSide: [Int]) -> TextMergeResult {
        var contested = contested
        var known: Set<Range<Int>> = []
        while true {
            var merge = SentenceMerge(texts, contested: contested, indexOfSide: indexOfSide)
            let result = merge.run()
            var displaced = Set(texts.displaced(in: result.outcomes)).subtracting(known)
            if displaced.isEmpty { return result }
            if known.count >= mostDisplaced { displaced = [0..<texts.base.sentences.count] }
            known.formUnion(displaced)
            contested += displaced.map { SentenceMerge.Contested(range: $0, mayAgree: false) }
        }
    }

    /// The sentences that a range of bytes has a part in; for a point between two, that border.
    private static func sentences(_ range: Range<Int>, of text: TextMergeSides.Side) -> Range<Int> {
        let start = text.sentences.firstIndex { $0.upperBound > range.lowerBound } ?? text.sentences.count
        let end = text.sentences.firstIndex { $0.lowerBound >= range.upperBound } ?? text.sentences.count
        return start..<max(start, end)
    }
}
