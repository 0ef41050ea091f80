/// Cuts text into the tokens that search compares.
///
/// 1. Each character of Han, kana or Hangul is a token, and so is each punctuation mark or symbol: a phrase is found where
///    its characters stand side by side, never across a mark that the query does not hold (建设发展 is not found in
///    建设、发展; 建设、发展 is).
/// 2. A run of letters and digits is one token (a word). Words longer than 120 bytes are cut into several.
/// 3. The end of a line is a token, however many lines are empty, so that no phrase goes beyond its line.
/// 4. White space is a token where it stands in a line between two characters of (1), and wherever it follows the end of a
///    sentence. Beside a word it is none: 使用 Swift 编写 and 使用Swift编写 are the same, as are `a  b` and `a b`.
/// 5. Tokens are folded: case and diacritics (É → e), width (Ａ → a, ｶﾞ → ガ, ， → `,`), compatibility ideographs, traditional
///    to simplified. Characters that show nothing (zero-width space, variation selector) count as not there.
///
/// A query goes through the same function, so it is found exactly where its folded characters stand in the folded text.
/// (What begins or ends a query may be a part of a word there: see `WordList.Part`.) Bytes that are not UTF-8 read as U+FFFD, one by one.
public struct CJKTokenizer {
    /// Goes up whenever a text may give other tokens than before; an index made with another number is to be rebuilt.
    public static let version = 2

    /// Calls `emit` with each token, folded and in UTF-8, whether it is a word, and the bytes of `text` that it stands for, in
    /// order and without overlap; stops when it returns `false`. The token's bytes are valid only during the call.
    /// Allocates nothing per token.
    @inline(__always)
    public static func tokenize(
        _ text: UnsafeBufferPointer<UInt8>,
        _ emit: (_ token: UnsafeBufferPointer<UInt8>, _ isWord: Bool, _ bytes: Range<Int>) throws -> Bool
    ) rethrows {
        try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: TokenScanner.scratchSize) { scratch in
            guard let start = scratch.baseAddress else { return }
            var scanner = TokenScanner(text, scratch: start)
            while scanner.next() {
                let token = UnsafeBufferPointer(start: scanner.token, count: scanner.count)
                guard try emit(token, scanner.isWord, scanner.start..<scanner.end) else { return }
            }
        }
    }

    /// The folded tokens of a text, each in UTF-8.
    public static func tokens(of text: some Sequence<UInt8>) -> [[UInt8]] {
        var tokens: [[UInt8]] = []
        ContiguousArray(text).withUnsafeBufferPointer { buffer in
            tokenize(buffer) { token, _, _ in
                tokens.append(Array(token))
                return true
            }
        }
        return tokens
    }
}
