extension Diff {
    /// The changed regions between `a` and `b`, where only what every longest common subsequence matches alike counts as
    /// unchanged; `nil` if that would take more than `maxCells` cells of the table.
    ///
    /// By the textbook table, filled from both ends: a token is certain if no longest common subsequence leaves it out
    /// and all match it with the same token of `b`. Takes from `maxCells` what it spends.
    package static func changesInAllAlignments(_ a: [UInt32], _ b: [UInt32], maxCells: inout Int) -> [DiffRange]? {
        let (start, end) = certainEnds(a, b)
        let (n, m) = (a.count - start - end, b.count - start - end)
        let cells = (n + 1) * (m + 1)
        guard cells <= maxCells, max(n, m) < UInt16.max else { return nil }
        maxCells -= cells

        var gaps = RegionsBetweenMatches()
        for position in 0..<start { gaps.match(position, position) }
        for (i, j) in certainMatches(Array(a[start..<start + n]), Array(b[start..<start + m])) {
            gaps.match(start + i, start + j)
        }
        for position in 0..<end { gaps.match(a.count - end + position, b.count - end + position) }
        gaps.finish(aCount: a.count, bCount: b.count)
        return gaps.regions
    }

    /// How many tokens at the start and at the end are certain without a table: those of the common start up to its last
    /// token that occurs once in each sequence, and likewise at the end. (Whoever leaves such a token out, or matches
    /// those before it otherwise, matches fewer in all.)
    private static func certainEnds(_ a: [UInt32], _ b: [UInt32]) -> (start: Int, end: Int) {
        var counts: [UInt32: (Int, Int)] = [:]
        for token in a { counts[token, default: (0, 0)].0 += 1 }
        for token in b { counts[token, default: (0, 0)].1 += 1 }
        let shorter = min(a.count, b.count)
        var (start, end) = (0, 0)
        for position in 0..<shorter {
            guard a[position] == b[position] else { break }
            if counts[a[position]]! == (1, 1) { start = position + 1 }
        }
        for position in 0..<shorter - start {
            let token = a[a.count - 1 - position]
            guard token == b[b.count - 1 - position] else { break }
            if counts[token]! == (1, 1) { end = position + 1 }
        }
        return (start, end)
    }

    private static func certainMatches(_ a: [UInt32], _ b: [UInt32]) -> [(Int, Int)] {
        let (n, m) = (a.count, b.count)
        guard n > 0, m > 0 else { return [] }
        // forward[i * (m + 1) + j]: how long the longest common subsequence of the first i and the first j tokens is.
        var forward = [UInt16](repeating: 0, count: (n + 1) * (m + 1))
        for i in 0..<n {
            let row = i * (m + 1)
            for j in 0..<m {
                forward[row + m + 2 + j] =
                    a[i] == b[j] ? forward[row + j] + 1 : max(forward[row + j + 1], forward[row + m + 1 + j])
            }
        }
        let longest = forward[(n + 1) * (m + 1) - 1]
        // The same of what follows, a row at a time: of the tokens after i, and of those from i on.
        var after = [UInt16](repeating: 0, count: m + 1)
        var from = after
        var matches: [(Int, Int)] = []
        for i in stride(from: n - 1, through: 0, by: -1) {
            let row = i * (m + 1)
            var places = 0
            var place = 0
            var isLeftOut = forward[row + m] + after[m] == longest
            from[m] = 0
            for j in stride(from: m - 1, through: 0, by: -1) {
                if forward[row + j] + after[j] == longest { isLeftOut = true }
                if a[i] == b[j] {
                    from[j] = after[j + 1] + 1
                    if forward[row + j] + after[j + 1] + 1 == longest { (places, place) = (places + 1, j) }
                } else {
                    from[j] = max(after[j], from[j + 1])
                }
            }
            if places == 1, !isLeftOut { matches.append((i, place)) }
            swap(&after, &from)
        }
        return matches.reversed()
    }
}
