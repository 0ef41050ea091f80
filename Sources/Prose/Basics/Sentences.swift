/// Sentence boundaries for merging: small units that people edit as one.
public enum Sentences {
    /// Ranges of bytes that partition `text`, each a sentence.
    ///
    /// A sentence ends after 。！？；, after `.`, `!`, `?` or `;` when white space or the end follows, and at a line end.
    /// Runs of such marks, closing quotation marks and brackets, and the blanks behind them stay with the sentence they
    /// close. This is far simpler than Unicode UAX #29, on purpose: the unit must not depend on a Unicode version.
    public static func ranges(in text: [UInt8]) -> [Range<Int>] {
        text.withUnsafeBufferPointer { bytes in
            var ranges: [Range<Int>] = []
            ranges.reserveCapacity(bytes.count / 90 + 4)
            var start = 0
            var index = 0
            while index < bytes.count {
                let next = boundary(at: index, in: bytes)
                if next > index {
                    ranges.append(start..<next)
                    start = next
                    index = next
                } else {
                    index += 1
                }
            }
            if start < bytes.count { ranges.append(start..<bytes.count) }
            return ranges
        }
    }

    /// A sentence without the blanks and the line end behind it: these belong to its place and change when it moves.
    package static func words(_ sentence: Range<Int>, in text: [UInt8]) -> Range<Int> {
        var end = sentence.upperBound
        while end > sentence.lowerBound, text[end - 1] == 0x20 || (0x09...0x0D).contains(text[end - 1]) { end -= 1 }
        return sentence.lowerBound..<end
    }

    /// Where the next sentence begins if the character at `index` ends one, else `index`.
    private static func boundary(at index: Int, in bytes: TextBytes) -> Int {
        let byte = bytes[index]
        if byte == 0x0A { return index + 1 }
        if byte == 0x0D { return index + 1 < bytes.count && bytes[index + 1] == 0x0A ? index : index + 1 }
        let wide = wideTerminator(at: index, in: bytes)
        guard wide || isASCIITerminator(byte) else { return index }
        var end = index + (wide ? 3 : 1)
        end = skipClosers(from: end, in: bytes)
        if !wide, end < bytes.count, !isBlank(bytes[end]), bytes[end] != 0x0A, bytes[end] != 0x0D { return index }
        return skipLineEnd(from: end, in: bytes)
    }

    private static func isASCIITerminator(_ byte: UInt8) -> Bool {
        byte == 0x2E || byte == 0x21 || byte == 0x3F || byte == 0x3B
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// 。 (E3 80 82), ！ (EF BC 81), ？ (EF BC 9F), ； (EF BC 9B).
    private static func wideTerminator(at index: Int, in bytes: TextBytes) -> Bool {
        guard index + 2 < bytes.count else { return false }
        switch bytes[index] {
        case 0xE3: return bytes[index + 1] == 0x80 && bytes[index + 2] == 0x82
        case 0xEF:
            let last = bytes[index + 2]
            return bytes[index + 1] == 0xBC && (last == 0x81 || last == 0x9F || last == 0x9B)
        default: return false
        }
    }

    /// Further terminators and ”’」』）】》 after a terminator belong to the same sentence.
    private static func skipClosers(from start: Int, in bytes: TextBytes) -> Int {
        var end = start
        while end < bytes.count {
            let byte = bytes[end]
            if isASCIITerminator(byte) || byte == 0x22 || byte == 0x27 || byte == 0x29 || byte == 0x5D {
                end += 1
            } else if byte >= 0xE2, wideTerminator(at: end, in: bytes) || wideCloser(at: end, in: bytes) {
                end += 3
            } else {
                break
            }
        }
        return end
    }

    private static func wideCloser(at index: Int, in bytes: TextBytes) -> Bool {
        guard index + 2 < bytes.count else { return false }
        let last = bytes[index + 2]
        switch (bytes[index], bytes[index + 1]) {
        case (0xE2, 0x80): return last == 0x9D || last == 0x99
        case (0xE3, 0x80): return last == 0x8D || last == 0x8F || last == 0x91 || last == 0x8B
        case (0xEF, 0xBC): return last == 0x89
        default: return false
        }
    }

    private static func skipLineEnd(from start: Int, in bytes: TextBytes) -> Int {
        var end = start
        while end < bytes.count, isBlank(bytes[end]) { end += 1 }
        if end < bytes.count, bytes[end] == 0x0D { end += 1 }
        if end < bytes.count, bytes[end] == 0x0A { end += 1 }
        return end
    }
}
