extension HeadingMark {
    /// The heading number at the head of `content`, a trimmed line. Says nothing yet about whether the line is a heading
    /// or an item of a list.
    static func read(_ bytes: TextBytes, _ content: Range<Int>) -> HeadingMark? {
        var cursor = ScalarCursor(bytes, content)
        let first = cursor.peek
        switch first {
        case 0x28: return parenthesised(cursor)
        case 0x30...0x39: return digits(cursor)
        case 0x7B2C: return unit(cursor)
        case 0x2460...0x249B, 0x3220...0x3229: return enclosed(&cursor)
        default: return HanNumeral.value(of: first) == nil ? nil : han(cursor)
        }
    }

    /// `一、` — but not `一、二、三产业`, which is running text.
    private static func han(_ start: ScalarCursor) -> HeadingMark? {
        var cursor = start
        guard let number = HanNumeral.read(&cursor), number < 200 else { return nil }
        let numeral = start.position..<cursor.position
        cursor.skipSpaces()
        guard cursor.take("、") || cursor.take(".") else { return nil }
        var ahead = cursor
        if HanNumeral.read(&ahead) != nil, ahead.peek == 0x3001 { return nil }
        return finished(.han, number, numeral, cursor)
    }

    /// `（一）`, `（1）`, with half-width brackets as well.
    private static func parenthesised(_ start: ScalarCursor) -> HeadingMark? {
        var cursor = start
        _ = cursor.next()
        cursor.skipSpaces()
        let from = cursor.position
        let han = HanNumeral.read(&cursor)
        guard let number = han ?? HanNumeral.readDigits(&cursor), number < 200 else { return nil }
        let numeral = from..<cursor.position
        cursor.skipSpaces()
        guard cursor.take(")") else { return nil }
        _ = cursor.take("、") || cursor.take(".")
        return finished(han == nil ? .digitInParentheses : .hanInParentheses, number, numeral, cursor)
    }

    /// `1.`, `1、`, `1)`, `1.2 ` — but not `1.5亿元`, `2019.3`, `1、2号线`.
    private static func digits(_ start: ScalarCursor) -> HeadingMark? {
        var cursor = start
        guard let number = HanNumeral.readDigits(&cursor) else { return nil }
        let numeral = start.position..<cursor.position
        if cursor.take(")") { return finished(.digitBeforeParenthesis, number, numeral, cursor) }
        let isDot = cursor.peek == 0x2E
        guard cursor.take(".") || cursor.take("、") else { return nil }
        guard (0x30...0x39).contains(cursor.peek) else { return finished(.digit, number, numeral, cursor) }
        if isYear(cursor) { return finished(.digit, number, numeral, cursor) }
        return isDot ? decimal(start) : nil
    }

    /// Four digits and 年: `1.2025年目标` is heading 1 about the year 2025.
    private static func isYear(_ start: ScalarCursor) -> Bool {
        var cursor = start
        let from = cursor.position
        return HanNumeral.readDigits(&cursor, limit: 4) != nil && cursor.peek == 0x5E74 && cursor.position - from >= 4
    }

    private static func decimal(_ start: ScalarCursor) -> HeadingMark? {
        var cursor = start
        var depth = 0
        var number = 0
        var end = cursor.position
        while let part = HanNumeral.readDigits(&cursor) {
            depth += 1
            number = part
            end = cursor.position
            guard cursor.take(".") else { break }
        }
        guard depth > 1, depth <= 5, cursor.peek == 0x20 || cursor.peek == 0x3001 || cursor.peek == 0x09 else { return nil }
        _ = cursor.next()
        return finished(.decimal(depth), number, start.position..<end, cursor)
    }

    /// ① ⑴ ⒈ ㈠ stand for `①`, `（1）`, `1.` and `（一）`.
    private static func enclosed(_ cursor: inout ScalarCursor) -> HeadingMark? {
        let from = cursor.position
        let scalar = cursor.next()
        let numeral = from..<cursor.position
        _ = cursor.take("、")
        switch scalar {
        case 0x2460...0x2473: return finished(.circled, Int(scalar) - 0x245F, numeral, cursor)
        case 0x2474...0x2487: return finished(.digitInParentheses, Int(scalar) - 0x2473, numeral, cursor)
        case 0x2488...0x249B: return finished(.digit, Int(scalar) - 0x2487, numeral, cursor)
        default: return finished(.hanInParentheses, Int(scalar) - 0x321F, numeral, cursor)
        }
    }

    private static let units: [(scalar: Unicode.Scalar, kind: HeadingKind)] = [
        ("章", .chapter), ("节", .section), ("節", .section), ("编", .volume), ("編", .volume), ("讲", .lecture),
        ("講", .lecture), ("部", .part), ("篇", .essay),
    ]

    /// `第三章 总则` — but not 第九部队, 第三章规定的, 第一节课.
    private static func unit(_ start: ScalarCursor) -> HeadingMark? {
        var cursor = start
        _ = cursor.next()
        cursor.skipSpaces()
        let from = cursor.position
        guard let number = HanNumeral.readAny(&cursor) else { return nil }
        let numeral = from..<cursor.position
        cursor.skipSpaces()
        let scalar = cursor.next()
        guard let unit = units.first(where: { $0.scalar.value == scalar }) else { return nil }
        if unit.kind == .part, !cursor.take("分") { return nil }
        guard standsAlone(cursor) else { return nil }
        _ = cursor.take(":") || cursor.take("、") || cursor.take(".")
        return finished(unit.kind, number, numeral, cursor)
    }

    /// Characters that make of `第三章` a part of a sentence rather than a heading, where no blank comes between.
    private static let continuing = ScalarSet("的所第至和与及或是之了里课課话話,;。!?)》”")

    private static func standsAlone(_ start: ScalarCursor) -> Bool {
        var cursor = start
        let first = cursor.next()
        if first == 0 || first == 0x20 || first == 0x09 { return true }
        if continuing.contains(first) { return false }
        // 第三章规定的, 第三章中; but 第三章规划编制, 第三章中国方案.
        if first == 0x89C4 { return cursor.peek != 0x5B9A }
        return first != 0x4E2D || HeadingMark.beginsNameWithMiddle.contains(cursor.peek)
    }

    private static let beginsNameWithMiddle = ScalarSet("国华共央小长医外期")

    private static func finished(
        _ kind: HeadingKind, _ number: Int, _ numeral: Range<Int>, _ cursor: ScalarCursor
    ) -> HeadingMark {
        var cursor = cursor
        cursor.skipSpaces()
        return HeadingMark(kind: kind, number: number, end: cursor.position, numeral: numeral)
    }
}
