import Archive

/// What to say of a query of which a part was looked for as text though something else may have been meant.
enum QueryNotes {
    /// One sentence on what was done, one on what to write instead.
    static func text(_ miss: QueryNearMiss) -> String {
        switch miss.kind {
        case .field(let name): unknown(field: name, in: miss.text, supposed: miss.supposedField)
        case .or: "\(looked(for: miss)). For either of two terms, write OR in capitals between them"
        case .and: "\(looked(for: miss)). Terms with a blank between them must all be found, so leave it out"
        case .not: "\(looked(for: miss)). To exclude a term, write - right before it: -草案"
        case .group:
            "the bracket \(miss.text) was searched for as text: brackets do not group. For (a OR b) c, write: a c OR b c"
        case .quotation:
            "the quotation mark \(miss.text) was searched for as text. For a phrase, use straight quotation marks: \"a b\""
        case .wildcard: "\(looked(for: miss)). Leave it out: a word is also found by a part of it"
        }
    }

    private static func looked(for miss: QueryNearMiss) -> String {
        "“\(miss.text)” was searched for as \(miss.text.allSatisfy(\.isLetter) ? "a word" : "text")"
    }

    private static func unknown(field name: String, in text: String, supposed: String?) -> String {
        let value = text.unicodeScalars.drop { ![":", "：", "="].contains($0) }.dropFirst()
        let written = String(String.UnicodeScalarView(value))
        let fields = QueryField.names
        if QueryField.named(name) != nil {
            return "“\(text)” was searched for as text. Did you mean \(name):\(written.isEmpty ? "…" : written)?"
        }
        let advice =
            if let supposed, ["after", "before"].contains(supposed) {
                "For dates, write after:2024 or before:2024-03"
            } else if let near = supposed
                ?? Mistyped.nearest(name, in: name.count > 2 ? fields : fields.filter { $0.count > 2 })
            {
                "Did you mean \(near):\(written)?"
            } else {
                "The fields are \(fields.map { $0 + ":" }.joined(separator: " "))"
            }
        return "there is no field “\(name):”, so “\(text)” was searched for as text. \(advice)"
    }
}
