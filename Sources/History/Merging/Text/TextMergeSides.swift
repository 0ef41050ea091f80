import Prose

/// A base and the texts that were made of it, cut into sentences and compared.
struct TextMergeSides {
    struct Side {
        let text: [UInt8]
        let sentences: [Range<Int>]
        /// What each sentence is: equal numbers for equal sentences, in the base and in all sides.
        let tokens: [UInt32]
        /// The same by their words alone: sentences that differ by nothing but a line end have equal numbers.
        let words: [UInt32]
        /// What it changed, in sentences; none touches another.
        let edits: [DiffRange]
        /// Sentences that it did not make of others, nor others of them, though its edits say so: those that it put in and the
        /// base has, and those that it took out of one place and has all the same. Their words.
        let kept: Set<[UInt8]>

        func bytes(_ range: Range<Int>) -> Range<Int> { Diff.byteRange(range, of: sentences, end: text.count) }

        /// Whether a line begins at a border between its sentences.
        func startsLine(_ border: Int) -> Bool {
            border == 0 || [0x0A, 0x0D].contains(text[sentences[border - 1].upperBound - 1])
        }

        /// Which of its sentences the border before a sentence of the base is, or the end; nothing if an edit hides that.
        func place(of border: Int) -> Int? {
            var shift = 0
            for edit in edits where edit.aRange.lowerBound <= border {
                if border < edit.aRange.upperBound {
                    return edit.aRange.lowerBound == border ? border + shift : nil
                }
                if edit.aRange.isEmpty, edit.aRange.lowerBound == border { return nil }
                shift = edit.bRange.upperBound - edit.aRange.upperBound
            }
            return border + shift
        }
    }

    /// Without edits.
    let base: Side
    let sides: [Side]
    let tokenCount: Int
    let wordCount: Int
    /// How often each sentence stands in the base and in each side, by its words.
    let wordCounts: [[Int]]

    init(base: [UInt8], sides: [[UInt8]], maxSteps: Int) {
        let texts = [base] + sides
        let sentences = texts.map { Sentences.ranges(in: $0) }
        var interner = DiffInterner(expecting: sentences.reduce(0) { $0 + $1.count })
        let tokens = zip(texts, sentences).map { interner.tokens($0, $1) }
        tokenCount = interner.count
        let wordRanges = zip(texts, sentences).map { text, sentences in sentences.map { Sentences.words($0, in: text) } }
        // Which of several empty lines went makes no difference.
        let blank = Set(zip(tokens[0], wordRanges[0]).filter(\.1.isEmpty).map(\.0))
        var wordInterner = DiffInterner(expecting: interner.count)
        let words = zip(texts, wordRanges).map { wordInterner.tokens($0, $1) }
        self.base = Side(text: base, sentences: sentences[0], tokens: tokens[0], words: words[0], edits: [], kept: [])
        let counts = words.map { Self.counts($0, tokenCount: wordInterner.count) }
        self.sides = sides.indices.map { index in
            let script = Diff.certainScript(tokens[0], tokens[index + 1], tokenCount: interner.count, interchangeable: blank, maxSteps: maxSteps)
            let (own, count) = (words[index + 1], counts[index + 1])
            let taken = script.changes.flatMap { $0.aRange.filter { count[Int(words[0][$0])] >= counts[0][Int(words[0][$0])] } }
            let given = script.changes.flatMap { $0.bRange.filter { counts[0][Int(own[$0])] > 0 } }
            let kept = taken.map { Array(base[wordRanges[0][$0]]) } + given.map { Array(sides[index][wordRanges[index + 1][$0]]) }
            return Side(
                text: sides[index], sentences: sentences[index + 1], tokens: tokens[index + 1], words: own, edits: script.changes, kept: Set(kept))
        }
        wordCount = wordInterner.count
        wordCounts = counts
    }

    private static func counts(_ tokens: [UInt32], tokenCount: Int) -> [Int] {
        tokens.reduce(into: [Int](repeating: 0, count: tokenCount)) { $0[Int($1)] += 1 }
    }
}
