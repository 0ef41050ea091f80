/// A place where an essay may begin without a marker.
struct SplitterCandidate {
    /// Where the essay would begin.
    var row: Int
    var block: SplitterTitleBlock
    /// Sum of what speaks for it; 4 and more is convincing where `isStrong`.
    var score: Double
    /// Something other than the title's own words speaks for it.
    var isStrong: Bool
    /// It is the title of an annex or of a document that the essay forwards.
    var isAnnex = false
    var reasons: [String] = []

    var isConvincing: Bool { isStrong && !isAnnex && score >= SplitterCandidates.convincing }
}

/// Weighs the rows of a text as beginnings of essays.
struct SplitterCandidates {
    let document: SplitterDocument
    let series: SplitterSeries
    /// Titles that a table of contents lists, without blanks and in half width.
    let listed: Set<[UInt8]>
    private let annex: SplitterAnnex
    /// Whether the text has Markdown headings: only those of rank 1 are titles then.
    let hasHeadings: Bool

    init(document: SplitterDocument, series: SplitterSeries, listed: Set<[UInt8]>) {
        self.document = document
        self.series = series
        self.listed = listed
        annex = SplitterAnnex(document: document)
        hasHeadings = document.rows.contains { $0.markdownRank > 0 }
    }

    /// A candidate with this score and evidence outside its own words is taken.
    static let convincing = 4.0

    /// The candidates in `range`, in order. An essay begins with the first row of the range; no other begins before some of
    /// its body has come.
    func all(in range: Range<Int>) -> [SplitterCandidate] {
        var found: [SplitterCandidate] = []
        var essay = range.lowerBound
        var body = bodyStart(of: essay, limit: range.upperBound)
        for row in range.lowerBound + 1..<range.upperBound where row > body && mayBegin(row) {
            let candidate = candidate(at: row, in: essay..<range.upperBound)
            if let last = found.last, row < last.block.next || row - last.row <= 2 {
                found[found.count - 1] = better(last, candidate)
            } else {
                found.append(candidate)
            }
            if let last = found.last, last.isConvincing {
                essay = last.row
                body = bodyStart(of: essay, limit: range.upperBound)
            }
        }
        return found
    }

    /// Of two candidates for one beginning, the second some lines further down: the better, but the first where the second
    /// is only a part of its title.
    private func better(_ first: SplitterCandidate, _ second: SplitterCandidate) -> SplitterCandidate {
        guard first.block.rows.contains(second.row), first.score >= second.score - 3 else {
            return second.score > first.score ? second : first
        }
        var whole = first
        whole.score = max(first.score, second.score)
        whole.isStrong = first.isStrong || second.isStrong
        if whole.reasons.isEmpty { whole.reasons = second.reasons }
        return whole
    }

    /// The first row of the text proper of the essay that begins at `row`: behind titles, dates, addressees and a summary.
    private func bodyStart(of row: Int, limit: Int) -> Int {
        var at = row
        if SplitterMarker.read(document, row: row) != nil || isSummary(row) { at += 1 }
        while at < limit {
            switch document.rows[at].kind {
            case .paragraph, .heading, .article: return at
            default: at += 1
            }
        }
        return limit
    }

    /// A paragraph that begins with the title on the next line.
    private func isSummary(_ row: Int) -> Bool {
        let rows = document.rows
        guard row + 1 < rows.count, rows[row].kind == .paragraph, rows[row + 1].kind == .titleLike else { return false }
        return document.bytes[rows[row].content].starts(with: document.bytes[rows[row + 1].content])
    }

    private func mayBegin(_ row: Int) -> Bool {
        let rows = document.rows
        guard rows[row].kind == .titleLike, !hasHeadings || rows[row].markdownRank == 1, isHan(row) else { return false }
        if rows[row].length < 4, SplitterTitleBlock(document, at: row, limit: rows.count).rows.count == 1 { return false }
        // The issuer's name under a text, with the date below it.
        if row + 1 < rows.count, rows[row + 1].kind == .date { return false }
        return !isSignature(row)
    }

    /// Whether at least a third of the row is Han characters: unmarked compilations of other scripts are not known, while lines
    /// of code look much like titles.
    private func isHan(_ row: Int) -> Bool {
        document.withCompact(row) { bytes, range in
            let han = range.count { (0xE4...0xE9).contains(bytes[$0]) }
            return han * 3 >= document.rows[row].length
        }
    }

    /// One of several names between a text and its date.
    private func isSignature(_ row: Int) -> Bool {
        let rows = document.rows
        guard rows[row].length <= 20 else { return false }
        var next = row + 1
        while next < rows.count, next - row < 6, rows[next].kind == .titleLike, rows[next].length <= 20 { next += 1 }
        return next < rows.count && next > row + 1 && rows[next].kind == .date && !SplitterTitleBlock.endsWithGenre(document, row)
    }

    // MARK: Weighing

    private func candidate(at row: Int, in range: Range<Int>) -> SplitterCandidate {
        let block = SplitterTitleBlock(document, at: row, limit: range.upperBound)
        var candidate = SplitterCandidate(row: row, block: block, score: 0, isStrong: false)
        weighTitle(&candidate)
        weighWhatPrecedes(&candidate, in: range)
        weighWhatFollows(&candidate, in: range)
        weighNumbering(&candidate, in: range)
        candidate.isAnnex = annex.isAnnex(row: row, essay: range.lowerBound, block: block)
        return candidate
    }

    private func weighTitle(_ candidate: inout SplitterCandidate) {
        let rows = candidate.block.rows
        let whole = document.rows[rows.first!].compact.lowerBound..<document.rows[rows.last!].compact.upperBound
        let length = rows.reduce(0) { $0 + document.rows[$1].length }
        candidate.score += document.compact.withUnsafeBufferPointer { TitleScoring.score($0, whole, length: length) }
        if isOfficialTitle(whole), document.rows[candidate.row - 1].isFinished || document.rows[candidate.row - 1].kind != .paragraph {
            candidate.score += 1
            candidate.isStrong = true
            candidate.reasons.append("title of an official document")
        }
        let firstLine = document.rows[candidate.row].compact
        if !listed.isEmpty, listed.contains(Array(document.compact[whole])) || listed.contains(Array(document.compact[firstLine])) {
            candidate.score += 6
            candidate.isStrong = true
            candidate.reasons.append("listed in the table of contents")
        }
        let after = candidate.row + 1
        let end = min(after + 3, document.rows.count)
        if after < end, SplitterTitleBlock.repeats(document, candidate.row, in: after..<end) {
            candidate.score += 3
            candidate.isStrong = true
            candidate.reasons.append("title repeated")
        }
    }

    private func isOfficialTitle(_ range: Range<Int>) -> Bool {
        document.compact.withUnsafeBufferPointer { TitleScoring.namesIssuer($0, range) }
    }

    private func weighWhatPrecedes(_ candidate: inout SplitterCandidate, in range: Range<Int>) {
        let row = candidate.row
        let rows = document.rows
        let previous = rows[row - 1]
        switch previous.kind {
        case .date, .closing: candidate.score += 1.5
        case .note: candidate.score += 1
        case .rule:
            candidate.score += 2
            candidate.isStrong = true
            candidate.reasons.append("after a rule")
        case .paragraph, .article: candidate.score += previous.isFinished ? 0.5 : -2.5
        case .heading: candidate.score += previous.isFinished ? 0 : -2
        case .addressee, .salutation, .metadata, .documentNumber: candidate.score -= 2.5
        case .titleLike: candidate.score -= isSignatureEnd(row - 1) ? 0 : 1
        case .attachment, .contents, .subtitle: candidate.score -= 1.5
        }
        if rows[row].blanksBefore > 0, !series.isDoubleSpaced { candidate.score += 0.5 }
        if rows[row].markdownRank == 1 { candidate.score += 1 }
        if isIndentedUnlikeParagraphs(row) { candidate.score += 0.7 }
    }

    private func isSignatureEnd(_ row: Int) -> Bool { document.rows[row].length <= 12 }

    /// Titles are centred or stand at the margin where paragraphs do the opposite.
    private func isIndentedUnlikeParagraphs(_ row: Int) -> Bool {
        let rows = document.rows
        guard row + 1 < rows.count, rows[row - 1].kind == .paragraph || rows[row + 1].kind == .paragraph else { return false }
        let neighbour = rows[row + 1].kind == .paragraph ? rows[row + 1] : rows[row - 1]
        return neighbour.isIndented != rows[row].isIndented
    }

    private func weighWhatFollows(_ candidate: inout SplitterCandidate, in range: Range<Int>) {
        var next = candidate.block.next
        // A line with a date or a remark may stand between a title and what it is recognised by.
        var seen = 0
        var hasEvidence = false
        while next < range.upperBound, seen < 3 {
            let kind = document.rows[next].kind
            guard let evidence = Self.evidence(kind) else { break }
            candidate.score += hasEvidence ? evidence.score / 3 : evidence.score
            if evidence.isStrong {
                candidate.isStrong = true
                if !candidate.reasons.contains(evidence.reason) { candidate.reasons.append(evidence.reason) }
            }
            hasEvidence = true
            next += 1
            seen += 1
        }
        if candidate.block.next >= range.upperBound { candidate.score -= 3 }
        if next < range.upperBound, let heading = document.rows[next].heading, heading.number == 1 { candidate.score += 0.5 }
        if !hasEvidence, next < range.upperBound, document.rows[next].kind == .titleLike { candidate.score -= 1 }
    }

    private static func evidence(_ kind: SplitterRow.Kind) -> (score: Double, isStrong: Bool, reason: String)? {
        switch kind {
        case .documentNumber: (5, true, "document number follows")
        case .salutation: (3.5, true, "salutation follows")
        case .addressee: (3, true, "addressee follows")
        case .metadata: (2.5, true, "abstract or author follows")
        case .note: (1.5, false, "")
        case .date: (1, false, "")
        default: nil
        }
    }

    private func weighNumbering(_ candidate: inout SplitterCandidate, in range: Range<Int>) {
        let verdict = series.verdict(at: candidate.row, from: range.lowerBound, to: range.upperBound)
        switch verdict {
        case .goesOn(let weight): candidate.score -= weight
        case .beginsAgain(let what):
            candidate.score += 1
            candidate.reasons.append("numbering begins again at \(what)")
        case .begins: candidate.score += 0.5
        case .silent: break
        }
    }
}
