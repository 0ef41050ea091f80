/// Sentences that a merged text holds more often than any side: two sides put the same in at two places, or moved it there.
extension TextMergeSides {
    /// What is a sentence by its length, in bytes: empty lines and numbers repeat by themselves.
    static let leastSentence = 12

    /// For each such sentence the base sentences from the first to the last place where a side put it in or took it out.
    func doublings(in merged: [UInt8]) -> [Range<Int>] {
        let candidates = putInTwice()
        guard !candidates.isEmpty else { return [] }
        let counted = Sentences.ranges(in: merged).reduce(into: [ArraySlice<UInt8>: Int]()) {
            $0[merged[Sentences.words($1, in: merged)], default: 0] += 1
        }
        return candidates.sorted { $0.key < $1.key }.compactMap { words, sentence in
            let count = counted[sentence] ?? 0
            guard sides.allSatisfy({ $0.words.count { $0 == words } < count }) else { return nil }
            let touched = sides.flatMap { side in
                side.edits.filter { side.words[$0.bRange].contains(words) || base.words[$0.aRange].contains(words) }.map(\.aRange)
            }
            return touched.map(\.lowerBound).min()!..<touched.map(\.upperBound).max()!
        }
    }

    /// The words of sentences that a side put in, and another side too, or the base has.
    private func putInTwice() -> [UInt32: ArraySlice<UInt8>] {
        var isKnown = [Bool](repeating: false, count: wordCount)
        for words in base.words { isKnown[Int(words)] = true }
        var twice: [UInt32: ArraySlice<UInt8>] = [:]
        for side in sides {
            let sentences = side.edits.flatMap(\.bRange).map { (side.words[$0], side.text[Sentences.words(side.sentences[$0], in: side.text)]) }
                .filter { $0.1.count >= Self.leastSentence }
            for (words, text) in sentences where isKnown[Int(words)] { twice[words] = text }
            for (words, _) in sentences { isKnown[Int(words)] = true }
        }
        return twice
    }
}
