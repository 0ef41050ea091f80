/// Headings of Markdown (CommonMark 0.31): ATX and setext, outside fenced and indented code, comments and preformatted HTML.
struct MarkdownScanner {
    enum Reading: Equatable {
        /// A heading of rank 1–6; `end` is the last line it takes up (setext takes two).
        case heading(rank: Int, title: Range<Int>, lastLine: Int)
        /// Code, a quotation, a table or a list: no heading may begin here.
        case block
        case text
    }

    let bytes: TextBytes
    let lines: ContiguousArray<TextLine>
    private var fence: (byte: UInt8, length: Int)?
    /// Inside a comment or preformatted HTML, what ends it.
    private var html: HTMLBlock?
    /// Whether the last line belongs to a paragraph, or may go on in one.
    private var isInParagraph = false

    init(bytes: TextBytes, lines: ContiguousArray<TextLine>) {
        self.bytes = bytes
        self.lines = lines
    }

    /// Reads line number `index`; lines must be read in order, since a fence changes what follows.
    mutating func read(_ index: Int) -> Reading {
        let line = lines[index]
        if isInside(line) { return .block }
        guard !line.isBlank else {
            isInParagraph = false
            return .text
        }
        let reading = reading(index, line)
        switch reading {
        case .text: isInParagraph = true
        case .heading: isInParagraph = false
        // A list or a quotation may go on in the next line without its mark.
        case .block: isInParagraph = beginsBlock(line) || indentation(line) >= 4 && isInParagraph
        }
        return reading
    }

    /// Whether the line belongs to a fence or HTML that began before.
    private mutating func isInside(_ line: TextLine) -> Bool {
        if let fence {
            if closes(fence, line) { self.fence = nil }
            return true
        }
        guard let html else { return false }
        if html.ends(bytes, line.content) { self.html = nil }
        return true
    }

    private mutating func reading(_ index: Int, _ line: TextLine) -> Reading {
        let first = bytes[line.content.lowerBound]
        if indentation(line) >= 4 { return .block }
        if first == 0x60 || first == 0x7E, let opened = openFence(line) {
            fence = opened
            return .block
        }
        if first == 0x3C, let opened = HTMLBlock(bytes, line.content) {
            html = opened.ends(bytes, line.content) ? nil : opened
            return .block
        }
        if first == 0x23, let heading = atx(index) { return heading }
        if beginsBlock(line) || isBreak(line) { return .block }
        return isInParagraph ? .text : setext(index) ?? .text
    }

    private func indentation(_ line: TextLine) -> Int {
        var columns = 0
        var index = line.start
        while index < line.content.lowerBound {
            // Only ASCII blanks indent; an ideographic space begins a paragraph.
            if bytes[index] == 0x20 { columns += 1 } else if bytes[index] == 0x09 { columns += 4 } else { break }
            index += 1
        }
        return columns
    }

    private func run(of byte: UInt8, at start: Int, limit: Int) -> Int {
        var index = start
        while index < limit, bytes[index] == byte { index += 1 }
        return index - start
    }

    private func openFence(_ line: TextLine) -> (byte: UInt8, length: Int)? {
        let byte = bytes[line.content.lowerBound]
        let length = run(of: byte, at: line.content.lowerBound, limit: line.content.upperBound)
        guard length >= 3 else { return nil }
        let rest = line.content.lowerBound + length..<line.content.upperBound
        return byte == 0x60 && rest.contains(where: { bytes[$0] == 0x60 }) ? nil : (byte, length)
    }

    private func closes(_ fence: (byte: UInt8, length: Int), _ line: TextLine) -> Bool {
        let length = run(of: fence.byte, at: line.content.lowerBound, limit: line.content.upperBound)
        return length >= fence.length && length == line.content.count
    }

    private func atx(_ index: Int) -> Reading? {
        let content = lines[index].content
        let rank = run(of: 0x23, at: content.lowerBound, limit: content.upperBound)
        let after = content.lowerBound + rank
        guard rank <= 6 else { return nil }
        // CommonMark wants a blank after the hashes; Chinese texts often leave it out before a Han character.
        guard after == content.upperBound || bytes[after] == 0x20 || bytes[after] == 0x09 || bytes[after] >= 0xE3 else {
            return nil
        }
        var end = content.upperBound
        while end > after, bytes[end - 1] == 0x23 { end -= 1 }
        let isClosed = end < content.upperBound && (end == after || bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09)
        let title = Lines.trim(after..<(isClosed ? end : content.upperBound), in: bytes)
        return .heading(rank: rank, title: title, lastLine: index)
    }

    private func isListItem(_ line: TextLine) -> Bool {
        let content = line.content
        let first = bytes[content.lowerBound]
        guard first == 0x2D || first == 0x2A || first == 0x2B else { return false }
        return content.count > 1 && bytes[content.lowerBound + 1] == 0x20
    }

    /// A quotation, a table or a list.
    private func beginsBlock(_ line: TextLine) -> Bool {
        let first = bytes[line.content.lowerBound]
        return first == 0x3E || first == 0x7C || isListItem(line)
    }

    /// A heading is no longer than this, in lines: where a row of dashes divides paragraphs, the one before it is none.
    private static let mostLines = 3

    /// A paragraph of few lines over a line of `=` or `-`.
    private func setext(_ index: Int) -> Reading? {
        for last in index + 1..<max(index + 1, min(lines.count, index + 1 + Self.mostLines)) {
            let line = lines[last]
            if line.isBlank { return nil }
            if isUnderline(line) {
                let title = lines[index].content.lowerBound..<lines[last - 1].content.upperBound
                return .heading(rank: bytes[line.content.lowerBound] == 0x3D ? 1 : 2, title: title, lastLine: last)
            }
            // One that ends a sentence is prose.
            if endsSentence(lines[last - 1]) || endsSentence(line) || interruptsParagraph(line) { return nil }
        }
        return nil
    }

    private func isUnderline(_ line: TextLine) -> Bool { isRow(line, of: 0x2D) || isRow(line, of: 0x3D) }

    /// A line across the page.
    private func isBreak(_ line: TextLine) -> Bool {
        isUnderline(line) || isRow(line, of: 0x2A) || isRow(line, of: 0x5F)
    }

    private func isRow(_ line: TextLine, of byte: UInt8) -> Bool {
        guard line.content.count >= 2, indentation(line) < 4 else { return false }
        return run(of: byte, at: line.content.lowerBound, limit: line.content.upperBound) == line.content.count
    }

    private func endsSentence(_ line: TextLine) -> Bool { Pattern.hasSuffix(bytes, line.content, "。") }

    private func interruptsParagraph(_ line: TextLine) -> Bool {
        let first = bytes[line.content.lowerBound]
        return beginsBlock(line) || first == 0x23 || first == 0x3C
            || (first == 0x60 || first == 0x7E) && openFence(line) != nil
    }
}

/// HTML whose content is no Markdown up to what ends it, whatever blank lines it holds (CommonMark 0.31, 4.6, kinds 1 and 2).
private enum HTMLBlock {
    case comment, preformatted

    init?(_ bytes: TextBytes, _ content: Range<Int>) {
        if Pattern.hasPrefix(bytes, content, "<!--") {
            self = .comment
        } else if Self.tags.contains(where: { Self.begins(bytes, content, with: $0) }) {
            self = .preformatted
        } else {
            return nil
        }
    }

    private static let tags = ["<pre", "<script", "<style", "<textarea"]
    private static let endTags = ["</pre>", "</script>", "</style>", "</textarea>"]

    private static func begins(_ bytes: TextBytes, _ content: Range<Int>, with tag: String) -> Bool {
        guard isEqual(bytes, content.lowerBound, content.upperBound, tag) else { return false }
        let after = content.lowerBound + tag.utf8.count
        return after == content.upperBound || bytes[after] == 0x3E || bytes[after] <= 0x20
    }

    /// Whether the block ends in this line.
    func ends(_ bytes: TextBytes, _ content: Range<Int>) -> Bool {
        switch self {
        case .comment: Pattern.contains(bytes, content, "-->")
        case .preformatted:
            content.contains { at in
                bytes[at] == 0x3C && Self.endTags.contains { Self.isEqual(bytes, at, content.upperBound, $0) }
            }
        }
    }

    /// Without regard to case.
    private static func isEqual(_ bytes: TextBytes, _ start: Int, _ limit: Int, _ tag: String) -> Bool {
        limit - start >= tag.utf8.count
            && zip(start..., tag.utf8).allSatisfy { bytes[$0] == $1 || bytes[$0] | 0x20 == $1 && $1 >= 0x61 }
    }
}
