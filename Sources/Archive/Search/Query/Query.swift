import Prose

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

    /// Adds a condition that must hold whatever else does.
    mutating func require(_ condition: Condition) {
        for index in alternatives.indices { alternatives[index].required.append(condition) }
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
