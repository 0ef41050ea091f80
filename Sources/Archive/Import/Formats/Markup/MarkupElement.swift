import History

/// An element with all that is in it.
final class MarkupElement {
    enum Node {
        case element(MarkupElement)
        case text(String)
    }

    var tag: MarkupTag
    var children: [Node]

    init(_ tag: MarkupTag, _ children: [Node] = []) {
        self.tag = tag
        self.children = children
    }

    convenience init(_ name: String, _ attributes: [(String, String)] = [], _ children: [Node] = []) {
        self.init(
            MarkupTag(name: name, attributes: attributes.map { MarkupAttribute(name: $0.0, value: $0.1) }), children)
    }

    var name: String { tag.name }

    subscript(_ attribute: String) -> String? { tag[attribute] }

    var elements: some Sequence<MarkupElement> {
        children.lazy.compactMap { node in
            if case .element(let element) = node { element } else { nil }
        }
    }

    func first(_ name: String) -> MarkupElement? { elements.first { $0.name == name } }

    /// All elements of a name within, in order, but for those within one of them.
    func all(_ name: String) -> [MarkupElement] {
        elements.flatMap { $0.name == name ? [$0] : $0.all(name) }
    }

    /// The beginning of the text within, of about so many bytes; of very many elements without text no more than that.
    func beginning(_ count: Int) -> String {
        var (text, left) = ("", 20_000)
        func add(_ element: MarkupElement) {
            for node in element.children where text.utf8.count < count && left > 0 {
                left -= 1
                switch node {
                case .text(let part): text += part.prefix(count)
                case .element(let child): add(child)
                }
            }
        }
        add(self)
        return text
    }

    /// How many elements are within each other at most.
    var depth: Int { 1 + (elements.map(\.depth).max() ?? 0) }

    /// All text within.
    var text: String {
        children.reduce(into: "") { text, node in
            switch node {
            case .text(let part): text += part
            case .element(let element): text += element.text
            }
        }
    }
}
