/// The paragraph styles of a Word document, as far as they number paragraphs.
struct WordStyles {
    struct Numbering {
        /// The list's ID; `0` for none.
        var list: String?
        var level: Int?
    }

    private struct Style {
        var basedOn: String?
        var numbering = Numbering()
        var name = ""
    }

    private var styles: [String: Style] = [:]
    private var standard: String?

    init() {}

    init(_ source: some MarkupSource) throws {
        while let event = try source.next() {
            guard case .start(let tag) = event, tag.name == "w:style" else { continue }
            let element = try source.element(tag)
            guard let id = tag["w:styleId"] else { continue }
            var style = Style(basedOn: element.first("w:basedOn")?["w:val"])
            style.name = element.first("w:name")?["w:val"]?.lowercased() ?? ""
            if let numbered = element.first("w:pPr")?.first("w:numPr") { style.numbering = Numbering(numbered) }
            styles[id] = style
            let isDefault = ["1", "true", "on"].contains(tag["w:default"] ?? "")
            if isDefault, (tag["w:type"] ?? "paragraph") == "paragraph" { standard = id }
        }
    }

    /// What a style and those that it is based on say; of a paragraph without a style, what the standard one says.
    func numbering(of style: String?) -> Numbering {
        chain(style).reduce(into: Numbering()) { result, id in
            guard let style = styles[id] else { return }
            if result.list == nil { result.list = style.numbering.list }
            if result.level == nil { result.level = style.numbering.level }
        }
    }

    /// A style and those that it is based on, nearest first.
    func chain(_ style: String?) -> [String] {
        var chain: [String] = []
        var next = style ?? standard
        while let id = next, !chain.contains(id), chain.count < 32 {
            chain.append(id)
            next = styles[id]?.basedOn
        }
        return chain
    }

    /// Whether paragraphs of a style are headings.
    func isHeading(_ style: String?) -> Bool {
        chain(style).contains { styles[$0]?.name.hasPrefix("heading ") == true }
    }
}

extension WordStyles.Numbering {
    /// - Parameter element: `w:numPr`.
    init(_ element: MarkupElement) {
        list = element.first("w:numId")?["w:val"]
        level = element.first("w:ilvl")?["w:val"].flatMap { Int($0) }.map { min(max($0, 0), 8) }
    }
}
