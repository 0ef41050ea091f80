import History
import Prose

/// The comments of a Word document.
struct WordComments {
    struct Comment {
        var author: String?
        var written: Timestamp?
        var text: String
        /// The number of the comment that it answers.
        var parent: Int?
        /// Whether it was marked as done.
        var isDone = false
        /// What other parts call it: the ID of its last paragraph.
        fileprivate var paragraph: String?
    }

    private(set) var all: [Comment] = []
    /// Each comment's number by its ID.
    private(set) var number: [String: Int] = [:]

    private static let most = 100_000

    init() {}

    init(_ package: WordPackage) throws {
        guard let reader = try package.reader(.comments) else { return }
        while all.count < Self.most, let event = try reader.next() {
            guard case .start(let tag) = event, tag.name == "w:comment" else { continue }
            let element = try reader.element(tag)
            guard let id = tag["w:id"], number[id] == nil else { continue }
            number[id] = all.count
            all.append(Comment(element))
        }
        if let reader = try package.reader(.commentsExtended) { try readThreads(reader) }
    }

    /// Which comment answers which (`commentsExtended.xml`, [MS-DOCX] 2.5.4).
    private mutating func readThreads(_ reader: MarkupReader) throws {
        let byParagraph = Dictionary(all.indices.compactMap { index in all[index].paragraph.map { ($0, index) } }) {
            first, _ in first
        }
        while let event = try reader.next() {
            guard case .start(let tag) = event, tag.name == "w15:commentEx",
                let index = tag["w15:paraId"].flatMap({ byParagraph[$0] })
            else { continue }
            let parent = tag["w15:paraIdParent"].flatMap { byParagraph[$0] }
            // Word writes an answer after what it answers.
            if let parent, parent < index { all[index].parent = parent }
            all[index].isDone = ["1", "true", "on"].contains(tag["w15:done"] ?? "")
        }
    }
}

extension WordComments.Comment {
    fileprivate init(_ element: MarkupElement) {
        let paragraphs = element.all("w:p")
        author = element["w:author"].flatMap { $0.isEmpty ? nil : $0 }
        written = element["w:date"].flatMap { Timestamp(word: $0) }
        text = paragraphs.map(Self.text).joined(separator: "\n")
        while text.last?.isWhitespace == true { text.removeLast() }
        paragraph = paragraphs.last?["w14:paraId"]
    }

    private static func text(_ element: MarkupElement) -> String {
        element.elements.reduce(into: "") { text, child in
            switch child.name {
            case "w:t": text += child.text
            case "w:tab": text += "\t"
            case "w:br", "w:cr": text += "\n"
            case "w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:rt": break
            default: text += Self.text(child)
            }
        }
    }
}
