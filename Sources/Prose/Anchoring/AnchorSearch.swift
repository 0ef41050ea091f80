/// The search for a passage that no map leads to. It is strict: a wrong place is worse than none.
package struct AnchorSearch {
    /// Code points of context on each side, as annotations hold them.
    static let contextLength = 32
    /// Fewer of them on one side are found anywhere: 。 at the end of a text.
    static let tellingContext = 6

    /// The passage and its surroundings, folded.
    let pattern: [UInt32]
    let prefix: [UInt32]
    let suffix: [UInt32]

    struct Match {
        var range: Range<Int>
        /// 1 for a verbatim passage.
        var similarity: Double
        /// How much of the text before and after is as it was, 0 to 1.
        var before: Double
        var after: Double

        var score: Double { similarity / 2 + (before + after) / 4 }
        /// Code points of context there are before and after.
        var lengths: (before: Int, after: Int)

        /// Whether it is in a like context: one side is, if it is long enough to tell, or both together are.
        var hasContext: Bool {
            let sides = [(before, lengths.before), (after, lengths.after)]
            if sides.contains(where: { $0.1 >= AnchorSearch.tellingContext && $0.0 >= 0.7 }) { return true }
            let all = lengths.before + lengths.after
            guard all > 0 else { return before == 1 && after == 1 }
            return (before * Double(lengths.before) + after * Double(lengths.after)) / Double(all) >= 0.7
        }
    }

    init(pattern: [UInt32], prefix: [UInt32], suffix: [UInt32]) {
        self.pattern = pattern
        self.prefix = Array(prefix.suffix(Self.contextLength))
        self.suffix = Array(suffix.prefix(Self.contextLength))
    }

    init(_ passage: Range<Int>, in text: AnchorFold) {
        self.init(
            pattern: Array(text.codes[passage]),
            prefix: Array(text.codes[..<passage.lowerBound].suffix(Self.contextLength)),
            suffix: Array(text.codes[passage.upperBound...].prefix(Self.contextLength)))
    }

    /// Similarity 1 under 8 code points, 0.85 to 15, 0.75 from 16 on.
    private var maxDistance: Int {
        pattern.count < 8 ? 0 : pattern.count < 16 ? pattern.count * 15 / 100 : pattern.count / 4
    }

    /// More places than this, and the passage is too common to be told apart.
    private static let maxMatches = 200

    /// The place whose text and context lead over every other by 0.1 and that has one side of its context; only places
    /// that `isFree`.
    func best(in text: AnchorFold, isFree: (Range<Int>) -> Bool) -> Match? {
        let occurrences = AnchorMatcher(pattern).occurrences(in: text.codes, maxDistance: maxDistance).filter {
            isFree($0.range)
        }
        guard occurrences.count <= Self.maxMatches else { return nil }
        let matches = occurrences.map { match($0.range, distance: $0.distance, in: text) }.sorted {
            $0.score != $1.score ? $0.score > $1.score : $0.range.lowerBound < $1.range.lowerBound
        }
        guard let first = matches.first, first.hasContext else { return nil }
        if matches.count > 1, first.score - matches[1].score < 0.1 { return nil }
        return first
    }

    func match(_ range: Range<Int>, distance: Int, in text: AnchorFold) -> Match {
        let before = text.codes[..<range.lowerBound].suffix(prefix.count)
        let after = text.codes[range.upperBound...].prefix(suffix.count)
        return Match(
            range: range, similarity: 1 - Double(distance) / Double(pattern.count),
            before: prefix.isEmpty ? (range.lowerBound == 0 ? 1 : 0) : Self.similarity(prefix[...], before),
            after: suffix.isEmpty ? (range.upperBound == text.count ? 1 : 0) : Self.similarity(suffix[...], after),
            lengths: (prefix.count, suffix.count))
    }

    /// Twice the common code points by all code points.
    private static func similarity(_ a: ArraySlice<UInt32>, _ b: ArraySlice<UInt32>) -> Double {
        let script = Diff.script(a, b, maxSteps: 100_000)
        let changed = script.changes.reduce(0) { $0 + $1.aRange.count + $1.bRange.count }
        return 1 - Double(changed) / Double(a.count + b.count)
    }

    /// Starts of `quote` in `text`, in bytes, ascending; in linear time whatever the texts are (D. E. Knuth, J. H. Morris,
    /// V. R. Pratt, 1977). Of very many only the first are given.
    static func occurrences(of quote: ArraySlice<UInt8>, in text: [UInt8]) -> [Int] {
        occurrences(of: quote, in: text, limit: min(1000, max(1, 1_000_000 / max(1, quote.count))))
    }

    /// - Parameter limit: how many are given.
    package static func occurrences(of quote: ArraySlice<UInt8>, in text: [UInt8], limit: Int) -> [Int] {
        guard !quote.isEmpty, quote.count <= text.count else { return [] }
        return text.withUnsafeBufferPointer { text in
            quote.withUnsafeBufferPointer { quote in
                let borders = borders(of: quote)
                var starts: [Int] = []
                var matched = 0
                for index in text.indices {
                    while matched > 0, text[index] != quote[matched] { matched = borders[matched - 1] }
                    if text[index] == quote[matched] { matched += 1 }
                    guard matched == quote.count else { continue }
                    starts.append(index + 1 - matched)
                    if starts.count == limit { break }
                    matched = borders[matched - 1]
                }
                return starts
            }
        }
    }

    /// For each beginning of `quote` the length of its longest proper beginning that is also its end.
    private static func borders(of quote: UnsafeBufferPointer<UInt8>) -> [Int] {
        var borders = [Int](repeating: 0, count: quote.count)
        var length = 0
        for index in 1..<max(1, quote.count) {
            while length > 0, quote[index] != quote[length] { length = borders[length - 1] }
            if quote[index] == quote[length] { length += 1 }
            borders[index] = length
        }
        return borders
    }
}
