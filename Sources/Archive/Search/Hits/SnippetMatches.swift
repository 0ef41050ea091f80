import Prose

/// Where phrases stand in a text, found by the tokens that the index was made from, so that both always agree.
public enum Matches {
    /// The bytes of every place where one of the phrases stands, ascending; places that overlap or touch are one.
    public static func find(in text: [UInt8], _ phrases: [Phrase]) -> [Range<Int>] {
        var merged: [Range<Int>] = []
        for match in each(in: text, phrases) {
            if let last = merged.last, last.upperBound >= match.bytes.lowerBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, match.bytes.upperBound)
            } else {
                merged.append(match.bytes)
            }
        }
        return merged
    }

    /// Every place where a phrase stands, with the phrase's number; by beginning, then by phrase. Places may overlap.
    /// - Parameter reach: if not `nil`, the text is read no further than so many bytes behind the first place where a phrase
    ///   ends.
    static func each(in text: [UInt8], _ phrases: [Phrase], reach: Int? = nil) -> [(term: Int, bytes: Range<Int>)] {
        let vocabulary = Vocabulary(phrases)
        let scan = TokenScan(text, vocabulary, reach: reach)
        var matches: [(term: Int, bytes: Range<Int>)] = []
        for start in scan.tokens.indices where scan.tokens[start].isKnown {
            for (term, sequence) in vocabulary.sequences.enumerated() {
                if let bytes = scan.bytes(of: sequence, at: start) { matches.append((term, bytes)) }
            }
        }
        return matches
    }
}

/// What stands for a token of a phrase: a token exactly, or any word of which it is a part.
private enum Element {
    case exact(Int32)
    case part(Int)
}

/// A text as the numbers that a vocabulary gives to its tokens.
private struct TokenScan {
    struct Token {
        /// The vocabulary's number; 0 for a token that it does not hold.
        var number: Int32
        var bytes: Range<Int>
        /// The parts of words that the vocabulary holds and the token has, with their place in it.
        var parts: [(part: Int, range: Range<Int>)] = []

        var isKnown: Bool { number != 0 || !parts.isEmpty }
    }

    private(set) var tokens: ContiguousArray<Token> = []

    init(_ text: [UInt8], _ vocabulary: Vocabulary, reach: Int? = nil) {
        text.withUnsafeBufferPointer { buffer in
            var end = Int.max
            CJKTokenizer.tokenize(buffer) { token, isWord, bytes in
                guard bytes.lowerBound < end else { return false }
                let number = vocabulary.number(of: token)
                let parts = isWord && !vocabulary.parts.isEmpty ? vocabulary.parts(of: token) : []
                // One stranger parts two runs as well as many do.
                if number != 0 || !parts.isEmpty || tokens.last?.isKnown ?? true {
                    // Letters that are no longer than they were before folding stand where they stood.
                    let places = parts.map { part in
                        (
                            part.part,
                            token.count == bytes.count
                                ? bytes.lowerBound + part.range.lowerBound..<bytes.lowerBound + part.range.upperBound
                                : bytes
                        )
                    }
                    tokens.append(Token(number: number, bytes: bytes, parts: places))
                    if let reach, end == .max, vocabulary.sequences.contains(where: ends) {
                        end = bytes.upperBound + reach
                    }
                }
                return true
            }
        }
    }

    /// Whether a phrase ends at the last token.
    private func ends(_ sequence: [Element]) -> Bool {
        tokens.count >= sequence.count && bytes(of: sequence, at: tokens.count - sequence.count) != nil
    }

    /// The bytes of a phrase that begins at a token; `nil` if it does not stand there.
    func bytes(of sequence: [Element], at start: Int) -> Range<Int>? {
        guard start + sequence.count <= tokens.count else { return nil }
        var bytes: Range<Int>?
        for (offset, element) in sequence.enumerated() {
            let token = tokens[start + offset]
            let place: Range<Int>
            switch element {
            case .exact(let number):
                guard token.number == number else { return nil }
                place = token.bytes
            case .part(let part):
                guard let range = token.parts.first(where: { $0.part == part })?.range else { return nil }
                place = range
            }
            bytes = (bytes?.lowerBound ?? place.lowerBound)..<place.upperBound
        }
        return bytes
    }
}

/// Numbers for the few tokens that phrases hold, from 1; every other token has 0.
private struct Vocabulary {
    /// Tokens by a hash of 8 bits, as nearly all tokens of a text are strangers.
    private var buckets: [[(token: [UInt8], number: Int32)]] = Array(repeating: [], count: 256)
    private var count: Int32 = 0
    /// Parts of words.
    private(set) var parts: [(bytes: [UInt8], kind: WordList.Part)] = []
    /// The phrases.
    private(set) var sequences: [[Element]] = []

    init(_ phrases: [Phrase]) {
        for phrase in phrases {
            var sequence: [Element] = []
            for (index, token) in phrase.tokens.enumerated() {
                if let kind = phrase.part(index), kind != .whole {
                    parts.append((token, kind))
                    sequence.append(.part(parts.count - 1))
                } else {
                    sequence.append(.exact(enter(token)))
                }
            }
            sequences.append(sequence)
        }
    }

    private mutating func enter(_ token: [UInt8]) -> Int32 {
        let known = number(of: token)
        if known != 0 { return known }
        count += 1
        buckets[Self.bucket(token)].append((token, count))
        return count
    }

    @inline(__always)
    func number(of token: some RandomAccessCollection<UInt8>) -> Int32 {
        for entry in buckets[Self.bucket(token)] where entry.token.elementsEqual(token) { return entry.number }
        return 0
    }

    /// The parts that a word has, each with its first place in it.
    func parts(of word: UnsafeBufferPointer<UInt8>) -> [(part: Int, range: Range<Int>)] {
        parts.enumerated().compactMap { number, part in
            let last = word.count - part.bytes.count
            guard last >= 0 else { return nil }
            let starts: ClosedRange<Int> =
                switch part.kind {
                case .infix: 0...last
                case .prefix: 0...0
                case .suffix: last...last
                case .whole: 0...0
                }
            guard let start = starts.first(where: { word[$0..<$0 + part.bytes.count].elementsEqual(part.bytes) }) else {
                return nil
            }
            return (number, start..<start + part.bytes.count)
        }
    }

    @inline(__always)
    private static func bucket(_ token: some RandomAccessCollection<UInt8>) -> Int {
        guard let last = token.last, let first = token.first else { return 0 }
        return Int((last &* 5) ^ first ^ UInt8(truncatingIfNeeded: token.count))
    }
}
