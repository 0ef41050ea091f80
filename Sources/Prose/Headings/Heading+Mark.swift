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
        default: return HanNumeral.value(of: first) == nil ? led(cursor, content) : han(cursor)
        }
    }

    /// `番外 第一章 …`: a word and a blank before a named division that stands alone.
    private static func led(_ start: ScalarCursor, _ content: Range<Int>) -> HeadingMark? {
        var cursor = start
        var length = 0
        guard !referring.contains(cursor.peek) else { return nil }
        while length < longestLead, (0x4E00...0x9FFF).contains(cursor.peek) {
            _ = cursor.next()
            length += 1
        }
        let lead = start.position..<cursor.position
        guard length > 0, cursor.peek == 0x20 else { return nil }
        cursor.skipSpaces()
        guard cursor.peek == 0x7B2C, var mark = unit(cursor), mark.kind != .essay, isClosed(mark, in: cursor.bytes, content) else { return nil }
        mark.lead = lead
        return mark
    }

    private static let longestLead = 4
    /// First characters of words that refer to a division: `参见 第三章`.
    private static let referring = ScalarSet("见参详据按依如在和与及从到至由第")

    /// Whether nothing, or a blank, stands behind a number.
    private static func isClosed(_ mark: HeadingMark, in bytes: TextBytes, _ content: Range<Int>) -> Bool {
        guard mark.end < content.upperBound else { return true }
        let before = bytes[mark.end - 1]
        return before <= 0x20 || before == 0x80 && bytes[mark.end - 2] == 0x80
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
        cursor.skipSpaces()
        guard beginsTitle(cursor) else { return nil }
        return finished(.decimal(depth), number, start.position..<end, cursor)
    }

    /// Whether a title may begin there, rather than a unit of measure or another cell of a table: `3.5 亿元`, `1.1 2.3`.
    static func beginsTitle(_ cursor: ScalarCursor) -> Bool {
        let first = cursor.peek
        if units(ofMeasure: cursor) { return false }
        return first > 0x7F && !(0x2030...0x2031).contains(first) || (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first) || first == 0x28
    }

    private static let measures = ScalarSet("亿億万萬元美吨噸米公千克倍个個人名家户戶平亩畝年月日天小时時分秒℃")
    private static let measured: [StaticString] = [
        "亿", "億", "万", "萬", "元", "美元", "吨", "噸", "米", "公里", "公斤", "公顷", "千米", "千克", "千瓦", "倍", "个百分点", "個百分點", "个", "個", "人", "名", "家",
        "户", "戶", "平方", "亩", "畝", "年", "月", "日", "天", "小时", "小時", "分钟", "分", "秒", "℃",
    ]

    /// A unit of measure: one character of it is a title's beginning only where more than a unit follows (`人员`, `年度`, `日常`).
    private static func units(ofMeasure cursor: ScalarCursor) -> Bool {
        guard measures.contains(cursor.peek) else { return false }
        let rest = cursor.position..<cursor.end
        return measured.contains { unit in
            guard Pattern.hasPrefix(cursor.bytes, rest, unit) else { return false }
            var behind = ScalarCursor(cursor.bytes, rest.lowerBound + unit.utf8CodeUnitCount..<rest.upperBound)
            let next = behind.next()
            return unit.utf8CodeUnitCount > 3 || next < 0x80 || !(0x4E00...0x9FFF).contains(next) || "亿億万萬".unicodeScalars.contains { $0.value == cursor.peek }
        }
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
        ("講", .lecture), ("部", .part), ("篇", .essay), ("幕", .act), ("回", .tale), ("话", .episode), ("話", .episode),
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
        guard standsAlone(cursor), !isOfTales(unit.kind) || isSeparated(cursor) else { return nil }
        _ = cursor.take(":") || cursor.take("、") || cursor.take(".")
        return finished(unit.kind, number, numeral, cursor)
    }

    private static func isOfTales(_ kind: HeadingKind) -> Bool { kind == .act || kind == .tale || kind == .episode }

    /// 第一回 …, but not 第一回来.
    private static func isSeparated(_ cursor: ScalarCursor) -> Bool { [0, 0x20, 0x09, 0x3A, 0x3001, 0x2E].contains(cursor.peek) }

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
