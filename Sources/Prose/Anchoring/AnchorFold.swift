/// A text as re-anchoring compares it: without white space and with punctuation and characters folded, so that a new line break, an
/// indent, a comma of another width, or simplified characters for traditional ones are no change.
struct AnchorFold: Sendable {
    /// Folded code points.
    private(set) var codes: [UInt32] = []
    /// The bytes of the text that each stands for.
    private(set) var bytes: Places
    /// The lines with anything in them, as ranges of `codes`.
    private(set) var lines: [Range<Int>] = []
    /// Sentences, which never reach over a line end, as ranges of `codes`.
    private(set) var sentences: [Range<Int>] = []

    /// The bytes of code points of a text, of which the first alone is kept: it tells the others.
    struct Places: Sendable {
        private let text: [UInt8]
        private var starts: [UInt32] = []

        fileprivate init(_ text: [UInt8]) {
            self.text = text
            starts.reserveCapacity(text.count / 3)
        }

        subscript(index: Int) -> Range<Int> {
            let start = Int(starts[index])
            return start..<start + text.withUnsafeBufferPointer { ScalarCursor.decode($0, start).width }
        }

        fileprivate mutating func append(_ start: Int) { starts.append(UInt32(start)) }
    }

    init(_ text: [UInt8]) {
        bytes = Places(text)
        codes.reserveCapacity(text.count / 3)
        text.withUnsafeBufferPointer { text in
            var position = 0
            while position < text.count {
                let (scalar, width) = ScalarCursor.decode(text, position)
                append(scalar, at: position)
                position += width
            }
        }
        endLine()
    }

    var count: Int { codes.count }

    /// The code points that lie in a range of bytes, wholly or in part.
    func range(ofBytes range: Range<Int>) -> Range<Int> {
        let start = firstIndex { bytes[$0].upperBound > range.lowerBound }
        let end = firstIndex { bytes[$0].lowerBound >= range.upperBound }
        return start..<max(start, end)
    }

    /// The bytes from the first code point of a range that is not empty to its last, white space between them included.
    func byteRange(_ range: Range<Int>) -> Range<Int> {
        bytes[range.lowerBound].lowerBound..<bytes[range.upperBound - 1].upperBound
    }

    private func firstIndex(where isPast: (Int) -> Bool) -> Int {
        var (low, high) = (0, codes.count)
        while low < high {
            let middle = (low + high) / 2
            if isPast(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private mutating func append(_ scalar: UInt32, at position: Int) {
        if scalar == 0x0A || scalar == 0x0D || scalar == 0x2028 || scalar == 0x2029 { return endLine() }
        let folded = Self.fold(scalar)
        guard folded != Self.space else { return }
        codes.append(folded)
        bytes.append(position)
        if folded == 0x2E || folded == 0x21 || folded == 0x3F || folded == 0x3B { endSentence() }
    }

    private mutating func endSentence() {
        let start = sentences.last?.upperBound ?? 0
        if start < codes.count { sentences.append(start..<codes.count) }
    }

    private mutating func endLine() {
        endSentence()
        let start = lines.last?.upperBound ?? 0
        if start < codes.count { lines.append(start..<codes.count) }
    }

    private static let space: UInt32 = 0x20

    static func fold(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x09...0x0D, 0x85, 0xAD, 0x2000...0x200C, 0x202F, 0x205F, 0x2060, 0xFEFF: space
        case 0x3002, 0xFF61: 0x2E  // 。
        case 0x3001, 0xFF64: 0x2C  // 、
        case 0x201C...0x201F, 0x300C...0x300F, 0xAB, 0xBB, 0xFF02, 0xFE41...0xFE44: 0x22  // “”「」『』«»
        case 0x2018...0x201B, 0xFF07: 0x27  // ‘’
        case 0x3008, 0x300A, 0x2039: 0x3C  // 〈《
        case 0x3009, 0x300B, 0x203A: 0x3E  // 〉》
        case 0x3014, 0x3010, 0x3016: 0x5B  // 〔【
        case 0x3015, 0x3011, 0x3017: 0x5D  // 〕】
        case 0x2010...0x2015, 0x2212, 0x2500, 0xFF0D: 0x2D  // ‐–—
        case 0xB7, 0x2022, 0x2027, 0x30FB, 0xFF65: 0xB7  // ·•・
        case 0x2026, 0x22EF: 0x2026  // …⋯
        default: character(ScalarCursor.fold(scalar))
        }
    }

    /// As search folds characters: traditional as simplified ones, and one case.
    private static func character(_ scalar: UInt32) -> UInt32 {
        scalar < 0x10000 ? UInt32(CharacterFolding.shared.folded[Int(scalar)]) : scalar
    }
}
