import Prose

/// Sentences that went with a merge, or came twice, though no side meant that: one end of a move was applied and the other
/// was not, or two sides put the same in at two places.
extension TextMergeSides {
    /// What is a sentence by its length, in bytes: empty lines and numbers repeat by themselves.
    static let leastSentence = 12

    /// For each such sentence the base sentences from the first to the last place where a side put it in or took it out.
    /// - Parameter texts: what may come of the merge: all conflicts as the base has them, and as each side does.
    func displaced(in texts: [[UInt8]]) -> [Range<Int>] {
        let (spared, twice) = (spared(), putInTwice())
        guard !spared.isEmpty || !twice.isEmpty else { return [] }
        var found: Set<UInt32> = []
        for text in texts {
            let counted = Self.counted(text)
            for (words, sentence) in spared where counted[sentence, default: 0] < leastCount(of: words) {
                found.insert(words)
            }
            for (words, sentence) in twice where counted[sentence, default: 0] > mostCount(of: words) {
                found.insert(words)
            }
        }
        return found.sorted().map { words in
            let touched = sides.flatMap { side in
                side.edits.filter { side.words[$0.bRange].contains(words) || base.words[$0.aRange].contains(words) }
                    .map(\.aRange)
            }
            return touched.map(\.lowerBound).min()!..<touched.map(\.upperBound).max()!
        }
    }

    /// Whether any sentence at all is displaced; the edits of a text put into another order do not tell which may be.
    func displacesAny(in texts: [[UInt8]]) -> Bool {
        let all = ([base] + sides).reduce(into: [UInt32: ArraySlice<UInt8>]()) { all, text in
            for (words, range) in zip(text.words, text.sentences) {
                all[words] = text.text[Sentences.words(range, in: text.text)]
            }
        }.filter { !$0.value.isEmpty }
        return texts.contains { text in
            let counted = Self.counted(text)
            return all.contains { words, sentence in
                let count = counted[sentence, default: 0]
                return count < leastCount(of: words)
                    || (sentence.count >= Self.leastSentence && count > max(1, mostCount(of: words)))
            }
        }
    }

    private static func counted(_ text: [UInt8]) -> [ArraySlice<UInt8>: Int] {
        Sentences.ranges(in: text).reduce(into: [:]) { $0[text[Sentences.words($1, in: text)], default: 0] += 1 }
    }

    /// How often a sentence stands there if all that a side took out went; one that all sides have does not go altogether, though
    /// each took out another of its places.
    private func leastCount(of words: UInt32) -> Int {
        let counts = wordCounts.map { $0[Int(words)] }
        let left = counts[0] - counts.dropFirst().reduce(0) { $0 + max(0, counts[0] - $1) }
        return max(left, counts.contains(0) ? 0 : 1)
    }

    private func mostCount(of words: UInt32) -> Int { wordCounts.dropFirst().map { $0[Int(words)] }.max() ?? 0 }

    /// The words of sentences that edits took out and that must be there all the same.
    private func spared() -> [UInt32: ArraySlice<UInt8>] {
        sides.flatMap { $0.edits.flatMap(\.aRange) }.reduce(into: [:]) { spared, place in
            let text = base.text[Sentences.words(base.sentences[place], in: base.text)]
            if !text.isEmpty, leastCount(of: base.words[place]) > 0 { spared[base.words[place]] = text }
        }
    }

    /// The words of sentences that a side put in, and another side too, or the base has.
    private func putInTwice() -> [UInt32: ArraySlice<UInt8>] {
        var isKnown = [Bool](repeating: false, count: wordCount)
        for words in base.words { isKnown[Int(words)] = true }
        var twice: [UInt32: ArraySlice<UInt8>] = [:]
        for side in sides {
            let sentences = side.edits.flatMap(\.bRange).map {
                (side.words[$0], side.text[Sentences.words(side.sentences[$0], in: side.text)])
            }
            .filter { $0.1.count >= Self.leastSentence }
            for (words, text) in sentences where isKnown[Int(words)] { twice[words] = text }
            for (words, _) in sentences { isKnown[Int(words)] = true }
        }
        return twice
    }
}
