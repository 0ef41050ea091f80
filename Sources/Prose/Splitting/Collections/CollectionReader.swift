/// Reads a class of lines.
struct CollectionReader {
    let document: SplitterDocument
    let series: SplitterSeries
    let contents: CollectionContents
    let lines: CollectionLines
    let classes: CollectionClasses
    let isNamedCollection: Bool
    let isNamedWork: Bool
    private let listed: Set<Int>
    /// How much stands before each row: in threes of bytes, which are one ideograph or three letters.
    private let lengths: [Int]

    init(_ document: SplitterDocument, _ series: SplitterSeries, name: String) {
        self.document = document
        self.series = series
        let lines = CollectionLines(document)
        self.lines = lines
        let contents = CollectionContents(document)
        self.contents = contents
        classes = CollectionClasses(document, contents, lines)
        listed = Set(contents.targets)
        var lengths = [0]
        lengths.reserveCapacity(document.rows.count + 1)
        for row in document.rows { lengths.append(lengths.last! + max(1, row.content.count / 3)) }
        self.lengths = lengths
        let names =
            [name, document.title ?? ""]
            + document.rows.prefix(2).filter { $0.length <= 30 }.map { document.text($0.content) }
        isNamedCollection = names.contains { CollectionName.isOne($0) }
        isNamedWork = names.contains { CollectionName.isWork($0) }
    }

    private func length(_ rows: Range<Int>) -> Int {
        rows.isEmpty ? 0 : lengths[rows.upperBound] - lengths[rows.lowerBound]
    }

    /// The least text of a passage, in characters.
    private static let leastPassage = 14
    /// More rows than this one after another are a table and no title of several lines.
    private static let longestRun = 3

    /// The candidates whose odds may be more than `least`, with all that speaks for them.
    func candidates(above least: Double = -.infinity) -> [CollectionCandidate] {
        classes.all.compactMap { group in
            guard var candidate = candidate(group), CollectionWeights.mayReach(least, candidate) else { return nil }
            candidate.readSpread(self)
            return candidate
        }
    }

    private func candidate(_ group: CollectionClass) -> CollectionCandidate? {
        if case .heading = group.kind, !mayBeEssays(group.rows) { return nil }
        var candidate = CollectionCandidate(kind: group.kind)
        let titles = group.rows.filter { !contents.table.contains($0) && isTitle($0, group.kind) }
        let starts = starts(titles)
        // One line that comes again and again is a running title or a footer.
        let first = starts.first.map { CollectionContents.key(document, $0.title) }
        guard starts.count >= 2, starts.contains(where: { CollectionContents.key(document, $0.title) != first }) else {
            return nil
        }
        let essays = starts.filter { CollectionLine.part(document, $0.title) == nil }
        guard essays.count >= 2 else { return nil }
        candidate.read(self, group, starts)
        return candidate
    }

    /// Whether headings of one rank may be titles: not in a manual, where one names a section, nor below a title of their own rank or
    /// the document's that is no collection's.
    private func mayBeEssays(_ rows: [Int]) -> Bool {
        if SplitterTopHeadings.isManual(document) { return false }
        if rows.contains(where: {
            SplitterTopHeadings.isSection(document, $0) && [nil, .inner].contains(CollectionLine.part(document, $0))
        }) {
            return false
        }
        return isNamedCollection || document.title == nil && !(rows[0] == 0 && isTitled(above: rows))
    }

    /// Whether headings stand below the first, which has no text under it and names no collection.
    func isTitled(above rows: [Int]) -> Bool {
        guard !isNamedCollection, document.rows[0].markdownRank > 0, rows[0] <= 1, rows.count > 1 else { return false }
        let next = rows[0] == 0 ? rows[1] : rows[0]
        return next == 1 && CollectionLine.part(document, 0) == nil
    }

    private func isTitle(_ row: Int, _ kind: CollectionClass.Kind) -> Bool {
        if case .heading = kind { return document.rows[row].length <= 80 }
        return lines.lines[row].isHeadline
    }

    struct Start {
        /// Where the essay begins, and where its title stands.
        var row: Int
        var title: Int
    }

    /// The titles under which text stands. Of several in a row the first begins the essay, if they are few; of many the last.
    private func starts(_ titles: [Int]) -> [Start] {
        var starts: [Start] = []
        var first = 0
        while first < titles.count {
            var last = first
            while last + 1 < titles.count, !holdsText(titles[last] + 1..<titles[last + 1]) { last += 1 }
            let end = last + 1 < titles.count ? titles[last + 1] : document.rows.count
            if holdsText(titles[last] + 1..<end) {
                let isRun = last - first < Self.longestRun && titles[last] - titles[first] <= 2 * Self.longestRun
                let row = isRun ? titles[first] : titles[last]
                starts.append(Start(row: row, title: title(in: titles[(isRun ? first : last)...last])))
            }
            first = last + 1
        }
        return starts
    }

    /// The row of several in a row that is a title: the first that names no part of a book and bears no number of a division; at the
    /// head of the text the last, below the name of the whole.
    private func title(in rows: ArraySlice<Int>) -> Int {
        if rows.first! <= 1 { return rows.last! }
        return rows.first {
            if case .chapter = lines.lines[$0].number { return false }
            return CollectionLine.part(document, $0) == nil
        } ?? rows.first!
    }

    private func holdsText(_ rows: Range<Int>) -> Bool { length(rows) >= Self.leastPassage }

    func passage(_ starts: [Start], _ index: Int) -> Range<Int> {
        starts[index].row..<(index + 1 < starts.count ? starts[index + 1].row : document.rows.count)
    }
}

extension CollectionReader {
    func isListed(_ row: Int) -> Bool { listed.contains(row) }
    func characters(_ rows: Range<Int>) -> Int { length(rows) }

    /// Lines like titles, set apart from the line above.
    func headlines(in rows: Range<Int>.SubSequence) -> Int {
        rows.count {
            lines.lines[$0].isHeadline && document.rows[$0].kind == .titleLike && document.rows[$0 - 1].isFinished
                && (lines.lines[$0].isLatin == false || document.rows[$0].blanksBefore > classes.usualGap)
        }
    }

    /// How much stands before `row` in paragraphs.
    func text(before row: Int) -> Int {
        (0..<row).reduce(0) { sum, row in
            contents.table.contains(row) || document.rows[row].kind != .paragraph ? sum : sum + length(row..<row + 1)
        }
    }

    /// Whether what stands before `row` is no text of its own: the name of the whole, a table of contents, what `known` rows head as
    /// the front of a book.
    func isHead(before row: Int, known: ArraySlice<Int>) -> Bool {
        if !known.isEmpty { return true }
        let rows = 0..<row
        return rows.allSatisfy { contents.table.contains($0) || document.rows[$0].length <= 60 || isNotice($0) }
            && length(rows) - length(contents.table.clamped(to: rows)) <= 300
    }

    private func isNotice(_ row: Int) -> Bool { SplitterContents.speaksOfGathering(document, row) }
}
