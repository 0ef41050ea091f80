/// A heading as found, before its place in the tree is known.
struct FoundHeading {
    /// First byte of its line.
    var start: Int
    var kind: HeadingKind
    /// Nil for a Markdown heading without a number.
    var mark: HeadingMark?
    var title: Range<Int>
    var range: Range<Int>
}

/// Tells headings from the other lines that begin with a number.
enum HeadingScanner {
    static func headings(in bytes: TextBytes, from start: Int, isMarkdown: Bool) -> ContiguousArray<FoundHeading> {
        let lines = Lines.all(in: bytes)
        if isMarkdown { return markdown(bytes, lines, from: start) }
        var marks = ContiguousArray<HeadingLine?>()
        marks.reserveCapacity(lines.count)
        for line in lines { marks.append(line.isBlank ? nil : plain(bytes, line.content)) }
        HeadingChapters.mark(bytes, lines, &marks)
        HeadingSpaced.mark(bytes, lines, &marks)
        HeadingParagraphs.drop(&marks)
        return withoutLists(bytes, lines, marks)
    }

    private static func plain(_ bytes: TextBytes, _ content: Range<Int>) -> HeadingLine? {
        guard mayBeginNumber(bytes[content.lowerBound]), let mark = HeadingMark.read(bytes, content) else { return nil }
        return HeadingLine(bytes, content, mark: mark)
    }

    /// First bytes of digits, brackets and the Han characters that numbers begin with; most lines fail here.
    private static func mayBeginNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x28, 0x30...0x39, 0xE2...0xE9, 0xEF: true
        default: false
        }
    }

    // MARK: Plain text

    /// Drops what numbers a list or notes.
    private static func withoutLists(
        _ bytes: TextBytes, _ lines: ContiguousArray<TextLine>, _ marks: ContiguousArray<HeadingLine?>
    ) -> ContiguousArray<FoundHeading> {
        var found = ContiguousArray<FoundHeading>()
        var state = HeadingLists()
        let keepsEssays = distinctEssays(marks) > 1
        let contents = HeadingContents.lines(bytes, lines, marks)
        let notes = HeadingNotes.lines(bytes, lines, marks)
        for index in lines.indices where !lines[index].isBlank && !contents.contains(index) {
            guard let heading = marks[index], !notes.contains(index) else {
                state.passText(bytes, lines[index].content)
                continue
            }
            let next = nextLine(after: index, lines)
            let isItem = state.isItem(heading, next: next.flatMap { marks[$0] }, bytes, lines[index].content)
            if isItem || heading.mark.kind == .essay && !keepsEssays { continue }
            found.append(
                FoundHeading(
                    start: lines[index].start, kind: heading.mark.kind, mark: heading.mark, title: heading.title,
                    range: heading.range))
        }
        return found
    }

    /// An essay that was cut out of a compilation keeps its marker line; that alone is no section.
    private static func distinctEssays(_ marks: ContiguousArray<HeadingLine?>) -> Int {
        var numbers: [Int] = []
        for mark in marks {
            if let mark, mark.mark.kind == .essay, !numbers.contains(mark.mark.number) {
                numbers.append(mark.mark.number)
            }
        }
        return numbers.count
    }

    private static func nextLine(after index: Int, _ lines: ContiguousArray<TextLine>) -> Int? {
        var next = index + 1
        while next < lines.count, lines[next].isBlank { next += 1 }
        return next < lines.count ? next : nil
    }

    /// `第十二条 …` at the head of a line.
    static func isArticleOfLaw(_ bytes: TextBytes, _ content: Range<Int>) -> Bool {
        guard bytes[content.lowerBound] == 0xE7 else { return false }
        var cursor = ScalarCursor(bytes, content)
        guard cursor.take("第"), HanNumeral.readAny(&cursor) != nil else { return false }
        return cursor.take("条") || cursor.take("條")
    }

    /// A line that ends with a colon, or a short one that speaks of 下列 or 如下.
    static func introducesList(_ bytes: TextBytes, _ content: Range<Int>) -> Bool {
        if endsWithColon(bytes, content) { return true }
        guard content.count <= 240 else { return false }
        return Pattern.contains(bytes, content, "下列") || Pattern.contains(bytes, content, "如下")
    }

    static func endsWithColon(_ bytes: TextBytes, _ content: Range<Int>) -> Bool {
        let last = content.upperBound - 1
        if bytes[last] == 0x3A { return true }
        return content.count >= 3 && bytes[last] == 0x9A && bytes[last - 1] == 0xBC && bytes[last - 2] == 0xEF
    }

    // MARK: Markdown

    private static func markdown(
        _ bytes: TextBytes, _ lines: ContiguousArray<TextLine>, from start: Int
    ) -> ContiguousArray<FoundHeading> {
        var found = ContiguousArray<FoundHeading>()
        var scanner = MarkdownScanner(bytes: bytes, lines: lines)
        var skipTo = 0
        for index in lines.indices where lines[index].start >= start && index >= skipTo {
            switch scanner.read(index) {
            case .heading(let rank, let title, let last):
                skipTo = last + 1
                let end = max(lines[index].content.upperBound, lines[last].content.upperBound)
                found.append(
                    markdownHeading(bytes, rank, title, lines[index].start, lines[index].content.lowerBound..<end))
            case .text:
                if let heading = numbered(bytes, lines[index]) { found.append(heading) }
            case .block: continue
            }
        }
        return found
    }

    private static func markdownHeading(
        _ bytes: TextBytes, _ rank: Int, _ title: Range<Int>, _ start: Int, _ range: Range<Int>
    ) -> FoundHeading {
        let mark = title.isEmpty ? nil : HeadingMark.read(bytes, title)
        let text = mark.map { Lines.trim($0.end..<max($0.end, title.upperBound), in: bytes) } ?? title
        return FoundHeading(start: start, kind: .markdown(rank), mark: mark, title: text, range: range)
    }

    /// Official numbering inside Markdown, bold or not. Digits are left alone: there they number lists.
    private static func numbered(_ bytes: TextBytes, _ line: TextLine) -> FoundHeading? {
        guard !line.isBlank else { return nil }
        var content = line.content
        let isBold = content.count > 4 && bytes[content.lowerBound] == 0x2A && bytes[content.lowerBound + 1] == 0x2A
        if isBold { content = content.lowerBound + 2..<content.upperBound }
        guard var heading = plain(bytes, content), !heading.endsLikeItem else { return nil }
        switch heading.mark.kind {
        case .han, .hanInParentheses, .volume, .part, .lecture, .chapter, .section: break
        default: return nil
        }
        while heading.title.count > 2, bytes[heading.title.upperBound - 1] == 0x2A {
            heading.title = heading.title.lowerBound..<heading.title.upperBound - 1
        }
        return FoundHeading(
            start: line.start, kind: heading.mark.kind, mark: heading.mark, title: heading.title, range: heading.range)
    }
}
