import Foundation

/// Finds the notes of web pages and books, however they are linked: by `epub:type`, as lists that links lead to, beside links that lead back,
/// or as pictures whose description is the note. Each is taken out of the text, and what refers to it becomes a reference.
struct NoteFinder {
    /// The name of the element that stands for a reference, with the note's number.
    static let reference = "note-reference"

    /// The notes by their numbers, from 1.
    private(set) var notes: [MarkupElement] = []
    /// Marks of notes that are not there.
    private(set) var deadMarks = 0

    private let documents: [(path: String, body: MarkupElement)]
    private var places: [ObjectIdentifier: Place] = [:]
    private var targets: [String: MarkupElement] = [:]
    private var links: [(element: MarkupElement, path: String)] = []
    private var numbers: [ObjectIdentifier: Int] = [:]

    private struct Place {
        let parent: MarkupElement?
        /// Which element it is, in the order of all documents.
        let order: Int
    }

    /// - Parameter documents: with their paths, which links between them name.
    init(_ documents: [(path: String, body: MarkupElement)]) {
        self.documents = documents
        for (path, body) in documents { index(body, nil, path) }
    }

    private mutating func index(_ element: MarkupElement, _ parent: MarkupElement?, _ path: String) {
        places[ObjectIdentifier(element)] = Place(parent: parent, order: places.count)
        for id in [element["id"], element["xml:id"], element.name == "a" ? element["name"] : nil].compactMap({ $0 })
        where targets["\(path)#\(id)"] == nil {
            targets["\(path)#\(id)"] = element
        }
        if element.name == "a", element["href"]?.contains("#") == true { links.append((element, path)) }
        if element.name == "img", NoteLinks.describedNote(element) != nil { links.append((element, path)) }
        for child in element.elements { index(child, element, path) }
    }

    /// Takes the notes out of the documents.
    mutating func run() {
        var back: [MarkupElement] = []
        var references: [(link: MarkupElement, note: MarkupElement)] = []
        for (link, path) in links {
            if let text = NoteLinks.describedNote(link) {
                references.append((link, MarkupElement("div", [], [.text(text)])))
                continue
            }
            let target = targets[Self.resolved(link["href"] ?? "", from: path)]
            guard let target else {
                if NoteLinks.isMark(link), isRaised(link) || NoteLinks.isBracketed(link.text) { removeDead(link) }
                continue
            }
            if isBackLink(link, to: target) {
                back.append(link)
            } else if let note = note(of: link, at: target) {
                references.append((link, note))
            }
        }
        let found = Set(references.map { ObjectIdentifier($0.note) })
        for link in back where ancestors(link).contains(where: { found.contains(ObjectIdentifier($0)) }) {
            remove(link)
        }
        for (link, note) in references { refer(link, to: note) }
        for note in notes {
            if note.name == "dd", let term = term(of: note) { remove(term) }
            remove(note)
        }
    }

    // MARK: Links

    /// `path#id` of where a link leads.
    private static func resolved(_ address: String, from path: String) -> String {
        let parts = address.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map {
            $0.removingPercentEncoding ?? String($0)
        }
        guard parts.count == 2 else { return "" }
        return parts[0].isEmpty ? "\(path)#\(parts[1])" : "\(BookPath.resolved(parts[0], from: path))#\(parts[1])"
    }

    private func order(_ element: MarkupElement) -> Int { places[ObjectIdentifier(element)]?.order ?? 0 }
    private func parent(_ element: MarkupElement) -> MarkupElement? { places[ObjectIdentifier(element)]?.parent }

    /// An element and those that hold it, the nearest first.
    private func ancestors(_ element: MarkupElement) -> [MarkupElement] {
        var all = [element]
        while let next = parent(all[all.count - 1]) { all.append(next) }
        return all
    }

    private func block(_ element: MarkupElement) -> MarkupElement? {
        ancestors(element).first { NoteLinks.blocks.contains($0.name) }
    }

    private func isRaised(_ element: MarkupElement) -> Bool {
        ancestors(element).prefix(4).contains { $0.name == "sup" } || !element.all("sup").isEmpty
    }

    /// A link from a note to where it is referred to.
    private func isBackLink(_ link: MarkupElement, to target: MarkupElement) -> Bool {
        if NoteLinks.isNamed(link, NoteLinks.backNames) { return true }
        let holder = ancestors(link).dropFirst().first { NoteLinks.isNamed($0, NoteLinks.noteNames) }
        if let holder, !ancestors(target).contains(where: { $0 === holder }) { return true }
        guard order(target) < order(link), let block = block(link) else { return false }
        let text = block.beginning(200).drop { $0.isWhitespace }
        return NoteLinks.isArrow(link.text)
            || NoteLinks.isMark(link) && text.hasPrefix(link.text.drop { $0.isWhitespace })
    }

    /// The note that a link leads to; `nil` if it is no reference to one.
    private func note(of link: MarkupElement, at target: MarkupElement) -> MarkupElement? {
        let isSaid = NoteLinks.isNamed(link, NoteLinks.referenceNames)
        guard isSaid || NoteLinks.isMark(link) else { return nil }
        let around = ancestors(target)
        if let note = around.prefix(4).first(where: {
            NoteLinks.isNamed($0, NoteLinks.noteNames) && !ancestors(link).contains($0)
        }) {
            return around.first { $0 === note }
        }
        guard let block = block(target), NoteLinks.noteBlocks.contains(block.name), order(target) > order(link),
            !ancestors(link).contains(block), NoteLinks.isShort(block)
        else { return nil }
        // A link that is all of its line leads to a chapter.
        let own = self.block(link)?.beginning(200).split(whereSeparator: \.isWhitespace).joined() ?? ""
        guard isSaid || isRaised(link) || own.count > link.text.count + 4 else { return nil }
        guard block.name == "dt", let list = parent(block) else { return block }
        let items = Array(list.elements)
        return items.firstIndex { $0 === block }.flatMap { $0 + 1 < items.count ? items[$0 + 1] : nil } ?? block
    }

    /// The element before a note in a list of terms, which is its number.
    private func term(of note: MarkupElement) -> MarkupElement? {
        guard let items = parent(note).map({ Array($0.elements) }),
            let place = items.firstIndex(where: { $0 === note }),
            place > 0, items[place - 1].name == "dt", items[place - 1].text.count < 10
        else { return nil }
        return items[place - 1]
    }

    // MARK: Changes

    private mutating func refer(_ link: MarkupElement, to note: MarkupElement) {
        let id = ObjectIdentifier(note)
        if numbers[id] == nil {
            notes.append(note)
            numbers[id] = notes.count
            NoteLinks.strip(link.text, from: note)
        }
        let mark = MarkupElement(Self.reference, [("number", "\(numbers[id]!)")])
        replace(raised(link), with: [.element(mark)])
    }

    private mutating func removeDead(_ link: MarkupElement) {
        deadMarks += 1
        remove(link)
    }

    /// What raises a link and nothing else, or the link.
    private func raised(_ link: MarkupElement) -> MarkupElement {
        guard let outer = parent(link), ["sup", "span", "small"].contains(outer.name),
            outer.text.filter({ !$0.isWhitespace }) == link.text.filter({ !$0.isWhitespace })
        else { return link }
        return raised(outer)
    }

    private func remove(_ element: MarkupElement) { replace(raised(element), with: []) }

    private func replace(_ element: MarkupElement, with nodes: [MarkupElement.Node]) {
        guard let parent = parent(element) else { return }
        parent.children = parent.children.flatMap { node -> [MarkupElement.Node] in
            if case .element(let child) = node, child === element { return nodes }
            return [node]
        }
    }
}

extension [MarkupElement] {
    fileprivate func contains(_ element: MarkupElement) -> Bool { contains { $0 === element } }
}
