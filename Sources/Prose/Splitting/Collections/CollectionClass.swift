/// A way in which lines of a text are set apart from the others, and the rows that are set so.
struct CollectionClass {
    enum Kind: Equatable {
        /// At least so many blank lines stand before them.
        case gap(Int)
        /// They are indented deeper than text is, or less.
        case indented, flushed
        /// They are Markdown headings of this rank.
        case heading(Int)
        /// A date or an author stands under them.
        case signed
        /// A table of contents lists them.
        case listed
        /// They follow a line across the page.
        case ruled
    }

    let kind: Kind
    /// All rows set in this way, in order.
    let rows: [Int]
}

/// Finds the ways in which the titles of a text may be set.
struct CollectionClasses {
    /// Blank lines before most rows, and the indentation of most, in bytes.
    let usualGap: Int
    let usualIndent: Int
    private(set) var all: [CollectionClass] = []

    /// Wider gaps than this are taken for this.
    private static let widestGap = 9
    /// The fewest lines that may be titles of a collection.
    private static let fewest = 2

    init(_ document: SplitterDocument, _ contents: CollectionContents, _ lines: CollectionLines) {
        let rows = document.rows
        var gaps = [Int](repeating: 0, count: Self.widestGap + 1)
        var indents = [Int](repeating: 0, count: 33)
        for row in rows.dropFirst() {
            gaps[min(row.blanksBefore, Self.widestGap)] += 1
            if row.length > 20 || row.compact.isEmpty { indents[min(row.indent, 32)] += 1 }
        }
        usualGap = gaps.firstIndex(of: gaps.max() ?? 0) ?? 0
        usualIndent = indents.firstIndex(of: indents.max() ?? 0) ?? 0
        let (usualGap, usualIndent) = (usualGap, usualIndent)
        for rank in 1...3 { add(.heading(rank), rows.indices.filter { rows[$0].markdownRank == rank }) }
        add(.signed, lines.signed)
        add(.listed, contents.targets)
        // In Markdown with headings blank lines and blanks say nothing.
        guard !rows.contains(where: { $0.markdownRank > 0 }) else { return }
        for gap in usualGap + 1..<max(usualGap + 2, Self.widestGap + 1)
        where gaps.indices.contains(gap) && gaps[gap] > 0 {
            let apart = rows.indices.dropFirst().filter { rows[$0].blanksBefore >= gap }
            add(.gap(gap), apart)
            // Where paragraphs are set apart as well, but indented, and lines are broken.
            if gap == usualGap + 1, let indent = Self.paragraphIndent(apart.map { rows[$0] }), indent > usualIndent + 1
            {
                add(.gap(gap), apart.filter { rows[$0].indent + 1 < indent })
            }
        }
        add(.indented, rows.indices.filter { rows[$0].indent >= usualIndent + 5 })
        if usualIndent > 1 { add(.flushed, rows.indices.filter { rows[$0].indent + 1 < usualIndent }) }
        add(.ruled, rows.indices.dropFirst().filter { rows[$0 - 1].kind == .rule && rows[$0].kind != .rule })
    }

    /// The most frequent indentation of rows that are as long as lines of text are.
    private static func paragraphIndent(_ rows: [SplitterRow]) -> Int? {
        var indents = [Int](repeating: 0, count: 33)
        for row in rows where row.length > 20 || row.compact.isEmpty { indents[min(row.indent, 32)] += 1 }
        guard let most = indents.max(), most > 0 else { return nil }
        return indents.firstIndex(of: most)
    }

    private mutating func add(_ kind: CollectionClass.Kind, _ rows: [Int]) {
        if rows.count >= Self.fewest { all.append(CollectionClass(kind: kind, rows: rows)) }
    }
}

/// What each row of a text says by itself, read once.
struct CollectionLines {
    let lines: [CollectionLine]
    /// Headlines with a date or an author under them.
    let signed: [Int]
    /// Rows whose words come again so often that they belong to the page.
    let repeated: Set<Int>

    private static let often = 3

    init(_ document: SplitterDocument) {
        let rows = document.rows
        let lines = rows.indices.map { CollectionLine(document, $0) }
        self.lines = lines
        signed = rows.indices.dropLast().filter {
            // A name and a date under a text stand above the next title.
            lines[$0].isHeadline && !Self.isSignature(document, $0) && Self.isDate(document, $0 + 1)
                && $0 + 2 < rows.count && !lines[$0 + 2].isHeadline
        }
        var counts: [UInt64: Int] = [:]
        let keys = rows.indices.map { lines[$0].isHeadline ? CollectionContents.key(document, $0) : 0 }
        for key in keys where key != 0 { counts[key, default: 0] += 1 }
        repeated = Set(rows.indices.filter { keys[$0] != 0 && counts[keys[$0], default: 0] >= Self.often })
    }

    /// Whether the row is a date, alone or in brackets, or names an author.
    static func isSignature(_ document: SplitterDocument, _ row: Int) -> Bool {
        let line = document.rows[row]
        return line.kind == .metadata && line.length <= 30 || isDate(document, row)
    }

    private static func isDate(_ document: SplitterDocument, _ row: Int) -> Bool {
        let line = document.rows[row]
        return line.kind == .date || line.kind == .note && line.length <= 24 && beginsWithYear(document, line)
    }

    private static func beginsWithYear(_ document: SplitterDocument, _ line: SplitterRow) -> Bool {
        var cursor = ScalarCursor(document.bytes, line.content)
        _ = cursor.take("(")
        for _ in 0..<4 {
            let scalar = cursor.next()
            guard HanNumeral.isDigit(scalar) || HanNumeral.value(of: scalar) != nil || scalar == 0x25CB else {
                return false
            }
        }
        return cursor.peek == 0x5E74
    }
}
