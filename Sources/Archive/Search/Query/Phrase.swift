import Prose

/// Characters or words that stand side by side.
public struct Phrase: Sendable, Equatable {
    /// As it was written, without quotation marks.
    public let text: ExactString
    /// As `CJKTokenizer` cuts and folds it; never empty.
    public let tokens: [[UInt8]]
    /// Which of the tokens are words.
    private let areWords: [Bool]

    /// `nil` if the text holds nothing that search sees.
    public init?(_ text: String) {
        var tokens: [[UInt8]] = []
        var areWords: [Bool] = []
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            CJKTokenizer.tokenize(bytes) { token, isWord, _ in
                tokens.append(Array(token))
                areWords.append(isWord)
                return true
            }
        }
        guard !tokens.isEmpty else { return nil }
        self.init(text: ExactString(text), tokens: tokens, areWords: areWords)
    }

    private init(text: ExactString, tokens: [[UInt8]], areWords: [Bool]) {
        self.text = text
        self.tokens = tokens
        self.areWords = areWords
    }

    /// Its tokens two by two, as phrases.
    var pairs: [Phrase] {
        tokens.indices.dropLast().map {
            Phrase(text: text, tokens: Array(tokens[$0...$0 + 1]), areWords: Array(areWords[$0...$0 + 1]))
        }
    }

    /// Which words a token may stand for; `nil` if it is no word but one character.
    func part(_ index: Int) -> WordList.Part? {
        guard areWords[index] else { return nil }
        if tokens.count == 1 { return .infix }
        return index == 0 ? .suffix : index == tokens.count - 1 ? .prefix : .whole
    }

    /// Whether the phrase stands somewhere in a text: what the index would answer for it.
    public func occurs(in text: some Sequence<UInt8>) -> Bool {
        !Matches.find(in: Array(text), [self]).isEmpty
    }

    /// Whether a text is this phrase and nothing else, folded.
    public func equals(_ text: some Sequence<UInt8>) -> Bool {
        CJKTokenizer.tokens(of: text) == tokens
    }
}
