/// Finds the series of lines of one pattern, numbered from 1 on, that divide a text: `演讲稿一：…`, `演讲稿二：…`.
///
/// Such a series is taken whole or not at all. It is one of essays if nothing but the name of a compilation stands above it,
/// or nothing at all; below a title the passages must be such as essays are, since parts of one essay are numbered as well.
struct SplitterNamedSeries {
    /// The markers of the outermost series of essays.
    private(set) var markers: [SplitterMarker] = []
    /// The rows of all other series: none of them begins an essay.
    private(set) var refused: Set<Int> = []

    private let document: SplitterDocument
    private let series: SplitterSeries
    private let passages: SplitterPassages
    /// How long passages of prose are on the average, in characters.
    private static let usualLength = 80

    init(_ document: SplitterDocument, _ series: SplitterSeries, _ passages: SplitterPassages) {
        self.document = document
        self.series = series
        self.passages = passages
        var groups: [[UInt32]: [SplitterNamedMark]] = [:]
        for row in document.rows.indices {
            if let mark = SplitterNamedMark.read(document, row) { groups[mark.pattern, default: []].append(mark) }
        }
        for group in groups.values.filter({ $0.count > 1 }).sorted(by: { $0[0].row < $1[0].row }) {
            let heads = heads(group)
            guard heads.count > 1, Self.count(heads.map(\.number)) else { continue }
            if markers.isEmpty, areEssays(heads, among: group) {
                markers = heads.map(\.marker)
            } else {
                refused.formUnion(heads.map(\.row))
            }
        }
    }

    /// The marks under which text stands: not those of a table of contents, and each but once.
    private func heads(_ group: [SplitterNamedMark]) -> [SplitterNamedMark] {
        var marks: [SplitterNamedMark] = []
        for mark in group {
            if let last = marks.last, last.number == mark.number, mark.row - last.row <= 3 { continue }
            marks.append(mark)
        }
        return marks.indices.filter { passages.holdsText(marks[$0].row + 1..<end(of: $0, in: marks)) }.map { marks[$0] }
    }

    private func end(of index: Int, in marks: [SplitterNamedMark]) -> Int {
        index + 1 < marks.count ? marks[index + 1].row : document.rows.count
    }

    /// Whether the numbers count from 1 on, once or several times, and no more are missing than there are.
    private static func count(_ numbers: [Int]) -> Bool {
        var due = 0
        var last = 0
        for number in numbers {
            guard number > last || number == 1 else { return false }
            due += number > last ? number - last : 1
            last = number
        }
        return numbers.first == 1 && due <= 2 * numbers.count
    }

    private func areEssays(_ heads: [SplitterNamedMark], among group: [SplitterNamedMark]) -> Bool {
        let bytes = document.bytes
        let questions = heads.count { !$0.title.isEmpty && RowEnding.last(bytes, $0.title) == 0x3F }
        let crossed = heads.count { series.goesOn(through: $0.row) }
        guard !heads[0].isPart(bytes), questions * 2 < heads.count, crossed * 4 <= heads.count else { return false }
        let open = passages.areOpened(heads.map(\.row))
        switch passages.lead(before: heads[0].row, except: Set(group.map(\.row))) {
        case .nothing: return open || !heads[0].isBare && passages.meanLength(heads.map(\.row)) >= Self.usualLength
        case .nameOfCompilation: return true
        case .title: return open && !isDocumentAbove(heads[0]) || isNamedAbove(heads[0])
        case .text: return false
        }
    }

    /// Whether the title above is that of one document: `关于渠道管护的调研报告`.
    private func isDocumentAbove(_ head: SplitterNamedMark) -> Bool {
        hasTitle(above: head) { TitleScoring.endsWithDocument($0, $1) }
    }

    /// Whether the title above ends with the word that is numbered: `春节演讲稿` above `演讲稿一` or `演讲稿之一`.
    private func isNamedAbove(_ head: SplitterNamedMark) -> Bool {
        var word = head.word
        if Pattern.hasSuffix(document.bytes, word, "之") { word = word.lowerBound..<word.upperBound - 3 }
        return word.count >= 6
            && hasTitle(above: head) { $0[$1].suffix(word.count).elementsEqual(document.bytes[word]) }
    }

    /// Whether a title above ends as `holds` says, a remark behind it left out.
    private func hasTitle(above head: SplitterNamedMark, _ holds: (TextBytes, Range<Int>) -> Bool) -> Bool {
        (0..<head.row).contains { row in
            document.rows[row].kind == .titleLike
                && document.withCompact(row) { holds($0, TitleScoring.withoutSuffix($0, $1)) }
        }
    }
}
