/// What a person asked for, as a choice of conjunctions: an essay is found if any alternative holds for it.
///
/// Every condition is about the essay as a whole: two terms may stand in different sections. An index therefore finds the
/// set of essays of each condition by itself, intersects those that an alternative requires, takes away those that it
/// excludes, and unites the alternatives.
public struct Query: Sendable, Equatable {
    /// Never empty.
    public var alternatives: [Conjunction]

    public init(alternatives: [Conjunction]) { self.alternatives = alternatives }

    /// Conditions that must all hold, and conditions of which none may. Never without any; where only exclusions stand, all
    /// essays but those are meant.
    public struct Conjunction: Sendable, Equatable {
        public var required: [Condition]
        public var excluded: [Condition]

        public init(required: [Condition], excluded: [Condition] = []) {
            self.required = required
            self.excluded = excluded
        }
    }

    public enum Condition: Sendable, Equatable {
        /// The phrase stands in the title or the text.
        case text(Phrase)
        /// `title:` the phrase stands in the title.
        case title(Phrase)
        /// `tag:` the essay bears this tag.
        case tag(Phrase)
        /// `author:` the phrase stands in an author's name.
        case author(Phrase)
        /// `in:` the place to look in, by name.
        case place(Phrase)
        /// `before:` earlier than this moment.
        case before(Timestamp)
        /// `after:` at this moment or later.
        case after(Timestamp)
        /// `has:annotation`
        case hasAnnotation
        /// `is:conflict`
        case isConflict
    }

    /// The phrases that a hit may show: those of `text` and `title` conditions that are not excluded, in order, each once.
    public var highlights: [Phrase] {
        var phrases: [Phrase] = []
        for condition in alternatives.flatMap(\.required) {
            switch condition {
            case .text(let phrase), .title(let phrase):
                if !phrases.contains(where: { $0.tokens == phrase.tokens }) { phrases.append(phrase) }
            default: continue
            }
        }
        return phrases
    }
}

/// Characters or words that stand side by side.
public struct Phrase: Sendable, Equatable {
    /// As it was written, without quotation marks.
    public let text: ExactString
    /// As `CJKTokenizer` cuts and folds it; never empty.
    public let tokens: [[UInt8]]

    /// `nil` if the text holds nothing that search sees.
    public init?(_ text: String) {
        tokens = CJKTokenizer.tokens(of: text.utf8)
        guard !tokens.isEmpty else { return nil }
        self.text = ExactString(text)
    }

    /// The FTS5 expression that finds the phrase, in one column or in all. What the phrase holds is quoted, so none of it
    /// is read as FTS5 syntax (<https://www.sqlite.org/fts5.html#fts5_strings>).
    /// - Parameter column: a column's name; it is not quoted.
    public func matchExpression(column: String? = nil) -> String {
        var expression = column.map { "{\($0)} : \"" } ?? "\""
        for scalar in text.string.unicodeScalars where scalar.value != 0 {
            if scalar == "\"" { expression.unicodeScalars.append("\"") }
            expression.unicodeScalars.append(scalar)
        }
        return expression + "\""
    }

    /// Whether the phrase stands somewhere in a text: what the index would answer for it.
    public func occurs(in text: some Sequence<UInt8>) -> Bool {
        !Matches.find(in: Array(text), [tokens]).isEmpty
    }

    /// Whether a text is this phrase and nothing else, folded.
    public func equals(_ text: some Sequence<UInt8>) -> Bool {
        CJKTokenizer.tokens(of: text) == tokens
    }
}
