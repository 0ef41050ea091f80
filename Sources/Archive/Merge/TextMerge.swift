/// Merges any number of texts that came from one base: diff3 (S. Khanna, K. Kunal, B. C. Pierce, "A Formal Investigation
/// of Diff3", 2007) over sentences, for more than two sides at once, and inside a contested hunk over characters.
///
/// The rules, in order:
/// 1. Sides are a set: equal ones count once, those equal to the base not at all, and their order does not matter.
/// 2. Edits of sentences belong together if they share a base sentence, insert at the same point, or one inserts exactly
///    where another begins or ends. Replacing neighbouring sentences is no contest.
/// 3. Edits that belong together and make the same text are one edit.
/// 4. Others are compared atom by atom (`MergeAtoms`): if every two edits of atoms are identical or have an atom between
///    them that none touched, all are applied; else the sentences in question are one conflict.
/// 5. Searches are bounded by counted steps; a hunk past the bound is a conflict.
public struct TextMerge {
    /// Changes whenever the same texts could merge differently; stored with every merge that was written.
    public static let algorithm = 1

    private static let sentenceSteps = 4_000_000
    static let characterSteps = 1_000_000

    /// The merge of `sides` against `base`. With no side it is the base.
    public static func merge(base: [UInt8], sides: [[UInt8]]) -> TextMergeResult {
        var distinct: [[UInt8]] = []
        for side in sides.sorted(by: { $0.lexicographicallyPrecedes($1) }) where side != base && side != distinct.last {
            distinct.append(side)
        }
        guard distinct.count > 1 else { return TextMergeResult(text: distinct.first ?? base, conflicts: []) }
        // Index into `distinct` of each side as given; one past it means the base.
        let indexOfSide = sides.map { side in distinct.firstIndex(of: side) ?? distinct.count }
        var merge = SentenceMerge(base: base, sides: distinct, indexOfSide: indexOfSide, maxSteps: sentenceSteps)
        return merge.run()
    }
}
