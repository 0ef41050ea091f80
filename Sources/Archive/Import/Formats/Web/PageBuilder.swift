/// Makes blocks of a page's elements: each holds either text or other blocks. What people do not read is left out, and tables that only lay
/// the page out are laid open.
struct PageBuilder {
    private var inlines: PageInlines

    init(_ inlines: PageInlines = PageInlines()) { self.inlines = inlines }

    static let unread: Set<String> = [
        "script", "style", "template", "svg", "iframe", "object", "embed", "button", "select", "input", "textarea",
        "canvas",
        "audio", "video", "map", "head", "link", "meta", "title", "noframes", "dialog",
    ]
    private static let texts: Set<String> = [
        "p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dt", "caption", "figcaption", "address", "summary", "legend",
    ]
    private static let containers: Set<String> = [
        "body", "div", "section", "article", "main", "center", "blockquote", "ul", "ol", "li", "dl", "dd", "table",
        "tr", "td",
        "th", "figure", "details", "header", "footer", "nav", "aside", "hgroup", "fieldset", "menu", "dir",
    ]
    /// Whose only paragraph is their text.
    private static let tight: Set<String> = ["li", "td", "th", "dd"]

    func block(_ element: MarkupElement) -> PageBlock {
        var children = blocks(in: element)
        if element.name == "table" { return table(element, children) }
        if Self.tight.contains(element.name), children.count == 1, children[0].name == "p" {
            let isCell = element.name == "td" || element.name == "th"
            return PageBlock(
                element.name, element.tag, inline: isCell ? Self.onOneLine(children[0].inline) : children[0].inline)
        }
        if Self.texts.contains(element.name) {
            let text = children.first { $0.name == "p" && $0.isLeaf }
            let own = PageBlock(element.name, element.tag, inline: text?.inline ?? [])
            children.removeAll { $0 === text }
            return children.isEmpty ? own : PageBlock("div", element.tag, children: [own] + children)
        }
        return PageBlock(element.name, element.tag, children: children)
    }

    /// Without line breaks, with which a cell would make a drawing of its table.
    private static func onOneLine(_ nodes: [MarkupElement.Node]) -> [MarkupElement.Node] {
        nodes.map { node in
            if case .element(let element) = node, element.name == "br" { .text(" ") } else { node }
        }
    }

    private func blocks(in element: MarkupElement) -> [PageBlock] {
        var blocks: [PageBlock] = []
        var run: [MarkupElement.Node] = []
        let keepsBlanks = element.name == "pre"
        func flush() {
            let paragraphs = keepsBlanks ? [run] : inlines.paragraphs(run)
            blocks += paragraphs.filter { !$0.isEmpty }.map { PageBlock("p", inline: $0) }
            run = []
        }
        func read(_ element: MarkupElement) {
            for child in element.children {
                guard case .element(let inner) = child else {
                    run.append(child)
                    continue
                }
                if Self.isUnread(inner) { continue }
                if Self.texts.contains(inner.name) || Self.containers.contains(inner.name) {
                    flush()
                    let made = block(inner)
                    if made.measure.all > 0 || made.measure.linkCount > 0 || !made.text.isEmpty || Self.hasPicture(made)
                    {
                        blocks.append(made)
                    }
                } else if inner.name == "hr" {
                    flush()
                } else if Self.holdsBlocks(inner) {
                    read(inner)
                } else {
                    run.append(child)
                }
            }
        }
        read(element)
        flush()
        return blocks
    }

    private static func hasPicture(_ block: PageBlock) -> Bool {
        block.leaves.contains { leaf in
            leaf.inline.contains { node in
                if case .element(let element) = node {
                    element.name == "img" || !element.all("img").isEmpty
                } else {
                    false
                }
            }
        }
    }

    private static func isUnread(_ element: MarkupElement) -> Bool {
        if unread.contains(element.name) || element["hidden"] != nil || element["aria-hidden"] == "true" { return true }
        let style = element["style"]?.lowercased().replacing(" ", with: "") ?? ""
        return style.contains("display:none") || style.contains("visibility:hidden")
    }

    private static func holdsBlocks(_ element: MarkupElement) -> Bool {
        element.elements.contains {
            texts.contains($0.name) || containers.contains($0.name) || $0.name == "tbody" || holdsBlocks($0)
        }
    }

    // MARK: Tables

    private func table(_ element: MarkupElement, _ rows: [PageBlock]) -> PageBlock {
        let table = PageBlock("table", element.tag, children: rows)
        guard Self.isLayout(table, element) else { return table }
        let cells = rows.flatMap { $0.name == "tr" ? $0.children : [$0] }.map { cell in
            cell.isLeaf ? PageBlock("p", inline: cell.inline) : PageBlock("div", children: cell.children)
        }
        return PageBlock("div", element.tag, children: cells)
    }

    /// Whether a table only places things: one with a single row or column, with tables, headings or long prose in it.
    private static func isLayout(_ table: PageBlock, _ element: MarkupElement) -> Bool {
        if element["role"] == "presentation" { return true }
        let rows = table.children.filter { $0.name == "tr" }
        let cells = rows.flatMap(\.children)
        if cells.contains(where: { $0.name == "th" }) || table.children.contains(where: { $0.name == "caption" }) {
            return false
        }
        if rows.count <= 1 || rows.allSatisfy({ $0.children.count <= 1 }) { return true }
        return cells.contains { cell in
            cell.measure.all > 300 || !element.all("table").isEmpty || cell.leaves.contains(where: \.isHeading)
                || cell.children.count(where: { $0.measure.isProse }) > 2
        }
    }
}
