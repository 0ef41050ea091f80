/// Markdown with notes: `[^1]` where they are referred to, and each behind the section or part in which it is referred to first, so that it stays
/// with that when a book is cut.
struct NoteText {
    private var lines: [[UInt8]] = []
    private var notes: [Int: [[UInt8]]] = [:]
    private var waiting: [Int] = []
    private var result: [UInt8] = []

    /// - Parameter markdown: with marks for references, parts, and notes after all else.
    static func placed(_ markdown: [UInt8]) -> [UInt8] {
        guard markdown.contains(TextMark.lead[0]) else { return markdown }
        var text = NoteText(markdown)
        text.write()
        return text.result
    }

    private init(_ markdown: [UInt8]) {
        var note: Int?
        for line in markdown.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = Array(line)
            if let mark = TextMark.read(line, at: 0), mark.kind == .noteText {
                note = mark.number
                notes[mark.number] = []
            } else if let note {
                notes[note]!.append(line)
            } else {
                lines.append(line)
            }
        }
    }

    private mutating func write() {
        for line in lines {
            let isPart = TextMark.read(line, at: 0)?.kind == .part
            if isPart || line.first == UInt8(ascii: "#") { flush() }
            let isDouble = line.isEmpty && (result.isEmpty || result.suffix(2).elementsEqual("\n\n".utf8))
            if !isPart, !isDouble { append(line) }
        }
        flush()
        // What is referred to nowhere in the text is kept at its end.
        waiting = notes.keys.sorted()
        flush()
        while result.suffix(2).elementsEqual("\n\n".utf8) { result.removeLast() }
    }

    /// Writes the notes that were referred to, and those that they refer to.
    private mutating func flush() {
        guard !waiting.isEmpty else { return }
        while !waiting.isEmpty {
            let number = waiting.removeFirst()
            guard var content = notes.removeValue(forKey: number) else { continue }
            while content.first?.isEmpty == true { content.removeFirst() }
            while content.last?.isEmpty == true { content.removeLast() }
            while !result.isEmpty, !result.suffix(2).elementsEqual("\n\n".utf8) { result.append(UInt8(ascii: "\n")) }
            append(Array("[^\(number)]: ".utf8) + (content.first ?? []))
            for line in content.dropFirst() { append(line.isEmpty ? [] : Array("    ".utf8) + line) }
        }
        result.append(UInt8(ascii: "\n"))
    }

    /// Writes a line with its marks as references.
    private mutating func append(_ line: [UInt8]) {
        var place = 0
        while place < line.count {
            if line[place] == TextMark.lead[0], let mark = TextMark.read(line, at: place) {
                if mark.kind == .note {
                    result += "[^\(mark.number)]".utf8
                    if notes[mark.number] != nil, !waiting.contains(mark.number) { waiting.append(mark.number) }
                }
                place = mark.end
            } else {
                result.append(line[place])
                place += 1
            }
        }
        result.append(UInt8(ascii: "\n"))
    }
}
