import Foundation
import Prose

/// What a web page says of itself: for programs in its head, or for people beside its text.
struct PageMetadata {
    private(set) var title: String?
    private(set) var author: String?
    private(set) var date: String?
    private(set) var language: String?
    private(set) var site: String?
    /// What machines are told the title is.
    private(set) var headline: String?

    init(_ page: MarkupElement) {
        language = page["lang"] ?? page["xml:lang"]
        title = page.all("title").first.flatMap { Self.words($0.text) }
        let metas = page.all("meta").compactMap { meta -> (name: String, content: String)? in
            guard let name = meta["name"] ?? meta["property"] ?? meta["itemprop"],
                let content = Self.words(meta["content"] ?? "")
            else { return nil }
            return (name.lowercased(), content)
        }
        func meta(_ names: String...) -> String? {
            names.lazy.compactMap { name in metas.first { $0.name == name }?.content }.first
        }
        site = meta("og:site_name", "application-name")
        headline = meta("og:title", "twitter:title", "citation_title", "dc.title", "headline")
        author = meta(
            "author", "article:author", "citation_author", "dc.creator", "dcterms.creator", "parsely-author", "byl")
        if author.map(PageInlines.isLive) == true { author = nil }
        date = meta(
            "article:published_time", "datepublished", "pubdate", "publishdate", "publish_time",
            "citation_publication_date",
            "citation_date", "dc.date", "dc.date.issued", "dcterms.created", "dcterms.issued", "parsely-pub-date",
            "date"
        ).flatMap(Self.day)
        for script in page.all("script") where script["type"]?.lowercased() == "application/ld+json" {
            addLinked(script.text)
        }
        if date == nil {
            date = page.all("time").lazy.compactMap { Self.day($0["datetime"] ?? $0.text) }.first
        }
    }

    /// What an article says in JSON-LD (schema.org).
    private mutating func addLinked(_ text: String) {
        guard text.utf8.count < 1 << 20, let json = try? JSONSerialization.jsonObject(with: Data(text.utf8)) else {
            return
        }
        var open = [json]
        while let value = open.popLast() {
            if let list = value as? [Any] { open += list.prefix(100).reversed() }
            guard let object = value as? [String: Any] else { continue }
            if let graph = object["@graph"] { open.append(graph) }
            let types = (object["@type"] as? [String]) ?? [object["@type"] as? String ?? ""]
            guard types.contains(where: { $0.contains("Article") || $0.contains("Posting") || $0.contains("Report") })
            else { continue }
            headline = headline ?? (object["headline"] as? String).flatMap(Self.words)
            author = author ?? Self.names(object["author"])
            date = date ?? (object["datePublished"] as? String).flatMap(Self.day)
            language = language ?? object["inLanguage"] as? String
        }
    }

    private static func names(_ value: Any?) -> String? {
        switch value {
        case let name as String: return words(name)
        case let person as [String: Any]: return names(person["name"])
        case let list as [Any]:
            let all = list.prefix(50).compactMap(names)
            return all.isEmpty ? nil : all.joined(separator: ", ")
        default: return nil
        }
    }

    /// Takes what stands beside the text for people: `作者：某某　2031-04-05`.
    mutating func add(byline: String) {
        if author == nil,
            let match = byline.firstMatch(
                of: /(?:作者|作\s者|文|撰文|Author|By|by)\s?[：:]\s*([^\s：:|｜]{1,40}(?: [A-Z][^\s：:|｜]{0,30}){0,3})/)
        {
            author = Self.words(String(match.1))
        }
        if date == nil { date = Self.day(byline) }
    }

    /// A date at the beginning or somewhere in a short text, as ISO 8601 writes it.
    static func day(_ text: String) -> String? {
        guard
            let match = text.prefix(300).firstMatch(
                of:
                    /(?:^|[^0-9])((?:1[5-9]|20)[0-9]{2})(?:-|\/|\.|年)\s?([0-9]{1,2})(?:-|\/|\.|月)\s?([0-9]{1,2})(?:[^0-9]|$)/
            ),
            let month = Int(match.2), let day = Int(match.3), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        return "\(match.1)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }

    private static func words(_ text: String) -> String? {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? nil : words
    }

    /// As front matter, which is where other documents say these things.
    func frontMatter(title: String?) -> FrontMatter? {
        FrontMatter(saying: [("title", title), ("author", author), ("date", date), ("lang", language)])
    }
}

extension FrontMatter {
    /// Front matter with these values; `nil` if there are none.
    init?(saying values: [(key: String, value: String?)]) {
        let lines = values.compactMap { key, value in
            value.map { "\(key): \"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" }
        }
        guard !lines.isEmpty, var parsed = FrontMatter.parse(Array("---\n\(lines.joined(separator: "\n"))\n---\n".utf8))
        else {
            return nil
        }
        // It is about the text, not in it.
        parsed.range = 0..<0
        self = parsed
    }
}
