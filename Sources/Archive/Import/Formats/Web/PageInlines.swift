import Foundation

/// The text of a page's blocks: what leads nowhere is only text, of ruby the base is left, and `data:` is dropped.
struct PageInlines {
    /// Whether a link's address is good outside the page.
    static func isLive(_ address: String) -> Bool {
        let address = address.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        return ["http://", "https://", "mailto:"].contains { address.hasPrefix($0) }
    }

    private static let emphasis: Set<String> = [
        "b", "strong", "i", "em", "code", "sub", "sup", "s", "del", "kbd", "tt", "q",
    ]
    private static let dropped: Set<String> = ["rt", "rp", "rtc", "wbr"]

    /// The paragraphs of a run of text: two line breaks, or one before an indent, part them.
    func paragraphs(_ nodes: [MarkupElement.Node]) -> [[MarkupElement.Node]] {
        var paragraphs: [[MarkupElement.Node]] = [[]]
        var breaks = 0
        for node in cleaned(nodes) {
            if case .element(let element) = node, element.name == "br" {
                breaks += 1
                continue
            }
            if case .text(let text) = node, breaks > 0, text.allSatisfy(\.isWhitespace), !Self.isIndent(text) {
                continue
            }
            let isParted = breaks > 1 || breaks == 1 && Self.beginsWithIndent(node)
            if isParted {
                paragraphs.append([])
            } else if breaks == 1 {
                paragraphs[paragraphs.count - 1].append(.element(MarkupElement("br")))
            }
            breaks = 0
            paragraphs[paragraphs.count - 1].append(node)
        }
        return paragraphs.map(Self.trimmed).filter { !$0.isEmpty }
    }

    private static func isIndent(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.value == 0x3000 || $0.value == 0xA0 }
    }

    private static func beginsWithIndent(_ node: MarkupElement.Node) -> Bool {
        guard case .text(let text) = node else { return false }
        return isIndent(String(text.prefix { $0.isWhitespace }))
    }

    /// Without blanks at both ends, indents among them.
    private static func trimmed(_ nodes: [MarkupElement.Node]) -> [MarkupElement.Node] {
        var nodes = nodes
        while case .text(let text)? = nodes.first {
            let rest = String(text.drop { $0.isWhitespace })
            if !rest.isEmpty {
                nodes[0] = .text(rest)
                break
            }
            nodes.removeFirst()
        }
        while case .text(let text)? = nodes.last {
            let rest = text.reversed().drop { $0.isWhitespace }
            if !rest.isEmpty {
                nodes[nodes.count - 1] = .text(String(rest.reversed()))
                break
            }
            nodes.removeLast()
        }
        return nodes
    }

    func cleaned(_ nodes: [MarkupElement.Node]) -> [MarkupElement.Node] {
        nodes.flatMap { node -> [MarkupElement.Node] in
            switch node {
            case .text(let text): [.text(TextMark.cleared(text).text)]
            case .element(let element): cleaned(element)
            }
        }
    }

    private func cleaned(_ element: MarkupElement) -> [MarkupElement.Node] {
        if PageBuilder.unread.contains(element.name) || Self.dropped.contains(element.name) { return [] }
        switch element.name {
        case "br": return [.element(MarkupElement("br"))]
        case NoteFinder.reference: return [.text(TextMark.text(.note, Int(element["number"] ?? "") ?? 0))]
        case "img": return picture(element)
        case "a":
            let text = cleaned(element.children)
            let address = element["href"] ?? ""
            // A link that leads nowhere still tells menus from prose, until the page is written.
            return text.isEmpty ? [] : [.element(MarkupElement("a", [("href", address)], text))]
        case let name where Self.emphasis.contains(name):
            let text = cleaned(element.children)
            return text.isEmpty ? [] : [.element(MarkupElement(name, [], text))]
        default: return cleaned(element.children)
        }
    }

    private func picture(_ element: MarkupElement) -> [MarkupElement.Node] {
        let text = element["alt"]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        if let address = element["src"], Self.isLive(address) {
            return [.element(MarkupElement("img", [("src", address), ("alt", text)]))]
        }
        return text.isEmpty ? [] : [.text(text)]
    }
}
