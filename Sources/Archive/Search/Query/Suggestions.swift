import GRDB
import Prose

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
        let isPlain = text.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0 != "\"" && $0 != ":" && $0 != "：" && $0 != "-"
        }
        return isPlain && text != "OR" ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    // MARK: Parts

    /// The longest beginning and the longest end of a phrase that occur.
    private func parts(of phrase: Phrase) throws -> [SearchSuggestion] {
        let scalars = Array(phrase.text.string.unicodeScalars.prefix(64))
        var found: [SearchSuggestion] = []
        for cut in [{ scalars.prefix($0) }, { scalars.suffix($0) }] as [(Int) -> ArraySlice<Unicode.Scalar>] {
            // A part of what occurs occurs as well, so the longest is found by halving.
            var longest = 0
            var low = 0
            var high = scalars.count
            while low + 1 < high {
                let middle = (low + high) / 2
                if try occurs(Self.text(cut(middle))) { (low, longest) = (middle, middle) } else { high = middle }
            }
            // One character of many says nothing.
            longest = Self.wholeWords(longest, of: scalars, isPrefix: cut(1).startIndex == 0)
            guard longest > 1 || longest == scalars.count - 1 && longest > 0,
                let part = try suggestion(Self.text(cut(longest)))
            else { continue }
            if !found.contains(part) { found.append(part) }
        }
        return found
    }

    /// Whether a scalar is part of a word of several letters and digits, as in English; Han, kana and Hangul stand for themselves.
    private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x11FF, 0x3040...0x30FF, 0x3130...0x318F, 0x31F0...0x31FF, 0xAC00...0xD7AF, 0xFF66...0xFFDC: false
        default:
            (scalar.properties.isAlphabetic || scalar.properties.generalCategory == .decimalNumber)
                && !scalar.properties.isIdeographic
        }
    }

    /// How many scalars of a part are left if a word that it cuts in two goes.
    private static func wholeWords(_ count: Int, of scalars: [Unicode.Scalar], isPrefix: Bool) -> Int {
        var count = count
        while count > 0, count < scalars.count {
            let edge = isPrefix ? count : scalars.count - count
            guard isOfWord(scalars[edge - 1]), isOfWord(scalars[edge]) else { break }
            count -= 1
        }
        // Nor does the blank beside it belong to the part.
        while count > 0, scalars[isPrefix ? count - 1 : scalars.count - count].properties.isWhitespace { count -= 1 }
        return count
    }

    private func occurs(_ text: String) throws -> Bool {
        guard let phrase = Phrase(text) else { return true }
        return try run.occurs(phrase)
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    // MARK: Titles

    /// So many places of tokens may be read to find titles.
    private static let mostPlaces = 200_000
    /// So many titles are looked at, those with most pairs in common first.
    private static let mostTitles = 500

    /// Titles that share at least half of their pairs of tokens with a phrase (Dice's coefficient), the nearest first. They are
    /// found by the rarest pairs, of which such a title has some: what is read does not grow with the number of titles.
    private func titles(like phrases: [Phrase]) throws -> [String] {
        let wanted = phrases.map { Self.pairs($0.tokens) }.filter { $0.count > 1 }
        guard !wanted.isEmpty, run.options.scope == .essays else { return [] }
        var found: [(likeness: Double, title: String)] = []
        let statement = try run.db.cachedStatement(
            sql: "SELECT title FROM document WHERE id = ? AND kind = \(DocumentKind.essay.rawValue)")
        for document in try candidates(phrases) {
            guard let title = try String.fetchOne(statement, arguments: [document]) else { continue }
            let pairs = Self.pairs(CJKTokenizer.tokens(of: title.utf8))
            guard pairs.count > 1 else { continue }
            let likeness =
                wanted.map { 2 * Double($0.intersection(pairs).count) / Double($0.count + pairs.count) }.max() ?? 0
            if likeness >= 0.5, !found.contains(where: { $0.title.utf8.elementsEqual(title.utf8) }) {
                found.append((likeness, title))
            }
        }
        return found.sorted { $0.likeness > $1.likeness }.prefix(2).map(\.title)
    }

    /// Documents with pairs of tokens of the phrases in their titles.
    private func candidates(_ phrases: [Phrase]) throws -> [Int64] {
        let pairs = try phrases.flatMap(\.pairs).map { (pair: $0, cost: try run.cost(of: $0)) }.filter { $0.cost > 0 }
            .sorted { $0.cost < $1.cost }
        var (shared, spent): ([Int64: Int], Int) = ([:], 0)
        for (pair, cost) in pairs {
            spent += cost
            guard spent <= Self.mostPlaces else { break }
            for document in try run.hits(pair).titled.descending(limit: Self.mostPlaces) {
                shared[document, default: 0] += 1
            }
        }
        return shared.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.prefix(Self.mostTitles).map(\.key)
    }

    private static func pairs(_ tokens: [[UInt8]]) -> Set<[UInt8]> {
        Set(zip(tokens, tokens.dropFirst()).map { $0 + $1 })
    }
}
