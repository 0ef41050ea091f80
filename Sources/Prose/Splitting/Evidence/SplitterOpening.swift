/// Tells which rows may be the first of an essay at all.
struct SplitterOpening {
    private let document: SplitterDocument
    private let layout: SplitterLayout
    /// Whether the text has Markdown headings: only those of rank 1 are titles then, and only among markers.
    private let hasHeadings: Bool
    private let isMarked: Bool
    /// Rows that number the parts of an essay.
    private let refused: Set<Int>

    init(document: SplitterDocument, layout: SplitterLayout, isMarked: Bool, refused: Set<Int>) {
        self.document = document
        self.layout = layout
        self.isMarked = isMarked
        self.refused = refused
        hasHeadings = document.rows.contains { $0.markdownRank > 0 }
        var (counts, last): ([UInt64: Int], [UInt64: Int]) = ([:], [:])
        let keys = document.rows.indices.map {
            document.rows[$0].kind == .titleLike ? CollectionContents.key(document, $0) : 0
        }
        for row in keys.indices where keys[row] != 0 {
            // A title said twice is one.
            if row - (last[keys[row]] ?? -Self.apart) >= Self.apart { counts[keys[row], default: 0] += 1 }
            last[keys[row]] = row
        }
        recurring = Set(keys.indices.filter { keys[$0] != 0 && counts[keys[$0], default: 0] >= Self.often })
    }

    /// A line that comes so often, as many rows apart, belongs to the page: a running title, a footer, a rubric.
    private static let often = 3
    private static let apart = 2
    private let recurring: Set<Int>

    /// Whether the row is a line that comes again and again, and names no kind of document.
    private func isFurniture(_ row: Int) -> Bool {
        // The first line of a title, `国务院办公厅关于`, may be that of others as well.
        recurring.contains(row) && SplitterTitleBlock(document, at: row, limit: document.rows.count).rows.count == 1
            && !SplitterTitleBlock.endsWithGenre(document, row)
            && !(row + 1 < document.rows.count && document.rows[row + 1].kind == .titleLike)
    }

    /// Whether the whole row is what somebody says: `“卖茶叶！”`, `「行こう」`.
    private func isSpoken(_ row: Int) -> Bool {
        let content = document.rows[row].content
        let first = ScalarCursor(document.bytes, content).peek
        if first == 0x300C || first == 0x300E { return true }
        return (first == 0x201C || first == 0x22) && [0x201D, 0x22].contains(RowEnding.last(document.bytes, content))
    }

    private static let numbers: [HeadingKind] = [.hanInParentheses, .digit, .digitInParentheses]

    /// Whether `row` holds only the number of the title in the next row, `title`, or that title as well.
    func isNumber(_ row: Int, of title: Int) -> Bool {
        guard let heading = document.rows[row].heading, Self.numbers.contains(heading.kind),
            !document.rows[row].compact.isEmpty
        else { return false }
        if heading.end >= document.rows[row].content.upperBound { return true }
        let (long, short) = (
            document.compact[document.rows[row].compact], document.compact[document.rows[title].compact]
        )
        return long.count > short.count && short.count >= 9 && long.suffix(short.count).elementsEqual(short)
    }

    /// Whether the row is `（二）关于…的通知`, an official title with a number before it.
    private func isNumberedTitle(_ row: Int) -> Bool {
        let line = document.rows[row]
        guard let heading = line.heading, Self.numbers.contains(heading.kind), line.markdownRank == 0, !line.isFinished,
            !line.compact.isEmpty, row + 1 < document.rows.count, line.content.upperBound - heading.end >= 12
        else { return false }
        return [.salutation, .addressee, .documentNumber, .metadata, .date, .note].contains(document.rows[row + 1].kind)
            && ![0x3B, 0x3A, 0x2C].contains(RowEnding.last(document.bytes, line.content))
    }

    private static let units = ScalarSet("回卷课集幕季章节編编部话話场堂")

    /// Whether the row is a division of one work: `第三回 …`, `Chapter III`, `Conclusion`.
    private func isDivision(_ row: Int) -> Bool {
        let line = document.rows[row]
        guard document.bytes[line.content.lowerBound] >= 0x80 else { return SplitterLatin.isDivision(document, row) }
        if Self.isPart(document, row) { return true }
        var cursor = ScalarCursor(document.bytes, line.content)
        guard cursor.take("第") else { return false }
        cursor.skipSpaces()
        guard HanNumeral.readAny(&cursor) != nil else { return false }
        cursor.skipSpaces()
        return Self.units.contains(cursor.peek)
    }

    /// Whether an essay may begin at the row, as far as it and its neighbours tell.
    func mayBegin(_ row: Int, isDue: Bool) -> Bool {
        let rows = document.rows
        if isNumberedTitle(row) { return !hasHeadings }
        guard rows[row].kind == .titleLike, !hasHeadings || isMarked && rows[row].markdownRank == 1 else {
            return false
        }
        guard !isDivision(row), !refused.contains(row), !isFurniture(row), !isSpoken(row),
            isHan(row) || SplitterLatin.isTitle(document, row)
        else { return false }
        if rows[row].length < 4, isHan(row), SplitterTitleBlock(document, at: row, limit: rows.count).rows.count == 1,
            rows[row].length < 2 || rows[row].blanksBefore <= layout.blanks && !(isDue && standsAboveText(row))
        {
            return false
        }
        // The issuer's name under a text, with the date below it.
        if row + 1 < rows.count, rows[row + 1].kind == .date, !SplitterTitleBlock.endsWithGenre(document, row) {
            return false
        }
        return !isSignature(row)
    }

    /// Whether the row stands between the end of a text and the beginning of one.
    private func standsAboveText(_ row: Int) -> Bool {
        let rows = document.rows
        guard row > 0, row + 1 < rows.count, rows[row - 1].isFinished else { return false }
        return rows[row + 1].kind == .paragraph && rows[row + 1].isFinished || rows[row + 1].heading?.number == 1
    }

    /// Whether at least a third of the row is Han characters; lines of code look much like titles.
    private func isHan(_ row: Int) -> Bool {
        document.withCompact(row) { bytes, range in
            let han = range.count { (0xE4...0xE9).contains(bytes[$0]) }
            return han * 3 >= document.rows[row].length
        }
    }

    /// One of several names between a text and its date.
    private func isSignature(_ row: Int) -> Bool {
        let rows = document.rows
        guard rows[row].length <= 20 else { return false }
        var next = row + 1
        while next < rows.count, next - row < 6, rows[next].kind == .titleLike, rows[next].length <= 20 { next += 1 }
        return next < rows.count && next > row + 1 && rows[next].kind == .date
            && !SplitterTitleBlock.endsWithGenre(document, row)
    }

    private static let parts: [StaticString] = ["上篇", "中篇", "下篇", "上编", "中编", "下编"]

    /// Whether the row is `下篇 …`, a part of an essay.
    static func isPart(_ document: SplitterDocument, _ row: Int) -> Bool {
        document.withCompact(row) { bytes, range in parts.contains { Pattern.hasPrefix(bytes, range, $0) } }
    }
}
