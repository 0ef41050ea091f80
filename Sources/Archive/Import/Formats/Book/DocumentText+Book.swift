import History
import Prose

extension DocumentText {
    /// The text of an e-book, part after part.
    static func book(_ data: [UInt8], _ options: ImportOptions) throws -> DocumentText {
        let package = try BookPackage(data)
        let (texts, missing) = try package.texts()
        var parts: [(path: String, body: MarkupElement)] = []
        for (path, text) in texts where !options.isStopped() {
            guard let tree = try WebPage.tree(text) else {
                throw ArchiveError(.badInput, "\(path) in it is too large or too deep")
            }
            parts.append((path, WebPage.body(tree)))
        }
        var notes = NoteFinder(parts)
        notes.run()
        let blocks = parts.enumerated().flatMap { number, part in
            [PageBlock("p", inline: [.text(TextMark.text(.part, number))]), contents(PageBuilder().block(part.body))]
        }
        let (markdown, version) = try options.converters.text(
            of: PageWriter.page(blocks, notes: notes.notes), format: .html, by: .pandoc, until: options.isStopped)
        let about = FrontMatter(saying: [
            ("title", package.title),
            ("author", package.authors.isEmpty ? nil : package.authors.joined(separator: ", ")),
            ("date", package.date), ("lang", package.language),
        ])
        var document = try DocumentText(
            converted: NoteText.placed(PandocMarkdown.plain(markdown)), encoding: nil, version, about: about,
            title: package.title, fallbackTitle: package.title)
        if missing > 0 {
            document.losses.append("\(counted(missing, "part")) that it names \(missing == 1 ? "is" : "are") not in it")
        }
        if notes.deadMarks > 0 {
            document.losses.append(
                "\(counted(notes.deadMarks, "mark")) of notes that are not in it \(notes.deadMarks == 1 ? "is" : "are") left out"
            )
        }
        return document
    }

    /// A part that mostly leads to others, which is a table of contents, with its entries in one line, so that none is taken for the title
    /// that it names; any other part as it is.
    private static func contents(_ part: PageBlock) -> PageBlock {
        let leaves = part.leaves.filter { $0.measure.all > 0 || $0.measure.linkCount > 0 }
        let links = leaves.filter { $0.measure.linkShare > 0.8 }
        guard links.count >= 3, links.count * 4 >= leaves.count * 3 else { return part }
        var blocks: [PageBlock] = []
        var entries: [MarkupElement.Node] = []
        for leaf in leaves {
            if leaf.measure.linkShare > 0.8 {
                entries += (entries.isEmpty ? [] : [.text(" / ")]) + leaf.inline
            } else {
                if !entries.isEmpty { blocks.append(PageBlock("p", inline: entries)) }
                entries = []
                blocks.append(leaf)
            }
        }
        return PageBlock("div", children: blocks + (entries.isEmpty ? [] : [PageBlock("p", inline: entries)]))
    }
}
