/// How the paragraphs of a text are usually set, against which the lines set otherwise stand out.
struct SplitterLayout {
    /// Blank lines between neighbouring paragraphs.
    let blanks: Int
    /// Bytes of white space before a paragraph.
    let indent: Int
    /// Whether some rows have more blank lines before them than paragraphs have.
    let hasGaps: Bool

    init(_ document: SplitterDocument) {
        let rows = document.rows
        // More blank lines or deeper indentation than this is nobody's usual paragraph.
        var blankCounts = [Int](repeating: 0, count: 8)
        var indents = [Int](repeating: 0, count: 32)
        for index in rows.indices.dropFirst() where Self.isText(rows[index].kind) && Self.isText(rows[index - 1].kind) {
            blankCounts[min(rows[index].blanksBefore, blankCounts.count - 1)] += 1
            indents[min(rows[index].indent, indents.count - 1)] += 1
        }
        let usual = Self.mostFrequent(blankCounts)
        blanks = usual
        indent = Self.mostFrequent(indents)
        hasGaps = rows.dropFirst().contains { $0.blanksBefore > usual }
    }

    private static func mostFrequent(_ counts: [Int]) -> Int {
        counts.firstIndex(of: counts.max() ?? 0) ?? 0
    }

    private static func isText(_ kind: SplitterRow.Kind) -> Bool {
        kind == .paragraph || kind == .heading || kind == .article
    }
}
