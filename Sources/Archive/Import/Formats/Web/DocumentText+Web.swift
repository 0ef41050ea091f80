import History
import Prose

extension DocumentText {
    /// The text of a web page: its article, or all of it.
    static func web(_ data: [UInt8], _ options: ImportOptions) throws -> DocumentText {
        let decoded = try HTMLDecoder.decode(data, as: options.encoding)
        let page = try WebPage(decoded.bytes, isWhole: options.wholePages)
        let (markdown, version) = try options.converters.text(
            of: page.bytes, format: .html, by: .pandoc, until: options.isStopped)
        let text = NoteText.placed(PandocMarkdown.plain(markdown))
        // Of a page that was not taken apart the converter tells what it says of itself.
        let said = page.metadata == nil ? FrontMatter.parse(text) : nil
        var document = try DocumentText(
            converted: Array(text[(said?.range.upperBound ?? 0)...]), encoding: decoded.encoding, version,
            about: page.metadata,
            title: page.title, fallbackTitle: page.title)
        document.losses += page.losses
        return document
    }
}

/// A web page, made ready for the converter.
struct WebPage {
    let bytes: [UInt8]
    let metadata: FrontMatter?
    let title: String?
    let losses: [String]

    /// - Parameters:
    ///   - page: in UTF-8.
    ///   - isWhole: whether what stands around the article is kept.
    init(_ page: [UInt8], isWhole: Bool) throws {
        let root = try Self.tree(page)
        guard let root else {
            // What cannot be taken apart is read as it is.
            (bytes, metadata, title) = (page, nil, nil)
            losses = ["the page is too large or too deep to look for its article; all of it is kept"]
            return
        }
        var said = PageMetadata(root.first("html") ?? root)
        let element = Self.body(root)
        var notes = NoteFinder([("", element)])
        notes.run()
        let body = PageBuilder().block(element)
        let title = PageTitle(body, said)
        for line in Self.bylines(body, title) { said.add(byline: line) }
        self.title = title.text
        metadata = said.frontMatter(title: title.text)
        guard !isWhole else {
            (bytes, losses) = (PageWriter.page([body], notes: notes.notes), [])
            return
        }
        let finder = ArticleFinder(body, title: title.block)
        var blocks = finder.blocks
        if let block = title.block { Self.head(&blocks, with: block) }
        bytes = PageWriter.page(blocks, notes: notes.notes)
        let amount = Int(finder.leftOut)
        losses = amount >= 200 ? ["text of some \(amount) characters around the article is left out"] : []
    }

    /// The page's elements; `nil` if there are too many, or so many within each other that libxml2 read no further.
    static func tree(_ page: [UInt8]) throws -> MarkupElement? {
        let reader = try MarkupReader(html: page)
        guard let root = try? reader.element(MarkupTag(name: "")) else { return nil }
        return root.depth < mostDepth ? root : nil
    }

    private static let headTags: Set<String> = ["title", "meta", "link", "script", "style", "base", "noscript"]

    /// All that people read of a page. libxml2 knows HTML 4: an `article` before any paragraph it takes for a part of the head.
    static func body(_ root: MarkupElement) -> MarkupElement {
        let body = MarkupElement("body")
        for element in root.first("html")?.elements.map({ $0 }) ?? [root] {
            switch element.name {
            case "head":
                body.children += element.elements.filter { !headTags.contains($0.name) }.map { .element($0) }
            case "body":
                body.children += element.children
            default: body.children.append(.element(element))
            }
        }
        return body
    }

    /// libxml2 gives up at 256.
    private static let mostDepth = 240

    /// Short lines between the title and the first paragraph, or before that.
    private static func bylines(_ body: PageBlock, _ title: PageTitle) -> [String] {
        let leaves = body.leaves
        let start = title.block.flatMap { block in leaves.firstIndex { $0 === block } } ?? 0
        return leaves[start...].prefix(12).filter { $0.measure.all < 80 && $0.measure.linkShare < 0.8 }.map(\.text)
    }

    /// Puts the title before the article as a heading of the first level.
    private static func head(_ blocks: inout [PageBlock], with title: PageBlock) {
        guard title.name != "h1" || !blocks.contains(where: { $0.holds(title) }) else { return }
        for block in blocks { block.remove { $0 === title } }
        blocks.removeAll { $0 === title }
        blocks.insert(PageBlock("h1", inline: title.inline), at: 0)
    }
}
