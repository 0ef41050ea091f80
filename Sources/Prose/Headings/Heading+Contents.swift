/// Finds a table of contents, whose lines are no headings.
enum HeadingContents {
    /// How many lines down `目录` may stand.
    private static let farthest = 60
    /// Lines of a table are no longer than this, in bytes.
    private static let longest = 240

    /// The lines of the table: those after `目录`, up to where its first entry comes again as a heading. Empty where there is
    /// no table, or where its first entry does not come again.
    static func lines(_ bytes: TextBytes, _ lines: ContiguousArray<TextLine>, _ marks: ContiguousArray<HeadingLine?>)
        -> Range<Int>
    {
        guard let head = lines.prefix(farthest).firstIndex(where: { isHead(bytes, $0.content) }) else { return 0..<0 }
        guard let first = (head + 1..<lines.count).first(where: { !lines[$0].isBlank }), let entry = marks[first] else {
            return 0..<0
        }
        var count = 0
        for index in first + 1..<max(first + 1, lines.count) where !lines[index].isBlank {
            if let mark = marks[index], mark.mark.kind == entry.mark.kind, mark.mark.number == entry.mark.number,
                begins(bytes, mark.title, entry.title) || begins(bytes, entry.title, mark.title)
            {
                return count >= 1 ? head..<index : 0..<0
            }
            if lines[index].content.count > longest { return 0..<0 }
            count += 1
        }
        return 0..<0
    }

    private static func isHead(_ bytes: TextBytes, _ content: Range<Int>) -> Bool {
        guard content.count >= 6, content.count <= 24 else { return false }
        var cursor = ScalarCursor(bytes, content)
        guard cursor.take("目") else { return false }
        cursor.skipSpaces()
        guard cursor.take("录") || cursor.take("錄") || cursor.take("次") else { return false }
        return cursor.isAtEnd
    }

    private static func begins(_ bytes: TextBytes, _ whole: Range<Int>, _ part: Range<Int>) -> Bool {
        !part.isEmpty && whole.count >= part.count && bytes[whole].starts(with: bytes[part])
    }
}
