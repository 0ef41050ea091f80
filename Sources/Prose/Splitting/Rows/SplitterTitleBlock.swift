/// One to four neighbouring rows that together may be a title, with what else tells where an essay begins.
struct SplitterTitleBlock {
    /// The rows of the title itself.
    var rows: Range<Int>
    /// The rows in between, up to the first that is neither title nor subtitle.
    var next: Int

    /// The most rows that one title takes up.
    static let longest = 4

    /// The title that begins at `row`: as many rows as it takes until a title is complete.
    ///
    /// All rows up to a document number belong to it. Else rows are joined only where the first is no complete title by
    /// itself and a later one completes it with the word for a kind of document.
    init(_ document: SplitterDocument, at row: Int, limit: Int) {
        let rows = document.rows
        var end = row + 1
        while end < limit, end - row < Self.longest, rows[end].kind == .titleLike, rows[end].blanksBefore <= 1 {
            end += 1
        }
        let runEnd = end
        next = Self.skipSubtitles(document, from: runEnd, limit: limit)
        if runEnd - row == 1 || rows[row].markdownRank > 0 || rows[row].kind == .heading {
            self.rows = row..<row + 1
            next = Self.skipSubtitles(document, from: row + 1, limit: limit)
        } else if let end = Self.repetition(document, row, runEnd) {
            self.rows = row..<end
        } else if next < limit, rows[next].kind == .documentNumber, !Self.repeats(document, row, in: row + 1..<runEnd) {
            self.rows = row..<runEnd
        } else {
            self.rows = row..<Self.completion(document, row, runEnd)
        }
    }

    private static func skipSubtitles(_ document: SplitterDocument, from row: Int, limit: Int) -> Int {
        var next = row
        while next < limit, document.rows[next].kind == .subtitle { next += 1 }
        return next
    }

    /// The row behind the one that completes the title begun at `row`, or `row + 1`: one that ends with a kind of document,
    /// else, unless the first row does so itself, with another word that titles end with.
    private static func completion(_ document: SplitterDocument, _ row: Int, _ runEnd: Int) -> Int {
        if endsWithDocument(document, row) || repeats(document, row, in: row + 1..<runEnd) { return row + 1 }
        let isOpen = document.withCompact(row) { Pattern.contains($0, $1, "关于") }
        guard document.rows[row].length >= 5, isOpen || !endsWithGenre(document, row) else { return row + 1 }
        let end =
            (row + 1..<runEnd).first { endsWithDocument(document, $0) }
            ?? (endsWithGenre(document, row) ? nil : (row + 1..<runEnd).first { endsWithGenre(document, $0) })
        guard let end else { return row + 1 }
        let joined = (row...end).reduce(0) { $0 + document.rows[$1].length }
        return joined <= 90 ? end + 1 : row + 1
    }

    /// The first row that says again what the rows from `row` on say together.
    private static func repetition(_ document: SplitterDocument, _ row: Int, _ runEnd: Int) -> Int? {
        (row + 1..<runEnd).first { end in
            let joined = document.rows[row].compact.lowerBound..<document.rows[end - 1].compact.upperBound
            return document.rows[end].length >= 5
                && document.compact[joined].elementsEqual(document.compact[document.rows[end].compact])
        }
    }

    private static func endsWithDocument(_ document: SplitterDocument, _ row: Int) -> Bool {
        document.withCompact(row) { TitleScoring.endsWithDocument($0, TitleScoring.withoutSuffix($0, $1)) }
    }

    static func endsWithGenre(_ document: SplitterDocument, _ row: Int) -> Bool {
        document.withCompact(row) { TitleScoring.endsWithGenre($0, TitleScoring.withoutSuffix($0, $1)) }
    }

    /// Whether the rows after a title say it again, as downloads do: in one row, give or take a few characters, or over
    /// several.
    static func repeats(_ document: SplitterDocument, _ row: Int, in rows: Range<Int>) -> Bool {
        guard let first = rows.first, !document.rows[first].compact.isEmpty else { return false }
        let title = document.compact[document.rows[row].compact]
        // A short title or one of English words: where it comes again at once, whole or before a remark.
        if title.elementsEqual(document.compact[document.rows[first].compact]) { return document.rows[row].length > 1 }
        if title.count >= 6, title.allSatisfy({ $0 < 0x80 }), document.compactBegins(first, with: row) { return true }
        guard isRepeatable(document, row), isRepeatable(document, first) else { return false }
        if document.compactBegins(row, with: first) || document.compactBegins(first, with: row) { return true }
        return TitleScoring.similarity(document.scalars(row), document.scalars(first)) >= 0.75
    }

    private static func isRepeatable(_ document: SplitterDocument, _ row: Int) -> Bool {
        let line = document.rows[row]
        return line.length >= 5 && line.kind == .titleLike
    }

    /// The title's text: rows joined without a blank, as they are broken between Han characters.
    func title(_ document: SplitterDocument) -> String {
        var text = ""
        for row in rows {
            let line = document.rows[row]
            let start = line.kind == .heading && line.markdownRank == 0 ? line.heading?.end : nil
            let part = document.text((start ?? line.content.lowerBound)..<line.content.upperBound)
            let needsBlank = text.utf8.last.map { $0 < 0x80 } ?? false && (part.utf8.first ?? 0xFF) < 0x80
            text += needsBlank ? " " + part : part
        }
        return text
    }
}
