/// A section of an essay: a heading and everything under it.
public struct Section: Sendable, Equatable {
    /// The heading's own number as it appears in paths: `二`, `（一）`, `1`, `第三章`. A Markdown heading without a number bears
    /// its place among its siblings.
    public var label: String
    /// The labels of the sections around this one and its own, joined with full stops: `二.（一）.1`.
    public var path: String
    /// 1 for the outermost sections of this text, whatever their numbers look like.
    public var level: Int
    /// The heading without its number.
    public var title: String
    /// Bytes from the start of the heading's line to the start of the next section of the same or a higher level.
    public var range: Range<Int>
    /// Bytes of the heading itself: number, title and, where it runs into the text, its 。
    public var headingRange: Range<Int>

    public init(label: String, path: String, level: Int, title: String, range: Range<Int>, headingRange: Range<Int>) {
        self.label = label
        self.path = path
        self.level = level
        self.title = title
        self.range = range
        self.headingRange = headingRange
    }
}

/// A stretch of text that belongs to one section and to none of that section's children.
public struct SectionSpan: Sendable, Equatable {
    /// Bytes.
    public var range: Range<Int>
    /// Index into the array of sections; nil for what stands before the first heading.
    public var section: Int?

    public init(range: Range<Int>, section: Int?) {
        self.range = range
        self.section = section
    }
}

/// What a person's words for a section came to.
public enum SectionMatch: Sendable, Equatable {
    /// Index into the array of sections.
    case found(Int)
    /// Several fit; indices of all of them.
    case ambiguous([Int])
    case none
}

/// Finds the heading tree of Chinese official prose (GB/T 9704-2012, 7.3.3) and of Markdown.
public enum SectionParser {
    /// The sections of `text` in the order of their headings. Linear in the length of the text.
    ///
    /// Recognised are `第N编|部分|讲|章|节`, `一、`, `（一）`, `1.`, `1.1`, `（1）`, `①`, `1)` and, in Markdown, ATX and setext headings
    /// outside code. Levels are relative, by first appearance; they may be skipped, and numbers need not restart. Articles of
    /// law (`第N条`), items of lists and points inside a paragraph (`一是`, `第一，`) are not sections.
    public static func sections(in text: [UInt8], isMarkdown: Bool) -> [Section] {
        text.withUnsafeBufferPointer { bytes in
            var outline = Outline(bytes: bytes)
            let start = isMarkdown ? FrontMatter.range(in: text)?.upperBound ?? 0 : 0
            for heading in HeadingScanner.headings(in: bytes, from: start, isMarkdown: isMarkdown) {
                outline.add(heading)
            }
            return outline.finish()
        }
    }

    /// The text cut at every heading: consecutive spans that concatenate to all of it.
    public static func bodyRanges(in text: [UInt8], isMarkdown: Bool) -> [SectionSpan] {
        spans(of: sections(in: text, isMarkdown: isMarkdown), length: text.count)
    }

    /// As `bodyRanges(in:isMarkdown:)`, of sections already known in a text of `length` bytes.
    public static func spans(of sections: [Section], length: Int) -> [SectionSpan] {
        var spans: [SectionSpan] = []
        spans.reserveCapacity(sections.count + 1)
        let first = sections.first?.range.lowerBound ?? length
        if first > 0 { spans.append(SectionSpan(range: 0..<first, section: nil)) }
        for index in sections.indices {
            let end = index + 1 < sections.count ? sections[index + 1].range.lowerBound : length
            spans.append(SectionSpan(range: sections[index].range.lowerBound..<end, section: index))
        }
        return spans
    }

    /// The section a person means by `name`: its path, else its label, else its title, else a part of exactly one title.
    /// Width and blanks do not matter, nor the punctuation of a label (`（一）`, `(一)`, `一、`).
    public static func find(_ name: String, in sections: [Section]) -> SectionMatch {
        let wanted = SectionName.key(name)
        guard !wanted.isEmpty else { return .none }
        let tests: [(Section) -> Bool] = [
            { SectionName.key($0.path) == wanted },
            { SectionName.key($0.label) == wanted },
            { SectionName.key($0.title) == wanted || SectionName.key($0.label + $0.title) == wanted },
            { SectionName.bareLabel($0.label) == SectionName.bareLabel(name) },
            { SectionName.contains(SectionName.key($0.title), wanted) },
        ]
        for test in tests {
            let matches = sections.indices.filter { test(sections[$0]) }
            if matches.count == 1 { return .found(matches[0]) }
            if matches.count > 1 { return .ambiguous(matches) }
        }
        return .none
    }
}

/// Forms of labels and titles under which they are compared.
private enum SectionName {
    /// Scalars in half width without blanks and without the mark after a number.
    static func key(_ text: String) -> [UInt32] {
        var bytes = text
        return bytes.withUTF8 { buffer in
            var cursor = ScalarCursor(buffer, 0..<buffer.count)
            var key: [UInt32] = []
            while !cursor.isAtEnd {
                let scalar = cursor.next()
                if scalar != 0x20, scalar != 0x09, scalar != 0x3001 { key.append(scalar) }
            }
            while key.last == 0x2E || key.last == 0x3002 { key.removeLast() }
            return key
        }
    }

    /// The key less brackets, so that `（一）` and `一` are tried as one only after everything stricter.
    static func bareLabel(_ text: String) -> [UInt32] { key(text).filter { $0 != 0x28 && $0 != 0x29 } }

    static func contains(_ text: [UInt32], _ part: [UInt32]) -> Bool {
        guard part.count >= 2, text.count >= part.count else { return false }
        return (0...text.count - part.count).contains { text[$0...].starts(with: part) }
    }
}
