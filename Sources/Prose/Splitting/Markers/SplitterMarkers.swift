/// A line that says that an essay of a compilation begins: `第三篇：标题`, `【篇三】标题`, `范文3`, `工作总结（三）`.
struct SplitterMarker: Equatable {
    enum Style: Equatable {
        case ordinalBeforeUnit  // 第N篇
        case unitBeforeOrdinal  // 篇N
        case sample  // 范文N, 例文N
        case suffix  // 标题 篇N, 标题（N）
        case numberedTitle  // （N）标题, N. 标题 above 一、
        case named  // 演讲稿N：标题, any word in a series
        case heading  // a heading of Markdown
    }

    /// The row that holds the marker and the title.
    var row: Int
    /// The row where the essay begins: before `row` where a summary line repeats the marker.
    var start: Int
    var ordinal: Int
    var style: Style
    /// The marker itself as a range of bytes, for showing.
    var mark: Range<Int>
    /// The title behind the marker; empty if none stands there.
    var title: Range<Int>
    /// The line is too long for a title: the text's beginning was run into it.
    var isGlued: Bool
    /// What follows the mark at once may as well be the rest of a sentence: `第三篇中…`. The other markers decide.
    var isDoubtful = false
    /// Of a suffix marker, the title it follows, which all markers of its series share.
    var prefix: Range<Int> = 0..<0

    /// Why an essay begins here, for a person to read.
    func reason(_ document: SplitterDocument) -> String {
        style == .heading ? "Markdown heading" : "marker \(document.text(mark))"
    }
}

extension SplitterMarker {
    private static let longestTitle = 60

    /// Reads the marker at the head or the end of a row; nil if the row holds none.
    static func read(_ document: SplitterDocument, row: Int) -> SplitterMarker? {
        let line = document.rows[row]
        guard line.kind != .article, line.kind != .contents else { return nil }
        return prefixed(document.bytes, line, row) ?? suffixed(document.bytes, line, row)
    }

    static let opening = ScalarSet("【(〔[《「『<〖")
    static let closing = ScalarSet("】)〕]》」』>〗")
    static let decorations = ScalarSet("#*★☆◆◇■□●○◎▲△▶►➤•·—–-=")

    private static func prefixed(_ bytes: TextBytes, _ line: SplitterRow, _ row: Int) -> SplitterMarker? {
        var cursor = ScalarCursor(bytes, line.content)
        // `一、第一篇 …`: the number before the marker says the same.
        if let heading = line.heading, [.han, .digit].contains(heading.kind), heading.end < line.content.upperBound {
            cursor = ScalarCursor(bytes, heading.end..<line.content.upperBound)
            guard cursor.peek == 0x7B2C else { return nil }
        }
        let first = cursor.peek
        // Nearly every line fails here: a marker begins with 第, 篇, 范, 例, 样, 文, a bracket or a decoration.
        guard first == 0x7B2C || starts.contains(first) || opening.contains(first) || decorations.contains(first) else {
            return nil
        }
        while decorations.contains(cursor.peek) { _ = cursor.next() }
        cursor.skipSpaces()
        let start = cursor.position
        let isBracketed = opening.contains(cursor.peek)
        if isBracketed { _ = cursor.next() }
        guard let (style, ordinal) = number(&cursor) else { return nil }
        let markEnd = cursor.position
        var afterBlanks = cursor
        afterBlanks.skipSpaces()
        let isClosed = closing.contains(afterBlanks.peek)
        if isClosed { cursor = afterBlanks }
        if isBracketed != isClosed, isClosed { return nil }
        if isClosed { _ = cursor.next() }
        let isSeparated = skipSeparators(&cursor) || isClosed
        let mark = start..<(isClosed ? markEnd + 3 : markEnd)
        return finish(bytes, line, row, style, ordinal, mark, cursor, isSeparated, isOpen: isBracketed && !isClosed)
    }

    private static let starts = ScalarSet("篇范例样模文")
    private static let samples: [(first: Unicode.Scalar, second: Unicode.Scalar)] = [
        ("范", "文"), ("范", "本"), ("例", "文"), ("样", "本"), ("样", "文"), ("模", "板"), ("模", "版"), ("文", "章"), ("范", "例"),
    ]

    /// `第N篇`, `篇N`, `范文N`, `范文（N）`.
    private static func number(_ cursor: inout ScalarCursor) -> (Style, Int)? {
        if cursor.take("第") {
            cursor.skipSpaces()
            // Of a large collection's essays there are more than a thousand.
            guard let ordinal = HanNumeral.read(&cursor) ?? HanNumeral.readDigits(&cursor, limit: 4) else { return nil }
            cursor.skipSpaces()
            guard cursor.take("篇"), ordinal > 0 else { return nil }
            takeChapter(&cursor)
            return (.ordinalBeforeUnit, ordinal)
        }
        var style = Style.unitBeforeOrdinal
        if cursor.take("篇") {
            _ = cursor.take("目")
        } else {
            let first = cursor.next()
            let second = cursor.next()
            guard samples.contains(where: { $0.first.value == first && $0.second.value == second }) else { return nil }
            style = .sample
        }
        cursor.skipSpaces()
        let isBracketed = cursor.take("(")
        guard let ordinal = HanNumeral.read(&cursor) ?? HanNumeral.readDigits(&cursor, limit: 4), ordinal > 0,
            !isBracketed || cursor.take(")")
        else { return nil }
        return (style, ordinal)
    }

    /// Moves past the second character of `篇章`, unless it begins the title: `第二篇章程修订说明`.
    private static func takeChapter(_ cursor: inout ScalarCursor) {
        var ahead = cursor
        guard ahead.take("章") else { return }
        if ahead.isAtEnd || isSeparator(ahead.peek) || closing.contains(ahead.peek) || decorations.contains(ahead.peek)
        {
            cursor = ahead
        }
    }

    private static let separators = ScalarSet(":、.,-—–_|·")

    static func isSeparator(_ scalar: UInt32) -> Bool {
        scalar == 0x20 || scalar == 0x09 || separators.contains(scalar)
    }

    /// Moves past separators and, as behind `★第一篇★`, decorations.
    private static func skipSeparators(_ cursor: inout ScalarCursor) -> Bool {
        let start = cursor.position
        while isSeparator(cursor.peek) || decorations.contains(cursor.peek) { _ = cursor.next() }
        return cursor.position > start
    }

    /// Characters after `第三篇` that may make it a part of a sentence.
    private static let continuing = ScalarSet("的是文章里中以和与共之主讲写课报")

    private static func finish(
        _ bytes: TextBytes, _ line: SplitterRow, _ row: Int, _ style: Style, _ ordinal: Int, _ mark: Range<Int>,
        _ cursor: ScalarCursor, _ isSeparated: Bool, isOpen: Bool
    ) -> SplitterMarker? {
        var rest = Lines.trim(cursor.position..<line.content.upperBound, in: bytes)
        var isDoubtful = false
        if !rest.isEmpty, !isSeparated {
            guard line.length <= longestRunOn, !endsSentence(bytes, rest) else { return nil }
            isDoubtful =
                line.length > longestTitle - 15 || continuing.contains(cursor.peek)
                || RowEnding.isFinished(RowEnding.last(bytes, rest))
        }
        if isOpen, !rest.isEmpty, closing.contains(RowEnding.last(bytes, rest)) {
            rest = rest.lowerBound..<rest.upperBound - width(bytes, rest)
        }
        rest = withoutDecoration(bytes, rest)
        let isSentence = !rest.isEmpty && [0x3002, 0x3B].contains(RowEnding.last(bytes, rest))
        let isGlued = line.length > longestTitle + 10 || isSentence
        return SplitterMarker(
            row: row, start: row, ordinal: ordinal, style: style, mark: mark, title: rest, isGlued: isGlued,
            isDoubtful: isDoubtful)
    }

    /// The longest line in which the title follows the mark without anything between.
    private static let longestRunOn = 70
    private static let sentenceEnds = ScalarSet("。;,:、")
    private static let closers = ScalarSet("”’」』)")

    /// Whether a text ends as sentences do; behind quotation marks and brackets, too.
    private static func endsSentence(_ bytes: TextBytes, _ range: Range<Int>) -> Bool {
        var end = range.upperBound
        while end > range.lowerBound {
            let last = RowEnding.last(bytes, range.lowerBound..<end)
            guard closers.contains(last) else { return sentenceEnds.contains(last) }
            end -= width(bytes, range.lowerBound..<end)
        }
        return false
    }

    static func width(_ bytes: TextBytes, _ range: Range<Int>) -> Int {
        var at = range.upperBound - 1
        while bytes[at] & 0xC0 == 0x80 { at -= 1 }
        return range.upperBound - at
    }

    /// Without Markdown's `**` or dashes at the end.
    static func withoutDecoration(_ bytes: TextBytes, _ range: Range<Int>) -> Range<Int> {
        var rest = range
        while !rest.isEmpty, decorations.contains(RowEnding.last(bytes, rest)) {
            rest = rest.lowerBound..<rest.upperBound - width(bytes, rest)
        }
        return Lines.trim(rest, in: bytes)
    }

    // MARK: At the end of a title

    /// `党员心得体会篇一`, `工作总结 范文2`, `学习体会（三）`; the title before it must be the same in a whole series.
    private static func suffixed(_ bytes: TextBytes, _ line: SplitterRow, _ row: Int) -> SplitterMarker? {
        guard line.length >= 5, line.length <= 45, line.heading == nil, line.kind == .titleLike || line.kind == .note
        else { return nil }
        guard let at = suffixStart(bytes, line.content) else { return nil }
        let prefix = Lines.trim(line.content.lowerBound..<at.start, in: bytes)
        guard prefix.count >= (at.isNamed ? 6 : 12) else { return nil }
        return SplitterMarker(
            row: row, start: row, ordinal: at.ordinal, style: .suffix, mark: at.start..<line.content.upperBound,
            title: line.content,
            isGlued: false, prefix: prefix)
    }

    private static func suffixStart(_ bytes: TextBytes, _ content: Range<Int>) -> (
        start: Int, ordinal: Int, isNamed: Bool
    )? {
        var at = content.upperBound
        for _ in 0..<7 where at > content.lowerBound {
            at -= 1
            while at > content.lowerBound, bytes[at] & 0xC0 == 0x80 { at -= 1 }
            var cursor = ScalarCursor(bytes, at..<content.upperBound)
            let isBracketed = opening.contains(cursor.peek)
            if isBracketed { _ = cursor.next() }
            var unit = cursor
            let numbered = number(&unit)
            let ordinal = numbered?.1 ?? (isBracketed ? HanNumeral.readAny(&cursor) : nil)
            if numbered != nil { cursor = unit }
            guard let ordinal, ordinal > 0 else { continue }
            if isBracketed { guard closing.contains(cursor.next()) else { continue } }
            if cursor.isAtEnd { return (at, ordinal, numbered != nil) }
        }
        return nil
    }
}
