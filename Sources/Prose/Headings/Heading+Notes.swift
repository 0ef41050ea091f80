/// Finds footnotes and endnotes, whose numbers are no headings.
enum HeadingNotes {
    /// The lines that a note begins on: numbered on from a rule, from a line that says `注释`, from notes in square brackets, or
    /// with ① where the text refers to that or a note reads as a reference does.
    static func lines(_ bytes: TextBytes, _ lines: ContiguousArray<TextLine>, _ marks: ContiguousArray<HeadingLine?>)
        -> Set<Int>
    {
        var found: Set<Int> = []
        var references: [Int]?
        // Where the last notes end: each of the next has its own reference.
        var end = 0
        var before: Int?
        for index in lines.indices where !lines[index].isBlank {
            defer { before = index }
            guard let mark = marks[index]?.mark, mark.kind.numbersItems, !found.contains(index) else { continue }
            let isCircled = mark.kind == .circled
            guard isCircled || mark.number == 1 else { continue }
            let head = before.map { Head(bytes, lines[$0].content) } ?? .other
            guard isCircled || head != .other else { continue }
            let run = run(from: index, lines, marks)
            let isNotes =
                switch head {
                case .title: true
                case .note: isCircled
                case .rule: isCircled || run.isRest
                case .other: false
                }
            if !isNotes, isCircled, mark.number == 1 { references = references ?? self.references(bytes) }
            let isReferredTo = references?.contains { (end..<lines[index].start).contains($0) } == true
            guard
                isNotes
                    || isCircled && mark.number == 1
                        && (isReferredTo || run.items.contains { readsAsReference(bytes, lines[$0], marks[$0]) })
            else { continue }
            found.formUnion(run.items)
            end = lines[run.items.last ?? index].end
        }
        return found
    }

    /// A long note runs over a few lines.
    private static let longestNote = 4

    /// The lines with numbers of one kind in sequence, and whether nothing else comes after them.
    private static func run(
        from start: Int, _ lines: ContiguousArray<TextLine>, _ marks: ContiguousArray<HeadingLine?>
    ) -> (items: [Int], isRest: Bool) {
        var items = [start]
        var (number, text, isDense) = (marks[start]?.mark.number ?? 0, 0, true)
        for index in start + 1..<max(start + 1, lines.count) where !lines[index].isBlank {
            if let mark = marks[index]?.mark {
                guard mark.kind == marks[start]?.mark.kind, mark.number == number + 1 else { return (items, false) }
                items.append(index)
                (number, text) = (mark.number, 0)
            } else {
                text += 1
                isDense = false
                if text >= longestNote { return (items, false) }
            }
        }
        return (items, isDense)
    }

    /// What the line before a number says about it.
    private enum Head {
        case title, rule, note, other

        init(_ bytes: TextBytes, _ content: Range<Int>) {
            if HeadingNotes.isRule(bytes, content) {
                self = .rule
            } else if HeadingNotes.isTitle(bytes, content) {
                self = .title
            } else {
                self = HeadingNotes.isBracketed(bytes, content) ? .note : .other
            }
        }
    }

    private static let dashes = ScalarSet("-_=~‐–—―─━⎯ˉ￣﹍﹎*·")

    /// Three dashes or more and nothing else.
    private static func isRule(_ bytes: TextBytes, _ content: Range<Int>) -> Bool {
        var cursor = ScalarCursor(bytes, content)
        var count = 0
        while !cursor.isAtEnd {
            let scalar = cursor.next()
            if scalar == 0x20 { continue }
            guard dashes.contains(scalar) else { return false }
            count += 1
        }
        return count >= 3
    }

    private static let titles: Set<String> = [
        "注", "注释", "注釋", "注解", "註", "註釋", "註解", "脚注", "腳註", "尾注", "尾註", "附注", "附註", "参考文献", "參考文獻", "引文", "引注", "引用文献",
        "资料来源",
    ]
    private static let frame = ScalarSet("[]()【】〔〕［］:*")

    /// `注释：`, `【注】`, `参 考 文 献`.
    private static func isTitle(_ bytes: TextBytes, _ content: Range<Int>) -> Bool {
        guard content.count <= 40 else { return false }
        var cursor = ScalarCursor(bytes, content)
        var word = String.UnicodeScalarView()
        while !cursor.isAtEnd {
            let scalar = cursor.next()
            if scalar != 0x20, !frame.contains(scalar), let value = Unicode.Scalar(scalar) { word.append(value) }
        }
        return titles.contains(String(word))
    }

    /// `[1] 见…`, `〔2〕…`
    private static func isBracketed(_ bytes: TextBytes, _ content: Range<Int>) -> Bool {
        var cursor = ScalarCursor(bytes, content)
        guard cursor.take("[") || cursor.take("〔") || cursor.take("【"), HanNumeral.readDigits(&cursor) != nil else {
            return false
        }
        return cursor.take("]") || cursor.take("〕") || cursor.take("】")
    }

    private static func readsAsReference(_ bytes: TextBytes, _ line: TextLine, _ heading: HeadingLine?) -> Bool {
        let note = (heading?.mark.end ?? line.content.lowerBound)..<line.content.upperBound
        if Pattern.hasPrefix(bytes, note, "《") { return namesPlace(ScalarCursor(bytes, note)) }
        return ["参见", "參見", "同上", "同前", "引自", "转引", "轉引", "见《", "見《", "参阅", "參閱", "载《", "載《", "出自"].contains {
            Pattern.hasPrefix(bytes, note, $0)
        }
    }

    /// Whether a book's name is all, or a mark, a volume or a page follows it: not `①《条例》的宣传`.
    private static func namesPlace(_ start: ScalarCursor) -> Bool {
        var cursor = start
        while !cursor.isAtEnd, !cursor.take("》") { _ = cursor.next() }
        return cursor.isAtEnd || places.contains(cursor.peek) || HanNumeral.isDigit(cursor.peek)
    }

    private static let places = ScalarSet("，。：；·,.:;([〔卷第页頁上下")

    /// Where the text refers to ①: behind a word, and before a full stop, another mark or the line's end.
    private static func references(_ bytes: TextBytes) -> [Int] {
        bytes.indices.dropFirst(3).dropLast(2).filter { at in
            guard bytes[at + 1] == 0x91, bytes[at] == 0xE2, bytes[at + 2] == 0xA0, bytes[at - 1] > 0x20,
                !Pattern.hasSuffix(bytes, 0..<at, "　")
            else { return false }
            let rest = at + 3..<bytes.count
            return rest.isEmpty || bytes[rest.lowerBound] <= 0x20 || endings.contains(ScalarCursor(bytes, rest).peek)
        }
    }

    private static let endings = ScalarSet("。，；：！？）”》」』,;:!?)")
}
