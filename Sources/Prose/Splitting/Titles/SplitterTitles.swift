/// Finds the title of an essay once its beginning is known.
struct SplitterTitles {
    let document: SplitterDocument
    /// Used where the text shows none: the file's name.
    let fallback: String

    private static let longest = 60
    /// How many rows at the head of a text a title is looked for in.
    private static let headRows = 12

    /// The title of the essay that `marker` begins; `end` is the first row behind the essay.
    func title(of marker: SplitterMarker, end: Int) -> String {
        let next = marker.row + 1
        if marker.isGlued { return gluedTitle(marker, end: end) }
        if marker.style == .suffix {
            return properTitle(at: next, end: end) ?? document.text(marker.title)
        }
        if !marker.title.isEmpty { return document.text(marker.title) }
        for row in next..<max(next, min(next + 3, end)) where document.rows[row].kind == .titleLike {
            return SplitterTitleBlock(document, at: row, limit: end).title(document)
        }
        return marker.style == .named ? document.text(marker.mark) : fallback + " " + document.text(marker.mark)
    }

    /// A title in the row after a marker of little meaning such as 工作总结篇二, if that reads well enough.
    private func properTitle(at row: Int, end: Int) -> String? {
        guard row < end, document.rows[row].kind == .titleLike, document.rows[row].length >= 6 else { return nil }
        let score = document.withCompact(row) { TitleScoring.score($0, $1, length: document.rows[row].length) }
        return score >= 2 ? SplitterTitleBlock(document, at: row, limit: end).title(document) : nil
    }

    /// The title in a line that goes on with the text: the next line if the text begins with it, else the first clause.
    private func gluedTitle(_ marker: SplitterMarker, end: Int) -> String {
        let next = marker.row + 1
        if next < end, document.rows[next].kind == .titleLike, begins(marker.title, with: document.rows[next].content) {
            return SplitterTitleBlock(document, at: next, limit: end).title(document)
        }
        return firstClause(marker.title)
    }

    private func begins(_ range: Range<Int>, with part: Range<Int>) -> Bool {
        range.count >= part.count && document.bytes[range].starts(with: document.bytes[part])
    }

    private static let clauseEnds = ScalarSet("。,;:!? ")

    private func firstClause(_ range: Range<Int>) -> String {
        var cursor = ScalarCursor(document.bytes, range)
        var count = 0
        while !cursor.isAtEnd, count < Self.longest, !Self.clauseEnds.contains(cursor.peek) {
            _ = cursor.next()
            count += 1
        }
        return count == 0 ? fallback : document.text(range.lowerBound..<cursor.position)
    }

    // MARK: Without marker

    /// The title in `block`; nil where that is a letterhead.
    func title(of block: SplitterTitleBlock, end: Int) -> String? {
        isLetterhead(block, end) ? nil : block.title(document)
    }

    /// The title of the essay in rows `start..<end`, found from its first lines.
    func leadingTitle(from start: Int, end: Int) -> String {
        var row = start
        var skippedText = false
        let limit = min(end, start + Self.headRows)
        while row < limit {
            switch document.rows[row].kind {
            case .titleLike where isText(row): skippedText = true
            case .titleLike:
                if let title = title(at: row, end: end, skippedText: skippedText) { return title }
            case .paragraph:
                if let short = shortLine(row), !skippedText { return short }
                if skippedText { return fallback }
                skippedText = true
            case .heading:
                if document.rows[row].markdownRank > 0 { return document.text(document.rows[row].content) }
                return fallback
            case .article: return fallback
            default: break
            }
            row += 1
        }
        return fallback
    }

    private func title(at row: Int, end: Int, skippedText: Bool) -> String? {
        let block = SplitterTitleBlock(document, at: row, limit: end)
        // The name of a compilation; a heading of Markdown above others is the title of all the same.
        if block.next < end, document.rows[row].markdownRank != 1, SplitterContents.namesCompilation(document, row),
            document.rows[row + 1].kind == .titleLike
        {
            return nil
        }
        if isLetterhead(block, end) { return nil }
        if skippedText {
            // A first line of summary begins with the title; anything else before a title makes it doubtful.
            let isSummary =
                row > 0
                && document.bytes[document.rows[row - 1].content].starts(
                    with: document.bytes[document.rows[row].content])
            let score = document.withCompact(row) { TitleScoring.score($0, $1, length: document.rows[row].length) }
            guard isSummary || score >= 2 else { return nil }
        }
        return block.title(document)
    }

    /// `国务院文件` over a document number, with the title below.
    private func isLetterhead(_ block: SplitterTitleBlock, _ end: Int) -> Bool {
        guard block.next < end, document.rows[block.next].kind == .documentNumber else { return false }
        var next = block.next + 1
        while next < end, next - block.next <= 3, [.rule, .metadata, .note, .date].contains(document.rows[next].kind) {
            next += 1
        }
        guard next < end, document.rows[next].kind == .titleLike else { return false }
        return document.withCompact(block.rows.last!) { Pattern.hasSuffix($0, $1, "文件") }
    }

    /// A first line too short or too oddly punctuated for a title elsewhere: `Art`, `怎么办？`, `序`.
    private func shortLine(_ row: Int) -> String? {
        let line = document.rows[row]
        guard line.length <= Self.longest, !line.compact.isEmpty,
            !Self.open.contains(RowEnding.last(document.bytes, line.content))
        else { return nil }
        guard !isText(row) else { return nil }
        return document.text(line.content)
    }

    /// What sentences end with that go on or are complete, and titles do not.
    private static let open = ScalarSet("。:;,、—―─…")
    private static let spoken = ScalarSet("“\"「『‘—―─")
    private static let marks = ScalarSet("-*+|>`<")

    /// Whether the row is no title by its first character: something said, an item of a list, a row of a table, a quotation.
    private func isText(_ row: Int) -> Bool {
        let content = document.rows[row].content
        let first = ScalarCursor(document.bytes, content).peek
        if Self.marks.contains(first) { return true }
        // `“三农”工作…` goes on behind the quotation.
        return Self.spoken.contains(first) && Self.closed.contains(RowEnding.last(document.bytes, content))
    }

    private static let closed = ScalarSet("”\"」』’—―─…!?")
}
