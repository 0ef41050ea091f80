/// A quotation as search compares texts: widths, capitals, accents, compatibility characters and traditional forms are folded by
/// the same tables. White space and line ends count for nothing beside Chinese, and for one blank between words.
package struct FoldedQuotation {
    private let symbols: [FoldedSymbols.Symbol]

    package init(_ quote: [UInt8]) { symbols = FoldedSymbols.all(in: quote) }

    /// The bytes of every place where it occurs in a text, ascending and without overlap, from its first character to its last.
    /// Reads the text once (Knuth, Morris and Pratt), and keeps no more of it than the quotation is long.
    package func places(in text: [UInt8]) -> [Range<Int>] {
        guard !symbols.isEmpty else { return [] }
        let pattern = symbols.map(\.code)
        let fallback = Self.fallback(pattern)
        var starts = [Int](repeating: 0, count: pattern.count)
        var (matched, seen) = (0, 0)
        var places: [Range<Int>] = []
        FoldedSymbols.forEach(in: text) { symbol in
            starts[seen % pattern.count] = symbol.bytes.lowerBound
            seen += 1
            while matched > 0, pattern[matched] != symbol.code { matched = fallback[matched - 1] }
            if pattern[matched] == symbol.code { matched += 1 }
            guard matched == pattern.count else { return }
            places.append(starts[seen % pattern.count]..<symbol.bytes.upperBound)
            matched = 0
        }
        return places
    }

    /// For each beginning of the pattern, how long its longest beginning is that is also its end.
    private static func fallback(_ pattern: [UInt32]) -> [Int] {
        var lengths = [Int](repeating: 0, count: pattern.count)
        var length = 0
        for index in pattern.indices.dropFirst() {
            while length > 0, pattern[index] != pattern[length] { length = lengths[length - 1] }
            if pattern[index] == pattern[length] { length += 1 }
            lengths[index] = length
        }
        return lengths
    }
}

/// The characters of a text, folded one by one, each with the bytes that it is made of.
enum FoldedSymbols {
    struct Symbol {
        /// A folded code point; a blank between words.
        let code: UInt32
        let bytes: Range<Int>
    }

    static func all(in text: [UInt8]) -> [Symbol] {
        var symbols: [Symbol] = []
        forEach(in: text) { symbols.append($0) }
        return symbols
    }

    /// Calls `body` with each symbol, in order.
    static func forEach(in text: [UInt8], _ body: (Symbol) -> Void) {
        var lastWord: Range<Int>?
        text.withUnsafeBufferPointer { buffer in
            CJKTokenizer.tokenize(buffer) { token, isWord, bytes in
                if !isWord {
                    // A blank or a line end by itself is no character.
                    if token.count == 1, token[0] == 0x20 || token[0] == 0x0A { return true }
                    lastWord = nil
                    body(Symbol(code: code(token), bytes: bytes))
                    return true
                }
                // A word that is longer than a token goes on without a blank.
                if let last = lastWord, last.upperBound < bytes.lowerBound {
                    body(Symbol(code: 0x20, bytes: last.upperBound..<bytes.lowerBound))
                }
                lastWord = bytes
                letters(of: token, bytes, buffer, body)
                return true
            }
        }
    }

    /// The letters of a word. Plain ones stand where they stood; others are folded one by one, with the marks that follow them.
    private static func letters(
        of word: UnsafeBufferPointer<UInt8>, _ bytes: Range<Int>, _ text: UnsafeBufferPointer<UInt8>,
        _ body: (Symbol) -> Void
    ) {
        if word.count == bytes.count, text[bytes].allSatisfy({ $0 < 0x80 }) {
            for (offset, letter) in word.enumerated() {
                body(Symbol(code: UInt32(letter), bytes: bytes.lowerBound + offset..<bytes.lowerBound + offset + 1))
            }
            return
        }
        var (start, codes) = (bytes.lowerBound, folded(bytes.lowerBound, in: text, bytes))
        while start < bytes.upperBound {
            var end = start + codes.width
            var next = folded(end, in: text, bytes)
            while end < bytes.upperBound, next.codes.isEmpty {
                end += next.width
                next = folded(end, in: text, bytes)
            }
            for code in codes.codes { body(Symbol(code: code, bytes: start..<end)) }
            (start, codes) = (end, next)
        }
    }

    /// What a code point of a word is folded to; nothing if it is a mark that counts as not there.
    private static func folded(_ place: Int, in text: UnsafeBufferPointer<UInt8>, _ word: Range<Int>) -> (
        codes: [UInt32], width: Int
    ) {
        guard place < word.upperBound else { return ([], 0) }
        let width = min(ScalarCursor.decode(text, place).width, word.upperBound - place)
        var codes: [UInt32] = []
        CJKTokenizer.tokenize(UnsafeBufferPointer(rebasing: text[place..<place + width])) { token, _, _ in
            var position = 0
            while position < token.count {
                let (scalar, width) = ScalarCursor.decode(token, position)
                codes.append(scalar)
                position += width
            }
            return true
        }
        return (codes, width)
    }

    private static func code(_ token: UnsafeBufferPointer<UInt8>) -> UInt32 { ScalarCursor.decode(token, 0).scalar }
}
