/// How evenly the words of a text are spread over its pieces.
///
/// What one work is about, its people and its terms, comes in most of its chapters. Of a collection each piece has its own.
enum CollectionSpread {
    /// How much of a piece is read, in bytes, and how many pieces.
    private static let mostBytes = 6000
    private static let mostPieces = 60
    /// The fewest bytes that a word takes: a letter, and what ends it.
    private static let leastWord = 2

    /// The share of pieces in which words come, by what it were if chance had spread them: 1 for evenly, less the more each piece has
    /// words of its own. Nil where there is too little to tell.
    static func measure(_ bytes: TextBytes, _ pieces: [Range<Int>]) -> Double? {
        let step = max(1, pieces.count / mostPieces)
        let chosen = stride(from: 0, to: pieces.count, by: step).map { pieces[$0] }.filter { $0.count > 300 }
        guard chosen.count >= 3 else { return nil }
        var table = WordTable(holding: chosen.reduce(0) { $0 + min($1.count, mostBytes) } / leastWord)
        for (index, piece) in chosen.enumerated() {
            words(bytes, piece.prefix(mostBytes)) { table.count($0, in: UInt32(index + 1)) }
        }
        var (seen, due) = (0.0, 0.0)
        let total = Double(chosen.count)
        for slot in table.slots {
            let count = Int(slot.count)
            // Words as frequent as pieces are: what comes less often tells little, and what comes oftener is grammar.
            guard count >= 4, count <= 3 * chosen.count + 4 else { continue }
            seen += Double(slot.pieces)
            due += total * (1 - power(1 - 1 / total, count))
        }
        return due > 100 ? seen / due : nil
    }

    /// How often each word comes, and in how many pieces.
    ///
    /// A hash table with open addressing, no larger than the text needs: most texts are short.
    private struct WordTable {
        struct Slot {
            /// The word's number, plus one; 0 where there is none.
            var word: UInt32 = 0
            var count: UInt32 = 0
            var pieces: UInt32 = 0
            /// The piece in which it came last.
            var last: UInt32 = 0
        }

        private(set) var slots: [Slot]

        /// - Parameter most: the most words that there may be.
        init(holding most: Int) {
            let bits = Int.bitWidth - min(2 * most + 1, numbers).leadingZeroBitCount
            slots = Array(repeating: Slot(), count: min(1 << bits, numbers))
        }

        /// - Parameter piece: at least 1, and no less than the one before.
        mutating func count(_ word: Int, in piece: UInt32) {
            slots.withUnsafeMutableBufferPointer { slots in
                let name = UInt32(word) + 1
                var index = word & (slots.count - 1)
                while slots[index].word != name, slots[index].word != 0 { index = (index + 1) & (slots.count - 1) }
                slots[index].word = name
                slots[index].count += 1
                if slots[index].last != piece {
                    slots[index].last = piece
                    slots[index].pieces += 1
                }
            }
        }
    }

    /// How many numbers there are for words.
    private static let numbers = 1 << 18

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
