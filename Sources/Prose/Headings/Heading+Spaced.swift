/// Tells `三　灯下`, a number and a title with a wide blank between, as literary texts have them, from the rows of lists and tables.
enum HeadingSpaced {
    private struct Candidate {
        let line: Int
        let number: Int
        let heading: HeadingLine
    }

    /// In characters.
    private static let longest = 34
    /// The least text between two such headings, in bytes.
    private static let leastText = 90

    /// Marks the lines that count on from 1, with text under each.
    static func mark(
        _ bytes: TextBytes, _ lines: ContiguousArray<TextLine>, _ marks: inout ContiguousArray<HeadingLine?>
    ) {
        var chain: [Candidate] = []
        var text = 0
        func isComplete() -> Bool { chain.count > 1 && text >= leastText }
        for index in lines.indices where !lines[index].isBlank {
            guard marks[index] == nil, let candidate = read(bytes, lines[index].content, index) else {
                text += lines[index].content.count
                continue
            }
            if candidate.number == chain.count + 1, chain.isEmpty || text >= leastText {
                chain.append(candidate)
            } else {
                if isComplete() { keep(chain, &marks) }
                chain = candidate.number == 1 ? [candidate] : []
            }
            text = 0
        }
        if isComplete() { keep(chain, &marks) }
    }

    private static func keep(_ chain: [Candidate], _ marks: inout ContiguousArray<HeadingLine?>) {
        for candidate in chain { marks[candidate.line] = candidate.heading }
    }

    private static let unfinished = ScalarSet("。;:,、")

    private static func read(_ bytes: TextBytes, _ content: Range<Int>, _ line: Int) -> Candidate? {
        guard content.count <= 3 * longest, bytes[content.lowerBound] >= 0x30 else { return nil }
        var cursor = ScalarCursor(bytes, content)
        let isHan = HanNumeral.value(of: cursor.peek) != nil
        guard let number = isHan ? HanNumeral.read(&cursor) : HanNumeral.readDigits(&cursor, limit: 2), number > 0,
            number < 200
        else { return nil }
        let numeral = content.lowerBound..<cursor.position
        // Behind figures a plain blank divides the cells of a table, and what is measured.
        guard isHan ? cursor.peek == 0x20 : isWide(bytes, cursor.position, content.upperBound) else { return nil }
        cursor.skipSpaces()
        guard !cursor.isAtEnd, cursor.peek > 0x7F, !unfinished.contains(RowEnding.last(bytes, content)), isTitle(cursor)
        else { return nil }
        let mark = HeadingMark(kind: .han, number: number, end: cursor.position, numeral: numeral)
        return HeadingLine(bytes, content, mark: mark).map { Candidate(line: line, number: number, heading: $0) }
    }

    private static func isWide(_ bytes: TextBytes, _ at: Int, _ end: Int) -> Bool {
        at + 2 < end && bytes[at] == 0xE3 && bytes[at + 1] == 0x80 && bytes[at + 2] == 0x80
    }

    /// Whether the rest is neither a sentence nor several cells.
    private static func isTitle(_ start: ScalarCursor) -> Bool {
        var cursor = start
        var (blanks, isCell) = (0, false)
        while !cursor.isAtEnd {
            let scalar = cursor.next()
            if scalar == 0x3002 || scalar == 0x09 { return false }
            if isCell, HanNumeral.isDigit(scalar) { return false }
            isCell = scalar == 0x20
            if isCell { blanks += 1 }
        }
        return blanks <= 2
    }
}

/// Numbered paragraphs: a series `一、…`, `二、…` none of whose lines has a title of its own, only sentences that go on.
enum HeadingParagraphs {
    static func drop(_ marks: inout ContiguousArray<HeadingLine?>) {
        var series: [Int] = []
        for index in marks.indices {
            guard let heading = marks[index], heading.mark.kind == .han else { continue }
            if let last = series.last, heading.mark.number != marks[last]!.mark.number + 1 { finish(&series, &marks) }
            series.append(index)
        }
        finish(&series, &marks)
    }

    private static func finish(_ series: inout [Int], _ marks: inout ContiguousArray<HeadingLine?>) {
        if series.allSatisfy({ marks[$0]!.runsOn }) { for index in series { marks[index] = nil } }
        series = []
    }
}
