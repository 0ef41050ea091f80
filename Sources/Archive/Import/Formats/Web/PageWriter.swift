/// Writes blocks as HTML for the converter, without what only browsers need.
struct PageWriter {
    private var writer = MarkupWriter()

    /// - Parameter notes: by their numbers, from 1.
    static func page(_ blocks: [PageBlock], notes: [MarkupElement] = []) -> [UInt8] {
        var page = PageWriter()
        page.writer.start(MarkupTag(name: "html"))
        page.writer.start(MarkupTag(name: "body"))
        for block in blocks { page.write(block) }
        for (number, note) in zip(1..., notes) {
            page.write(PageBlock("p", inline: [.text(TextMark.text(.noteText, number))]))
            page.write(PageBuilder().block(MarkupElement("div", [], note.children)))
        }
        page.writer.end("body")
        page.writer.end("html")
        return page.writer.bytes
    }

    private static let kept: Set<String> = ["colspan", "rowspan", "start"]
    /// What a converter takes for something else than a part of the page.
    private static let plain: Set<String> = [
        "body", "section", "article", "main", "center", "figure", "details", "header", "footer", "nav", "aside",
        "hgroup",
        "fieldset", "menu", "dir", "figcaption", "address", "summary", "legend",
    ]

    private mutating func write(_ block: PageBlock) {
        let name = Self.plain.contains(block.name) ? block.isLeaf ? "p" : "div" : block.name
        var attributes = block.attributes.filter { Self.kept.contains($0.name) }
        if name == "pre" { attributes = [MarkupAttribute(name: "class", value: "text")] }
        writer.start(MarkupTag(name: name, attributes: attributes))
        for node in block.inline { write(node) }
        var children = block.children[...]
        // Text before a list within an item is no paragraph of its own, which would set all items apart.
        if name == "li", let first = children.first, first.name == "p", first.isLeaf,
            children.dropFirst().allSatisfy({ $0.name == "ul" || $0.name == "ol" })
        {
            for node in first.inline { write(node) }
            children.removeFirst()
        }
        for child in children { write(child) }
        writer.end(name)
    }

    private mutating func write(_ node: MarkupElement.Node) {
        guard case .element(let element) = node else { return writer.write(node) }
        switch element.name {
        case "br": writer.start(element.tag)
        case "img": writer.start(element.tag)
        case "a" where !PageInlines.isLive(element["href"] ?? ""): for child in element.children { write(child) }
        default:
            writer.start(element.tag)
            for child in element.children { write(child) }
            writer.end(element.name)
        }
    }
}
