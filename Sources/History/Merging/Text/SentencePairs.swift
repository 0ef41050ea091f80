import Prose

/// What one side made of some sentences, told apart: which it changed, which it took out, wrote anew or put in.
///
/// Compared character by character as one run, a sentence put in behind a changed one would lend it its ending, and the
/// same end of two sentences would hide where one stops. So sentences are paired first, each with the one it became, as
/// many characters as possible being kept in all; what is in no pair changed as a whole. Two sentences about different
/// things share characters by chance: a pair keeps half of the old sentence and is a third of the new one.
struct SentencePairs {
    /// The atoms of the base and of the side, and each one's sentences.
    let a: [UInt32]
    let b: [UInt32]
    let aSentences: [Range<Int>]
    let bSentences: [Range<Int>]
    /// Those without the blanks and line ends behind them.
    let aWords: [Range<Int>]
    let bWords: [Range<Int>]
    /// Places of sentences that were not changed, whatever stands in their place: they are paired with their equals only.
    let kept: (a: Set<Int>, b: Set<Int>)

    /// The changes, in atoms, none of which touches another; nothing if the tables would take more than `cells` cells.
    /// Takes from `cells` what it spends.
    func changes(cells: inout Int) -> [DiffRange]? {
        guard let pairs = pairs(cells: &cells) else { return nil }
        var changes: [DiffRange] = []
        var (aEnd, bEnd) = (0, 0)
        func add(_ change: DiffRange) {
            guard !change.aRange.isEmpty || !change.bRange.isEmpty else { return }
            if let last = changes.last, last.aRange.upperBound == change.aRange.lowerBound {
                changes[changes.count - 1] = DiffRange(
                    aRange: last.aRange.lowerBound..<change.aRange.upperBound,
                    bRange: last.bRange.lowerBound..<change.bRange.upperBound)
            } else {
                changes.append(change)
            }
        }
        for (i, j) in pairs {
            let (old, new) = (aSentences[i], bSentences[j])
            add(DiffRange(aRange: aEnd..<old.lowerBound, bRange: bEnd..<new.lowerBound))
            guard let inner = Diff.changesInAllAlignments(Array(a[old]), Array(b[new]), maxCells: &cells) else {
                return nil
            }
            for change in inner { add(change.shifted(a: old.lowerBound, b: new.lowerBound)) }
            (aEnd, bEnd) = (old.upperBound, new.upperBound)
        }
        add(DiffRange(aRange: aEnd..<a.count, bRange: bEnd..<b.count))
        return changes
    }

    /// Places of sentences that belong together, ascending in both.
    private func pairs(cells: inout Int) -> [(Int, Int)]? {
        let (n, m) = (aSentences.count, bSentences.count)
        if n == m, a.count * b.count > Self.large {
            // As many as before, and too many to try each with each: the first with the first, and so on.
            let costs = zip(aSentences, bSentences).map { $0.count * $1.count }
            guard costs.reduce(0, +) <= cells else { return nil }
            cells -= costs.reduce(0, +)
            return (0..<n).filter { common($0, $0) > 0 }.map { ($0, $0) }
        }
        guard a.count * b.count <= cells else { return nil }
        cells -= a.count * b.count
        return closestPairs((0..<n).map { i in (0..<m).map { common(i, $0) } })
    }

    /// The cells of a table that takes some milliseconds.
    private static let large = 1_000_000

    /// How much of a sentence another keeps; 0 if it is too little for the two to be one.
    private func common(_ i: Int, _ j: Int) -> Int {
        let (old, new) = (a[aSentences[i]], b[bSentences[j]])
        if kept.a.contains(i) || kept.b.contains(j), !a[aWords[i]].elementsEqual(b[bWords[j]]) { return 0 }
        let common = commonLength(old, new)
        return 2 * common >= old.count && 3 * common >= new.count ? common : 0
    }

    /// The pairs that keep most in all: of several such choices, what is in each.
    private func closestPairs(_ common: [[Int]]) -> [(Int, Int)] {
        let (n, m) = (aSentences.count, bSentences.count)
        // How much the sentences before i and before j can keep in all, and those from i and from j on.
        var before = [[Int]](repeating: [Int](repeating: 0, count: m + 1), count: n + 1)
        var after = before
        for i in 0..<n {
            for j in 0..<m {
                before[i + 1][j + 1] = max(
                    before[i][j + 1], before[i + 1][j], common[i][j] > 0 ? common[i][j] + before[i][j] : 0)
            }
        }
        for i in stride(from: n - 1, through: 0, by: -1) {
            for j in stride(from: m - 1, through: 0, by: -1) {
                after[i][j] = max(
                    after[i + 1][j], after[i][j + 1], common[i][j] > 0 ? common[i][j] + after[i + 1][j + 1] : 0)
            }
        }
        let most = before[n][m]
        return (0..<n).compactMap { i in
            // Whether the best choices can do without it.
            if (0...m).contains(where: { before[i][$0] + after[i + 1][$0] == most }) { return nil }
            let partners = (0..<m).filter {
                common[i][$0] > 0 && before[i][$0] + common[i][$0] + after[i + 1][$0 + 1] == most
            }
            return partners.count == 1 ? (i, partners[0]) : nil
        }
    }

    /// The length of a longest common subsequence.
    private func commonLength(_ a: ArraySlice<UInt32>, _ b: ArraySlice<UInt32>) -> Int {
        var row = [Int](repeating: 0, count: b.count + 1)
        for token in a {
            var diagonal = 0
            for (j, other) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = token == other ? diagonal + 1 : max(above, row[j])
                diagonal = above
            }
        }
        return row[b.count]
    }
}

/// Tells whether an edit of a hunk deals in whole sentences.
struct WholeSentences {
    /// The sentences of the base, in its atoms.
    private let sentences: [Range<Int>]
    private let base: [UInt8]
    /// The same sentences in bytes.
    private let ranges: [Range<Int>]
    /// Whether the last of them ends as sentences do, so that what follows is another.
    private let isLastClosed: Bool

    private let startsLine: Bool

    init(_ sentences: [Range<Int>], of base: [UInt8], startsLine: Bool) {
        self.startsLine = startsLine
        self.sentences = sentences
        self.base = base
        ranges = Sentences.ranges(in: base)
        isLastClosed = Self.closedCount(base) != nil
    }

    /// Whether `inserted`, put in the place of the atoms `range`, is a whole sentence for each whole one that goes, or
    /// whole sentences put in between two; and whether what follows stands on its line as before.
    /// - Parameter kept: sentences that stood elsewhere.
    func hold(_ range: Range<Int>, _ inserted: [UInt8], kept: Set<[UInt8]>) -> Bool {
        let end = sentences.last?.upperBound ?? 0
        guard let count = Self.closedCount(inserted), range.upperBound < end || isLastClosed else { return false }
        let first = sentences.partitioningIndex { $0.lowerBound >= range.lowerBound }
        let start = first < sentences.count ? sentences[first].lowerBound : end
        guard start == range.lowerBound, begins(inserted, at: first) else { return false }
        if range.isEmpty { return leavesLine(inserted, at: first, kept) }
        return replaces(first, upTo: range.upperBound, inserted, count: count) && !holds(inserted, kept)
    }

    /// Whether a text of `count` sentences is one for each from `first` on up to an atom, which ends a sentence; and whether a line
    /// that ended there still does.
    private func replaces(_ first: Int, upTo end: Int, _ inserted: [UInt8], count: Int) -> Bool {
        let last = sentences.partitioningIndex { $0.upperBound > end } - 1
        guard first <= last, sentences[last].upperBound == end, count == last - first + 1 else { return false }
        return Self.endsLine(inserted[...]) || !Self.endsLine(base[ranges[last]])
    }

    /// Whether a text put in does not bring a sentence from elsewhere onto the line that begins there.
    private func leavesLine(_ text: [UInt8], at place: Int, _ kept: Set<[UInt8]>) -> Bool {
        guard place > 0 ? Self.endsLine(base[ranges[place - 1]]) : startsLine, !Self.endsLine(text[...]) else {
            return true
        }
        return !holds(text, kept)
    }

    private func holds(_ text: [UInt8], _ kept: Set<[UInt8]>) -> Bool {
        !kept.isEmpty
            && Sentences.ranges(in: text).map { Sentences.words($0, in: text) }.contains {
                !$0.isEmpty && kept.contains(Array(text[$0]))
            }
    }

    private static func endsLine(_ text: ArraySlice<UInt8>) -> Bool { text.last == 0x0A || text.last == 0x0D }

    /// Whether a text begins a sentence where one of the base began: a line end or a bracket would belong to the one before it.
    private func begins(_ text: [UInt8], at place: Int) -> Bool {
        // What stands before the first is not known here; it may end without a line end.
        let before = place > 0 ? Array(base[ranges[place - 1]]) : Array("。".utf8)
        return text.isEmpty || Sentences.ranges(in: before + text).contains { $0.lowerBound == before.count }
    }

    /// How many sentences a text is; nothing if the last one is not closed.
    static func closedCount(_ text: [UInt8]) -> Int? {
        let count = Sentences.ranges(in: text).count
        // Another word would begin another sentence.
        return Sentences.ranges(in: text + Array(" a".utf8)).count == count + 1 ? count : nil
    }
}
