/// Rewrites a part of a Word document that holds text, so that any version of the converter reads all of it and nothing else: numbers
/// are text, changes settled, comments marks, text boxes paragraphs. One paragraph is in memory at a time.
final class WordBody {
    private var writer = MarkupWriter()
    private var counter: WordListCounter
    private let styles: WordStyles
    private let comments: WordComments
    private(set) var changes: WordChanges
    private(set) var losses = WordLosses()
    /// Marks of comments that stand between paragraphs.
    private var pending = ""
    /// Paragraphs whose mark is gone: what they hold begins the next one.
    private var carried: (properties: MarkupElement?, nodes: [MarkupElement.Node], boxes: [MarkupElement])?
    private var tables: [(start: Int, rows: Int, removed: Int)] = []
    private var starts: [Int] = []

    init(_ numbering: WordNumbering, _ styles: WordStyles, _ comments: WordComments, _ answer: WordChanges.Answer) {
        (self.styles, self.comments) = (styles, comments)
        counter = WordListCounter(numbering, styles)
        changes = WordChanges(answer)
    }

    private static let open: Set<String> = ["w:sdt", "w:sdtContent", "w:customXml", "w:smartTag"]
    private static let dropped: Set<String> = [
        "w:sdtPr", "w:sdtEndPr", "w:sectPr", "w:proofErr", "w:permStart", "w:permEnd", "w:tblPrExChange",
        "w:moveFromRangeStart", "w:moveFromRangeEnd", "w:moveToRangeStart", "w:moveToRangeEnd",
    ]

    /// The part as it is to be read.
    /// - Throws: `ArchiveError` if it is not well-formed.
    func rewritten(_ source: some MarkupSource) throws -> [UInt8] {
        writer = MarkupWriter()
        try blocks(source)
        return writer.bytes
    }

    private func blocks(_ source: some MarkupSource) throws {
        while let event = try source.next() {
            switch event {
            case .start(let tag): try start(tag, source)
            case .end(let name): try end(name)
            case .text: break
            }
        }
        try flush()
    }

    private func start(_ tag: MarkupTag, _ source: some MarkupSource) throws {
        if let keeps = changes.keeps(tag) {
            if !keeps { try source.skip() }
            return
        }
        switch tag.name {
        case "w:p": try paragraph(source.element(tag))
        case "w:document", "w:footnotes", "w:endnotes":
            var tag = tag
            tag.attributes.removeAll { attribute in
                WordPackage.declarations.contains { $0.name == attribute.name } || attribute.name == "mc:Ignorable"
            }
            tag.attributes += WordPackage.declarations
            writer.start(tag)
        case "w:commentRangeStart", "w:commentRangeEnd": try mark(source.element(tag))
        case "mc:AlternateContent":
            if let branch = WordInline.branch(try source.element(tag)) { try blocks(MarkupTree(in: branch)) }
        case "w:altChunk":
            losses.embedded += 1
            try source.skip()
        case "w:tbl":
            try flush()
            tables.append((writer.bytes.count, 0, 0))
            writer.start(tag)
        case "w:tr", "w:tc":
            starts.append(writer.bytes.count)
            writer.start(tag)
        case "w:trPr", "w:tcPr": try properties(source.element(tag), source)
        case "w:tblPr": writer.write(Self.unchanged(try source.element(tag)))
        // Without widths the converter draws plain tables where it can.
        case "w:tblGrid": writer.write(Self.withoutWidths(try source.element(tag)))
        case let name where Self.dropped.contains(name): try source.skip()
        case let name where Self.open.contains(name): break
        default: writer.start(tag)
        }
    }

    private func end(_ name: String) throws {
        switch name {
        case let name where Self.open.contains(name): break
        // Only what stays is read.
        case "w:ins", "w:del", "w:moveFrom", "w:moveTo": break
        case "w:tc":
            try flush()
            starts.removeLast()
            writer.end(name)
        case "w:tr":
            starts.removeLast()
            writer.end(name)
            if !tables.isEmpty { tables[tables.count - 1].rows += 1 }
        case "w:tbl":
            writer.end(name)
            if let table = tables.popLast(), table.rows == 0, table.removed > 0 { writer.cut(to: table.start) }
        default:
            try flush()
            writer.end(name)
        }
    }

    // MARK: Tables

    /// A row or cell that a change takes away goes with all that is in it.
    private func properties(_ element: MarkupElement, _ source: some MarkupSource) throws {
        guard changes.keeps(in: element) else {
            if let start = starts.popLast() { writer.cut(to: start) }
            if element.name == "w:trPr", !tables.isEmpty { tables[tables.count - 1].removed += 1 }
            return try source.skip()
        }
        writer.write(Self.unchanged(element))
    }

    private static func unchanged(_ properties: MarkupElement) -> MarkupElement {
        MarkupElement(
            properties.tag,
            properties.elements.filter { element in
                !element.name.hasSuffix("Change")
                    && !["w:ins", "w:del", "w:cellIns", "w:cellDel", "w:cellMerge"].contains(element.name)
            }.map { .element($0) })
    }

    private static func withoutWidths(_ grid: MarkupElement) -> MarkupElement {
        MarkupElement(
            grid.tag,
            grid.elements.filter { $0.name == "w:gridCol" }.map { _ in
                .element(MarkupElement("w:gridCol", [("w:w", "0")]))
            })
    }

    // MARK: Paragraphs

    private func paragraph(_ element: MarkupElement) throws {
        let properties = element.first("w:pPr").map { changes.settled($0) }
        var inline = WordInline(changes, losses, comments, pending: pending)
        inline.add(element)
        (changes, losses, pending) = (inline.changes, inline.losses, inline.pending)
        let nodes = (carried?.nodes ?? []) + inline.nodes
        let boxes = (carried?.boxes ?? []) + inline.boxes
        carried = nil
        if changes.keeps(in: properties?.first("w:rPr")) {
            try write(properties, nodes, boxes)
        } else if !nodes.isEmpty || !boxes.isEmpty {
            carried = (properties, nodes, boxes)
        }
    }

    /// Writes what no paragraph follows that would take it.
    private func flush() throws {
        guard let (properties, nodes, boxes) = carried else { return }
        carried = nil
        try write(properties, nodes, boxes)
    }

    private func write(_ properties: MarkupElement?, _ nodes: [MarkupElement.Node], _ boxes: [MarkupElement]) throws {
        let style = properties?.first("w:pStyle")
        var direct = properties?.first("w:numPr").map { WordStyles.Numbering($0) } ?? WordStyles.Numbering()
        if let numbered = properties?.first("w:numPr"), !changes.keeps(in: numbered) {
            direct = WordStyles.Numbering(list: "0")
        }
        let label = counter.label(direct, style: style?["w:val"])
        let kept = ["w:pStyle", "w:framePr", "w:bidi"].compactMap { properties?.first($0) }
        writer.start(MarkupTag(name: "w:p"))
        writer.write(MarkupElement("w:pPr", [], kept.map { .element($0) }))
        switch label {
        case .number(let text): Self.begin(nodes, with: text).forEach { writer.write($0) }
        case .bullet(let level) where !styles.isHeading(style?["w:val"]):
            Self.begin(nodes, with: TextMark.text(.bullet, level)).forEach { writer.write($0) }
        default: nodes.forEach { writer.write($0) }
        }
        writer.end("w:p")
        for box in boxes { try blocks(MarkupTree(in: box)) }
    }

    /// A paragraph that begins with a label, which looks as what follows it does.
    private static func begin(_ nodes: [MarkupElement.Node], with label: String) -> [MarkupElement.Node] {
        for case .element(let element) in nodes
        where element.name != "w:bookmarkStart" && element.name != "w:bookmarkEnd" {
            guard element.name == "w:r", let first = element.elements.first(where: { $0.name != "w:rPr" }),
                first.name == "w:t"
            else { break }
            first.children.insert(.text(label), at: 0)
            return nodes
        }
        let text = MarkupElement("w:t", [("xml:space", "preserve")], [.text(label)])
        return [.element(MarkupElement("w:r", [], [.element(text)]))] + nodes
    }

    private func mark(_ element: MarkupElement) {
        guard let number = element["w:id"].flatMap({ comments.number[$0] }) else { return }
        pending += TextMark.text(element.name == "w:commentRangeStart" ? .start : .end, number)
    }
}
