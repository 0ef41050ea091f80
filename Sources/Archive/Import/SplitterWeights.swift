#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What each piece of evidence adds to the logarithm of the odds.
enum SplitterWeights {
    static let base = -3.7
    static let all: [(SplitterEvidence, Double)] = [
        (.namesDocument, 0.9), (.namesGenre, 0.7), (.saysOnOccasion, 0.8), (.usualLength, 0.6), (.tooLong, -1.5),
        (.holdsComma, -0.5), (.isQuestion, -1.0), (.opensPoint, -2.1), (.isListed, 2.4), (.isRepeated, 2.4),
        (.isNumbered, -1.4), (.isTopHeading, -2.0), (.isLikeFirst, 0.9), (.isAlikeTitle, 0.6), (.isLatin, -0.3),
        (.endsLikeSentence, -2.0), (.gapOfOne, 0.7), (.gapOfMore, 2.0), (.noGapWhereOthersHave, -1.1), (.isSetOff, 0.6),
        (.isSetAsParagraph, -0.7), (.afterDate, 1.4), (.afterNote, 0.4), (.afterRule, 3.0), (.afterFinished, 0.6),
        (.afterUnfinished, -2.1), (.afterFinishedHeading, -0.6), (.afterBareHeading, -2.3), (.afterHead, -2.0),
        (.afterFootLine, 0.8), (.afterNumber, -0.5), (.afterShortLine, -0.4), (.afterTitleLine, -0.8),
        (.afterAttachment, -1.5), (.beforeNumber, 1.3), (.beforeSalutation, 2.9), (.beforeAddressee, 0.6),
        (.beforeMetadata, 1.8), (.beforeDate, 0.7), (.beforeShortText, 1.8), (.beforeLaterHeading, -0.4),
        (.beforeTitleLine, -0.1), (.beforeFirstArticle, 0.5), (.numberingGoesOn, -6.0), (.lowerNumberingGoesOn, -3.0),
        (.digitsGoOn, -1.0), (.numberingBeginsAgain, 1.4), (.numberingBegins, 1.1), (.numberingHasBegun, -1.0),
        (.bestBeforeRestart, 2.7), (.otherBeforeRestart, 0.7), (.closeAfterOther, -1.8), (.farAfterOther, 1.7),
        (.farBeforeOther, 0.1),
    ]

    private static let table: [Double] = {
        var table = [Double](repeating: 0, count: 64)
        for (evidence, weight) in all { table[evidence.rawValue] = weight }
        return table
    }()

    static func logOdds(_ evidence: SplitterEvidenceSet) -> Double {
        var sum = base
        var bits = evidence.bits
        while bits != 0 {
            sum += table[bits.trailingZeroBitCount]
            bits &= bits - 1
        }
        return sum
    }

    /// What to add to each of `scores` so that the expected number of essays is `count`, which is known.
    static func shift(of scores: [Double], toExpect count: Int) -> Double {
        var (low, high) = (-12.0, 12.0)
        for _ in 0..<40 {
            let middle = (low + high) / 2
            let expected = scores.reduce(0) { $0 + probability($1 + middle) }
            if expected < Double(count) { low = middle } else { high = middle }
        }
        // Where every candidate is due, certainty is not infinite.
        return min(high, 6)
    }

    static func logOdds(of one: Double, against other: Double) -> Double { log(one / other) }

    static func probability(_ logOdds: Double) -> Double { 1 / (1 + exp(-logOdds)) }
}
