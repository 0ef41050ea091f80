/// What is in a paragraph, rewritten: changes are settled, wrappers laid open, comments made marks, text boxes taken out, and of ruby the base
/// is left.
struct WordInline {
    private(set) var nodes: [MarkupElement.Node] = []
    /// The text boxes that hang on the paragraph.
    private(set) var boxes: [MarkupElement] = []
    /// Marks that belong to the text that follows.
    private(set) var pending: String
    private(set) var changes: WordChanges
    private(set) var losses: WordLosses
    /// The last text, which takes the ends of comments.
    private var last: MarkupElement?
    private let comments: WordComments

    init(_ changes: WordChanges, _ losses: WordLosses, _ comments: WordComments, pending: String) {
        (self.changes, self.losses, self.comments, self.pending) = (changes, losses, comments, pending)
    }

    private static let open: Set<String> = [
        "w:smartTag", "w:sdt", "w:sdtContent", "w:customXml", "w:fldSimple", "w:dir", "w:bdo",
    ]
    private static let kept: Set<String> = ["w:bookmarkStart", "w:bookmarkEnd", "m:oMath", "m:oMathPara"]

    /// - Parameter element: a paragraph.
    mutating func add(_ element: MarkupElement) {
        nodes += read(element)
        // What the rest of the paragraph does not take.
        if let last, !pending.isEmpty {
            append(pending, to: last)
            pending = ""
        }
    }

    private mutating func read(_ element: MarkupElement) -> [MarkupElement.Node] {
        var result: [MarkupElement.Node] = []
        for child in element.elements {
            if let keeps = changes.keeps(child.tag) {
                if keeps { result += read(child) }
                continue
            }
            switch child.name {
            case "w:r":
                let run = MarkupElement(child.tag, run(child))
                if run.elements.contains(where: { $0.name != "w:rPr" }) { result.append(.element(run)) }
            case "w:hyperlink": result.append(.element(MarkupElement(child.tag, read(child))))
            case "w:commentRangeStart", "w:commentRangeEnd": mark(child)
            case "mc:AlternateContent": result += Self.branch(child).map { read($0) } ?? []
            case let name where Self.open.contains(name): result += read(child)
            case let name where Self.kept.contains(name): result.append(.element(child))
            default: break
            }
        }
        return result
    }

    // MARK: Runs

    private mutating func run(_ element: MarkupElement) -> [MarkupElement.Node] {
        var result: [MarkupElement.Node] = []
        for child in element.elements {
            switch child.name {
            case "w:rPr": result.append(.element(runProperties(child)))
            case "w:t", "w:delText": result.append(.element(text(child)))
            case "w:delInstrText": result.append(.element(MarkupElement("w:instrText", [], child.children)))
            case "w:commentReference": mark(child)
            case "w:ruby": result += ruby(child.first("w:rubyBase"))
            case "w:drawing", "w:pict", "w:object", "mc:AlternateContent": result += graphic(child)
            case "w:lastRenderedPageBreak", "w:annotationRef": break
            default: result.append(.element(child))
            }
        }
        return result
    }

    private mutating func runProperties(_ element: MarkupElement) -> MarkupElement {
        let settled = changes.settled(element)
        return MarkupElement(settled.tag, settled.elements.filter { $0.name != "w:rPrChange" }.map { .element($0) })
    }

    private mutating func text(_ element: MarkupElement) -> MarkupElement {
        let (cleared, count) = TextMark.cleared(element.text)
        losses.characters += count
        let text = MarkupElement("w:t", [("xml:space", "preserve")], [.text(pending + cleared)])
        pending = ""
        last = text
        return text
    }

    private func append(_ mark: String, to text: MarkupElement) { text.children.append(.text(mark)) }

    /// The text below the signs that tell how it is read.
    private mutating func ruby(_ base: MarkupElement?) -> [MarkupElement.Node] {
        guard let base else { return [] }
        return read(base).flatMap { node -> [MarkupElement.Node] in
            guard case .element(let run) = node, run.name == "w:r" else { return [] }
            return run.elements.filter { $0.name != "w:rPr" }.map { .element($0) }
        }
    }

    // MARK: Comments

    private mutating func mark(_ element: MarkupElement) {
        guard let number = element["w:id"].flatMap({ comments.number[$0] }) else { return }
        let kind: TextMark.Kind =
            switch element.name {
            case "w:commentRangeStart": .start
            case "w:commentRangeEnd": .end
            default: .reference
            }
        let mark = TextMark.text(kind, number)
        // An end belongs to the text before it, unless its beginning waits for text itself.
        if kind != .start, pending.isEmpty, let last { append(mark, to: last) } else { pending += mark }
    }

    // MARK: Drawings

    /// The branch of an alternative that has more to read.
    static func branch(_ element: MarkupElement) -> MarkupElement? {
        let branches = element.elements.filter { $0.name == "mc:Choice" || $0.name == "mc:Fallback" }
        return branches.first { !$0.all("w:txbxContent").isEmpty } ?? branches.first
    }

    /// Takes the text boxes out; a picture stays, and what has no text is counted.
    private mutating func graphic(_ element: MarkupElement) -> [MarkupElement.Node] {
        let shown: [MarkupElement] =
            element.name == "mc:AlternateContent" ? Self.branch(element).map { Array($0.elements) } ?? [] : [element]
        return shown.flatMap { drawing -> [MarkupElement.Node] in
            let found = drawing.all("w:txbxContent")
            boxes += found
            let hasPicture = !drawing.all("a:blip").isEmpty || !drawing.all("v:imagedata").isEmpty
            if let object = drawing.all("o:OLEObject").first {
                let isEquation = object["ProgID"]?.hasPrefix("Equation") == true
                losses.embedded += isEquation ? 0 : 1
                losses.equations += isEquation ? 1 : 0
            } else if !drawing.all("c:chart").isEmpty || !drawing.all("dgm:relIds").isEmpty {
                losses.diagrams += 1
            }
            return hasPicture ? [.element(found.isEmpty ? drawing : Self.withoutBoxes(drawing))] : []
        }
    }

    private static func withoutBoxes(_ element: MarkupElement) -> MarkupElement {
        MarkupElement(
            element.tag,
            element.elements.filter { $0.name != "w:txbxContent" }.map { .element(withoutBoxes($0)) })
    }
}
