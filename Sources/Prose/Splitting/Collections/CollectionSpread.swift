/// How evenly the words of a text are spread over its pieces.
///
/// What one work is about, its people and its terms, comes in most of its chapters. Of a collection each piece has its own.
enum CollectionSpread {
    /// How much of a piece is read, in bytes, and how many pieces.
    private static let mostBytes = 6000
    private static let mostPieces = 60

    /// The share of pieces in which words come, by what it were if chance had spread them: 1 for evenly, less the more each piece has
    /// words of its own. Nil where there is too little to tell.
    static func measure(_ bytes: TextBytes, _ pieces: [Range<Int>]) -> Double? {
        let step = max(1, pieces.count / mostPieces)
        let chosen = stride(from: 0, to: pieces.count, by: step).map { pieces[$0] }.filter { $0.count > 300 }
        guard chosen.count >= 3 else { return nil }
        // Each word with its piece, to be counted in order: a table of all hash values would be cleared for each file.
        var words: [UInt64] = []
        for (index, piece) in chosen.enumerated() {
            Self.words(bytes, piece.prefix(mostBytes)) { bucket in words.append(UInt64(bucket) << 16 | UInt64(index)) }
        }
        words.sort()
        var (seen, due) = (0.0, 0.0)
        let total = Double(chosen.count)
        var start = 0
        while start < words.count {
            var (end, pieces) = (start + 1, 1)
            while end < words.count, words[end] >> 16 == words[start] >> 16 {
                if words[end] != words[end - 1] { pieces += 1 }
                end += 1
            }
            let count = end - start
            // Words as frequent as pieces are: what comes less often tells little, and what comes oftener is grammar.
            if count >= 4, count <= 3 * chosen.count + 4 {
                seen += Double(pieces)
                due += total * (1 - power(1 - 1 / total, count))
            }
            start = end
        }
        return due > 100 ? seen / due : nil
    }

    private static func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, base, exponent) = (1.0, base, exponent)
        while exponent > 0 {
            if exponent & 1 == 1 { result *= base }
            base *= base
            exponent >>= 1
        }
        return result
    }

    /// Calls `take` with a number for each pair of neighbouring ideographs and each word in letters.
    private static func words(_ bytes: TextBytes, _ range: Range<Int>, _ take: (Int) -> Void) {
        var (index, previous, word) = (range.lowerBound, UInt32(0), UInt32(0))
        while index < range.upperBound {
            let (scalar, width) = ScalarCursor.decode(bytes, index)
            index += width
            if scalar < 0x250 {
                previous = 0
                let lower = scalar | 0x20
                if (0x61...0x7A).contains(lower) || scalar >= 0xC0 {
                    word = (word &+ lower) &* 0x9E37_79B1
                } else if word != 0 {
                    take(Int(word >> 14))
                    word = 0
                }
                continue
            }
            word = 0
            guard (0x3400...0x9FFF).contains(scalar) || (0x30A0...0x30FF).contains(scalar) else {
                previous = 0
                continue
            }
            if previous != 0 { take(Int(((previous &* 0x9E37_79B1) ^ (scalar &* 0x85EB_CA6B)) >> 14)) }
            previous = scalar
        }
    }
}

extension Range where Bound == Int {
    fileprivate func prefix(_ count: Int) -> Range<Int> { lowerBound..<Swift.min(upperBound, lowerBound + count) }
}
