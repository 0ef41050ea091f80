/// Splitting at lines that a person's regular expression matches.
enum SplitterPattern {
    /// A boundary at every row in which `pattern` is found. What follows the match on its line is the title; where nothing
    /// does, the line itself if it reads as one, else the next title line.
    static func boundaries(_ document: SplitterDocument, _ pattern: String) throws -> [SplitterSelection.Boundary] {
        let regex = try SplitPattern(pattern).regex.matchingSemantics(.unicodeScalar)
        return document.rows.indices.compactMap { row in
            let line = document.text(document.rows[row].content)
            guard let match = try? regex.firstMatch(in: line) else { return nil }
            return boundary(document, row, line, rest: line[match.range.upperBound...])
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
        let marker = SplitterMarker(row: row, start: row, ordinal: 0, style: .sample, mark: content, title: title, isGlued: false)
        return SplitterSelection.Boundary(row: row, marker: marker, reason: "line matches the pattern", confidence: 1)
    }

    /// Whether the row is a title, and no mark such as 第一篇 that stands above one.
    private static func isTitle(_ document: SplitterDocument, _ row: Int) -> Bool {
        document.rows[row].kind == .titleLike && SplitterMarker.read(document, row: row) == nil && SplitterNamedMark.read(document, row) == nil
    }

    private static func withoutSeparator(_ bytes: TextBytes, _ range: Range<Int>) -> Range<Int> {
        var cursor = ScalarCursor(bytes, range)
        while [0x3A, 0x3001, 0x2E, 0x20].contains(cursor.peek) { _ = cursor.next() }
        return cursor.position..<range.upperBound
    }
}
