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
        let texts = ([base] + sides).map(Sentenced.init)
        let sentenceCount = texts.reduce(0) { $0 + $1.sentences.count }
        var (interner, wordInterner) = (DiffInterner(expecting: sentenceCount), DiffInterner(expecting: sentenceCount))
        let numbered = texts.map { text in
            Numbered(
                text: text, tokens: interner.tokens(text.bytes, text.sentences),
                words: wordInterner.tokens(text.bytes, text.words))
        }
        (tokenCount, wordCount) = (interner.count, wordInterner.count)
        let wordCounts = numbered.map { Self.counts($0.words, tokenCount: wordInterner.count) }
        // Which of several empty lines went makes no difference.
        let blank = Set(zip(numbered[0].tokens, texts[0].words).filter(\.1.isEmpty).map(\.0))
        self.base = numbered[0].side(edits: [], kept: [])
        self.sides = zip(numbered, wordCounts).dropFirst().map { side, counts in
            let script = Diff.certainScript(
                numbered[0].tokens, side.tokens, tokenCount: interner.count, interchangeable: blank, maxSteps: maxSteps)
            let removed = script.changes.flatMap(\.aRange).filter { place in
                let word = Int(numbered[0].words[place])
                return counts[word] >= wordCounts[0][word]
            }
            let inserted = script.changes.flatMap(\.bRange).filter { wordCounts[0][Int(side.words[$0])] > 0 }
            let kept = removed.map { texts[0].words(at: $0) } + inserted.map { side.text.words(at: $0) }
            return side.side(edits: script.changes, kept: Set(kept))
        }
        self.wordCounts = wordCounts
    }

    /// A text, its sentences, and these without what separates them.
    private struct Sentenced {
        let bytes: [UInt8]
        let sentences: [Range<Int>]
        let words: [Range<Int>]

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            sentences = Sentences.ranges(in: bytes)
            words = sentences.map { Sentences.words($0, in: bytes) }
        }

        func words(at place: Int) -> [UInt8] { Array(bytes[words[place]]) }
    }

    /// A text whose sentences have numbers, as in `Side`.
    private struct Numbered {
        let text: Sentenced
        let tokens: [UInt32]
        let words: [UInt32]

        func side(edits: [DiffRange], kept: Set<[UInt8]>) -> Side {
            Side(text: text.bytes, sentences: text.sentences, tokens: tokens, words: words, edits: edits, kept: kept)
        }
    }

    private static func counts(_ tokens: [UInt32], tokenCount: Int) -> [Int] {
        tokens.reduce(into: [Int](repeating: 0, count: tokenCount)) { $0[Int($1)] += 1 }
    }
}
