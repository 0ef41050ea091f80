import History
import Prose

/// The changes that a Word document keeps track of, with one answer to all of them.
struct WordChanges {
    enum Answer { case accept, reject }

    let answer: Answer
    /// Who made them, in the order in which they are met.
    private(set) var authors: [String] = []
    /// When the last one was made.
    private(set) var last: Timestamp?
    private(set) var isAny = false

    init(_ answer: Answer) { self.answer = answer }

    private static let insertions: Set<String> = ["w:ins", "w:moveTo", "w:cellIns"]
    private static let deletions: Set<String> = ["w:del", "w:moveFrom", "w:cellDel"]
    /// What a change of properties keeps of how it was.
    private static let formerProperties: Set<String> = ["w:pPrChange", "w:rPrChange"]

    /// Whether what an element marks stays; `nil` if the element marks no change.
    mutating func keeps(_ tag: MarkupTag) -> Bool? {
        let isInsertion = Self.insertions.contains(tag.name)
        guard isInsertion || Self.deletions.contains(tag.name) else { return nil }
        note(tag)
        return isInsertion == (answer == .accept)
    }

    /// Whether all changes in the properties of a row, a cell or a paragraph's mark let it stay.
    mutating func keeps(in properties: MarkupElement?) -> Bool {
        (properties?.elements).map { Array($0) }?.reduce(true) { kept, element in
            let keeps = self.keeps(element.tag) ?? true
            return kept && keeps
        } ?? true
    }

    /// The properties of a paragraph or a run as they are after the answer.
    mutating func settled(_ properties: MarkupElement) -> MarkupElement {
        let former = properties.elements.first { Self.formerProperties.contains($0.name) }
        guard let former, answer == .reject, let inner = former.first(properties.name) else { return properties }
        note(former.tag)
        // The mark of the paragraph has properties of its own, which this change is not about.
        let own = properties.elements.filter { $0.name == "w:rPr" }
        return MarkupElement(properties.tag, inner.children + own.map { .element($0) })
    }

    private mutating func note(_ tag: MarkupTag) {
        isAny = true
        if let author = tag["w:author"], !author.isEmpty, !authors.contains(author), authors.count < 100 {
            authors.append(author)
        }
        if let date = tag["w:date"].flatMap({ Timestamp(word: $0) }) { last = max(last ?? date, date) }
    }
}

extension Timestamp {
    /// Reads what Word writes: `2031-04-05T09:30:00Z`, also without `Z` or with an offset.
    init?(word text: String) {
        guard let time = Timestamp(text.prefix(19) + ".000Z") else { return nil }
        let sign: Int64 = text.dropFirst(19).contains("-") ? -1 : 1
        let offset = text.dropFirst(19).split(whereSeparator: { $0 == "+" || $0 == "-" }).last?.split(separator: ":")
            .compactMap { Int64($0) }
        let minutes = offset?.count == 2 ? sign * (offset![0] * 60 + offset![1]) : 0
        self.init(milliseconds: time.milliseconds - minutes * 60_000)
    }
}
