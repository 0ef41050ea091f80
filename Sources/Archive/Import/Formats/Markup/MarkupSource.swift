import History

/// A piece of a marked-up document.
enum MarkupEvent {
    case start(MarkupTag)
    case end(name: String)
    case text(String)
}

/// What a marked-up document is read from, piece by piece.
protocol MarkupSource: AnyObject {
    /// The next piece; `nil` at the end.
    func next() throws -> MarkupEvent?
}

/// Reads what is in an element that was read as a whole.
final class MarkupTree: MarkupSource {
    private var open: [(element: MarkupElement, next: Int)]

    /// - Parameter element: what is in it is read, without itself.
    init(in element: MarkupElement) { open = [(element, 0)] }

    func next() -> MarkupEvent? {
        guard let (element, place) = open.last else { return nil }
        guard place < element.children.count else {
            open.removeLast()
            return open.isEmpty ? nil : .end(name: element.name)
        }
        open[open.count - 1].next += 1
        switch element.children[place] {
        case .text(let text): return .text(text)
        case .element(let child):
            open.append((child, 0))
            return .start(child.tag)
        }
    }
}

extension MarkupSource {
    /// The element whose beginning was read last, with all that is in it.
    /// - Throws: `ArchiveError` if it has too many parts.
    func element(_ tag: MarkupTag) throws -> MarkupElement {
        let root = MarkupElement(tag)
        var open = [root]
        var count = 0
        while let current = open.last, let event = try next() {
            switch event {
            case .start(let tag):
                count += 1
                guard count < maximumElements else {
                    throw ArchiveError(.badInput, "a part of it holds more than \(maximumElements) elements")
                }
                let element = MarkupElement(tag)
                current.children.append(.element(element))
                open.append(element)
            case .text(let text): current.children.append(.text(text))
            case .end: open.removeLast()
            }
        }
        return root
    }

    /// Passes over the rest of the element whose beginning was read last.
    func skip() throws {
        var depth = 1
        while depth > 0, let event = try next() {
            switch event {
            case .start: depth += 1
            case .end: depth -= 1
            case .text: break
            }
        }
    }
}

/// The most elements of one part of a document that is looked at as a whole, such as a paragraph.
private let maximumElements = 500_000
