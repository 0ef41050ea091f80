/// Reads what speaks for and against an essay beginning at a row, from the row and its neighbours.
struct SplitterReading {
    let document: SplitterDocument
    let series: SplitterSeries
    /// Titles that a table of contents lists, without blanks and in half width.
    let listed: Set<[UInt8]>
    let layout: SplitterLayout
    /// Titles that markers bear.
    private let known: [[UInt32]]

    /// How many known titles a line is compared with.
    private static let mostCompared = 20

    init(document: SplitterDocument, series: SplitterSeries, listed: Set<[UInt8]>, known: [Range<Int>]) {
        self.document = document
        self.series = series
        self.listed = listed
        layout = SplitterLayout(document)
        self.known = known.prefix(Self.mostCompared).map { Self.scalars(document, $0) }
    }

    /// What speaks for an essay with the title `block` beginning at `row`: where the title does, or a row before with its number.
    func evidence(_ row: Int, _ block: SplitterTitleBlock, in range: Range<Int>) -> SplitterEvidenceSet {
        var evidence = SplitterEvidenceSet()
        readWords(block, &evidence, in: range)
        readLayout(row, &evidence)
        readBefore(row, &evidence, in: range)
        readAfter(block, &evidence, in: range)
        readNumbering(row, &evidence, in: range)
        evidence.insert(.isNumbered, if: document.rows[row].heading != nil && document.rows[row].markdownRank == 0)
        return evidence
    }

    /// What stands under the title of the first essay of `range`, and whether it is repeated.
    func openingEvidence(in range: Range<Int>) -> SplitterEvidenceSet {
        var evidence = SplitterEvidenceSet()
        let row = range.lowerBound
        guard row < range.upperBound, document.rows[row].kind == .titleLike else { return evidence }
        let block = SplitterTitleBlock(document, at: row, limit: range.upperBound)
        readAfter(block, &evidence, in: range)
        let end = min(row + 4, range.upperBound)
        evidence.insert(.isRepeated, if: row + 1 < end && SplitterTitleBlock.repeats(document, row, in: row + 1..<end))
        return evidence
    }

    // MARK: Words

    private func readWords(_ block: SplitterTitleBlock, _ evidence: inout SplitterEvidenceSet, in range: Range<Int>) {
        let rows = block.rows
        let row = rows.lowerBound
        let whole = document.rows[rows.first!].compact.lowerBound..<document.rows[rows.last!].compact.upperBound
        let length = rows.reduce(0) { $0 + document.rows[$1].length }
        document.compact.withUnsafeBufferPointer { TitleScoring.read($0, whole, length: length, into: &evidence) }
        let isFree = document.rows[row - 1].isFinished || document.rows[row - 1].kind != .paragraph
        evidence.insert(
            .isOfficial, if: isFree && document.compact.withUnsafeBufferPointer { TitleScoring.namesIssuer($0, whole) })
        if !listed.isEmpty {
            let firstLine = document.rows[row].compact
            let isListed =
                listed.contains(Array(document.compact[whole])) || listed.contains(Array(document.compact[firstLine]))
            evidence.insert(.isListed, if: isListed)
        }
        let end = min(row + 4, range.upperBound)
        evidence.insert(.isRepeated, if: row + 1 < end && SplitterTitleBlock.repeats(document, row, in: row + 1..<end))
        evidence.insert(.isTopHeading, if: document.rows[row].markdownRank == 1)
        evidence.insert(.isLatin, if: document.rows[row].compact.allSatisfy { document.compact[$0] < 0x80 })
        readLikeness(row, &evidence, in: range)
    }

    /// Compilations gather essays on one subject: their titles are often alike.
    private func readLikeness(_ row: Int, _ evidence: inout SplitterEvidenceSet, in range: Range<Int>) {
        let title = document.scalars(row)
        let first = document.rows[range.lowerBound].kind == .titleLike ? document.scalars(range.lowerBound) : []
        evidence.insert(.isLikeFirst, if: TitleScoring.similarity(first, title) >= 0.35)
        evidence.insert(.isAlikeTitle, if: known.contains { TitleScoring.similarity($0, title) >= 0.35 })
    }

    private static func scalars(_ document: SplitterDocument, _ range: Range<Int>) -> [UInt32] {
        guard range.count <= 240 else { return [] }
        var cursor = ScalarCursor(document.bytes, range)
        var result: [UInt32] = []
        while !cursor.isAtEnd {
            let scalar = cursor.next()
            if scalar > 0x20 { result.append(scalar) }
        }
        return result
    }

    // MARK: Layout

    private func readLayout(_ row: Int, _ evidence: inout SplitterEvidenceSet) {
        let line = document.rows[row]
        let gap = line.blanksBefore - layout.blanks
        evidence.insert(.gapOfOne, if: gap == 1)
        evidence.insert(.gapOfMore, if: gap > 1)
        evidence.insert(.noGapWhereOthersHave, if: gap <= 0 && layout.hasGaps)
        evidence.insert(.isSetOff, if: line.indent != layout.indent)
        evidence.insert(.isSetAsParagraph, if: line.indent == layout.indent && layout.indent > 0)
    }

    // MARK: Neighbours

    private func readBefore(_ row: Int, _ evidence: inout SplitterEvidenceSet, in range: Range<Int>) {
        let rows = document.rows
        let previous = rows[row - 1]
        switch previous.kind {
        case .date, .closing: evidence.insert(.afterDate)
        case .number: evidence.insert(.afterNumber)
        case .note, .roster: evidence.insert(.afterNote)
        case .rule: evidence.insert(.afterRule)
        case .paragraph, .article: evidence.insert(previous.isFinished ? .afterFinished : .afterUnfinished)
        case .heading: evidence.insert(previous.isFinished ? .afterFinishedHeading : .afterBareHeading)
        case .metadata: evidence.insert(endsText(row - 1, in: range) ? .afterFootLine : .afterHead)
        case .addressee, .salutation, .documentNumber: evidence.insert(.afterHead)
        case .titleLike: evidence.insert(previous.length <= 12 ? .afterShortLine : .afterTitleLine)
        case .attachment, .contents, .subtitle: evidence.insert(.afterAttachment)
        }
    }

    /// Whether the line at `row`, such as `来源：…`, stands under a text and not under a title.
    private func endsText(_ row: Int, in range: Range<Int>) -> Bool {
        guard row > range.lowerBound else { return false }
        switch document.rows[row - 1].kind {
        case .paragraph, .article, .date, .closing, .note:
            return document.rows[row - 1].isFinished || document.rows[row - 1].kind == .date
        case .heading: return document.rows[row - 1].isFinished
        default: return false
        }
    }

    private func readAfter(_ block: SplitterTitleBlock, _ evidence: inout SplitterEvidenceSet, in range: Range<Int>) {
        var next = block.next
        evidence.insert(.beforeSubtitle, if: document.rows[next - 1].kind == .subtitle)
        // Several such lines may stand between a title and the text.
        while next < range.upperBound, next - block.next < 5, let kind = Self.head(document.rows[next].kind) {
            evidence.insert(kind)
            next += 1
        }
        guard next < range.upperBound else { return evidence.insert(.beforeEnd) }
        let row = document.rows[next]
        switch row.kind {
        case .paragraph: evidence.insert(row.length >= 30 && row.isFinished ? .beforeLongText : .beforeShortText)
        case .heading: evidence.insert(row.heading?.number == 1 ? .beforeFirstHeading : .beforeLaterHeading)
        case .article: evidence.insert(series.isFirstArticle(next) ? .beforeFirstArticle : .beforeLaterHeading)
        case .titleLike: evidence.insert(.beforeTitleLine)
        default: break
        }
    }

    private static func head(_ kind: SplitterRow.Kind) -> SplitterEvidence? {
        switch kind {
        case .documentNumber: .beforeNumber
        case .salutation: .beforeSalutation
        case .addressee: .beforeAddressee
        case .metadata: .beforeMetadata
        case .note: .beforeRemark
        case .date: .beforeDate
        default: nil
        }
    }

    private func readNumbering(_ row: Int, _ evidence: inout SplitterEvidenceSet, in range: Range<Int>) {
        // A number before the title is no part of the essay's own numbering.
        let from = document.rows[row].kind == .heading ? row + 1 : row
        switch series.verdict(at: from, from: range.lowerBound, to: range.upperBound, skipping: row) {
        case .goesOn(let level):
            evidence.insert(level == 0 ? .numberingGoesOn : level == 1 ? .lowerNumberingGoesOn : .digitsGoOn)
        case .beginsAgain: evidence.insert(.numberingBeginsAgain)
        case .begins: evidence.insert(.numberingBegins)
        case .hasBegun: evidence.insert(.numberingHasBegun)
        case .silent: break
        }
    }
}
