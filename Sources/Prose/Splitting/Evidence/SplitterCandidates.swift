/// A place where an essay may begin without a marker.
struct SplitterCandidate {
    /// Where the essay would begin.
    var row: Int
    var block: SplitterTitleBlock
    var evidence = SplitterEvidenceSet()
    /// It is the title of an annex or of a document that the essay forwards.
    var isAnnex = false
    /// `一、` after which numbering begins again.
    var restart: String?

    /// The logarithm of the odds that an essay begins here.
    var score: Double { SplitterWeights.logOdds(evidence) }
}

/// Weighs the rows of a text as beginnings of essays.
struct SplitterCandidates {
    let document: SplitterDocument
    let series: SplitterSeries
    let reading: SplitterReading
    private let annex: SplitterAnnex
    /// Whether the text has markers.
    private let isMarked: Bool
    private let opening: SplitterOpening

    /// How many rows before a restart its title is looked for.
    private static let lookBack = 60

    init(
        document: SplitterDocument, series: SplitterSeries, listed: Set<[UInt8]>, known: [Range<Int>], refused: Set<Int>
    ) {
        self.document = document
        self.series = series
        annex = SplitterAnnex(document: document)
        isMarked = !known.isEmpty
        reading = SplitterReading(document: document, series: series, listed: listed, known: known)
        opening = SplitterOpening(document: document, layout: reading.layout, isMarked: isMarked, refused: refused)
    }

    /// The candidates in `range`, in order. An essay begins with the first row of the range; no other begins before some of
    /// its body has come. Where essays are due, titles of two or three characters are candidates as well.
    func all(in range: Range<Int>, areDue: Bool) -> [SplitterCandidate] {
        var found: [SplitterCandidate] = []
        for row in range.lowerBound + 1..<max(range.lowerBound + 1, range.upperBound)
        where opening.mayBegin(row, isDue: areDue) {
            let block = SplitterTitleBlock(document, at: row, limit: range.upperBound)
            let start = row - 1 > range.lowerBound && opening.isNumber(row - 1, of: row) ? row - 1 : row
            let candidate = SplitterCandidate(
                row: start, block: block, evidence: reading.evidence(start, block, in: range))
            if let last = found.last, row < last.block.next || row - last.row <= 2 {
                found[found.count - 1] = better(last, candidate)
            } else {
                found.append(candidate)
            }
        }
        weighDistances(&found, in: range)
        weighRestarts(&found, in: range)
        weighCompany(&found, in: range)
        return withoutAnnexes(found, in: range)
    }

    /// Of two candidates for one beginning, the second some lines further down: the better, but the first where the second
    /// is only a part of its title.
    private func better(_ first: SplitterCandidate, _ second: SplitterCandidate) -> SplitterCandidate {
        guard first.block.rows.contains(second.row), first.score >= second.score - 3 else {
            return second.score > first.score ? second : first
        }
        return first
    }

    /// Marks annexes, and drops what begins before the essay in which it stands has any text.
    private func withoutAnnexes(_ found: [SplitterCandidate], in range: Range<Int>) -> [SplitterCandidate] {
        var kept: [SplitterCandidate] = []
        var essay = range.lowerBound
        var body = bodyStart(of: essay, limit: range.upperBound)
        for var candidate in found where candidate.row > body {
            candidate.isAnnex = annex.isAnnex(row: candidate.row, essay: essay, block: candidate.block)
            kept.append(candidate)
            if !candidate.isAnnex, candidate.score > 0 {
                essay = candidate.row
                body = bodyStart(of: essay, limit: range.upperBound)
            }
        }
        return kept
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

    // MARK: What needs the other candidates

    private static let close = 900
    private static let far = 2400

    /// Headings inside an essay stand closer together than titles of essays; distances are in bytes.
    private func weighDistances(_ found: inout [SplitterCandidate], in range: Range<Int>) {
        guard !range.isEmpty else { return }
        let rows = document.rows
        // Short texts have their essays and headings closer together.
        let close = min(Self.close, (rows[range.upperBound - 1].end - rows[range.lowerBound].start) / 8)
        for index in found.indices {
            let start = rows[found[index].row].start
            let before = start - (index > 0 ? rows[found[index - 1].row].start : rows[range.lowerBound].start)
            let after =
                (index + 1 < found.count ? rows[found[index + 1].row].start : rows[range.upperBound - 1].end) - start
            found[index].evidence.insert(.closeAfterOther, if: before < close)
            found[index].evidence.insert(.farAfterOther, if: before > Self.far)
            found[index].evidence.insert(.closeBeforeOther, if: after < close)
            found[index].evidence.insert(.farBeforeOther, if: after > Self.far)
        }
    }

    /// Gives the best title line before each place where numbering begins again the weight of that restart.
    private func weighRestarts(_ found: inout [SplitterCandidate], in range: Range<Int>) {
        var first = 0
        for restart in series.restarts(in: range) {
            let window = max(restart.after, restart.row - Self.lookBack)..<restart.row
            while first < found.count, found[first].row < restart.row - Self.lookBack { first += 1 }
            let inside = found.indices[first...].prefix { found[$0].row < restart.row }.filter {
                window.contains(found[$0].row)
            }
            if window.contains(where: { isPartOrAnnex($0) }) { continue }
            func weight(_ index: Int) -> Double { found[index].score - 0.03 * Double(restart.row - found[index].row) }
            guard let best = inside.max(by: { weight($0) < weight($1) }) else { continue }
            for index in inside where index != best { found[index].evidence.insert(.otherBeforeRestart) }
            found[best].evidence.insert(.bestBeforeRestart)
            found[best].restart = restart.shown
        }
    }

    /// Where one line certainly begins an essay, others do so more easily than in what may be a single essay.
    private func weighCompany(_ found: inout [SplitterCandidate], in range: Range<Int>) {
        guard !found.isEmpty else { return }
        let first = reading.openingEvidence(in: range)
        let strong = found.count { $0.evidence.isStrong }
        for index in found.indices {
            let others = strong - (found[index].evidence.isStrong ? 1 : 0)
            found[index].evidence.insert(
                .hasStrongCompany, if: isMarked || others > 0 || found[index].evidence.sharesStrong(with: first))
        }
    }

    /// A heading above the numbers that begin again, or `附件`, begins a part of the same essay; `第一章` may begin another.
    private func isPartOrAnnex(_ row: Int) -> Bool {
        if document.rows[row].kind == .attachment { return true }
        if SplitterOpening.isPart(document, row) { return true }
        guard let heading = document.rows[row].heading, heading.number > 1 else { return false }
        return [.volume, .part, .lecture, .chapter, .section].contains(heading.kind)
    }
}
