/// The units that two sides may edit next to each other without being in each other's way.
///
/// A code point alone is too small for that: of `100` one side could make `200` and the other `105`, and both edits
/// would give `205`, which nobody wrote. So an atom is a code point, except that a run of letters and digits (Chinese
/// numerals among them), a base with its marks, an emoji sequence and CRLF are one atom. Digits with a point, a colon, a
/// stroke or a unit of time between them are one value, as are a fraction and a range: `9:30`, `5—8%`, `三分之二`, `12月28日`.
enum MergeAtoms {
    /// Ranges of bytes that partition `text`.
    static func ranges(in text: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var last = Kind.other
        var start = 0
        forEachScalar(text) { scalar, offset in
            let kind = Kind(scalar)
            if offset > 0, !joins(last, kind) {
                ranges.append(start..<offset)
                start = offset
            }
            last = joinedKind(last, kind, isFirst: start == offset)
        }
        if start < text.count { ranges.append(start..<text.count) }
        return ranges
    }

    private enum Kind {
        case word, wordPoint, extender, joiner, regional, regionalPair, carriageReturn, lineFeed, other

        init(_ scalar: UInt32) {
            switch scalar {
            case 0x0D: self = .carriageReturn
            case 0x0A: self = .lineFeed
            case 0x2E, 0x2C, 0x25, 0xFF05, 0xFF0E: self = .wordPoint
            // - / : ~ – — and wide ones
            case 0x2D, 0x2F, 0x3A, 0x7E, 0x2013, 0x2014, 0xFF0D, 0xFF0F, 0xFF1A, 0xFF5E: self = .wordPoint
            case 0x5E74, 0x6708, 0x65E5, 0x65F6, 0x6642, 0x70B9, 0x9EDE, 0x5206, 0x4E4B: self = .wordPoint  // 年月日时時点點分之
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0xAA, 0xB5, 0xBA, 0xC0...0x2AF, 0x370...0x52F: self = .word
            case 0xFF10...0xFF19, 0xFF21...0xFF3A, 0xFF41...0xFF5A: self = .word
            case _ where Kind.numerals.contains(scalar): self = .word
            case 0x300...0x36F, 0x20D0...0x20FF, 0x3099...0x309A, 0xFE00...0xFE0F, 0x1F3FB...0x1F3FF, 0xE0020...0xE01EF:
                self = .extender
            case 0x200D: self = .joiner
            case 0x1F1E6...0x1F1FF: self = .regional
            default: self = .other
            }
        }

        fileprivate static let numerals = "零〇一二三四五六七八九十百千万亿两".unicodeScalars.map(\.value)
    }

    /// Whether a code point of kind `next` belongs to the atom that ends with one of kind `last`. A point or a percent
    /// sign continues a number or an abbreviation; where it does not, a larger atom does no harm.
    private static func joins(_ last: Kind, _ next: Kind) -> Bool {
        switch (last, next) {
        case (.joiner, _), (_, .extender), (_, .joiner): true
        case (.word, .word), (.word, .wordPoint), (.wordPoint, .word), (.wordPoint, .wordPoint): true
        case (.regional, .regional), (.carriageReturn, .lineFeed): true
        default: false
        }
    }

    /// The kind that an atom ends with once a code point has joined it.
    private static func joinedKind(_ last: Kind, _ next: Kind, isFirst: Bool) -> Kind {
        if isFirst { return next }
        switch next {
        case .extender: return last
        case .regional: return last == .regional ? .regionalPair : next
        default: return next
        }
    }

    /// Whether what stands between the edits of two sides inside a sentence is enough for both to be right: of 张建国 one side
    /// could make 李建国 and the other 张建华. Words of letters stand by themselves; of Chinese, two characters must be between.
    static func keepApart(_ between: [UInt8], _ edits: [[UInt8]]) -> Bool {
        var (letters, isChinese) = (0, false)
        forEachScalar(between) { scalar, _ in if !isMark(scalar) { letters += 1 } }
        for text in [between] + edits { forEachScalar(text) { scalar, _ in if scalar >= 0x2E80 { isChinese = true } } }
        return letters >= 2 || !isChinese
    }

    /// Whether a sentence that begins with the one text and goes on with the other has a number: 三、 or （三）. In 一、二班 the
    /// first is not the sentence's number, but one of two.
    static func isNumbering(_ start: [UInt8], before rest: [UInt8]) -> Bool {
        guard let mark = ["、", "．", ".", "）", ")"].first(where: { rest.starts(with: $0.utf8) }) else { return false }
        var next: UInt32?
        forEachScalar(Array(rest.dropFirst(mark.utf8.count))) { scalar, offset in if offset == 0 { next = scalar } }
        if let next, isNumeral(next) { return false }
        var (digits, others) = (0, 0)
        forEachScalar(start) { scalar, offset in
            if isNumeral(scalar) {
                digits += 1
            } else if offset > 0 || (scalar != 0xFF08 && scalar != 0x28) {
                others += 1
            }
        }
        return digits > 0 && others == 0
    }

    private static func isNumeral(_ scalar: UInt32) -> Bool {
        (0x30...0x39).contains(scalar) || (0xFF10...0xFF19).contains(scalar) || Kind.numerals.contains(scalar)
    }

    /// Blanks and punctuation.
    private static func isMark(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0xA9, 0xAB...0xB4, 0xB6...0xB9, 0xBB...0xBF, 0xD7, 0xF7: true
        case 0x2000...0x206F, 0x3000...0x3004, 0x3008...0x3020, 0x3030, 0xFE10...0xFE6F: true
        case 0xFF01...0xFF0F, 0xFF1A...0xFF20, 0xFF3B...0xFF40, 0xFF5B...0xFF65: true
        default: false
        }
    }

    private static func forEachScalar(_ text: [UInt8], _ body: (UInt32, Int) -> Void) {
        var position = 0
        while position < text.count {
            let lead = text[position]
            let length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
            var scalar = length == 1 ? UInt32(lead) : UInt32(lead) & (0x7F >> UInt32(length))
            var end = position + 1
            while end < min(position + length, text.count), text[end] & 0xC0 == 0x80 {
                scalar = scalar << 6 | UInt32(text[end] & 0x3F)
                end += 1
            }
            body(scalar, position)
            position = end
        }
    }
}
