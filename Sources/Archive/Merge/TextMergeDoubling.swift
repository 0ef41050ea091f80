/// Sentences that a merged text holds more often than any side: two sides put the same in at two places, or moved it there.
extension TextMergeSides {
    /// What is a sentence by its length, in bytes: empty lines and numbers repeat by themselves.
    static let leastSentence = 12

    /// For each such sentence the base sentences from the first to the last place where a side put it in or took it out.
    func doublings(in merged: [UInt8]) -> [Range<Int>] {
        let candidates = putInTwice()
        guard !candidates.isEmpty else { return [] }
        let counted = Sentences.ranges(in: merged).reduce(into: [ArraySlice<UInt8>: Int]()) { $0[merged[$1], default: 0] += 1 }
        return candidates.sorted { $0.key < $1.key }.compactMap { token, sentence in
            let count = counted[sentence] ?? 0
            guard sides.allSatisfy({ $0.tokens.count { $0 == token } < count }) else { return nil }
            let touched = sides.flatMap { side in
                side.edits.filter { side.tokens[$0.bRange].contains(token) || base.tokens[$0.aRange].contains(token) }.map(\.aRange)
            }
            return touched.map(\.lowerBound).min()!..<touched.map(\.upperBound).max()!
        }
    }

    /// Sentences that a side put in, and another side too, or the base has.
    private func putInTwice() -> [UInt32: ArraySlice<UInt8>] {
        var isKnown = [Bool](repeating: false, count: tokenCount)
        for token in base.tokens { isKnown[Int(token)] = true }
        var twice: [UInt32: ArraySlice<UInt8>] = [:]
        for side in sides {
            let places = side.edits.flatMap(\.bRange).filter { side.sentences[$0].count >= Self.leastSentence }
            for place in places where isKnown[Int(side.tokens[place])] { twice[side.tokens[place]] = side.text[side.sentences[place]] }
            for place in places { isKnown[Int(side.tokens[place])] = true }
        }
        return twice
    }
}
