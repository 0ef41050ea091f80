/// Approximate occurrences of a pattern in a text, by Levenshtein distance: G. Myers, "A Fast Bit-Vector Algorithm for
/// Approximate String Matching Based on Dynamic Programming", J. ACM 46 (1999), in blocks as H. Hyyrö (2003) has it.
struct AnchorMatcher {
    struct Occurrence {
        var range: Range<Int>
        var distance: Int
    }

    /// Words of work past which nothing is searched.
    private static let maxSteps = 60_000_000

    private let pattern: [UInt32]
    private let blocks: Int

    init(_ pattern: [UInt32]) {
        self.pattern = pattern
        blocks = (pattern.count + 63) / 64
    }

    /// The places within `maxDistance`, ascending, the best of each cluster of overlapping ones.
    func occurrences(in text: [UInt32], maxDistance: Int) -> [Occurrence] {
        guard !pattern.isEmpty, blocks * text.count <= Self.maxSteps else { return [] }
        var best: [(end: Int, distance: Int)] = []
        scan(pattern, text[...], isAnchored: false) { end, distance in
            guard distance <= maxDistance else { return }
            if let last = best.last, end - last.end < max(1, pattern.count / 2) {
                if distance < last.distance { best[best.count - 1] = (end, distance) }
            } else {
                best.append((end, distance))
            }
        }
        return best.map { Occurrence(range: start(of: $0, in: text, maxDistance)..<$0.end, distance: $0.distance) }
    }

    /// Matches backwards from an end to find where the occurrence starts.
    private func start(of match: (end: Int, distance: Int), in text: [UInt32], _ maxDistance: Int) -> Int {
        let window = text[max(0, match.end - pattern.count - maxDistance)..<match.end].reversed()
        var found = (length: 0, distance: Int.max)
        scan(pattern.reversed(), Array(window)[...], isAnchored: true) { length, distance in
            if distance < found.distance { found = (length, distance) }
        }
        return match.end - found.length
    }

    /// Calls `report` with each position after a code point and the least distance of the pattern to a text that ends
    /// there and starts anywhere, or at the start if `isAnchored`.
    private func scan(_ pattern: [UInt32], _ text: ArraySlice<UInt32>, isAnchored: Bool, _ report: (Int, Int) -> Void) {
        var rowOfCode: [UInt32: Int] = [:]
        var rows: [UInt64] = [UInt64](repeating: 0, count: blocks)
        for (index, code) in pattern.enumerated() {
            let row = rowOfCode[code] ?? rows.count / blocks
            if row * blocks == rows.count { rows += [UInt64](repeating: 0, count: blocks) }
            rowOfCode[code] = row
            rows[row * blocks + index / 64] |= 1 << UInt64(index % 64)
        }
        var column = [Block](repeating: Block(), count: blocks)
        var distance = pattern.count
        let lastBit = UInt64(1) << UInt64((pattern.count - 1) % 64)
        for (index, code) in text.enumerated() {
            let row = (rowOfCode[code] ?? 0) * blocks
            var carry = isAnchored ? 1 : 0
            for block in 0..<blocks {
                carry = column[block].advance(rows[row + block], carry, topBit: block == blocks - 1 ? lastBit : 1 << 63)
            }
            distance += carry
            report(index + 1, distance)
        }
    }

    /// 64 rows of a column: the bits say where a cell is one more or one less than the cell above it.
    private struct Block {
        var more = UInt64.max
        var less = UInt64(0)

        /// One step to the right; takes and gives the horizontal difference above the block and at `topBit`.
        mutating func advance(_ matches: UInt64, _ carry: Int, topBit: UInt64) -> Int {
            let vertical = matches | less
            let matches = carry < 0 ? matches | 1 : matches
            let horizontal = (((matches & more) &+ more) ^ more) | matches
            var rises = less | ~(horizontal | more)
            var falls = more & horizontal
            let result = rises & topBit != 0 ? 1 : falls & topBit != 0 ? -1 : 0
            rises = rises << 1 | (carry > 0 ? 1 : 0)
            falls = falls << 1 | (carry < 0 ? 1 : 0)
            more = falls | ~(vertical | rises)
            less = rises & vertical
            return result
        }
    }
}
