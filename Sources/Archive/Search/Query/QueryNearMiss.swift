/// A part of a query that is looked for as text, though it looks like an attempt at something that the query language
/// writes otherwise: an unknown field, `or` in small letters, brackets.
///
/// It is never an error. Prose has brackets and colons, too, so that whoever asked is told and decides.
public struct QueryNearMiss: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// `titel:x`: a name that is not a field's, before a colon; or `title=x` and `title : x`, which are no
        /// conditions either.
        case field(name: String)
        /// `or`, `|`, `或` between terms, or `a|b`.
        case or
        /// `and`, `AND`, `&`, `和` between terms, or `+a`.
        case and
        /// `not`, `NOT`, `非` before a term, or a dash that is not `-`.
        case not
        /// A bracket that another term closes.
        case group
        /// A quotation mark other than `"` that another term closes.
        case quotation
        /// `*` at an end of a term.
        case wildcard
    }

    public let kind: Kind
    /// What was taken as text, as it was written: `titel:x`, `or`, `(`.
    public let text: String
    /// Where it begins: code points from the beginning of the query.
    public let position: Int

    /// The field that is nearest to what an unknown one is supposed to be, if that is known: `after` for `date`.
    public var supposedField: String? {
        if case .field(let name) = kind { QueryField.supposed[name.lowercased()] } else { nil }
    }

    /// Those of a query's terms, in their order; of each kind the first, but every unknown field.
    static func all(in terms: [QueryTerm]) -> [QueryNearMiss] {
        var found: [QueryNearMiss] = []
        for (index, term) in terms.enumerated() where !term.isQuoted {
            let place = Place(index: index, terms: terms)
            let kinds = [term.field(at: place), term.word(at: place), term.sign(at: place), term.pair(at: place)]
            for case (let kind, let text)? in kinds where !found.contains(where: { $0.kind == kind }) {
                found.append(QueryNearMiss(kind: kind, text: text, position: term.position))
            }
        }
        return found
    }

    /// Where a term stands among the others.
    fileprivate struct Place {
        let index: Int
        let terms: [QueryTerm]

        /// The term before it.
        var previous: String { index > 0 ? terms[index - 1].text : "" }
        var isFirst: Bool { index == 0 }
        var isLast: Bool { index == terms.count - 1 }
        var isAlone: Bool { terms.count == 1 }
        /// The terms behind it that may close what it opens.
        var later: [String] { terms[(index + 1)...].filter { !$0.isQuoted }.map(\.text) }
    }
}

/// A term as it was written, without the `-` before it.
struct QueryTerm {
    let text: String
    let position: Int
    /// Whether it is of a field.
    private let isOfField: Bool

    init(text: String, position: Int, _ condition: Query.Condition) {
        self.text = text
        self.position = position
        if case .text = condition { isOfField = false } else { isOfField = true }
    }

    fileprivate typealias NearMiss = (kind: QueryNearMiss.Kind, text: String)

    /// Whether it stands in quotation marks, and so means just itself.
    fileprivate var isQuoted: Bool { text.hasPrefix("\"") }

    // MARK: Fields

    fileprivate func field(at place: QueryNearMiss.Place) -> NearMiss? {
        if isOfField { return nil }
        if [":", "：", "="].contains(text), !place.isLast, QueryField.named(place.previous) != nil {
            return (.field(name: place.previous), "\(place.previous) \(text)")
        }
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, !parts[1].isEmpty, QueryField.named(parts[0]) != nil {
            return (.field(name: parts[0]), text)
        }
        return unknownField
    }

    /// A name that is not a field's: of Latin letters before any colon, of others before an ASCII one. Chinese prose
    /// has the full-width colon everywhere, where only names count that people suppose fields to have. Addresses
    /// (`http://`) and paths (`C:\`) are no fields.
    private var unknownField: NearMiss? {
        guard let colon = text.unicodeScalars.firstIndex(where: { $0 == ":" || $0 == "：" }) else { return nil }
        let name = text.unicodeScalars[..<colon]
        let value = text.unicodeScalars[text.unicodeScalars.index(after: colon)...]
        guard name.count > 1, name.allSatisfy(\.properties.isAlphabetic), let first = value.first,
            !["/", "\\", ":"].contains(first)
        else { return nil }
        let isLatin = name.allSatisfy(\.isASCII)
        let string = String(String.UnicodeScalarView(name))
        let isSupposed = QueryField.supposed[string] != nil
        guard isLatin || isSupposed || text.unicodeScalars[colon] == ":" && name.count <= Self.longestForeignName else {
            return nil
        }
        return (.field(name: string), text)
    }

    /// Code points of a field's name in Han; what is longer is the beginning of a sentence.
    private static let longestForeignName = 4

    // MARK: Operators

    private static let operators: [String: QueryNearMiss.Kind] = [
        "or": .or, "|": .or, "||": .or, "或": .or, "或者": .or, "and": .and, "&": .and, "&&": .and, "+": .and, "和": .and,
        "与": .and, "與": .and,
        "且": .and, "并且": .and, "ｏｒ": .or, "ａｎｄ": .and, "ｎｏｔ": .not, "not": .not, "!": .not, "非": .not,
    ]

    /// A word or sign by itself that other languages join terms with.
    fileprivate func word(at place: QueryNearMiss.Place) -> NearMiss? {
        guard !isOfField, !place.isAlone, let kind = Self.operators[text.lowercased()] else { return nil }
        // A word of Chinese is an operator only where terms stand on either side.
        guard text.unicodeScalars.allSatisfy(\.isASCII) || !place.isFirst && !place.isLast else { return nil }
        return (kind, text)
    }

    /// A sign in front of, behind or within a term.
    fileprivate func sign(at place: QueryNearMiss.Place) -> NearMiss? {
        let scalars = Array(text.unicodeScalars)
        guard !isOfField, scalars.count > 1 else { return nil }
        let second = scalars[1].properties
        if scalars[0] == "*" || scalars.last == "*" { return (.wildcard, "*") }
        if scalars.dropFirst().dropLast().contains("|") { return (.or, "|") }
        if scalars[0] == "+", second.isAlphabetic { return (.and, "+") }
        if ["!", "！", "－", "–", "—", "−"].contains(scalars[0]), second.isAlphabetic {
            return (.not, String(scalars[0]))
        }
        return nil
    }

    // MARK: Brackets and quotation marks

    private static let brackets: [(open: Unicode.Scalar, close: Unicode.Scalar)] = [("(", ")"), ("（", "）")]
    private static let quotationMarks: [(open: Unicode.Scalar, close: Unicode.Scalar)] = [
        ("“", "”"), ("「", "」"), ("‘", "’"), ("'", "'"),
    ]

    /// What is opened here and closed in a later term. In one term it is text: （一）, “四个全面”; but `(甲)` beside others is
    /// rather a group of one.
    fileprivate func pair(at place: QueryNearMiss.Place) -> NearMiss? {
        if !place.isAlone, text.hasPrefix("("), text.hasSuffix(")"), text.unicodeScalars.count > 3 {
            return (.group, "(")
        }
        for (open, close) in Self.brackets where isOpened(open, close, place) { return (.group, String(open)) }
        for (open, close) in Self.quotationMarks where isOpened(open, close, place) {
            return (.quotation, String(open))
        }
        return nil
    }

    private func isOpened(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ place: QueryNearMiss.Place) -> Bool {
        func count(_ mark: Unicode.Scalar, _ text: String) -> Int { text.unicodeScalars.count { $0 == mark } }
        // An apostrophe within a word opens nothing.
        if open == close {
            return text.unicodeScalars.first == open && text.unicodeScalars.last != close
                && place.later.contains { $0.unicodeScalars.last == close }
        }
        return count(open, text) > count(close, text) && place.later.contains { count(close, $0) > count(open, $0) }
    }
}
