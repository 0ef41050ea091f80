/// Writes XML.
struct MarkupWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ node: MarkupElement.Node) {
        switch node {
        case .element(let element): write(element)
        case .text(let text): write(text: text)
        }
    }

    mutating func write(_ element: MarkupElement) {
        start(element.tag)
        for child in element.children { write(child) }
        end(element.name)
    }

    mutating func start(_ tag: MarkupTag) {
        bytes.append(UInt8(ascii: "<"))
        bytes += tag.name.utf8
        for attribute in tag.attributes {
            bytes.append(0x20)
            bytes += attribute.name.utf8
            bytes += "=\"".utf8
            write(text: attribute.value)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ">"))
    }

    mutating func end(_ name: String) {
        bytes += "</".utf8
        bytes += name.utf8
        bytes.append(UInt8(ascii: ">"))
    }

    mutating func write(text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): bytes += "&lt;".utf8
            case UInt8(ascii: ">"): bytes += "&gt;".utf8
            case UInt8(ascii: "&"): bytes += "&amp;".utf8
            case UInt8(ascii: "\""): bytes += "&quot;".utf8
            default: bytes.append(byte)
            }
        }
    }

    /// Takes back what was written after the first bytes.
    mutating func cut(to count: Int) { bytes.removeLast(bytes.count - count) }
}
