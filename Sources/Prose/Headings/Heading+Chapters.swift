/// Tells `1 范围`, a chapter as standards number them (GB/T 1.1), from the rows of a table or a list that begin so: it stands above `1.1`.
enum HeadingChapters {
    private struct Candidate {
        let line: Int
        let number: Int
        let heading: HeadingLine
    }

    /// Marks the chapters of a text that has headings of the kind `1.1`: lines that count up from 1, each above its own of those or text.
    static func mark(
        _ bytes: TextBytes, _ lines: ContiguousArray<TextLine>, _ marks: inout ContiguousArray<HeadingLine?>
    ) {
        guard marks.contains(where: { isDecimal($0) }) else { return }
        var chain: [Candidate] = []
        var hasDecimals = false
        var index = 0
        var previous: (line: Int, number: Int)?
        while index < lines.count {
            defer { index += 1 }
            if isDecimal(marks[index]) {
                // What is numbered under another chapter was not seen to begin: all that follows is uncertain.
                if let first = firstNumber(bytes, marks[index]!.mark), first == chain.last?.number {
                    hasDecimals = true
                }
                continue
            }
            guard marks[index] == nil, !lines[index].isBlank, let candidate = read(bytes, lines[index].content, index)
            else { continue }
            let isRow =
                !owns(bytes, candidate, marks)
                && (isNeighbour(candidate, previous, lines) || isRow(candidate, bytes, lines))
            previous = (index, candidate.number)
            if isRow { continue }
            if candidate.number == 1, !hasDecimals { chain = [] }
            if candidate.number == (chain.last?.number ?? 0) + 1 { chain.append(candidate) }
        }
        guard hasDecimals, chain.count > 1 || owns(bytes, chain.first, marks) else { return }
        for candidate in chain { marks[candidate.line] = candidate.heading }
    }

    private static func isDecimal(_ heading: HeadingLine?) -> Bool {
        if case .decimal(let depth)? = heading?.mark.kind { return depth > 1 }
        return false
    }

    private static func firstNumber(_ bytes: TextBytes, _ mark: HeadingMark) -> Int? {
        var cursor = ScalarCursor(bytes, mark.numeral)
        return HanNumeral.readDigits(&cursor)
    }

    /// Whether `1.1` follows a lone `1 …`.
    private static func owns(_ bytes: TextBytes, _ candidate: Candidate?, _ marks: ContiguousArray<HeadingLine?>)
        -> Bool
    {
        guard let candidate, let next = marks[(candidate.line + 1)...].lazy.compactMap({ $0 }).first else {
            return false
        }
        return isDecimal(next) && firstNumber(bytes, next.mark) == candidate.number
    }

    private static func read(_ bytes: TextBytes, _ content: Range<Int>, _ line: Int) -> Candidate? {
        var cursor = ScalarCursor(bytes, content)
        guard HanNumeral.isDigit(cursor.peek), let number = HanNumeral.readDigits(&cursor, limit: 2), number > 0 else {
            return nil
        }
        let numeral = content.lowerBound..<cursor.position
        guard cursor.peek == 0x20 || cursor.peek == 0x09 else { return nil }
        cursor.skipSpaces()
        guard !cursor.isAtEnd, HeadingMark.beginsTitle(cursor), content.upperBound - cursor.position <= longest,
            !unfinished.contains(RowEnding.last(bytes, content)), !holdsCells(cursor)
        else { return nil }
        let mark = HeadingMark(kind: .decimal(1), number: number, end: cursor.position, numeral: numeral)
        return HeadingLine(bytes, content, mark: mark).map { Candidate(line: line, number: number, heading: $0) }
    }

    /// Bytes of a title.
    private static let longest = 120
    private static let unfinished = ScalarSet("。;:,、")

    /// Whether wide blanks or a number alone divide the title, as in rows of a table.
    private static func holdsCells(_ start: ScalarCursor) -> Bool {
        var cursor = start
        var (blanks, isNumber) = (0, false)
        while !cursor.isAtEnd {
            let scalar = cursor.next()
            if scalar == 0x09 { return true }
            if scalar == 0x20 {
                blanks += 1
                if blanks > 1 || isNumber { return true }
                isNumber = false
            } else {
                isNumber = HanNumeral.isDigit(scalar) && (blanks > 0 || isNumber)
                blanks = 0
            }
        }
        return isNumber
    }

    /// Whether the line right above was numbered one less: rows of a table, or a table of contents.
    private static func isNeighbour(
        _ candidate: Candidate, _ previous: (line: Int, number: Int)?, _ lines: ContiguousArray<TextLine>
    ) -> Bool {
        guard let previous, previous.number == candidate.number - 1 else { return false }
        return (previous.line + 1..<candidate.line).allSatisfy { lines[$0].isBlank }
    }

    /// Whether the line right below is numbered one more.
    private static func isRow(_ candidate: Candidate, _ bytes: TextBytes, _ lines: ContiguousArray<TextLine>) -> Bool {
        guard let next = (candidate.line + 1..<lines.count).first(where: { !lines[$0].isBlank }),
            let below = read(bytes, lines[next].content, next)
        else { return false }
        return below.number == candidate.number + 1
    }
}
