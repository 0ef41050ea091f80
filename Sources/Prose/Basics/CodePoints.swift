/// Conversion between byte offsets in UTF-8 and code point offsets, the unit of W3C `TextPositionSelector`.
///
/// All take valid UTF-8 and are linear in the length of the text; the batch forms make one pass for any number of offsets.
public enum CodePoints {
    /// The number of code points in `text`.
    public static func count(_ text: [UInt8]) -> Int { count(text, in: 0..<text.count) }

    /// The number of code points that begin inside `range`, a range of bytes.
    public static func count(_ text: [UInt8], in range: Range<Int>) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= text.count, "byte range outside the text")
        return text.withUnsafeBufferPointer { count($0, in: range) }
    }

    /// The code point offset of the byte at `offset`; an offset inside a character counts that character.
    public static func codePointOffset(ofByte offset: Int, in text: [UInt8]) -> Int {
        count(text, in: 0..<offset)
    }

    /// The byte offset of code point number `offset`, or nil where the text has fewer; the text's own length is allowed.
    public static func byteOffset(ofCodePoint offset: Int, in text: [UInt8]) -> Int? {
        byteOffsets(ofCodePoints: [offset], in: text)[0]
    }

    /// The code point offsets of many byte offsets, in the order given. Offsets need not be sorted.
    public static func codePointOffsets(ofBytes offsets: [Int], in text: [UInt8]) -> [Int] {
        text.withUnsafeBufferPointer { bytes in
            var result = [Int](repeating: 0, count: offsets.count)
            var byte = 0
            var points = 0
            for index in ascending(offsets) {
                let target = min(max(offsets[index], 0), bytes.count)
                points += count(bytes, in: byte..<max(byte, target))
                byte = max(byte, target)
                result[index] = points
            }
            return result
        }
    }

    /// The byte offsets of many code point offsets, in the order given; nil for one past the end. Need not be sorted.
    public static func byteOffsets(ofCodePoints offsets: [Int], in text: [UInt8]) -> [Int?] {
        text.withUnsafeBufferPointer { bytes in
            var result = [Int?](repeating: nil, count: offsets.count)
            var byte = 0
            var points = 0
            for index in ascending(offsets) where offsets[index] >= 0 {
                byte = skip(offsets[index] - points, from: byte, &points, in: bytes)
                if points == offsets[index] { result[index] = byte }
            }
            return result
        }
    }

    /// The byte offset `wanted` code points after `start`, or the end of the text.
    private static func skip(_ wanted: Int, from start: Int, _ points: inout Int, in bytes: TextBytes) -> Int {
        var byte = start
        var left = wanted
        let block = 64
        while left > block, byte + block <= bytes.count {
            // 64 bytes begin at most 64 code points, so a whole block may be counted without overshooting.
            let begun = count(bytes, in: byte..<byte + block)
            left -= begun
            points += begun
            byte += block
        }
        while byte < bytes.count {
            if bytes[byte] & 0xC0 != 0x80 {
                if left == 0 { break }
                left -= 1
                points += 1
            }
            byte += 1
        }
        return byte
    }

    private static func ascending(_ offsets: [Int]) -> [Int] {
        offsets.count == 1 ? [0] : offsets.indices.sorted { offsets[$0] < offsets[$1] }
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// Counts bytes that are not continuation bytes, 0b10xxxxxx, eight at a time.
    private static func count(_ bytes: TextBytes, in range: Range<Int>) -> Int {
        guard !range.isEmpty else { return 0 }
        let raw = UnsafeRawBufferPointer(bytes)
        var (index, continuations) = (range.lowerBound, 0)
        while range.upperBound - index >= 8 {
            // Each byte of `counts` counts those of one place in the words: up to 255.
            let words = min(255, (range.upperBound - index) / 8)
            var counts: UInt64 = 0
            for _ in 0..<words {
                let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                counts &+= word >> 7 & ~word >> 6 & ones
                index += 8
            }
            // Sums of neighbours, in 16 bits each, and then of these four: at most 8 · 255.
            let pairs = (counts & 0x00FF_00FF_00FF_00FF) &+ (counts >> 8 & 0x00FF_00FF_00FF_00FF)
            continuations += Int((pairs &* 0x0001_0001_0001_0001) >> 48)
        }
        while index < range.upperBound {
            if bytes[index] & 0xC0 == 0x80 { continuations += 1 }
            index += 1
        }
        return range.count - continuations
    }
}
