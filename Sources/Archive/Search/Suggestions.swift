import GRDB

/// A query near to one that found nothing.
public struct SearchSuggestion: Sendable, Equatable {
    public let query: String
    /// How many essays or annotations it finds; never none.
    public let total: Int
}

/// What to try when nothing was found: the longest parts of phrases that occur, each phrase by itself, titles that look alike.
struct Suggestions {
    let run: SearchRun

    private static let limit = 5

    func make() throws -> [SearchSuggestion] {
        var suggestions: [SearchSuggestion] = []
        let phrases = run.query.highlights
        for phrase in phrases {
            // A phrase that occurs, beside others.
            if let whole = try suggestion(phrase.text.string) {
                suggestions.append(whole)
            } else {
                suggestions += try parts(of: phrase)
            }
        }
        for title in try titles(like: phrases) where suggestions.count < Self.limit {
            if let found = try suggestion(title, field: "title:") { suggestions.append(found) }
        }
        return Array(suggestions.prefix(Self.limit))
    }

    private func suggestion(_ text: String, field: String = "") throws -> SearchSuggestion? {
        guard let phrase = Phrase(text) else { return nil }
        let condition: Query.Condition = field.isEmpty ? .text(phrase) : .title(phrase)
        let total = try run.documents(Query(alternatives: [.init(required: [condition])])).count
        return total == 0 ? nil : SearchSuggestion(query: field + Self.quoted(text), total: total)
    }

    /// As a query would have to be written to mean just this text.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != "\"" && $0 != ":" && $0 != "：" && $0 != "-" }
        return isPlain && text != "OR" ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    // MARK: Parts

    /// The longest beginning and the longest end of a phrase that occur.
    private func parts(of phrase: Phrase) throws -> [SearchSuggestion] {
        let scalars = Array(phrase.text.string.unicodeScalars.prefix(64))
        var found: [SearchSuggestion] = []
        for cut in [{ scalars.prefix($0) }, { scalars.suffix($0) }] as [(Int) -> ArraySlice<Unicode.Scalar>] {
            // A part of what occurs occurs as well, so the longest is found by halving.
            var longest = 0, low = 0, high = scalars.count
            while low + 1 < high {
                let middle = (low + high) / 2
                if try occurs(Self.text(cut(middle))) { (low, longest) = (middle, middle) } else { high = middle }
            }
            // One character of many says nothing.
            guard longest > 1 || longest == scalars.count - 1 && longest > 0, let part = try suggestion(Self.text(cut(longest))) else { continue }
            if !found.contains(part) { found.append(part) }
        }
        return found
    }

    private func occurs(_ text: String) throws -> Bool {
        guard let phrase = Phrase(text) else { return true }
        return !(try run.documents(Query(alternatives: [.init(required: [.text(phrase)])])).isEmpty)
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    // MARK: Titles

    /// Titles that share at least half of their pairs of tokens with a phrase (Dice's coefficient), the nearest first.
    private func titles(like phrases: [Phrase]) throws -> [String] {
        let wanted = phrases.map { Self.pairs($0.tokens) }.filter { $0.count > 1 }
        guard !wanted.isEmpty, run.options.scope == .essays else { return [] }
        var found: [(likeness: Double, title: String)] = []
        let titles = try String.fetchCursor(run.db, sql: "SELECT title FROM document WHERE kind = \(DocumentKind.essay.rawValue) ORDER BY id DESC")
        while let title = try titles.next() {
            let pairs = Self.pairs(CJKTokenizer.tokens(of: title.utf8))
            guard pairs.count > 1 else { continue }
            let likeness = wanted.map { 2 * Double($0.intersection(pairs).count) / Double($0.count + pairs.count) }.max() ?? 0
            if likeness >= 0.5, !found.contains(where: { $0.title.utf8.elementsEqual(title.utf8) }) { found.append((likeness, title)) }
        }
        return found.sorted { $0.likeness > $1.likeness }.prefix(2).map(\.title)
    }

    private static func pairs(_ tokens: [[UInt8]]) -> Set<[UInt8]> { Set(zip(tokens, tokens.dropFirst()).map { $0 + $1 }) }
}
