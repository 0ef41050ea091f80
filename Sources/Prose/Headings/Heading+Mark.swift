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
        case 0x5377: return book(cursor)
        case 0x756A: return extra(cursor) ?? led(cursor, content)
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
        guard cursor.peek == 0x7B2C, var mark = unit(cursor), mark.kind != .essay,
            isClosed(mark, in: cursor.bytes, content)
        else { return nil }
        mark.lead = lead
        return mark
    }

    /// `卷一　风起`, `卷之二`; what follows the number at once makes a word of it.
    private static func book(_ start: ScalarCursor) -> HeadingMark? {
        var cursor = start
        _ = cursor.next()
        cursor.skipSpaces()
        _ = cursor.take("之")
        let from = cursor.position
        guard let number = HanNumeral.readAny(&cursor), cursor.isAtEnd || isSeparated(cursor) else { return nil }
        let numeral = from..<cursor.position
        _ = cursor.take(":") || cursor.take("、") || cursor.take(".")
        return finished(.book, number, numeral, cursor)
    }

    /// `番外`, `番外篇 雨夜`, `番外二：雨夜`.
    private static func extra(_ start: ScalarCursor) -> HeadingMark? {
        var cursor = start
        guard cursor.take("番"), cursor.take("外") else { return nil }
        _ = cursor.take("篇")
        let lead = start.position..<cursor.position
        let number = HanNumeral.readAny(&cursor)
        let numeral = lead.upperBound..<cursor.position
        guard cursor.isAtEnd || isSeparated(cursor) else { return nil }
        var ahead = cursor
        ahead.skipSpaces()
        // `番外 第一章` is read below.
        guard ahead.peek != 0x7B2C else { return nil }
        _ = cursor.take(":") || cursor.take("、") || cursor.take(".")
        var mark = finished(.chapter, number ?? 0, numeral, cursor)
        mark.lead = lead
        mark.isExtra = true
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
        if let next = HanNumeral.read(&ahead) {
            if ahead.peek == 0x3001 || isRange(number, next, ahead) { return nil }
        }
        return finished(.han, number, numeral, cursor)
    }

    /// What is counted about so often: `二、三十里外`, `四、五天以后`.
    private static let counted = ScalarSet("里天年月日个個岁歲次人位名只隻条條张張块塊分点點时時小尺丈米斤亩畝百千万萬步遍回层層间間家代倍成元角毛趟声聲句十里路寸秒周星度番种種样樣杯碗件把篇首")
    private static let ends = ScalarSet("!?。,;…”’」』")

    /// Whether `二、三十` is a number about right rather than the heading 二 that begins with 三十: a number one higher follows, and what
    /// is counted, or the end of what is said, comes behind it. `二、三农工作` and `一、二十大精神` are headings.
    private static func isRange(_ number: Int, _ next: Int, _ behind: ScalarCursor) -> Bool {
        guard number < 10, next == number + 1 || next == (number + 1) * 10 || next == (number + 1) * 100 else {
            return false
        }
        return counted.contains(behind.peek) || ends.contains(behind.peek) || behind.isAtEnd
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
        guard depth > 1, depth <= 5, cursor.peek == 0x20 || cursor.peek == 0x3001 || cursor.peek == 0x09 else {
            return nil
        }
        _ = cursor.next()
        cursor.skipSpaces()
        guard beginsTitle(cursor) else { return nil }
        return finished(.decimal(depth), number, start.position..<end, cursor)
    }

    /// Whether a title may begin there, rather than a unit of measure or another cell of a table: `3.5 亿元`, `1.1 2.3`.
    static func beginsTitle(_ cursor: ScalarCursor) -> Bool {
        let first = cursor.peek
        if units(ofMeasure: cursor) { return false }
        return first > 0x7F && !(0x2030...0x2031).contains(first) || (0x41...0x5A).contains(first)
            || (0x61...0x7A).contains(first) || first == 0x28
    }

    private static let measures = ScalarSet("亿億万萬元美吨噸米公千克倍个個人名家户戶平亩畝年月日天小时時分秒℃")
    private static let measured: [StaticString] = [
        "亿", "億", "万", "萬", "元", "美元", "吨", "噸", "米", "公里", "公斤", "公顷", "千米", "千克", "千瓦", "倍", "个百分点", "個百分點", "个", "個",
        "人", "名", "家",
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
            return unit.utf8CodeUnitCount > 3 || next < 0x80 || !(0x4E00...0x9FFF).contains(next)
                || "亿億万萬".unicodeScalars.contains { $0.value == cursor.peek }
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
        ("章", .chapter), ("节", .section), ("節", .section), ("编", .volume), ("編", .volume), ("卷", .book),
        ("讲", .lecture),
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

    private static func isOfTales(_ kind: HeadingKind) -> Bool {
        kind == .act || kind == .tale || kind == .episode || kind == .book
    }

    /// 第一回 …, but not 第一回来.
    private static func isSeparated(_ cursor: ScalarCursor) -> Bool {
        [0, 0x20, 0x09, 0x3A, 0x3001, 0x2E].contains(cursor.peek)
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
