/// A line of a file that may hold several essays, and what it looks like by itself. Blank lines are no rows.
struct SplitterRow {
    enum Kind: Equatable {
        /// Short, without closing punctuation: may be a title or a part of one.
        case titleLike
        /// `——在全市工作会议上的讲话`
        case subtitle
        case paragraph
        /// Begins with a heading's number.
        case heading
        /// `第N条`
        case article
        /// `国发〔2019〕5号`, `第706号`
        case documentNumber
        /// Nothing but a date.
        case date
        /// A remark in brackets, a comment, or a line with a date and who passed a law.
        case note
        /// `各省、自治区、直辖市人民政府：`
        case addressee
        /// `同志们：`, `尊敬的各位领导：`
        case salutation
        /// `摘要：`, `作者：` and the like under a title.
        case metadata
        /// A row of a list of people or bodies: `林见山 业主委员会主任`, `市教育局、市民政局、市财政局`
        case roster
        /// `附件`, `附件1：…`
        case attachment
        /// `谢谢大家！`, `此致`
        case closing
        /// `目录`
        case contents
        /// Digits alone: a page number or a cell of a table.
        case number
        /// `* * *`, `-----`, or a form feed before the line.
        case rule
    }

    var kind: Kind
    /// The line's first byte and the first byte behind it.
    var start: Int
    var end: Int
    var content: Range<Int>
    /// The line without blanks and in half width, as a range of the document's `compact`; empty for a long line.
    var compact: Range<Int>
    /// In characters; of a long line, a lower bound.
    var length: Int
    var heading: HeadingMark?
    /// Blank lines between the row before and this one.
    var blanksBefore: Int
    /// Bytes of white space before the text.
    var indent: Int
    /// Whether the line ends with 。！？… or a closing bracket or quotation mark, as a finished paragraph does.
    var isFinished: Bool
    /// Rank of a Markdown heading, 0 for other lines.
    var markdownRank = 0
}

/// All rows of a text.
///
/// Page numbers, addresses of web sites and comments, which stand between any lines and say nothing, are no rows unless
/// `keepsAll`.
struct SplitterDocument {
    let bytes: TextBytes
    /// The title that front matter gives the whole.
    let title: String?
    let isMarkdown: Bool
    private(set) var rows = ContiguousArray<SplitterRow>()
    /// Whether the text has more lines than are looked at: only the first are rows then.
    let isCutShort: Bool
    /// Short rows without blanks and in half width, one after another.
    private(set) var compact = ContiguousArray<UInt8>()

    /// Rows longer than this are paragraphs whatever they hold.
    private static let shortRow = 240

    init(bytes: TextBytes, isMarkdown: Bool, from start: Int, title: String? = nil, keepsAll: Bool = false) {
        self.bytes = bytes
        self.title = title
        self.isMarkdown = isMarkdown
        let lines = Lines.all(in: bytes)
        isCutShort = (lines.last?.end ?? 0) < bytes.count
        rows.reserveCapacity(lines.count)
        var markdown = isMarkdown ? MarkdownScanner(bytes: bytes, lines: lines) : nil
        var blanks = 0
        var underline = -1
        for index in lines.indices where lines[index].start >= start {
            let reading = markdown?.read(index)
            if lines[index].isBlank {
                blanks += lines[index].count
            } else if !keepsAll, reading != .block, RowFurniture.isOne(bytes, lines[index].content) {
                blanks += 0
            } else if index != underline {
                append(lines[index], reading, blanks)
                blanks = 0
            }
            if case .heading(_, _, let last)? = reading, last > index { underline = last }
        }
        markRosters()
    }

    /// Tells rows of lists of people and bodies from titles, which they look like.
    private mutating func markRosters() {
        let shapes = rows.map { row in
            row.kind == .titleLike && row.markdownRank == 0 ? RosterShape.read(bytes, row.content) : .none
        }
        var start = 0
        while start < shapes.count {
            var end = start
            while end < shapes.count, shapes[end] != .none { end += 1 }
            for row in start..<end where shapes[row] == .certain || end - start >= RosterShape.shortestList {
                rows[row].kind = .roster
            }
            start = end + 1
        }
    }

    /// Whether the whole line leads to another place of the text, as entries of a table of contents do: `[题](#c1.xhtml)`.
    private func isLink(_ content: Range<Int>) -> Bool {
        guard bytes[content.lowerBound] == 0x5B, bytes[content.upperBound - 1] == 0x29 else { return false }
        return Pattern.contains(bytes, content, "](#") || Pattern.contains(bytes, content, "html)")
    }

    private mutating func append(_ line: TextLine, _ reading: MarkdownScanner.Reading?, _ blanks: Int) {
        var content = line.content
        var rank = 0
        if case .heading(let level, let title, _)? = reading, !title.isEmpty {
            content = title
            rank = level
        } else if reading != .block {
            content = RowDecoration.inside(bytes, content)
        }
        let isBlock = reading == .block
        var row = SplitterRow(
            kind: .paragraph, start: line.start, end: line.end, content: content,
            compact: compact.count..<compact.count, length: content.count / 3, blanksBefore: blanks,
            indent: line.content.lowerBound - line.start, isFinished: true)
        row.markdownRank = rank
        row.heading = isBlock ? nil : HeadingMark.read(bytes, content)
        if content.count <= Self.shortRow {
            let measure = appendCompact(content)
            row.compact = measure.range
            row.length = measure.length
        }
        row.isFinished = RowEnding.isFinished(RowEnding.last(bytes, content))
        if isBlock {
            row.kind = .paragraph
        } else {
            row.kind = isMarkdown && rank == 0 && isLink(content) ? .contents : kind(of: row)
        }
        if row.kind == .contents, rank == 0 { row.heading = nil }
        rows.append(row)
    }

    /// Adds `content` without blanks and in half width; returns where it stands and its length in characters.
    private mutating func appendCompact(_ content: Range<Int>) -> (range: Range<Int>, length: Int) {
        let from = compact.count
        var length = 0
        // Written to a buffer and appended at once, which is three times as fast as byte by byte.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: content.count) { buffer in
            var written = 0
            var index = content.lowerBound
            while index < content.upperBound {
                let (scalar, width) = ScalarCursor.decode(bytes, index)
                let folded = ScalarCursor.fold(scalar)
                if folded > 0x7F {
                    for byte in index..<index + width {
                        buffer[written] = bytes[byte]
                        written += 1
                    }
                } else if folded > 0x20 {
                    buffer[written] = UInt8(folded)
                    written += 1
                }
                if folded != 0x20 { length += 1 }
                index += width
            }
            compact.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<written]))
        }
        return (from..<compact.count, length)
    }

    private func kind(of row: SplitterRow) -> SplitterRow.Kind {
        if row.heading != nil { return .heading }
        if HeadingScanner.isArticleOfLaw(bytes, row.content) { return .article }
        let last = RowEnding.last(bytes, row.content)
        guard !row.compact.isEmpty else {
            if RowShape.beginsAsMetadata(bytes, row.content) { return .metadata }
            return last == 0x3A && row.content.count <= 900 && RowShape.namesOffices(bytes, row.content)
                ? .addressee : .paragraph
        }
        return compact.withUnsafeBufferPointer { RowShape($0, row.compact, length: row.length, last: last).kind }
    }

    /// Reads the compact form of a row.
    func withCompact<Result>(_ row: Int, _ body: (TextBytes, Range<Int>) -> Result) -> Result {
        compact.withUnsafeBufferPointer { body($0, rows[row].compact) }
    }

    /// Whether the compact form of row `whole` begins with that of row `part`.
    func compactBegins(_ whole: Int, with part: Int) -> Bool {
        compact[rows[whole].compact].starts(with: compact[rows[part].compact])
    }

    /// The characters of a row's compact form.
    func scalars(_ row: Int) -> [UInt32] {
        withCompact(row) { bytes, range in
            var cursor = ScalarCursor(bytes, range)
            var result: [UInt32] = []
            while !cursor.isAtEnd { result.append(cursor.next()) }
            return result
        }
    }

    func text(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }
}

/// The last character of a line.
enum RowEnding {
    static func last(_ bytes: TextBytes, _ content: Range<Int>) -> UInt32 {
        var at = content.upperBound - 1
        while at > content.lowerBound, bytes[at] & 0xC0 == 0x80 { at -= 1 }
        return ScalarCursor.fold(ScalarCursor.decode(bytes, at).scalar)
    }

    private static let finishing = ScalarSet("。!?.…”’」』)》】")

    static func isFinished(_ last: UInt32) -> Bool { finishing.contains(last) }
}

/// Marks of Markdown in plain text, as pages copied from elsewhere bear them.
enum RowDecoration {
    /// `content` without `#` and a blank before it, or `**` on both sides.
    static func inside(_ bytes: TextBytes, _ content: Range<Int>) -> Range<Int> {
        let first = bytes[content.lowerBound]
        guard first == 0x23 || first == 0x2A, content.count > 4 else { return content }
        var at = content.lowerBound
        while at < content.upperBound, bytes[at] == first { at += 1 }
        let length = at - content.lowerBound
        if first == 0x23 {
            let inner = Lines.trim(at..<content.upperBound, in: bytes)
            return length <= 6 && inner.lowerBound > at && !inner.isEmpty ? inner : content
        }
        guard length == 2, content.count > 6, bytes[content.upperBound - 1] == 0x2A,
            bytes[content.upperBound - 2] == 0x2A
        else { return content }
        let inner = Lines.trim(at..<content.upperBound - 2, in: bytes)
        return inner.isEmpty || inner.contains { bytes[$0] == 0x2A } ? content : inner
    }
}
