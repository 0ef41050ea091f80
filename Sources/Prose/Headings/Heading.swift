/// What kind of number a heading bears. Two headings of one kind stand on one level.
enum HeadingKind: Equatable, Hashable, Comparable {
    /// `第N篇`, `篇N`, `范文N`: an essay of a compilation that was not split.
    case essay
    /// `第N卷`, `卷N`, above chapters.
    case book
    /// `第N编`, `第N部分`, `第N讲`, `第N章`, `第N节`, from the highest.
    case volume, part, lecture, chapter, section
    /// `第N幕`, `第N回`, `第N话`: the parts of plays and tales.
    case act, tale, episode
    /// A Markdown heading of rank 1 to 6.
    case markdown(Int)
    /// `一、`
    case han
    /// `（一）`
    case hanInParentheses
    /// `1.` `1、` `1．`
    case digit
    /// `1 范围` above `1.1`, `1.1`, `1.1.1`: depth 1, 2, 3, …
    case decimal(Int)
    /// `（1）`
    case digitInParentheses
    /// `①`
    case circled
    /// `1)`
    case digitBeforeParenthesis

    /// The word after the number of a named division.
    var unit: String {
        switch self {
        case .essay: "篇"
        case .book: "卷"
        case .volume: "编"
        case .part: "部分"
        case .lecture: "讲"
        case .chapter: "章"
        case .section: "节"
        case .act: "幕"
        case .tale: "回"
        case .episode: "话"
        default: ""
        }
    }

    /// Whether such numbers also number the items of lists that run over one line.
    var numbersItems: Bool {
        switch self {
        case .digit, .digitInParentheses, .circled, .digitBeforeParenthesis: true
        default: false
        }
    }

    /// Named divisions always stand above numbered headings, and among themselves in a fixed order; the order of numbered
    /// headings differs from text to text.
    var fixedRank: Int? {
        switch self {
        case .essay: 0
        case .book, .volume: 1
        case .part: 2
        case .lecture: 3
        case .chapter: 4
        case .section: 5
        case .act: 3
        case .tale, .episode: 4
        case .markdown(let rank): 10 + rank
        case .decimal(let depth): 30 + depth
        default: nil
        }
    }
}

/// The number at the head of a line: `（一）` of `（一）总体要求`.
struct HeadingMark: Equatable {
    var kind: HeadingKind
    var number: Int
    /// First byte after the number and the blanks behind it.
    var end: Int
    /// The number as written, without its punctuation, in half width (`一`, `1`, `1.2`), as bytes of the text.
    var numeral: Range<Int>
    /// Words before the number: `番外 第一章`.
    var lead: Range<Int> = 0..<0
    /// `番外`, `番外二`: a chapter outside the numbers of the others.
    var isExtra = false

    /// The label as a component of a section's path.
    func label(in bytes: TextBytes) -> String {
        switch kind {
        case .essay, .book, .volume, .part, .lecture, .chapter, .section, .act, .tale, .episode:
            // `番外二` bears no such word.
            if isExtra {
                return String(decoding: UnsafeBufferPointer(rebasing: bytes[lead]), as: UTF8.self) + folded(bytes)
            }
            let words =
                lead.isEmpty ? "" : String(decoding: UnsafeBufferPointer(rebasing: bytes[lead]), as: UTF8.self) + " "
            return words + "第" + folded(bytes) + kind.unit
        case .hanInParentheses, .digitInParentheses:
            return "（" + plainNumeral(bytes) + "）"
        case .digitBeforeParenthesis: return folded(bytes) + ")"
        case .digit: return plainNumeral(bytes)
        default: return folded(bytes)
        }
    }

    /// The numeral, with the number itself for characters such as ㈠, ⑴ and ⒈ that hold it and its punctuation in one.
    private func plainNumeral(_ bytes: TextBytes) -> String {
        let first = ScalarCursor(bytes, numeral).peek
        if (0x3220...0x3229).contains(first) { return String(HanNumeral.digits[Int(first) - 0x3220]) }
        return (0x2460...0x249B).contains(first) ? String(number) : folded(bytes)
    }

    private func folded(_ bytes: TextBytes) -> String {
        var cursor = ScalarCursor(bytes, numeral)
        var text = String.UnicodeScalarView()
        while !cursor.isAtEnd {
            let scalar = cursor.next()
            if scalar != 0x20, let value = Unicode.Scalar(scalar) { text.append(value) }
        }
        return String(text)
    }
}

/// Numbers in Han characters.
enum HanNumeral {
    static let digits: [Unicode.Scalar] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"]

    /// Reads a number such as 一, 十二, 二十, 一百零三 or 二〇; nil, with the cursor where it was, if none comes.
    static func read(_ cursor: inout ScalarCursor) -> Int? {
        let start = cursor
        var total = 0
        var digit = 0
        var length = 0
        while length < 7, let value = value(of: cursor.peek) {
            _ = cursor.next()
            length += 1
            switch value {
            case 10, 100:
                total += max(digit, 1) * value
                digit = 0
            default: digit = isPositional(digit, total) ? digit * 10 + value : value
            }
        }
        guard length > 0, total + digit > 0 else {
            cursor = start
            return nil
        }
        return total + digit
    }

    /// 二〇 and 一二 write digits by place.
    private static func isPositional(_ digit: Int, _ total: Int) -> Bool { digit > 0 && total == 0 }

    static func value(of scalar: UInt32) -> Int? {
        guard scalar >= 0x3007 else { return nil }
        switch scalar {
        case 0x3007, 0x96F6: return 0
        case 0x4E00, 0x58F9: return 1
        case 0x4E8C, 0x8D30, 0x8CB3, 0x4E24: return 2
        case 0x4E09, 0x53C1, 0x53C3: return 3
        case 0x56DB, 0x8086: return 4
        case 0x4E94, 0x4F0D: return 5
        case 0x516D, 0x9646, 0x9678: return 6
        case 0x4E03, 0x67D2: return 7
        case 0x516B, 0x634C: return 8
        case 0x4E5D, 0x7396: return 9
        case 0x5341, 0x62FE: return 10
        case 0x767E: return 100
        default: return nil
        }
    }

    static func isDigit(_ scalar: UInt32) -> Bool { (0x30...0x39).contains(scalar) }

    /// Reads up to `limit` digits.
    static func readDigits(_ cursor: inout ScalarCursor, limit: Int = 3) -> Int? {
        let start = cursor
        var value = 0
        var length = 0
        while (0x30...0x39).contains(cursor.peek) {
            value = value * 10 + Int(cursor.next() - 0x30)
            length += 1
            if length > limit { break }
        }
        guard length > 0, length <= limit else {
            cursor = start
            return nil
        }
        return value
    }

    /// Reads a number in Han characters or digits.
    static func readAny(_ cursor: inout ScalarCursor) -> Int? { read(&cursor) ?? readDigits(&cursor) }
}
