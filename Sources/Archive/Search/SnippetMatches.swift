/// Where terms stand in a text, found by the tokens that the index was made from, so that both always agree.
public enum Matches {
    /// The bytes of every place where one of the terms stands, ascending; places that overlap or touch are one.
    /// - Parameter terms: each a sequence of folded tokens (`Phrase.tokens`).
    public static func find(in text: [UInt8], _ terms: [[[UInt8]]]) -> [Range<Int>] {
        var merged: [Range<Int>] = []
        for match in each(in: text, terms) {
            if let last = merged.last, last.upperBound >= match.bytes.lowerBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, match.bytes.upperBound)
            } else {
                merged.append(match.bytes)
            }
        }
        return merged
    }

    /// Every place where a term stands, with the term's number; by beginning, then by term. Places may overlap.
    static func each(in text: [UInt8], _ terms: [[[UInt8]]]) -> [(term: Int, bytes: Range<Int>)] {
        let vocabulary = Vocabulary(terms)
        let sequences = terms.map { term in term.map { vocabulary.number(of: $0) } }
        var numbers: ContiguousArray<Int32> = []
        var places: ContiguousArray<Range<Int>> = []
        text.withUnsafeBufferPointer { buffer in
            CJKTokenizer.tokenize(buffer) { token, bytes in
                let number = vocabulary.number(of: token)
                // One stranger parts two runs as well as many do.
                if number != 0 || numbers.last != 0 {
                    numbers.append(number)
                    places.append(bytes)
                }
                return true
            }
        }
        var matches: [(term: Int, bytes: Range<Int>)] = []
        for start in numbers.indices where numbers[start] != 0 {
            for (term, sequence) in sequences.enumerated() where !sequence.isEmpty && stands(sequence, at: start, in: numbers) {
                matches.append((term, places[start].lowerBound..<places[start + sequence.count - 1].upperBound))
            }
        }
        return matches
    }

    private static func stands(_ sequence: [Int32], at start: Int, in numbers: ContiguousArray<Int32>) -> Bool {
        guard start + sequence.count <= numbers.count else { return false }
        for offset in sequence.indices where numbers[start + offset] != sequence[offset] { return false }
        return true
    }
}

/// Numbers for the few tokens that terms hold, from 1; every other token has 0.
private struct Vocabulary {
    /// Tokens by a hash of 8 bits, as nearly all tokens of a text are strangers.
    private var buckets: [[(token: [UInt8], number: Int32)]] = Array(repeating: [], count: 256)

    init(_ terms: [[[UInt8]]]) {
        var next: Int32 = 1
        for token in terms.joined() where number(of: token) == 0 {
            buckets[Self.bucket(token)].append((token, next))
            next += 1
        }
    }

    @inline(__always)
    func number(of token: some RandomAccessCollection<UInt8>) -> Int32 {
        for entry in buckets[Self.bucket(token)] where entry.token.elementsEqual(token) { return entry.number }
        return 0
    }

    @inline(__always)
    private static func bucket(_ token: some RandomAccessCollection<UInt8>) -> Int {
        guard let last = token.last, let first = token.first else { return 0 }
        return Int((last &* 5) ^ first ^ UInt8(truncatingIfNeeded: token.count))
    }
}
