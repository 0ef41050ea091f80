/// Tells the title of an annex, or of a document that a notice forwards, from the title of another essay.
struct SplitterAnnex {
    let document: SplitterDocument
    /// Rows that hold a document number, and rows that begin with 附件.
    private let numbers: [Int]
    private let attachments: [Int]

    init(document: SplitterDocument) {
        self.document = document
        numbers = document.rows.indices.filter { document.rows[$0].kind == .documentNumber }
        attachments = document.rows.indices.filter { document.rows[$0].kind == .attachment }
    }

    /// Whether the title in `block` at `row` belongs to the essay that begins at row `essay`: `附件` stands before it, or the
    /// essay's title or opening names it and speaks of issuing, forwarding or annexing.
    func isAnnex(row: Int, essay: Int, block: SplitterTitleBlock) -> Bool {
        let start = precedingStart(of: row, notBefore: essay)
        if followsAttachmentLine(row) { return true }
        let title = compactTitle(block.rows)
        return isNamed(title, from: start, to: row) || isIssuedNearby(title, before: row, from: essay)
    }

    private func followsAttachmentLine(_ row: Int) -> Bool {
        var previous = row - 1
        while previous >= 0, row - previous <= 3 {
            switch document.rows[previous].kind {
            case .attachment: return true
            case .titleLike, .note, .subtitle: previous -= 1
            default: return false
            }
        }
        return false
    }

    /// The nearest row before `row` that begins a document: where a document number follows a title.
    private func precedingStart(of row: Int, notBefore essay: Int) -> Int {
        guard let number = numbers.last(where: { $0 < row }), number > essay else { return essay }
        var start = number
        while start > essay, number - start < SplitterTitleBlock.longest, document.rows[start - 1].kind == .titleLike {
            start -= 1
        }
        return start
    }

    private static let issuing: [StaticString] = ["印发", "转发", "批转", "颁布", "公布", "附件", "附后", "下发"]
    private static let issuingInTitle: [StaticString] = ["印发", "转发", "批转", "颁布", "公布", "发布", "施行", "下发", "令"]

    private func compactTitle(_ rows: Range<Int>) -> [UInt32] {
        rows.flatMap { row in document.withCompact(row) { scalars($0, $1) } }
    }

    private func scalars(_ bytes: TextBytes, _ range: Range<Int>) -> [UInt32] {
        var cursor = ScalarCursor(bytes, range)
        var result: [UInt32] = []
        while !cursor.isAtEnd {
            let scalar = cursor.next()
            // Quotation marks differ between a title and where it is named.
            if scalar > 0x22, scalar != 0x201C, scalar != 0x201D, scalar != 0x300A, scalar != 0x300B {
                result.append(scalar)
            }
        }
        return result
    }

    /// How many lines with 附件 before a title are looked at.
    private static let mostAttachments = 20
    /// How many characters of a forwarding document's opening are searched.
    private static let opening = 700

    private func isNamed(_ title: [UInt32], from start: Int, to row: Int) -> Bool {
        guard title.count >= 5, start < row else { return false }
        var text: [UInt32] = []
        var head: [UInt32] = []
        var speaksOfIssuing = false
        for index in start..<row {
            let content = document.rows[index].content
            let isHead = index < start + 3 && document.rows[index].kind == .titleLike
            let line = scalars(document.bytes, content)
            // A title that comes again whole is another essay on the same subject.
            if isHead, line == title { return false }
            let words = isHead ? Self.issuingInTitle : Self.issuing
            speaksOfIssuing = speaksOfIssuing || words.contains { Pattern.contains(document.bytes, content, $0) }
            text += line
            if isHead { head = text }
            if text.count > Self.opening { break }
        }
        if attachmentList(from: start, to: row).contains(where: { covers($0, title, share: 0.7) }) { return true }
        guard speaksOfIssuing else { return false }
        return covers(text, title, share: 0.9) || covers(head, title, share: 0.65)
    }

    /// Whether a line shortly before says that the document called `title` is issued or forwarded: 现将《…》印发给你们.
    private func isIssuedNearby(_ title: [UInt32], before row: Int, from essay: Int) -> Bool {
        guard title.count >= 5 else { return false }
        var left = Self.opening
        for index in stride(from: row - 1, through: essay, by: -1) where left > 0 {
            let content = document.rows[index].content
            left -= document.rows[index].length
            guard document.rows[index].kind == .paragraph || document.rows[index].kind == .article else { continue }
            guard Self.issuing.contains(where: { Pattern.contains(document.bytes, content, $0) }) else { continue }
            if covers(scalars(document.bytes, content), title, share: 0.85) { return true }
        }
        return false
    }

    /// The lines `附件：…` and their continuation that the essay lists before its signature.
    private func attachmentList(from start: Int, to row: Int) -> [[UInt32]] {
        var lists: [[UInt32]] = []
        for index in attachments.reversed().lazy.filter({ $0 < row }).prefix(Self.mostAttachments) where index >= start
        {
            for line in index..<min(index + 6, row) where line == index || document.rows[line].kind == .heading {
                lists.append(scalars(document.bytes, document.rows[line].content))
            }
        }
        return lists
    }

    /// Whether the longest stretch of `title` that stands in `text` is at least `share` of it.
    private func covers(_ text: [UInt32], _ title: [UInt32], share: Double) -> Bool {
        guard text.count > title.count else { return false }
        var best = 0
        var row = [Int](repeating: 0, count: title.count + 1)
        for scalar in text {
            var diagonal = 0
            for column in 1...title.count {
                let above = row[column]
                row[column] = scalar == title[column - 1] ? diagonal + 1 : 0
                if row[column] > best { best = row[column] }
                diagonal = above
            }
        }
        return Double(best) >= share * Double(title.count)
    }
}
