/// Splitting at lines that a person's regular expression matches.
enum SplitterPattern {
    /// A boundary at every row in which `pattern` is found. What follows the match on its line is the title, else the next
    /// title line.
    static func boundaries(_ document: SplitterDocument, _ pattern: String) throws -> [SplitterSelection.Boundary] {
        let regex: Regex<AnyRegexOutput>
        do {
            regex = try Regex(pattern).matchingSemantics(.unicodeScalar)
        } catch {
            throw SplitError(pattern: pattern, reason: "\(error)")
        }
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
        let title = Lines.trim(content.lowerBound + length - rest.utf8.count..<content.upperBound, in: document.bytes)
        let marker = SplitterMarker(
            row: row, start: row, ordinal: 0, style: .sample, mark: content, title: withoutSeparator(document.bytes, title), isGlued: false)
        return SplitterSelection.Boundary(row: row, marker: marker, reason: "line matches the pattern", confidence: 1)
    }

    private static func withoutSeparator(_ bytes: TextBytes, _ range: Range<Int>) -> Range<Int> {
        var cursor = ScalarCursor(bytes, range)
        while [0x3A, 0x3001, 0x2E, 0x20].contains(cursor.peek) { _ = cursor.next() }
        return cursor.position..<range.upperBound
    }
}
