#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What each piece of evidence adds to the logarithm of the odds.
enum SplitterWeights {
    static let base = -5.4
    static let all: [(SplitterEvidence, Double)] = [
        (.namesDocument, 0.9), (.namesGenre, 1.4), (.saysOnOccasion, 0.8), (.usualLength, 0.5), (.tooShort, -0.4),
        (.tooLong, -1.5), (.holdsComma, -0.5), (.isQuestion, -0.6), (.opensPoint, -1.4), (.isListed, 2.2),
        (.isRepeated, 3.0), (.isNumbered, -1.0), (.isTopHeading, -2.0), (.isLikeFirst, 0.9), (.isAlikeTitle, 0.5),
        (.isLatin, -0.1), (.endsLikeSentence, -2.0), (.gapOfOne, 0.4), (.gapOfMore, 1.4), (.noGapWhereOthersHave, -1.4),
        (.isSetOff, 0.4), (.isSetAsParagraph, -1.0), (.afterDate, 1.4), (.afterNote, 0.3), (.afterRule, 2.9),
        (.afterFinished, 0.7), (.afterUnfinished, -2.0), (.afterFinishedHeading, -0.5), (.afterBareHeading, -2.1),
        (.afterHead, -1.9), (.afterFootLine, 1.1), (.afterNumber, -0.5), (.afterShortLine, -0.9),
        (.afterTitleLine, -1.0),
        (.afterAttachment, -1.5), (.beforeNumber, 1.5), (.beforeSalutation, 2.7), (.beforeAddressee, 0.8),
        (.beforeMetadata, 1.7), (.beforeRemark, 0.1), (.beforeDate, 0.8), (.beforeShortText, 0.8),
        (.beforeFirstHeading, 0.2), (.beforeLaterHeading, -0.3), (.beforeTitleLine, -0.2), (.beforeFirstArticle, 0.4),
        (.numberingGoesOn, -6.0), (.lowerNumberingGoesOn, -3.0), (.digitsGoOn, -1.0), (.numberingBeginsAgain, 1.4),
        (.numberingBegins, 0.9), (.numberingHasBegun, -1.0), (.bestBeforeRestart, 2.5), (.otherBeforeRestart, 0.2),
        (.closeAfterOther, -1.9), (.farAfterOther, 1.3), (.farBeforeOther, 0.2), (.hasStrongCompany, 2.2),
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
