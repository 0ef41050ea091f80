/// Headings of Markdown (CommonMark 0.31): ATX and setext, outside fenced and indented code.
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

    init(bytes: TextBytes, lines: ContiguousArray<TextLine>) {
        self.bytes = bytes
        self.lines = lines
    }

    /// Reads line number `index`; lines must be read in order, since a fence changes what follows.
    mutating func read(_ index: Int) -> Reading {
        let line = lines[index]
        if let fence {
            if closes(fence, line) { self.fence = nil }
            return .block
        }
        guard !line.isBlank else { return .text }
        let first = bytes[line.content.lowerBound]
        if indentation(line) >= 4 { return .block }
        if first == 0x60 || first == 0x7E, let opened = openFence(line) {
            fence = opened
            return .block
        }
        if first == 0x23, let heading = atx(index) { return heading }
        if first == 0x3E || first == 0x7C || isListItem(line) { return .block }
        return setext(index) ?? .text
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

    /// A single line of text over a line of `=` or `-`.
    private func setext(_ index: Int) -> Reading? {
        guard index + 1 < lines.count else { return nil }
        let under = lines[index + 1]
        guard !under.isBlank, indentation(under) < 4 else { return nil }
        let byte = bytes[under.content.lowerBound]
        guard byte == 0x3D || byte == 0x2D else { return nil }
        let length = run(of: byte, at: under.content.lowerBound, limit: under.content.upperBound)
        guard length == under.content.count, length >= 2 else { return nil }
        let follows = index == 0 || lines[index - 1].isBlank
        return follows ? .heading(rank: byte == 0x3D ? 1 : 2, title: lines[index].content, lastLine: index + 1) : nil
    }
}
