/// Splitting at lines that a person's regular expression matches.
enum SplitterPattern {
    /// A boundary at every row in which `pattern` is found. What follows the match on its line is the title; where nothing
    /// does, the line itself if it reads as one, else the next title line.
    /// - Throws: `SplitError` if it is no regular expression, or takes too long; `CancellationError` if `isStopped` said yes.
    static func boundaries(_ document: SplitterDocument, _ pattern: String, until isStopped: () -> Bool) throws
        -> [SplitterSelection.Boundary]
    {
        _ = try SplitPattern(pattern)
        let lines = document.rows.map { document.text($0.content) }
        do {
            return try PatternSearch.run(pattern, in: lines, until: isStopped).map { row, end in
                let line = lines[row]
                return boundary(document, row, line, rest: line[line.utf8.index(line.startIndex, offsetBy: end)...])
            }
        } catch .tooLong(let row) {
            let start = document.rows[row].content.lowerBound
            let line = 1 + document.bytes[..<start].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
            throw SplitError(pattern: pattern, reason: .takesTooLong(line: line))
        } catch .stopped {
            throw CancellationError()
        }
    }

    private static func boundary(
        _ document: SplitterDocument, _ row: Int, _ line: String, rest: Substring
    ) -> SplitterSelection.Boundary {
        let content = document.rows[row].content
        let length = line.utf8.count
        let behind = Lines.trim(content.lowerBound + length - rest.utf8.count..<content.upperBound, in: document.bytes)
        var title = withoutSeparator(document.bytes, behind)
        if title.isEmpty, isTitle(document, row) { title = content }
        let marker = SplitterMarker(
            row: row, start: row, ordinal: 0, style: .sample, mark: content, title: title, isGlued: false)
        return SplitterSelection.Boundary(row: row, marker: marker, reason: "line matches the pattern", confidence: 1)
    }

    /// Whether the row is a title, and no mark such as 第一篇 that stands above one.
    private static func isTitle(_ document: SplitterDocument, _ row: Int) -> Bool {
        document.rows[row].kind == .titleLike && SplitterMarker.read(document, row: row) == nil
            && SplitterNamedMark.read(document, row) == nil
    }

    private static func withoutSeparator(_ bytes: TextBytes, _ range: Range<Int>) -> Range<Int> {
        var cursor = ScalarCursor(bytes, range)
        while [0x3A, 0x3001, 0x2E, 0x20].contains(cursor.peek) { _ = cursor.next() }
        return cursor.position..<range.upperBound
    }
}
