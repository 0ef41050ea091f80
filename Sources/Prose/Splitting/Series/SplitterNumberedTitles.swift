/// Finds compilations whose titles bear the numbers of lower headings: `（一）标题` or `1. 标题` above `一、`.
///
/// Such a number is told from an ordinary heading by what it holds: `一、` or `第一条` comes before the next number of its
/// kind, or a salutation, an addressee or a document number stands under it.
struct SplitterNumberedTitles {
    private let document: SplitterDocument
    private let series: SplitterSeries
    private let passages: SplitterPassages
    private static let kinds: [HeadingKind] = [.hanInParentheses, .digit, .digitInParentheses]

    init(_ document: SplitterDocument, _ series: SplitterSeries, _ passages: SplitterPassages) {
        self.document = document
        self.series = series
        self.passages = passages
    }

    /// The markers of the first kind of number that counts essays here; none where no kind does.
    func markers() -> [SplitterMarker] {
        for kind in Self.kinds {
            let rows = document.rows.indices.filter { document.rows[$0].heading?.kind == kind && isTitle($0) }
            let found = counted(rows)
            if found.count > 1 { return found }
            let gathered = gathered(rows)
            if gathered.count > 1 { return gathered }
        }
        return []
    }

    /// How long essays without numbering are on the average, in characters.
    private static let usualLength = 150

    /// The rows of `rows` that head a text, those of a table of contents left out, if they count from 1 on without a gap under the
    /// name of a compilation.
    private func gathered(_ rows: [Int]) -> [SplitterMarker] {
        let heads = rows.indices.filter {
            passages.holdsText(rows[$0] + 1..<($0 + 1 < rows.count ? rows[$0 + 1] : document.rows.count))
        }.map { rows[$0] }
        guard heads.count > 2, heads.map(number).elementsEqual(1...heads.count),
            !heads.contains(where: { series.goesOn(through: $0) || passages.isAnswered($0) })
        else { return [] }
        guard passages.lead(before: heads[0], except: Set(rows)) == .nameOfCompilation,
            passages.meanLength(heads) >= Self.usualLength
        else { return [] }
        return heads.map(marker)
    }

    /// The rows of `rows` that count on from 1, if at least half of them hold what only essays hold.
    private func counted(_ rows: [Int]) -> [SplitterMarker] {
        let openers = rows.indices.filter {
            passages.opens(rows[$0], until: $0 + 1 < rows.count ? rows[$0 + 1] : document.rows.count)
        }
        guard openers.count > 1 else { return [] }
        var chosen: [Int] = []
        for index in openers.map({ rows[$0] }) {
            let number = number(index)
            guard number > (chosen.last.map { self.number($0) } ?? 0) else { continue }
            chosen += between(chosen.last ?? -1, index, rows)
            chosen.append(index)
        }
        guard chosen.first.map(number) == 1, openers.count * 2 >= chosen.count, explains(chosen) else { return [] }
        chosen += trailing(chosen.last!, rows)
        return chosen.map(marker)
    }

    /// Whether numbering begins, and begins again, only behind these rows.
    private func explains(_ chosen: [Int]) -> Bool {
        if let first = series.firstOfHighest(in: 0..<chosen[0]), first > 0 { return false }
        return series.restarts(in: 0..<document.rows.count).allSatisfy { restart in
            chosen.contains { $0 > restart.after && $0 < restart.row }
        }
    }

    private func number(_ row: Int) -> Int { document.rows[row].heading?.number ?? 0 }

    /// Rows between two of the series that bear the numbers missing there, each the last of its number.
    private func between(_ low: Int, _ high: Int, _ rows: [Int]) -> [Int] {
        var wanted = number(high) - 1
        let lowest = low < 0 ? 1 : number(low) + 1
        var found: [Int] = []
        for row in rows.reversed() where row < high && row > low && wanted >= lowest && number(row) == wanted {
            found.append(row)
            wanted -= 1
        }
        return wanted < lowest ? found.reversed() : []
    }

    /// Rows behind the last of the series that count on, set as it is.
    private func trailing(_ last: Int, _ rows: [Int]) -> [Int] {
        var found: [Int] = []
        var number = number(last)
        for row in rows where row > last && self.number(row) == number + 1 && isSet(row, like: last) {
            found.append(row)
            number += 1
        }
        return found
    }

    private func isSet(_ row: Int, like other: Int) -> Bool {
        let (left, right) = (document.rows[row], document.rows[other])
        return left.indent == right.indent && left.blanksBefore == right.blanksBefore && !series.goesOn(through: row)
    }

    /// A number alone with a title in the next row, or with one on its own row.
    private func isTitle(_ row: Int) -> Bool {
        guard let heading = document.rows[row].heading else { return false }
        let rest = heading.end..<max(heading.end, document.rows[row].content.upperBound)
        if rest.isEmpty { return row + 1 < document.rows.count && document.rows[row + 1].kind == .titleLike }
        return document.rows[row].length <= 50 && !document.rows[row].isFinished && rest.count >= 6
            && ![0x3B, 0x3A, 0x2C].contains(RowEnding.last(document.bytes, rest))
    }

    private func marker(_ row: Int) -> SplitterMarker {
        let line = document.rows[row]
        let end = line.heading?.end ?? line.content.lowerBound
        let mark = Lines.trim(line.content.lowerBound..<end, in: document.bytes)
        return SplitterMarker(
            row: row, start: row, ordinal: number(row), style: .numberedTitle, mark: mark,
            title: end..<max(end, line.content.upperBound), isGlued: false)
    }
}
