/// The numbered headings of a text, by kind, to see whether numbering goes on through a place or begins again after it.
struct SplitterSeries {
    enum Verdict: Equatable {
        /// The next number continues the one before: both belong to one essay. 0 for `一、`, chapters and articles, 1 for
        /// `（一）`, 2 for digits.
        case goesOn(Int)
        /// The next number is 1 though higher ones came before.
        case beginsAgain(String)
        /// The next number is 1 and none came before.
        case begins
        /// The next number is not 1 though none came before.
        case hasBegun
        /// No number tells.
        case silent
    }

    private struct Entry {
        var row: Int
        var number: Int
    }

    /// `一、`, `第N章`, `第N条`, `（一）`, `1.`: from the surest to the least sure.
    private var entries: [[Entry]] = [[], [], [], [], []]
    private static let shown = ["一、", "第一章", "第一条", "（一）", "1."]
    init(_ document: SplitterDocument) {
        for row in document.rows.indices {
            if document.rows[row].kind == .article {
                var cursor = ScalarCursor(document.bytes, document.rows[row].content)
                _ = cursor.next()
                entries[2].append(Entry(row: row, number: HanNumeral.readAny(&cursor) ?? 0))
            } else if let heading = document.rows[row].heading, let kind = Self.index(heading.kind) {
                entries[kind].append(Entry(row: row, number: heading.number))
            }
        }
    }

    private static func index(_ kind: HeadingKind) -> Int? {
        switch kind {
        case .han: 0
        case .chapter, .part: 1
        case .hanInParentheses: 3
        case .digit: 4
        default: nil
        }
    }

    /// What the numbers in rows `start..<end` say about an essay beginning at `row`; the number in the row `skipped` and
    /// others of its kind say nothing.
    func verdict(at row: Int, from start: Int, to end: Int, skipping skipped: Int) -> Verdict {
        let ignored = entries.indices.first { first(of: $0, in: skipped..<skipped + 1) != nil }
        var begins = false
        // A lower series counts only up to where a higher one comes next: there it may begin again of itself.
        var horizon = (low: start, high: end)
        for kind in entries.indices where kind != ignored {
            let before = last(of: kind, in: horizon.low..<row)
            let after = first(of: kind, in: row..<horizon.high)
            if let before, let after, after.number == before.number + 1 { return .goesOn(max(0, kind - 2)) }
            if kind < 3, let after {
                if after.number == 1 {
                    if let before, before.number > 1 { return .beginsAgain(Self.shown[kind]) }
                    begins = true
                } else if before == nil, after.number > 1 {
                    return .hasBegun
                }
            }
            if let before { horizon.low = max(horizon.low, before.row) }
            if let after { horizon.high = min(horizon.high, after.row) }
        }
        return begins ? .begins : .silent
    }

    /// Rows where `一、`, `第一章` or `第一条` come again after a higher number, each with the row of that number.
    func restarts(in range: Range<Int>) -> [(row: Int, after: Int, shown: String)] {
        var found: [(row: Int, after: Int, shown: String)] = []
        for kind in 0..<3 {
            var last: Entry?
            for entry in entries[kind] where range.contains(entry.row) {
                if entry.number == 1, let last, last.number >= 2 {
                    found.append((entry.row, last.row, Self.shown[kind]))
                }
                last = entry
            }
        }
        return found.sorted { $0.row < $1.row }
    }

    /// The first number of `一、`, `第N章` or `第N条` in `range`, whichever comes first.
    func firstOfHighest(in range: Range<Int>) -> Int? {
        (0..<3).compactMap { first(of: $0, in: range) }.min { $0.row < $1.row }?.number
    }

    /// Whether `一、`, chapters or articles count on from before `row` to behind it.
    func goesOn(through row: Int) -> Bool {
        (0..<3).contains { kind in
            guard let before = last(of: kind, in: 0..<row), let after = first(of: kind, in: row..<Int.max) else {
                return false
            }
            return after.number == before.number + 1
        }
    }

    /// Whether the row is `第一条`.
    func isFirstArticle(_ row: Int) -> Bool { first(of: 2, in: row..<row + 1)?.number == 1 }

    private func last(of kind: Int, in range: Range<Int>) -> Entry? {
        let index = partition(kind, range.upperBound) - 1
        guard index >= 0, entries[kind][index].row >= range.lowerBound else { return nil }
        return entries[kind][index]
    }

    private func first(of kind: Int, in range: Range<Int>) -> Entry? {
        let index = partition(kind, range.lowerBound)
        guard index < entries[kind].count, entries[kind][index].row < range.upperBound else { return nil }
        return entries[kind][index]
    }

    /// The first entry at or after `row`.
    private func partition(_ kind: Int, _ row: Int) -> Int {
        var low = 0
        var high = entries[kind].count
        while low < high {
            let middle = (low + high) / 2
            if entries[kind][middle].row < row { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
