/// A text without markers that is a collection of essays with plain titles.
///
/// Such a text is cut at all titles that are set alike, or not at all: two explanations, a collection or one work, are weighed by
/// what speaks for each of the ways in which lines are set apart (`CollectionEvidence`).
struct SplitterCollection {
    private let reader: CollectionReader
    private let best: CollectionCandidate
    /// Where essays begin: the parts of the book before the first and behind the last left out.
    private let starts: [Int]

    /// The least odds: one work that is cut is worse than a collection that is not.
    private static let enough = 0.7
    private static let alikeOdds = 0.4
    /// How much more likely a collection must be where markers, which begin lines of a text by chance, would cut it elsewhere.
    private static let enoughAgainstMarkers = 2.0

    /// The collection that the text is; nil if it is one work, or has markers.
    static func found(
        _ document: SplitterDocument, _ markers: SplitterMarkerSeries, _ series: SplitterSeries, name: String,
        compilation: @autoclosure () -> [Double]?
    ) -> SplitterCollection? {
        let rows = markers.markers.map(\.start)
        // A number behind a title is of little weight, where there are many more titles.
        guard
            markers.markers.allSatisfy({ $0.style == .suffix })
                || markers.markers.contains(where: { $0.isGlued || $0.isDoubtful })
        else { return nil }
        let reader = CollectionReader(document, series, name: name)
        let candidates = reader.candidates(above: enough - alikeOdds)
        let odds = candidates.map(CollectionWeights.logOdds)
        guard let most = odds.max() else { return nil }
        // Of ways that are as likely, the one with the most titles: the first has less room above it, below the name of the whole.
        let alike = candidates.indices.filter { odds[$0] > most - alikeOdds }
        guard let index = alike.max(by: { candidates[$0].starts.count < candidates[$1].starts.count }) else {
            return nil
        }
        let (best, logOdds) = (candidates[index], most)
        guard logOdds > (rows.isEmpty ? enough : enoughAgainstMarkers) else { return nil }
        // The lines may also be told one by one, as headings inside essays of a compilation are set like their titles.
        if rows.isEmpty, let compilation = compilation(), CompilationEvidence.logOdds(compilation) > logOdds,
            CompilationEvidence.isOfDocuments(compilation)
        {
            return nil
        }
        let known = Set(best.starts)
        guard rows.isEmpty || rows.count(where: known.contains) * 2 < rows.count || rows.count * 3 < known.count else {
            return nil
        }
        return SplitterCollection(reader, best)
    }

    private init?(_ reader: CollectionReader, _ best: CollectionCandidate) {
        self.reader = reader
        self.best = best
        func part(_ index: Int) -> CollectionLine.Part? { CollectionLine.part(reader.document, best.titleRows[index]) }
        guard let first = best.starts.indices.first(where: { part($0) != .front }) else { return nil }
        let last = best.starts.indices.last { part($0) == nil || part($0) == .front } ?? first
        starts = best.starts.indices.filter { $0 >= first && ($0 <= last || part($0) == .back && best.starts[$0] > 0) }
        guard starts.count > 1 else { return nil }
    }

    /// Whether nothing but names, lists and the like stands before the first essay.
    private var isFirstAtHead: Bool {
        reader.isHead(before: best.starts[starts[0]], known: best.titleRows.prefix(starts[0]))
    }

    func firstTitle(_ document: SplitterDocument) -> String? { isFirstAtHead ? title(starts[0], document) : nil }

    func boundaries(_ document: SplitterDocument) -> [SplitterSelection.Boundary] {
        let confidence = min(0.98, SplitterWeights.probability(CollectionWeights.logOdds(best)))
        return starts.dropFirst(isFirstAtHead ? 1 : 0).map {
            SplitterSelection.Boundary(
                row: best.starts[$0], title: title($0, document), reason: reason($0), confidence: confidence)
        }
    }

    private func title(_ index: Int, _ document: SplitterDocument) -> String {
        document.text(document.rows[best.titleRows[index]].content)
    }

    private func reason(_ index: Int) -> String {
        let reason =
            switch best.kind {
            case .gap: "set apart by blank lines"
            case .indented, .flushed: "indented as titles are"
            case .heading: "Markdown heading"
            case .signed: "a date or an author follows"
            case .listed: "listed in the table of contents"
            case .ruled: "after a rule"
            }
        guard best.kind != .listed, reader.isListed(best.titleRows[index]) else { return reason }
        return reason + "; listed in the table of contents"
    }
}

/// Ways in which the titles of a text may be set, with the evidence for each, for fitting.
package struct CollectionMeasure {
    package let kind: String
    package let starts: [Int]
    package let values: [Double]

    /// Names of the evidence for a compilation, whose kind is `compilation`.
    package static let compilationNames = CompilationEvidence.allCases.map { "\($0)" }
    package static let names = CollectionEvidence.allCases.map { "\($0)" }

    package static func all(in text: [UInt8], isMarkdown: Bool, name: String) -> [CollectionMeasure] {
        let metadata = isMarkdown ? FrontMatter.parse(text) : nil
        return text.withUnsafeBufferPointer { bytes in
            let document = SplitterDocument(
                bytes: bytes, isMarkdown: isMarkdown, from: metadata?.range.upperBound ?? 0, title: metadata?.title)
            let numbers = SplitterSeries(document)
            let selection = SplitterSelection(document, SplitterMarkerSeries(document, numbers), numbers)
            let reader = CollectionReader(document, numbers, name: name)
            let compilation =
                selection.evidence().map { [CollectionMeasure(kind: "compilation", starts: [], values: $0)] } ?? []
            return compilation
                + reader.candidates().map { candidate in
                    CollectionMeasure(
                        kind: "\(candidate.kind)", starts: candidate.starts.map { document.rows[$0].start },
                        values: candidate.values)
                }
        }
    }
}
