/// Decides where the essays of a compilation begin.
struct SplitterSelection {
    /// The beginning of an essay after the first.
    struct Boundary {
        var row: Int
        var marker: SplitterMarker?
        var block: SplitterTitleBlock?
        /// The title, where it is known as it is to be shown.
        var title: String?
        var reason: String
        var confidence: Double
    }

    /// The least score of an essay that the numbers of markers around say is due.
    private static let enoughWhenDue = -5.0
    /// The least of one that the name of the compilation (`精选5篇`) says is due.
    private static let enoughWhenCounted = -2.0

    let document: SplitterDocument
    let markers: SplitterMarkerSeries
    private let candidates: SplitterCandidates
    private let outline: SplitterContents

    init(_ document: SplitterDocument, _ markers: SplitterMarkerSeries, _ series: SplitterSeries) {
        self.document = document
        self.markers = markers
        outline = SplitterContents(document, markers)
        candidates = SplitterCandidates(
            document: document, series: series, listed: outline.titles, known: markers.markers.map(\.title),
            refused: markers.refused)
    }

    /// The first row of the first essay's own text, behind a table of contents.
    var firstRow: Int { outline.end }

    /// All beginnings after the first, in order.
    func boundaries() -> [Boundary] {
        let marked = markers.markers.indices.filter { $0 > 0 || isAfterOthers }.map {
            Self.boundary(markers.markers[$0], document)
        }
        var missing: [Int: Int] = [:]
        var all = marked
        for stretch in stretches() {
            let found = unmarked(stretch.rows, due: stretch.due, isExact: stretch.isExact)
            all += found
            if stretch.isExact, let due = stretch.due, due > found.count {
                missing[stretch.rows.upperBound] = due - found.count
            }
        }
        all.sort { $0.row < $1.row }
        for index in all.indices {
            guard let count = missing[all[index].row] else { continue }
            all[index].reason +=
                count == 1
                ? "; one essay due before it was not found" : "; \(count) essays due before it were not found"
        }
        if let first = all.first, first.marker == nil, isIntroduction(outline.end..<max(outline.end, first.row)) {
            all.removeFirst()
        }
        return all
    }

    /// Whether essays without marker stand before the first marker, which bears a higher number than 1.
    private var isAfterOthers: Bool {
        markers.markers.first.map { $0.ordinal > 1 && hasText(before: $0.start) } ?? false
    }

    /// A stretch of text without markers; its first row begins an essay.
    struct Stretch {
        var rows: Range<Int>
        /// How many more essays begin in it, where something says so, and whether that is the numbers of markers around.
        var due: Int?
        var isExact: Bool
    }

    /// The text between markers.
    func stretches() -> [Stretch] {
        guard let first = markers.markers.first else {
            return [Stretch(rows: outline.end..<document.rows.count, due: outline.total.map { $0 - 1 }, isExact: false)]
        }
        var found: [Stretch] = []
        if isAfterOthers {
            found.append(Stretch(rows: outline.end..<first.start, due: first.ordinal - 2, isExact: true))
        }
        for (index, marker) in markers.markers.enumerated() {
            let isLast = index + 1 == markers.markers.count
            let end = isLast ? document.rows.count : markers.markers[index + 1].start
            found.append(Stretch(rows: marker.row..<end, due: due(after: index), isExact: !isLast))
        }
        return found
    }

    /// Whether the rows only say what the compilation holds: its name, and a few words about who gathered it for whom.
    private func isIntroduction(_ rows: Range<Int>) -> Bool {
        guard rows.count <= 4, rows.reduce(0, { $0 + document.rows[$1].length }) <= 300 else { return false }
        let texts = rows.filter { document.rows[$0].kind == .paragraph }
        if texts.isEmpty { return rows.contains { SplitterContents.namesCompilation(document, $0) } }
        return texts.allSatisfy { SplitterContents.speaksOfGathering(document, $0) }
    }

    static func boundary(_ marker: SplitterMarker, _ document: SplitterDocument) -> Boundary {
        Boundary(
            row: marker.start, marker: marker, reason: marker.reason(document), confidence: marker.isGlued ? 0.9 : 0.99)
    }

    /// How many essays without marker the numbers around say are due; nil where they say nothing.
    private func due(after index: Int) -> Int? {
        let ordinal = markers.markers[index].ordinal
        guard index + 1 < markers.markers.count else { return outline.total.map { max(0, $0 - ordinal) } }
        let next = markers.markers[index + 1].ordinal
        if next > ordinal { return next - ordinal - 1 }
        // A second series begins: the first may have gone on, the second lacks the markers before this one.
        return next == 1 ? nil : max(0, next - 1)
    }

    /// Whether more than a title and a line of summary stands before `row`.
    func hasText(before row: Int) -> Bool {
        (outline.end..<max(outline.end, row)).count { document.rows[$0].kind != .titleLike } > 1
    }

    // MARK: Between markers

    /// Every line in `rows` that may begin an essay.
    func weighed(_ rows: Range<Int>, areDue: Bool) -> [SplitterCandidate] { candidates.all(in: rows, areDue: areDue) }

    /// The evidence for the whole text being a compilation, where it has no markers.
    func evidence() -> [Double]? {
        guard markers.markers.isEmpty else { return nil }
        let rows = outline.end..<document.rows.count
        let (_, taken) = taken(rows, due: outline.total.map { $0 - 1 }, isExact: false)
        return taken.isEmpty ? nil : CompilationEvidence.values(document, taken, in: rows)
    }

    private func taken(_ rows: Range<Int>, due: Int?, isExact: Bool) -> (
        found: [SplitterCandidate], taken: [SplitterCandidate]
    ) {
        guard rows.count > 2, due != 0 else { return ([], []) }
        let found = weighed(rows, areDue: isExact && due != nil).filter { !$0.isAnnex }
        var taken = found.filter { $0.score > enough }
        if let due, isExact {
            taken = found.filter { $0.score >= Self.enoughWhenDue }.best(due)
        } else if let due, taken.count < due {
            taken = found.filter { $0.score >= Self.enoughWhenCounted }.best(due)
        }
        return (found, taken)
    }

    private func unmarked(_ rows: Range<Int>, due: Int?, isExact: Bool) -> [Boundary] {
        let (found, taken) = taken(rows, due: due, isExact: isExact)
        if markers.markers.isEmpty, !taken.isEmpty,
            CompilationEvidence.logOdds(CompilationEvidence.values(document, taken, in: rows)) < 0
        {
            return []
        }
        let shift = isExact ? SplitterWeights.shift(of: found.map(\.score), toExpect: taken.count) : 0
        return taken.map {
            boundary($0, due: isExact ? due : nil, confidence: SplitterWeights.probability($0.score + shift))
        }
    }

    /// What a beginning behind the last marker must have: the more, the fewer markers are missing before.
    private var enough: Double {
        guard let last = markers.markers.map(\.ordinal).max() else { return 0 }
        let missing = max(0, last - markers.markers.count)
        return max(0, SplitterWeights.logOdds(of: Double(last - missing + 1), against: Double(missing + 1)))
    }

    private func boundary(_ candidate: SplitterCandidate, due: Int?, confidence: Double) -> Boundary {
        var reasons = candidate.evidence.members.compactMap(\.reason)
        if let restart = candidate.restart { reasons.insert("numbering begins again at \(restart)", at: 0) }
        if let due {
            reasons.insert(due == 1 ? "one unmarked essay due here" : "\(due) unmarked essays due here", at: 0)
        }
        if reasons.isEmpty { reasons = ["title line"] }
        return Boundary(
            row: candidate.row, block: candidate.block, reason: reasons.joined(separator: "; "), confidence: confidence)
    }
}

extension [SplitterCandidate] {
    /// The `count` with the highest scores, in the order of the text.
    fileprivate func best(_ count: Int) -> [SplitterCandidate] {
        guard count < self.count else { return self }
        let chosen = indices.sorted { self[$0].score > self[$1].score }.prefix(Swift.max(0, count))
        return chosen.sorted().map { self[$0] }
    }
}
