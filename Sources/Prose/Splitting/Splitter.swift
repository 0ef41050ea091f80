/// One essay of a file.
public struct Cut: Sendable, Equatable {
    /// Bytes of the decoded text. The cuts of a text partition it.
    public var range: Range<Int>
    /// The essay's title as found in the text.
    public var title: String
    /// Why the text was cut where this essay begins, for a person to read.
    public var reason: String
    /// How sure that is, 0 to 1.
    public var confidence: Double

    public init(range: Range<Int>, title: String, reason: String, confidence: Double) {
        self.range = range
        self.title = title
        self.reason = reason
        self.confidence = confidence
    }
}

/// Cuts a file into its essays.
///
/// Compilations as they are passed around mark their essays (`第一篇：…`), but some markers are missing. Three kinds of
/// evidence are used, from the surest: the markers; gaps between their numbers, which say how many essays are due; and
/// what the beginning of an essay looks like — numbering that begins again at `一、`, a document number, a salutation, a
/// title said twice. A table of contents, and annexes that a document brings along, are told apart from essays.
public enum CompilationSplitter {
    /// The essays of `text`, in order: at least one, together all of the text.
    ///
    /// - Parameters:
    ///   - text: valid UTF-8.
    ///   - fallbackTitle: the title of an essay in which none is found, such as the file's name.
    ///   - isStopped: asked while a regular expression is looked for; if it says yes, that ends.
    /// - Throws: `SplitError` if `mode` holds a regular expression that is invalid or takes too long; `CancellationError`.
    public static func cuts(
        in text: [UInt8], mode: SplitMode, isMarkdown: Bool, fallbackTitle: String,
        until isStopped: () -> Bool = { false }
    ) throws -> [Cut] {
        let metadata = isMarkdown ? FrontMatter.parse(text) : nil
        return try text.withUnsafeBufferPointer { bytes in
            var keepsAll = false
            if case .pattern = mode { keepsAll = true }
            let document = SplitterDocument(
                bytes: bytes, isMarkdown: isMarkdown, from: metadata?.range.upperBound ?? 0, title: metadata?.title,
                keepsAll: keepsAll)
            let titles = SplitterTitles(document: document, fallback: fallbackTitle)
            let pieces = try Pieces(document, titles, mode: mode, until: isStopped)
            var cuts = pieces.cuts()
            if let title = metadata?.title, cuts.count == 1 { cuts[0].title = title }
            return cuts
        }
    }

    /// Why a text is one essay in which no line matches the pattern.
    package static let unmatched = "no line matches the pattern"

    /// The rows where essays begin, and how to name each.
    private struct Pieces {
        let document: SplitterDocument
        let titles: SplitterTitles
        var firstMarker: SplitterMarker?
        var firstRow = 0
        var boundaries: [SplitterSelection.Boundary] = []
        var reasonForOne = "one essay"
        /// The title of the first essay, where what stands before it is no text of its own.
        var firstTitle: String?

        init(_ document: SplitterDocument, _ titles: SplitterTitles, mode: SplitMode, until isStopped: () -> Bool)
            throws
        {
            self.document = document
            self.titles = titles
            if document.isCutShort {
                reasonForOne = "more than \(Lines.most) lines, which are not cut"
                return
            }
            switch mode {
            case .none: break
            case .pattern(let pattern):
                boundaries = try SplitterPattern.boundaries(document, pattern, until: isStopped)
                if boundaries.isEmpty { reasonForOne = unmatched }
                if boundaries.first?.row == 0 { firstMarker = boundaries.removeFirst().marker }
            case .markers, .auto: useMarkers(mode)
            }
        }

        private mutating func useMarkers(_ mode: SplitMode) {
            let numbers = SplitterSeries(document)
            let series = SplitterMarkerSeries(document, numbers)
            let selection = SplitterSelection(document, series, numbers)
            if mode == .auto,
                let collection = SplitterCollection.found(
                    document, series, numbers, name: titles.fallback, compilation: selection.evidence())
            {
                boundaries = collection.boundaries(document)
                firstTitle = collection.firstTitle(document)
                return
            }
            firstRow = selection.firstRow
            if mode == .auto {
                boundaries = selection.boundaries()
            } else {
                boundaries = series.markers.map { SplitterSelection.boundary($0, document) }
            }
            guard let first = series.markers.first else { return }
            if first.ordinal == 1 || !selection.hasText(before: first.start) {
                firstMarker = first
                boundaries.removeAll { $0.marker == first }
            }
        }

        func cuts() -> [Cut] {
            var cuts: [Cut] = []
            let count = document.rows.count
            let second = boundaries.first?.row ?? count
            let title = firstTitle ?? firstMarker.map { titles.title(of: $0, end: second) } ?? leadingTitle(end: second)
            let isAlone = boundaries.isEmpty
            cuts.append(
                Cut(
                    range: 0..<start(of: second), title: title, reason: isAlone ? reasonForOne : firstReason,
                    confidence: isAlone ? 0.95 : 1))
            for (index, boundary) in boundaries.enumerated() {
                let end = index + 1 < boundaries.count ? boundaries[index + 1].row : count
                cuts.append(
                    Cut(
                        range: start(of: boundary.row)..<start(of: end), title: self.title(of: boundary, end: end),
                        reason: boundary.reason, confidence: boundary.confidence))
            }
            return cuts
        }

        /// Before a table of contents stands the name of the whole: of a compilation, but of a single essay its title.
        private func leadingTitle(end: Int) -> String {
            titles.leadingTitle(from: boundaries.isEmpty ? 0 : firstRow, end: end)
        }

        private var firstReason: String {
            firstMarker?.reason(document) ?? "start of the file"
        }

        private func start(of row: Int) -> Int {
            row < document.rows.count ? document.rows[row].start : document.bytes.count
        }

        private func title(of boundary: SplitterSelection.Boundary, end: Int) -> String {
            if let title = boundary.title { return title }
            if let marker = boundary.marker { return titles.title(of: marker, end: end) }
            return boundary.block.flatMap { titles.title(of: $0, end: end) }
                ?? titles.leadingTitle(from: boundary.row, end: end)
        }
    }
}
