/// Decides where the essays of a compilation begin.
struct SplitterSelection {
    /// The beginning of an essay after the first.
    struct Boundary {
        var row: Int
        var marker: SplitterMarker?
        var block: SplitterTitleBlock?
        var reason: String
        var confidence: Double
    }

    /// The least a title line must have where numbering begins again after it.
    private static let enoughForRestart = 0.4
    /// The least for an essay that the numbers of markers around say is due.
    private static let enoughWhenDue = -1.5
    /// How many rows before a restart its title is looked for.
    private static let lookBack = 60

    /// How many known titles a line is compared with.
    private static let mostCompared = 20

    let document: SplitterDocument
    let markers: SplitterMarkerSeries
    private let candidates: SplitterCandidates
    private let series: SplitterSeries
    private let outline: SplitterContents

    init(_ document: SplitterDocument, _ markers: SplitterMarkerSeries) {
        self.document = document
        self.markers = markers
        outline = SplitterContents(document, markers)
        series = SplitterSeries(document)
        candidates = SplitterCandidates(document: document, series: series, listed: outline.titles)
    }

    /// The first row of the first essay's own text, behind a table of contents.
    var firstRow: Int { outline.end }

    /// All beginnings after the first, in order.
    func boundaries() -> [Boundary] {
        guard let first = markers.markers.first else {
            return unmarked(outline.end..<document.rows.count, due: outline.total.map { $0 - 1 }, isExact: false)
        }
        var found: [Boundary] = []
        if first.ordinal > 1, hasText(before: first.start) {
            found += unmarked(outline.end..<first.start, due: first.ordinal - 2, isExact: true)
            found.append(Self.boundary(first, document))
        }
        for (index, marker) in markers.markers.enumerated() {
            if index > 0 { found.append(Self.boundary(marker, document)) }
            let isLast = index + 1 == markers.markers.count
            let end = isLast ? document.rows.count : markers.markers[index + 1].start
            found += unmarked(marker.row..<end, due: due(after: index), isExact: !isLast)
        }
        return found.sorted { $0.row < $1.row }
    }

    static func boundary(_ marker: SplitterMarker, _ document: SplitterDocument) -> Boundary {
        Boundary(
            row: marker.start, marker: marker, reason: "marker \(document.text(marker.mark))", confidence: marker.isGlued ? 0.9 : 0.99)
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

    private func unmarked(_ range: Range<Int>, due: Int?, isExact: Bool) -> [Boundary] {
        guard range.count > 2, due != 0 else { return [] }
        var found = candidates.all(in: range)
        guard !found.isEmpty else { return [] }
        addRestarts(&found, in: range)
        if let due, isExact { return mostLikely(found, due) }
        var taken = found.filter(\.isConvincing)
        if !taken.isEmpty || !markers.markers.isEmpty { taken += alike(found, to: taken, in: range) }
        if let due, taken.count < due { taken = found.filter { !$0.isAnnex && $0.score >= 1 }.best(due) }
        return taken.sorted { $0.row < $1.row }.map { boundary($0, due: nil) }
    }

    private func mostLikely(_ found: [SplitterCandidate], _ due: Int) -> [Boundary] {
        found.filter { !$0.isAnnex && $0.score >= Self.enoughWhenDue }.best(due).map { boundary($0, due: due) }
    }

    private func boundary(_ candidate: SplitterCandidate, due: Int?) -> Boundary {
        var reasons = candidate.reasons
        if let due { reasons.insert(due == 1 ? "one unmarked essay due here" : "\(due) unmarked essays due here", at: 0) }
        if reasons.isEmpty { reasons = ["title line"] }
        let certainty = candidate.score / (candidate.score + 1.5)
        return Boundary(
            row: candidate.row, block: candidate.block, reason: reasons.joined(separator: "; "),
            confidence: max(0.3, min(0.97, due == nil ? certainty : certainty + 0.1)))
    }

    /// Gives the best title line before each place where numbering begins again the weight of that restart.
    private func addRestarts(_ found: inout [SplitterCandidate], in range: Range<Int>) {
        var first = 0
        for restart in series.restarts(in: range) {
            let window = max(restart.after, restart.row - Self.lookBack)..<restart.row
            while first < found.count, found[first].row < restart.row - Self.lookBack { first += 1 }
            let inside = found.indices[first...].prefix { found[$0].row < restart.row }.filter { window.contains(found[$0].row) }
            // An annex or a beginning known otherwise explains the restart.
            if inside.contains(where: { found[$0].isAnnex || found[$0].isConvincing }) { continue }
            if window.contains(where: { isPartOrAnnex($0) }) { continue }
            func weight(_ index: Int) -> Double { found[index].score - 0.03 * Double(restart.row - found[index].row) }
            guard let best = inside.max(by: { weight($0) < weight($1) }), found[best].score >= Self.enoughForRestart else { continue }
            found[best].score += SplitterCandidates.convincing
            found[best].isStrong = true
            found[best].reasons = ["numbering begins again at \(restart.shown)"] + found[best].reasons.filter { !$0.hasPrefix("numbering") }
        }
    }

    /// A heading above the numbers that begin again, or `附件`, begins a part of the same essay; `第一章` may begin another.
    private func isPartOrAnnex(_ row: Int) -> Bool {
        if document.rows[row].kind == .attachment { return true }
        guard let heading = document.rows[row].heading, heading.number > 1 else { return false }
        return [.volume, .part, .lecture, .chapter, .section].contains(heading.kind)
    }

    // MARK: Titles like the others

    /// Compilations gather essays on one subject: a line very like a title already known is one too.
    private func alike(_ found: [SplitterCandidate], to taken: [SplitterCandidate], in range: Range<Int>) -> [SplitterCandidate] {
        let known =
            taken.prefix(Self.mostCompared).map { document.scalars($0.row) }
            + markers.markers.prefix(Self.mostCompared).map { scalars($0.title) } + [document.scalars(range.lowerBound)]
        return found.filter { candidate in
            guard !candidate.isAnnex, !candidate.isConvincing else { return false }
            let title = document.scalars(candidate.row)
            let likeness = known.reduce(0) { max($0, TitleScoring.similarity($1, title)) }
            return candidate.score + 5 * likeness >= 5
        }
    }

    private func scalars(_ range: Range<Int>) -> [UInt32] {
        guard range.count <= 240 else { return [] }
        var cursor = ScalarCursor(document.bytes, range)
        var result: [UInt32] = []
        while !cursor.isAtEnd {
            let scalar = cursor.next()
            if scalar > 0x20 { result.append(scalar) }
        }
        return result
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
