/// A paragraph, heading, cell or the like of a web page, or what holds such.
final class PageBlock {
    let name: String
    /// What the page's author calls it: class, ID and role, in lower case.
    let hints: String
    let attributes: [MarkupAttribute]
    /// The text with its markup, of a block that holds no others.
    var inline: [MarkupElement.Node] = []
    var children: [PageBlock] = [] {
        didSet { for child in children { child.parent = self } }
    }
    private(set) weak var parent: PageBlock?
    /// How much text is in it.
    private(set) var measure = TextMeasure()

    init(_ name: String, _ tag: MarkupTag? = nil, inline: [MarkupElement.Node] = [], children: [PageBlock] = []) {
        self.name = name
        attributes = tag?.attributes ?? []
        hints = ["class", "id", "role", "itemprop"].compactMap { tag?[$0] }.joined(separator: " ").lowercased()
        self.inline = inline
        self.children = children
        for child in children { child.parent = self }
        measure = children.reduce(into: TextMeasure(inline)) { $0 += $1.measure }
    }

    var isHeading: Bool { name.count == 2 && name.first == "h" && name.last!.isNumber }
    var isLeaf: Bool { children.isEmpty }

    /// The text without markup, blanks made single.
    var text: String {
        let own = inline.map { node -> String in
            switch node {
            case .text(let text): text
            case .element(let element): element.name == "br" ? " " : element.text
            }
        }.joined()
        return ([own] + children.map(\.text)).joined(separator: " ").split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
    }

    /// The blocks that hold no others, in order.
    var leaves: [PageBlock] { isLeaf ? [self] : children.flatMap(\.leaves) }

    func holds(_ other: PageBlock) -> Bool {
        var next: PageBlock? = other
        while let block = next {
            if block === self { return true }
            next = block.parent
        }
        return false
    }

    /// Takes blocks out wherever they are, and what is empty without them.
    func remove(where isLeftOut: (PageBlock) -> Bool) {
        children = children.filter { !isLeftOut($0) }
        for child in children { child.remove(where: isLeftOut) }
        children.removeAll { $0.isLeaf && $0.inline.isEmpty && $0.measure.all > 0 }
    }
}

/// How much a text says, in Han characters, two and a half letters of which count as one.
struct TextMeasure {
    private(set) var all = 0.0
    /// What of it leads elsewhere.
    private(set) var links = 0.0
    private(set) var linkCount = 0
    /// Whether a sentence ends in it.
    private(set) var hasSentence = false

    init() {}

    init(_ inline: [MarkupElement.Node]) { add(inline, isLink: false) }

    private mutating func add(_ nodes: [MarkupElement.Node], isLink: Bool) {
        for node in nodes {
            switch node {
            case .text(let text): add(text, isLink)
            case .element(let element):
                if element.name == "a" { linkCount += 1 }
                add(element.children, isLink: isLink || element.name == "a")
            }
        }
    }

    private mutating func add(_ text: String, _ isLink: Bool) {
        var amount = 0.0
        for scalar in text.unicodeScalars {
            if scalar.value >= 0x2E80 { amount += 1 } else if scalar.properties.isAlphabetic { amount += 0.4 }
            if "。！？；.!?;".unicodeScalars.contains(scalar) { hasSentence = hasSentence || !isLink }
        }
        all += amount
        if isLink { links += amount }
    }

    static func += (left: inout TextMeasure, right: TextMeasure) {
        left.all += right.all
        left.links += right.links
        left.linkCount += right.linkCount
        left.hasSentence = left.hasSentence || right.hasSentence
    }

    var linkShare: Double { all > 0 ? links / all : linkCount > 0 ? 1 : 0 }
    /// Whether people read it, rather than choose from it.
    var isProse: Bool { linkShare < 0.33 && (all >= 20 || all >= 8 && hasSentence) }
}
