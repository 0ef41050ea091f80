/// What speaks for or against an essay beginning at a line.
enum SplitterEvidence: Int, CaseIterable {
    // The words of the title.
    case namesDocument, namesGenre, saysAbout, saysOnOccasion, usualLength, tooShort, tooLong, holdsComma, isQuestion,
        opensPoint
    case isOfficial, isListed, isRepeated, isNumbered, isTopHeading, isLikeFirst, isAlikeTitle, isLatin,
        endsLikeSentence
    // How the line is set.
    case gapOfOne, gapOfMore, noGapWhereOthersHave, isSetOff, isSetAsParagraph
    // What stands before it.
    case afterDate, afterNote, afterRule, afterFinished, afterUnfinished, afterFinishedHeading, afterBareHeading,
        afterHead
    case afterFootLine, afterNumber, afterShortLine, afterTitleLine, afterAttachment
    // What stands behind it.
    case beforeNumber, beforeSalutation, beforeAddressee, beforeMetadata, beforeRemark, beforeDate, beforeSubtitle
    case beforeLongText, beforeShortText, beforeFirstHeading, beforeLaterHeading, beforeTitleLine, beforeFirstArticle,
        beforeEnd
    // The numbers around.
    case numberingGoesOn, lowerNumberingGoesOn, digitsGoOn, numberingBeginsAgain, numberingBegins, numberingHasBegun
    case bestBeforeRestart, otherBeforeRestart
    // The distance from other lines like titles.
    case closeAfterOther, farAfterOther, closeBeforeOther, farBeforeOther
    // The other lines like titles.
    case hasStrongCompany

    /// Whether it is hardly ever seen inside an essay.
    var isStrong: Bool {
        switch self {
        case .namesDocument, .isListed, .isRepeated, .afterDate, .afterRule, .beforeNumber, .beforeSalutation,
            .beforeAddressee,
            .beforeMetadata, .bestBeforeRestart:
            true
        default: false
        }
    }

    /// For a person, where it tells one something; nil for the rest.
    var reason: String? {
        switch self {
        case .isOfficial: "title of an official document"
        case .isListed: "listed in the table of contents"
        case .isRepeated: "title repeated"
        case .isNumbered: "number before the title"
        case .isTopHeading: "Markdown heading"
        case .isAlikeTitle: "title like another one's"
        case .gapOfMore: "set apart by blank lines"
        case .afterRule: "after a rule"
        case .afterDate: "after a closing or a date"
        case .beforeNumber: "document number follows"
        case .beforeSalutation: "salutation follows"
        case .beforeAddressee: "addressee follows"
        case .beforeMetadata: "abstract or author follows"
        case .beforeFirstArticle: "第一条 follows"
        default: nil
        }
    }
}

/// A set of evidence.
struct SplitterEvidenceSet {
    private(set) var bits: UInt64 = 0

    func contains(_ evidence: SplitterEvidence) -> Bool { bits >> UInt64(evidence.rawValue) & 1 == 1 }

    mutating func insert(_ evidence: SplitterEvidence) { bits |= 1 << UInt64(evidence.rawValue) }

    mutating func insert(_ evidence: SplitterEvidence, if holds: Bool) { if holds { insert(evidence) } }

    var isStrong: Bool { bits & Self.strong != 0 }

    /// Whether it holds what is hardly ever seen but above an essay: not a date, a rule or a kind of document, which are in long works.
    var isOfEssays: Bool { bits & Self.essays != 0 }

    private static let essays: UInt64 = [
        SplitterEvidence.isListed, .isRepeated, .beforeNumber, .beforeSalutation, .beforeAddressee, .beforeMetadata,
        .bestBeforeRestart,
    ].reduce(0) { $0 | 1 << UInt64($1.rawValue) }

    /// Whether both hold the same strong evidence.
    func sharesStrong(with other: SplitterEvidenceSet) -> Bool { bits & other.bits & Self.strong != 0 }

    private static let strong: UInt64 = SplitterEvidence.allCases.reduce(0) {
        $0 | ($1.isStrong ? 1 << UInt64($1.rawValue) : 0)
    }

    var members: [SplitterEvidence] { SplitterEvidence.allCases.filter(contains) }
}
