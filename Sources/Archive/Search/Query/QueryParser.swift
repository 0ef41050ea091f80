import Prose

/// Reads the query language.
///
///     query  = conjunction *( "OR" conjunction )
///     conjunction = 1*( ["-"] [field ":"] ( word / quoted ) )
///
/// White space separates terms, of which all must be found; `OR` (capitals) binds less tightly than white space; `-` before
/// a term excludes. Each term is a phrase: what stands between double quotation marks, or whatever holds no white space,
/// punctuation included. Within quotation marks `""` is one such mark, and nothing else is special. Fields: `tag:` `author:`
/// `title:` `in:` `before:` `after:` `has:annotation` `is:conflict`, and `标签:` `作者:` `标题:` for the first three; their colon
/// may be full-width. What looks like another field (`http:`, `12:30`) is text.
public enum QueryParser {
    /// - Parameter nearMiss: told of each part that is text but looks like an attempt at something else, once the query is read.
    /// - Throws: `QueryError`, which says where the query cannot be understood and what to write instead.
    public static func parse(_ query: String, nearMiss: (QueryNearMiss) -> Void = { _ in }) throws(QueryError) -> Query
    {
        var reader = QueryReader(query)
        var terms: [QueryTerm] = []
        var alternatives: [Query.Conjunction] = []
        var conjunction = Query.Conjunction(required: [])
        var lastOr: Int?
        func isEmpty(_ conjunction: Query.Conjunction) -> Bool {
            conjunction.required.isEmpty && conjunction.excluded.isEmpty
        }
        while reader.skipSpace() {
            let start = reader.position
            if reader.takeOr() {
                guard !isEmpty(conjunction) else { throw orStandsAlone(start) }
                alternatives.append(conjunction)
                conjunction = Query.Conjunction(required: [])
                lastOr = start
                continue
            }
            let isExcluded = try reader.takeMinus()
            let begin = reader.position
            let condition = try reader.takeCondition()
            terms.append(QueryTerm(text: reader.text(from: begin), position: begin, condition))
            if isExcluded { conjunction.excluded.append(condition) } else { conjunction.required.append(condition) }
        }
        if isEmpty(conjunction) {
            if let lastOr { throw orStandsAlone(lastOr) }
            throw QueryError("The query is empty", at: 0, advice: "Write the words to look for.")
        }
        QueryNearMiss.all(in: terms).forEach(nearMiss)
        return Query(alternatives: alternatives + [conjunction])
    }

    private static func orStandsAlone(_ position: Int) -> QueryError {
        QueryError(
            "OR needs a term on either side", at: position,
            advice: "Write it between two terms, or write \"OR\" in quotation marks to look for the word.")
    }
}

/// The place in a query up to which it is understood.
private struct QueryReader {
    private let scalars: [Unicode.Scalar]
    private(set) var position = 0

    init(_ query: String) { scalars = Array(query.unicodeScalars) }

    private var isAtEnd: Bool { position == scalars.count }
    private var isAtGap: Bool { isAtEnd || scalars[position].properties.isWhitespace }

    /// What was read from a place up to here.
    func text(from start: Int) -> String { String(String.UnicodeScalarView(scalars[start..<position])) }

    /// `false` at the end of the query.
    mutating func skipSpace() -> Bool {
        while !isAtEnd && isAtGap { position += 1 }
        return !isAtEnd
    }

    mutating func takeOr() -> Bool {
        guard position + 2 <= scalars.count, scalars[position] == "O", scalars[position + 1] == "R",
            position + 2 == scalars.count || scalars[position + 2].properties.isWhitespace
        else { return false }
        position += 2
        return true
    }

    mutating func takeMinus() throws(QueryError) -> Bool {
        guard scalars[position] == "-" else { return false }
        position += 1
        guard isAtGap else { return true }
        throw QueryError(
            "“-” excludes nothing", at: position - 1,
            advice: "Write the term right after it, or write \"-\" in quotation marks to look for the sign.")
    }

    mutating func takeCondition() throws(QueryError) -> Query.Condition {
        guard let field = takeField() else { return .text(try takePhrase()) }
        let start = position
        guard !isAtGap else {
            throw QueryError(
                "\(field): says nothing", at: start,
                advice: "Write \(QueryField.example[field]!), or put it in quotation marks to look for the text.")
        }
        switch field {
        case "title": return .title(try takePhrase())
        case "tag": return .tag(try takePhrase())
        case "author": return .author(try takePhrase())
        case "in": return .place(try takePhrase())
        case "before": return .before(try takeDate(field))
        case "after": return .after(try takeDate(field))
        case "has": return try takeWord("annotation", of: field, meaning: .hasAnnotation)
        default: return try takeWord("conflict", of: field, meaning: .isConflict)
        }
    }

    /// Takes the name of a field and its colon, if such stands here.
    private mutating func takeField() -> String? {
        var name = ""
        var end = position
        while end < scalars.count, scalars[end].properties.isAlphabetic {
            name += scalars[end].properties.lowercaseMapping
            end += 1
        }
        guard end < scalars.count, scalars[end] == ":" || scalars[end] == "：" else { return nil }
        guard let field = QueryField.named(name) else { return nil }
        position = end + 1
        return field
    }

    private mutating func takePhrase() throws(QueryError) -> Phrase {
        let start = position
        let text = try takeText()
        guard let phrase = Phrase(text) else {
            throw QueryError(
                "There is nothing to look for here", at: start,
                advice: "Write at least one letter, digit, character or mark.")
        }
        return phrase
    }

    /// What stands between quotation marks, or up to white space.
    private mutating func takeText() throws(QueryError) -> String {
        var text = String.UnicodeScalarView()
        guard scalars[position] == "\"" else {
            while !isAtGap {
                text.append(scalars[position])
                position += 1
            }
            return String(text)
        }
        let start = position
        position += 1
        while !isAtEnd {
            if scalars[position] == "\"" {
                position += 1
                guard !isAtEnd, scalars[position] == "\"" else { return String(text) }
            }
            text.append(scalars[position])
            position += 1
        }
        throw QueryError(
            "the quotation mark is never closed", at: start,
            advice: "Add the closing \", or write \"\"\"\" to look for the mark itself.")
    }

    private mutating func takeWord(
        _ word: String, of field: String, meaning: Query.Condition
    ) throws(QueryError) -> Query.Condition {
        let start = position
        let text = try takeText()
        guard text.lowercased().utf8.elementsEqual(word.utf8) else {
            throw QueryError(
                "\(field): does not know “\(text)”", at: start,
                advice: "Write \(field):\(word), or put it in quotation marks to look for the text.")
        }
        return meaning
    }

    /// The first moment, in UTC, of a year, a month or a day.
    private mutating func takeDate(_ field: String) throws(QueryError) -> Timestamp {
        let start = position
        let text = try takeText()
        // Also as people write it: 2024/3/15, 2024年3月.
        guard let milliseconds = WrittenDate.firstMoment(of: text) else {
            throw QueryError(
                "“\(text)” is not a date", at: start,
                advice: "Write a year, a month or a day: \(field):2024, \(field):2024-03 or \(field):2024-03-15.")
        }
        return Timestamp(milliseconds: milliseconds)
    }
}

package enum QueryField {
    /// The fields, each with what it looks like.
    private static let examples: KeyValuePairs = [
        "title": "title:WORDS", "tag": "tag:NAME", "author": "author:NAME", "in": "in:NAME",
        "before": "before:2024-03-15",
        "after": "after:2024-03-15", "has": "has:annotation", "is": "is:conflict",
    ]

    static let example = Dictionary(uniqueKeysWithValues: examples.map { ($0.key, $0.value) })

    package static let names = examples.map(\.key)

    /// The field of a name, which may be its Chinese one; `nil` if there is none.
    package static func named(_ name: String) -> String? {
        let name = name.lowercased()
        let field = translated[name] ?? name
        return example[field] == nil ? nil : field
    }

    /// Fields by their Chinese names.
    static let translated = [
        "标题": "title", "標題": "title", "题目": "title", "題目": "title", "标签": "tag", "標籤": "tag", "作者": "author",
    ]

    /// Names that people suppose fields to have, and the field that is nearest to what they mean.
    static let supposed = [
        "date": "after", "year": "after", "month": "after", "day": "after", "since": "after", "until": "before",
        "日期": "after", "时间": "after",
        "時間": "after", "年份": "after", "主题": "tag", "主題": "tag", "关键词": "tag", "關鍵詞": "tag", "分类": "tag", "分類": "tag",
        "类别": "tag",
        "類別": "tag", "keyword": "tag", "category": "tag", "topic": "tag", "subject": "tag", "题名": "title",
        "題名": "title", "署名": "author",
        "name": "title", "by": "author", "writer": "author", "来源": "in", "來源": "in", "文件": "in", "source": "in",
        "file": "in", "path": "in",
    ]
}
