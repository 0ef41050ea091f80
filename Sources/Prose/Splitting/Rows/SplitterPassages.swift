/// What stands above a series of lines that may begin essays, and under each.
struct SplitterPassages {
    enum Lead {
        case nothing
        /// `教师节演讲稿（精选5篇）`, `Collected Essays`, or words about who gathered the essays for whom.
        case nameOfCompilation
        /// A title that may be that of one essay.
        case title
        case text
    }

    private let document: SplitterDocument
    private let series: SplitterSeries
    /// The least text under a line that heads it, in characters.
    private static let leastText = 40

    init(_ document: SplitterDocument, _ series: SplitterSeries) {
        self.document = document
        self.series = series
    }

    // MARK: Above

    /// What the rows before `row` are; those of `marks` among them, in a table of contents, count for nothing.
    func lead(before row: Int, except marks: Set<Int>) -> Lead {
        if let title = document.title { return SplitterContents.namesWhole(title) ? .nameOfCompilation : .title }
        let rows = (0..<row).filter { !marks.contains($0) }
        guard !rows.isEmpty else { return .nothing }
        let contents = rows.first { document.rows[$0].kind == .contents } ?? row
        let texts = rows.filter { isText($0) && !($0 > contents && isEntry($0)) }
        if texts.contains(where: isHeading) { return .text }
        if rows.prefix(3).contains(where: { namesWhole($0) }) { return .nameOfCompilation }
        if texts.isEmpty { return .title }
        return texts.allSatisfy { SplitterContents.speaksOfGathering(document, $0) } ? .nameOfCompilation : .text
    }

    /// Whether the row is the name of a compilation.
    func namesWhole(_ row: Int) -> Bool {
        document.rows[row].kind == .titleLike && SplitterContents.namesWhole(document.text(document.rows[row].content))
    }

    /// Whether the row is a heading or an article of an essay that has begun.
    private func isHeading(_ row: Int) -> Bool {
        switch document.rows[row].heading?.kind {
        case .han, .chapter, .part, .lecture, .volume: true
        default: document.rows[row].kind == .article
        }
    }

    private func isEntry(_ row: Int) -> Bool { document.rows[row].length <= 60 && !document.rows[row].isFinished }

    private func isText(_ row: Int) -> Bool {
        switch document.rows[row].kind {
        case .titleLike, .subtitle, .note, .date, .metadata, .contents, .rule, .number: false
        default: true
        }
    }

    // MARK: Under

    func holdsText(_ rows: Range<Int>) -> Bool {
        rows.contains { isText($0) && document.rows[$0].isFinished } && length(rows) >= Self.leastText
    }

    /// Whether an answer stands under the row.
    func isAnswered(_ row: Int) -> Bool {
        row + 1 < document.rows.count && Pattern.hasPrefix(document.bytes, document.rows[row + 1].content, "答")
    }

    private func length(_ rows: Range<Int>) -> Int { rows.reduce(0) { $0 + document.rows[$1].length } }

    /// The mean length of the passages that `heads` head, in characters.
    func meanLength(_ heads: [Int]) -> Int { length(heads[0]..<document.rows.count) / heads.count }

    /// Whether at least half of the passages that `heads` head open as only essays do.
    func areOpened(_ heads: [Int]) -> Bool {
        let opened = heads.indices.count {
            opens(heads[$0], until: $0 + 1 < heads.count ? heads[$0 + 1] : document.rows.count)
        }
        return opened * 2 >= heads.count
    }

    /// Whether `一、` or `第一条` comes before `end`, or a salutation, an addressee or a document number stands under the row.
    func opens(_ row: Int, until end: Int) -> Bool {
        var next = row + 1
        while next < end, next - row <= 3, document.rows[next].kind == .titleLike || document.rows[next].kind == .note {
            next += 1
        }
        if next < end, [.salutation, .addressee, .documentNumber].contains(document.rows[next].kind) { return true }
        return series.firstOfHighest(in: row + 1..<end) == 1 && !series.goesOn(through: row)
    }
}
