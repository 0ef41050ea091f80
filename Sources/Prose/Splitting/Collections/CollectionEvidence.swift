#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What speaks for and against the lines of a class being the titles of a collection.
enum CollectionEvidence: Int, CaseIterable {
    case base
    /// How many lines there are, and how many of those set in this way are titles by their shape.
    case count, few, purity, impurity
    /// How long the passages under them are, and how many are very long or of like length.
    case length, longPassages, evenPassages
    /// How many bear the numbers of divisions, nothing but a number, a number before a title.
    case chapters, bareNumbers, counted, countsOn
    /// Nearly all titles bear numbers that count on from title to title.
    case countsThroughout
    /// How many a table of contents lists, have a date or an author, come again elsewhere.
    case listed, signed, closed, repeated
    /// How many are parts that only one work has.
    case innerParts
    /// What the rest of the text is: numbering that goes on through the lines, what the whole is called.
    case crossed, namedCollection, namedWork, titledAbove, headPart
    /// How evenly words are spread over the passages.
    case spread, spreadUnknown
    /// How the lines are set.
    case gapOfOne, gapOfTwo, gapOfMore, indented, flushed, topHeading, lowerHeading, byDates, byContents, byRules
    /// How the lines end, how long they are.
    case questions, titleLength, titleLike
    case isMarkdown, size
    /// The text is short, and a few words of introduction stand between its title and the first of the lines.
    case small, introduced
    /// How many other lines like titles there are in a passage, and in how many passages numbered headings.
    case titlesInside, headingsInside
}

/// The lines of a class that may begin essays, with what speaks for it.
struct CollectionCandidate {
    let kind: CollectionClass.Kind
    /// Rows where essays would begin, and the row with the title of each.
    private(set) var starts: [Int] = []
    private(set) var titleRows: [Int] = []
    private(set) var values = [Double](repeating: 0, count: CollectionEvidence.allCases.count)

    subscript(_ evidence: CollectionEvidence) -> Double { values[evidence.rawValue] }
}

extension CollectionCandidate {
    mutating func read(_ reader: CollectionReader, _ group: CollectionClass, _ found: [CollectionReader.Start]) {
        starts = found.map(\.row)
        titleRows = found.map(\.title)
        values[CollectionEvidence.base.rawValue] = 1
        readShape(reader, group, found)
        readPassages(reader, found)
        readNumbers(reader, found)
        readCompany(reader, found)
        readSetting(reader, group)
    }

    private mutating func set(_ evidence: CollectionEvidence, _ value: Double) { values[evidence.rawValue] = value }

    private func share(_ found: [CollectionReader.Start], _ holds: (CollectionReader.Start) -> Bool) -> Double {
        Double(found.count(where: holds)) / Double(max(1, found.count))
    }

    private mutating func readShape(
        _ reader: CollectionReader, _ group: CollectionClass, _ found: [CollectionReader.Start]
    ) {
        let (document, lines) = (reader.document, reader.lines.lines)
        set(.count, log2(Double(found.count)))
        set(.few, found.count < 4 ? 1 : 0)
        let known = Set(found.map(\.title))
        // What stands right under a title may be set off from it as the title is from what comes before.
        let inside = group.rows.filter {
            !reader.contents.table.contains($0) && $0 > found[0].row && !known.contains($0 - 1)
        }
        let titles = inside.count { lines[$0].isHeadline || document.rows[$0].markdownRank > 0 }
        let purity = Double(titles) / Double(max(1, inside.count))
        set(.purity, purity)
        set(.impurity, log(1.02 - purity))
        set(
            .questions,
            share(found) {
                [0x3F, 0x21, 0x2026].contains(RowEnding.last(document.bytes, document.rows[$0.title].content))
            })
        let length = found.reduce(0) { $0 + document.rows[$1.title].content.count / 3 }
        set(.titleLength, min(3, Double(length) / Double(found.count) / 12))
        set(.titleLike, share(found) { document.rows[$0.title].kind == .titleLike || lines[$0.title].isLatin })
        set(.repeated, share(found) { reader.lines.repeated.contains($0.title) })
    }

    private mutating func readPassages(_ reader: CollectionReader, _ found: [CollectionReader.Start]) {
        let passages = found.indices.map { reader.passage(found, $0) }
        let lengths = passages.map { reader.characters($0) }
        let sorted = lengths.sorted()
        let median = Double(max(1, sorted[sorted.count / 2]))
        set(.length, log10(median) - 3)
        set(.longPassages, Double(lengths.count { $0 > 30_000 }) / Double(lengths.count))
        let (titles, headings) = passages.reduce(into: (0, 0)) { sum, passage in
            sum.0 += reader.headlines(in: passage.dropFirst(1))
            sum.1 +=
                passage.contains { reader.document.rows[$0].heading != nil && reader.document.rows[$0].length <= 40 }
                ? 1 : 0
        }
        set(.titlesInside, log2(1 + Double(titles) / Double(passages.count)))
        set(.headingsInside, Double(headings) / Double(passages.count))
        let whole = Double(reader.characters(0..<reader.document.rows.count))
        set(.small, max(0, 1 - whole / 6000))
        let before = Double(reader.text(before: found[0].row))
        set(.introduced, before > 40 && before < median / 2 ? 1 : 0)
        set(
            .evenPassages,
            Double(lengths.count { Double($0) > median / 4 && Double($0) < median * 4 }) / Double(lengths.count))
    }

    /// The least and the most that the spread of words counts for.
    static let spreadRange = [-3.0, 2.0]

    /// Reads what takes longer than all the rest, since it reads the text itself.
    mutating func readSpread(_ reader: CollectionReader) {
        let rows = reader.document.rows
        let passages = starts.indices.map { index in
            let end = index + 1 < starts.count ? starts[index + 1] : rows.count
            return rows[starts[index]].start..<rows[end - 1].end
        }
        if let spread = CollectionSpread.measure(reader.document.bytes, passages) {
            let range = Self.spreadRange
            set(.spread, max(range[0], min(range[1], (spread - 0.7) * 10)))
        } else {
            set(.spreadUnknown, 1)
        }
    }

    private mutating func readNumbers(_ reader: CollectionReader, _ found: [CollectionReader.Start]) {
        let numbers = found.map { reader.lines.lines[$0.title].number }
        let total = Double(numbers.count)
        var (chapters, bare, counted, next) = (0.0, 0.0, 0.0, 0.0)
        var last = 0
        for number in numbers {
            switch number {
            case .none: continue
            case .chapter(let value):
                chapters += 1
                if value == last + 1 { next += 1 }
                last = value
            case .bare(let value):
                bare += 1
                if value == last + 1 { next += 1 }
                last = value
            case .counted(let value):
                counted += 1
                if value == last + 1 { next += 1 }
                last = value
            }
        }
        set(.chapters, chapters / total)
        set(.bareNumbers, bare / total)
        set(.counted, counted / total)
        set(.countsOn, next / total)
        set(.countsThroughout, counted + bare > 0.8 * total && next > 0.7 * total ? 1 : 0)
    }

    private mutating func readCompany(_ reader: CollectionReader, _ found: [CollectionReader.Start]) {
        let document = reader.document
        set(.listed, share(found) { reader.isListed($0.title) || reader.isListed($0.row) })
        set(
            .signed,
            share(found) { start in
                (start.title + 1..<min(start.title + 4, document.rows.count)).contains {
                    CollectionLines.isSignature(document, $0)
                }
            })
        set(
            .closed,
            share(found) { start in
                start.row > 1
                    && (start.row - 2..<start.row).contains {
                        document.rows[$0].kind == .closing || CollectionLines.isSignature(document, $0)
                    }
            })
        // In Markdown every document is set in headings: names of sections tell manuals and papers.
        let inner = found.count {
            switch CollectionLine.part(document, $0.title) {
            case .front?, .back?: false
            case .inner?: true
            case nil: document.rows[$0.title].markdownRank > 0 && SplitterTopHeadings.isSection(document, $0.title)
            }
        }
        set(.innerParts, min(2, Double(inner)))
        set(.crossed, share(found) { reader.series.goesOn(through: $0.row) })
        set(.namedCollection, reader.isNamedCollection ? 1 : 0)
        set(.namedWork, reader.isNamedWork && !reader.isNamedCollection ? 1 : 0)
        set(
            .headPart,
            reader.characters(0..<found[0].row) > 2000
                ? Double(reader.characters(0..<found[0].row)) / Double(reader.characters(0..<document.rows.count)) : 0)
        set(.size, log10(Double(max(10, reader.characters(0..<document.rows.count)))) - 4)
        set(.isMarkdown, document.rows.contains { $0.markdownRank > 0 } ? 1 : 0)
    }

    private mutating func readSetting(_ reader: CollectionReader, _ group: CollectionClass) {
        switch group.kind {
        case .gap(let gap):
            let wider = gap - reader.classes.usualGap
            set(wider == 1 ? .gapOfOne : wider == 2 ? .gapOfTwo : .gapOfMore, 1)
        case .indented: set(.indented, 1)
        case .flushed: set(.flushed, 1)
        case .heading(let rank):
            set(rank == 1 ? .topHeading : .lowerHeading, 1)
            set(.titledAbove, reader.isTitled(above: group.rows) ? 1 : 0)
        case .signed: set(.byDates, 1)
        case .listed: set(.byContents, 1)
        case .ruled: set(.byRules, 1)
        }
    }
}
