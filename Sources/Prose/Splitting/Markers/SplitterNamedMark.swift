/// A line such as `演讲稿三：标题`, `【心得体会3】标题`, `第三封信`, `Essay 3: Title`, `III. Title` or `—三— 标题`: a number among words
/// that mark an essay only where a series of such lines divides the text.
struct SplitterNamedMark {
    var row: Int
    var number: Int
    /// What stands around the number, the same throughout a series.
    var pattern: [UInt32]
    /// The words before the number, without the bracket.
    var word: Range<Int>
    /// Of `第三封信` the words behind the number.
    var unit: Range<Int>
    /// `III. Title`, which numbers chapters as well.
    var isBare: Bool
    /// The marker itself, and the title behind it, as ranges of bytes.
    var mark: Range<Int>
    var title: Range<Int>

    var marker: SplitterMarker {
        SplitterMarker(row: row, start: row, ordinal: number, style: .named, mark: mark, title: title, isGlued: false)
    }
}

extension SplitterNamedMark {
    private static let longestLine = 60
    private static let longestWord = 12
    private static let longestUnit = 3
    private static let largest = 200
    private static let unfinished = ScalarSet("。;,、")

    /// Reads the mark at the head of a row; nil if the row holds none.
    static func read(_ document: SplitterDocument, _ row: Int) -> SplitterNamedMark? {
        let line = document.rows[row]
        guard line.heading == nil, !line.compact.isEmpty, line.length <= longestLine else { return nil }
        guard isHead(line.kind) else { return nil }
        let last = RowEnding.last(document.bytes, line.content)
        guard !unfinished.contains(last), let mark = read(document.bytes, line, row) else { return nil }
        // `其二` alone heads the second of several poems with one title.
        if mark.title.isEmpty, Pattern.hasPrefix(document.bytes, mark.word, "其") { return nil }
        return mark.title.isEmpty || last != 0x3A ? mark : nil
    }

    private static func isHead(_ kind: SplitterRow.Kind) -> Bool {
        switch kind {
        case .titleLike, .paragraph, .note, .subtitle: true
        default: false
        }
    }

    private static func read(_ bytes: TextBytes, _ line: SplitterRow, _ row: Int) -> SplitterNamedMark? {
        var cursor = ScalarCursor(bytes, line.content)
        while SplitterMarker.decorations.contains(cursor.peek) { _ = cursor.next() }
        let isDecorated = cursor.position > line.content.lowerBound
        cursor.skipSpaces()
        let start = cursor.position
        let bracket = SplitterMarker.opening.contains(cursor.peek) ? cursor.next() : 0
        let wordStart = cursor.position
        var previous: UInt32 = 0x20
        for _ in 0..<longestWord {
            if let numeral = numeral(cursor, after: previous) {
                let word = Lines.trim(wordStart..<cursor.position, in: bytes)
                var tail = Tail(numeral.end, isOrdinal: previous == 0x7B2C, bracket: bracket)
                if let title = tail.read(line.content.upperBound),
                    !word.isEmpty
                        || !title.isEmpty && tail.standsAlone(isDecorated: isDecorated, isRoman: numeral.isRoman)
                {
                    let pattern =
                        scalars(bytes, word) + [0x23, bracket, numeral.isRoman ? 1 : 0, UInt32(line.markdownRank)]
                        + scalars(bytes, tail.unit)
                    return SplitterNamedMark(
                        row: row, number: numeral.value, pattern: pattern, word: word, unit: tail.unit,
                        isBare: word.isEmpty && numeral.isRoman,
                        mark: start..<tail.markEnd, title: title)
                }
            }
            previous = cursor.next()
            guard isInWord(previous) else { return nil }
        }
        return nil
    }

    /// Letters, digits, and what joins them: `2024年心得体会`, `No.`
    private static func isInWord(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x20, 0x2E, 0xB7, 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x3007, 0x4E00...0x9FFF: true
        default: false
        }
    }

    private static func scalars(_ bytes: TextBytes, _ range: Range<Int>) -> [UInt32] {
        var cursor = ScalarCursor(bytes, range)
        var result: [UInt32] = []
        while !cursor.isAtEnd {
            let scalar = cursor.next()
            if scalar != 0x20 { result.append(scalar) }
        }
        return result
    }

    /// `三`, `3`, `（三）`, `III` or `Three` at the cursor, which is not in the middle of a number.
    private static func numeral(_ start: ScalarCursor, after previous: UInt32) -> (
        value: Int, end: ScalarCursor, isRoman: Bool
    )? {
        guard !(0x30...0x39).contains(previous), HanNumeral.value(of: previous) == nil else { return nil }
        var cursor = start
        let isBracketed = cursor.take("(")
        let plain = HanNumeral.readAny(&cursor)
        if plain == nil, isPronoun(cursor) { return nil }
        let roman = plain == nil && previous == 0x20 ? SplitterLatin.romanNumeral(&cursor) : nil
        let spelled = plain ?? roman == nil && previous == 0x20 ? SplitterLatin.spelledNumber(&cursor) : nil
        guard let value = plain ?? roman ?? spelled, value > 0, value <= largest, !isBracketed || cursor.take(")")
        else { return nil }
        return (value, cursor, roman != nil)
    }

    /// `I` before a word in small letters, which is no number.
    private static func isPronoun(_ start: ScalarCursor) -> Bool {
        var cursor = start
        guard cursor.next() == 0x49, cursor.next() == 0x20 else { return false }
        return (0x61...0x7A).contains(cursor.peek) || cursor.isAtEnd
    }

    /// What stands behind the number: a unit, the closing bracket, a separator, the title.
    private struct Tail {
        private var cursor: ScalarCursor
        private let isOrdinal: Bool
        private let bracket: UInt32
        private(set) var unit: Range<Int>
        private(set) var markEnd: Int
        private var isClosed = false
        private var isPointed = false

        init(_ cursor: ScalarCursor, isOrdinal: Bool, bracket: UInt32) {
            self.cursor = cursor
            self.isOrdinal = isOrdinal
            self.bracket = bracket
            unit = cursor.position..<cursor.position
            markEnd = cursor.position
        }

        /// The title; nil if this is no mark.
        mutating func read(_ end: Int) -> Range<Int>? {
            if isOrdinal { readUnit() }
            guard isOrdinal == !unit.isEmpty else { return nil }
            markEnd = cursor.position
            close()
            let behind = cursor.position
            while SplitterMarker.isSeparator(cursor.peek) || SplitterMarker.decorations.contains(cursor.peek) {
                if cursor.peek > 0x20 { isPointed = true }
                _ = cursor.next()
            }
            let isQuoted = cursor.peek == 0x300A
            guard cursor.isAtEnd || isClosed || isQuoted || cursor.position > behind else { return nil }
            var title = SplitterMarker.withoutDecoration(cursor.bytes, cursor.position..<end)
            guard bracket != 0, !isClosed else { return title }
            // `【演讲稿一：标题】`
            guard !title.isEmpty, SplitterMarker.closing.contains(RowEnding.last(cursor.bytes, title)) else {
                return nil
            }
            title = title.lowerBound..<title.upperBound - SplitterMarker.width(cursor.bytes, title)
            return title
        }

        /// Whether the mark needs no word: `【一】标题`, `—一— 标题`, `I. Title`.
        func standsAlone(isDecorated: Bool, isRoman: Bool) -> Bool {
            isClosed && bracket != 0x28 || isDecorated && isPointed || isRoman && isPointed
        }

        private mutating func readUnit() {
            cursor.skipSpaces()
            let start = cursor.position
            for _ in 0..<SplitterNamedMark.longestUnit where (0x4E00...0x9FFF).contains(cursor.peek) {
                _ = cursor.next()
            }
            unit = start..<cursor.position
        }

        private mutating func close() {
            guard bracket != 0 else { return }
            var ahead = cursor
            ahead.skipSpaces()
            guard SplitterMarker.closing.contains(ahead.next()) else { return }
            cursor = ahead
            markEnd = ahead.position
            isClosed = true
        }
    }
}

// MARK: Parts of one work

extension SplitterNamedMark {
    /// What numbers the parts of one work, its tables, questions or annexes, and not essays.
    private static let parts: [StaticString] = [
        "部分", "方面", "环节", "阶段", "步骤", "单元", "模块", "板块", "任务", "措施", "原则", "目标", "点", "条件", "题", "题型", "附件", "附录", "附表",
        "附图", "专栏", "定理", "实验",
        "小节", "节课", "堂课", "课时", "节課", "堂課", "项目", "情况", "情形", "类型", "模式", "路径", "策略", "对策", "建议", "启示", "做法", "方法",
        "成效", "理由", "原因",
        "版序", "版前言", "版自序", "版译序", "版后记",
    ]
    /// Those that other words end with as well.
    private static let whole: [StaticString] = ["方案", "选项", "主题", "情景", "场景"]
    /// Those of one character.
    private static let units = ScalarSet("步问答附图表注例式章节編编部讲講课課回卷册集幕场话話季篇条款项点层类种级组次届年月周日天版页")

    /// Whether the series counts the parts of one work, as far as its word tells.
    func isPart(_ bytes: TextBytes) -> Bool {
        let name = unit.isEmpty ? word : unit
        if Self.parts.contains(where: { Pattern.hasSuffix(bytes, name, $0) }) { return true }
        if Self.whole.contains(where: { name.count == $0.utf8CodeUnitCount && Pattern.hasPrefix(bytes, name, $0) }) {
            return true
        }
        if name.count == 3, Self.units.contains(ScalarCursor(bytes, name).peek) { return true }
        return SplitterLatin.namesDivision(String(decoding: UnsafeBufferPointer(rebasing: bytes[name]), as: UTF8.self))
    }
}
