/// The state of `CJKTokenizer` in a text: `next()` finds one token after another.
struct TokenScanner {
    /// A word is cut when it has come to 120 bytes; the longest expansion adds four.
    static let scratchSize = 128
    private static let longestWord = 120

    private enum Kind { case none, single, terminator, word, newline, space }
    private typealias Class = CharacterFolding.Class

    private let text: UnsafePointer<UInt8>
    private let size: Int
    private let scratch: UnsafeMutablePointer<UInt8>
    private let classes: UnsafePointer<UInt8>
    private let folded: UnsafePointer<UInt16>
    private var position = 0
    private var previous = Kind.none
    /// White space seen since the last token, within its line.
    private var gap = 0..<0

    /// The token last found: its folded bytes, and where it stands in the text.
    private(set) var token: UnsafePointer<UInt8>
    private(set) var count = 0
    private(set) var start = 0
    private(set) var end = 0
    /// Whether the token last found is a run of letters and digits.
    var isWord: Bool { previous == .word }

    /// `scratch` holds `scratchSize` bytes; both must outlive the scanner.
    @inline(__always)
    init(_ text: UnsafeBufferPointer<UInt8>, scratch: UnsafeMutablePointer<UInt8>) {
        let folding = CharacterFolding.shared
        self.text = text.baseAddress ?? UnsafePointer(scratch)
        self.size = text.count
        self.scratch = scratch
        self.classes = folding.classes
        self.folded = folding.folded
        self.token = UnsafePointer(scratch)
    }

    /// Finds the next token; `false` at the end of the text.
    mutating func next() -> Bool {
        while position < size {
            let (scalar, length) = decode(position)
            let kind = classOf(scalar)
            switch kind {
            case Class.single, Class.terminator, Class.composing:
                if gap.count > 0 && previous != .word { return takeGap() }
                takeSingle(scalar, length, kind)
                return true
            case Class.word, Class.expansion:
                if gap.count > 0 && previous == .terminator { return takeGap() }
                takeWord()
                return true
            case Class.space:
                if previous != .none && previous != .newline {
                    gap = (gap.isEmpty ? position : gap.lowerBound)..<position + length
                }
                position += length
            case Class.newline:
                gap = 0..<0
                position += length
                // One token for a run of line ends, none at the beginning of the text.
                if previous == .newline || previous == .none { continue }
                scratch[0] = 0x0A
                take(UnsafePointer(scratch), 1, position - length, .newline)
                return true
            default:
                position += length
            }
        }
        return false
    }

    @inline(__always)
    private mutating func take(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ start: Int, _ kind: Kind) {
        token = bytes
        self.count = count
        self.start = start
        end = position
        previous = kind
    }

    private mutating func takeGap() -> Bool {
        scratch[0] = 0x20
        token = UnsafePointer(scratch)
        count = 1
        start = gap.lowerBound
        end = gap.upperBound
        previous = .space
        gap = 0..<0
        return true
    }

    @inline(__always)
    private mutating func takeSingle(_ scalar: UInt32, _ length: Int, _ kind: UInt8) {
        let begin = position
        position += length
        gap = 0..<0
        var result = scalar < 0x10000 ? UInt32(folded[Int(scalar)]) : scalar
        if kind == Class.composing { result = compose(result) }
        takeMarks()
        let sort: Kind = kind == Class.terminator ? .terminator : .single
        if result == scalar && scalar != 0xFFFD {
            take(text + begin, length, begin, sort)
        } else {
            take(UnsafePointer(scratch), encode(result, at: 0), begin, sort)
        }
    }

    /// Counts marks and variation selectors to the character before them, so that a highlight never parts them.
    @inline(__always)
    private mutating func takeMarks() {
        while position < size, text[position] >= 0xC2 {
            // Leads of Han, kana and Hangul begin no such mark that matters here, and are nearly all that comes.
            if text[position] >= 0xE3 && text[position] <= 0xED { return }
            let (scalar, length) = decode(position)
            guard classOf(scalar) == Class.ignored else { return }
            position += length
        }
    }

    private mutating func takeWord() {
        let begin = position
        var written = 0
        gap = 0..<0
        while position < size && written < Self.longestWord {
            let (scalar, length) = decode(position)
            let kind = classOf(scalar)
            if kind == Class.word {
                written += encode(scalar < 0x10000 ? UInt32(folded[Int(scalar)]) : scalar, at: written)
            } else if kind == Class.expansion {
                for byte in CharacterFolding.shared.expansions[UInt16(scalar)] ?? [] {
                    scratch[written] = byte
                    written += 1
                }
            } else if kind != Class.ignored {
                break
            }
            position += length
        }
        take(UnsafePointer(scratch), written, begin, .word)
    }
}

// MARK: - Characters

extension TokenScanner {
    @inline(__always)
    private func classOf(_ scalar: UInt32) -> UInt8 {
        scalar < 0x10000 ? classes[Int(scalar)] : Self.classBeyondBMP(scalar)
    }

    /// The code point at an offset below `size`, and its length in bytes; U+FFFD and 1 where that is not UTF-8.
    @inline(__always)
    private func decode(_ at: Int) -> (scalar: UInt32, length: Int) {
        let lead = UInt32(text[at])
        if lead < 0x80 { return (lead, 1) }
        if lead >= 0xE0 && lead < 0xF0 && at + 2 < size {
            let second = UInt32(text[at + 1]), third = UInt32(text[at + 2])
            let scalar = (lead & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F
            if second & 0xC0 == 0x80 && third & 0xC0 == 0x80 && scalar >= 0x800 && scalar & 0xF800 != 0xD800 {
                return (scalar, 3)
            }
        } else if lead >= 0xC2 && lead < 0xE0 && at + 1 < size {
            let second = UInt32(text[at + 1])
            if second & 0xC0 == 0x80 { return ((lead & 0x1F) << 6 | second & 0x3F, 2) }
        } else if lead >= 0xF0 && lead < 0xF5 && at + 3 < size {
            let second = UInt32(text[at + 1]), third = UInt32(text[at + 2]), fourth = UInt32(text[at + 3])
            let scalar = (lead & 0x07) << 18 | (second & 0x3F) << 12 | (third & 0x3F) << 6 | fourth & 0x3F
            if second & 0xC0 == 0x80 && third & 0xC0 == 0x80 && fourth & 0xC0 == 0x80
                && scalar >= 0x10000 && scalar < 0x110000
            {
                return (scalar, 4)
            }
        }
        return (0xFFFD, 1)
    }

    /// Writes a code point to the scratch bytes and returns its length.
    @inline(__always)
    private func encode(_ scalar: UInt32, at: Int) -> Int {
        let place = scratch + at
        if scalar < 0x80 {
            place[0] = UInt8(scalar)
            return 1
        }
        if scalar < 0x800 {
            place[0] = UInt8(0xC0 | scalar >> 6)
            place[1] = UInt8(0x80 | scalar & 0x3F)
            return 2
        }
        if scalar < 0x10000 {
            place[0] = UInt8(0xE0 | scalar >> 12)
            place[1] = UInt8(0x80 | scalar >> 6 & 0x3F)
            place[2] = UInt8(0x80 | scalar & 0x3F)
            return 3
        }
        place[0] = UInt8(0xF0 | scalar >> 18)
        place[1] = UInt8(0x80 | scalar >> 12 & 0x3F)
        place[2] = UInt8(0x80 | scalar >> 6 & 0x3F)
        place[3] = UInt8(0x80 | scalar & 0x3F)
        return 4
    }

    /// Rare enough to ask the standard library; Han (planes 2 and 3) and kana supplements before that.
    private static func classBeyondBMP(_ scalar: UInt32) -> UInt8 {
        if scalar >= 0x20000 && scalar < 0x40000 || scalar >= 0x1AFF0 && scalar < 0x1B170 { return Class.single }
        guard let value = Unicode.Scalar(scalar) else { return Class.single }
        switch value.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .spacingMark, .enclosingMark:
            return Class.word
        case .nonspacingMark:
            return scalar >= 0xE0100 && scalar < 0xE01F0 ? Class.ignored : Class.word
        case .format:
            return Class.ignored
        default:
            return Class.single
        }
    }

    /// Takes up the parts that make one character with `first`: a (half-width) voiced or semi-voiced sound mark after kana,
    /// the vowel and final consonant of a Hangul syllable (Unicode Standard, section 3.12).
    private mutating func compose(_ first: UInt32) -> UInt32 {
        guard position < size else { return first }
        let (mark, length) = decode(position)
        if first >= 0x3000 && first < 0x3100 {
            let isVoiced = mark == 0x3099 || mark == 0xFF9E
            guard isVoiced || mark == 0x309A || mark == 0xFF9F, let kana = Self.voice(first, half: !isVoiced) else {
                return first
            }
            position += length
            return kana
        }
        if first < 0x1113 {
            guard mark >= 0x1161, mark <= 0x1175 else { return first }
            position += length
            return composeFinal(0xAC00 + ((first - 0x1100) * 21 + mark - 0x1161) * 28)
        }
        return composeFinal(first)
    }

    private mutating func composeFinal(_ syllable: UInt32) -> UInt32 {
        guard position < size, (syllable - 0xAC00) % 28 == 0 else { return syllable }
        let (final, length) = decode(position)
        guard final > 0x11A7, final <= 0x11C2 else { return syllable }
        position += length
        return syllable + final - 0x11A7
    }

    /// The voiced (か → が) or semi-voiced (は → ぱ) form of a kana, if it has one.
    private static func voice(_ kana: UInt32, half: Bool) -> UInt32? {
        let isKatakana = kana >= 0x30A0
        let hiragana = isKatakana ? kana - 0x60 : kana
        switch hiragana {
        case 0x306F...0x307B where (hiragana - 0x306F) % 3 == 0: return kana + (half ? 2 : 1)
        case _ where half: return nil
        case 0x304B...0x3061 where hiragana % 2 == 1: return kana + 1
        case 0x3064, 0x3066, 0x3068, 0x309D: return kana + 1
        case 0x3046: return kana + 0x4E
        case 0x308F...0x3092 where isKatakana: return kana + 8
        default: return nil
        }
    }
}
