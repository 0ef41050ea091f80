import Prose

/// What the converter made of a Word document, without marks, and where these stood.
struct WordText {
    private(set) var bytes: [UInt8] = []
    /// The passages of comments by number, in bytes; a comment that is not there has lost its place.
    private(set) var passages: [Int: Range<Int>] = [:]
    private var starts: [Int: Int] = [:]
    private var references: [Int: Int] = [:]

    /// - Parameter text: Markdown.
    init(_ text: [UInt8]) {
        var lists = BulletLines()
        bytes.reserveCapacity(text.count)
        var place = 0
        while place < text.count {
            let end = text[place...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            place = begin(lineAt: place, text, &lists)
            while place < end {
                guard text[place] == TextMark.lead[0], let mark = TextMark.read(text, at: place) else {
                    bytes.append(text[place])
                    place += 1
                    continue
                }
                take(mark.kind, mark.number)
                place = mark.end
            }
            if end < text.count { bytes.append(UInt8(ascii: "\n")) }
            place = end + 1
        }
        finish()
    }

    /// Reads what stands at the beginning of a line: marks, and a bullet among them.
    private mutating func begin(lineAt start: Int, _ text: [UInt8], _ lists: inout BulletLines) -> Int {
        let isBlank = start >= text.count || text[start] == UInt8(ascii: "\n")
        var place = start
        // Marks of comments come before those of bullets where both begin a paragraph.
        var marks: [(TextMark.Kind, Int)] = []
        var isBullet = false
        while let mark = TextMark.read(text, at: place) {
            place = mark.end
            if mark.kind == .bullet {
                lists.begin(level: mark.number, in: &bytes)
                isBullet = true
                break
            }
            marks.append((mark.kind, mark.number))
        }
        if !isBlank, !isBullet { lists.end() }
        for (kind, number) in marks { take(kind, number) }
        return place
    }

    private mutating func take(_ kind: TextMark.Kind, _ number: Int) {
        switch kind {
        case .start: starts[number] = bytes.count
        case .end: if let start = starts[number] { passages[number] = start..<bytes.count }
        case .reference: references[number] = bytes.count
        case .bullet: bytes += "- ".utf8
        case .note, .noteText, .part: break
        }
    }

    /// A comment without a passage is about the line that its sign stands in; blanks around a passage are none of it.
    private mutating func finish() {
        for (number, place) in references where passages[number] == nil { passages[number] = line(around: place) }
        for (number, place) in starts where passages[number] == nil { passages[number] = line(around: place) }
        for (number, range) in passages {
            let trimmed = bytes.withUnsafeBufferPointer { Lines.trim(range, in: $0) }
            passages[number] = trimmed.isEmpty ? line(around: range.lowerBound) : trimmed
        }
        passages = passages.filter { !$0.value.isEmpty }
    }

    private func line(around place: Int) -> Range<Int> {
        let newline = UInt8(ascii: "\n")
        let start = bytes[..<min(place, bytes.count)].lastIndex(of: newline).map { $0 + 1 } ?? 0
        let end = bytes[min(place, bytes.count)...].firstIndex(of: newline) ?? bytes.count
        return bytes.withUnsafeBufferPointer { Lines.trim(start..<end, in: $0) }
    }
}

/// Writes paragraphs with bullets as lists of Markdown: one line each, the deeper ones indented.
private struct BulletLines {
    private var levels: [Int] = []

    mutating func begin(level: Int, in bytes: inout [UInt8]) {
        // Only a list's first line has a blank one before it.
        if !levels.isEmpty, bytes.suffix(2).elementsEqual("\n\n".utf8) { bytes.removeLast() }
        while let last = levels.last, last >= level { levels.removeLast() }
        levels.append(level)
        bytes += String(repeating: "  ", count: levels.count - 1).utf8
        bytes += "- ".utf8
    }

    mutating func end() { levels = [] }
}
