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
    /// How long the passages under them are, and how many are very short or very long.
    case length, shortPassages, longPassages, evenPassages
    /// How many bear the numbers of divisions, nothing but a number, a number before a title.
    case chapters, bareNumbers, counted, countsOn
    /// Nearly all titles bear numbers that count on from title to title.
    case countsThroughout
    /// How many a table of contents lists, have a date or an author, come again elsewhere.
    case listed, signed, closed, repeated
    /// How many are parts that only one work has.
    case innerParts
    /// What the rest of the text is: divisions elsewhere, numbering that goes on through the lines, what the whole is called.
    case divisionsElsewhere, crossed, namedCollection, namedWork, titledAbove, headPart
    /// Passages that speak of chapters, as only one work does.
    case speaksOfChapters
    /// How evenly words are spread over the passages.
    case spread, spreadUnknown
    /// How the lines are set.
    case gapOfOne, gapOfTwo, gapOfMore, indented, flushed, topHeading, lowerHeading, byDates, byContents, byRules
    /// How the lines end, how long they are.
    case questions, titleLength, titleLike
    case isMarkdown, quoted, size
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

/// Reads a class of lines.
struct CollectionReader {
    let document: SplitterDocument
    let series: SplitterSeries
    let contents: CollectionContents
    let lines: CollectionLines
    let classes: CollectionClasses
    let isNamedCollection: Bool
    let isNamedWork: Bool
    private let listed: Set<Int>
    /// Rows that bear the number of a division.
    private let divisions: [Int]
    /// How much stands before each row: in threes of bytes, which are one ideograph or three letters.
    private let lengths: [Int]

    init(_ document: SplitterDocument, _ series: SplitterSeries, name: String) {
        self.document = document
        self.series = series
        let lines = CollectionLines(document)
        self.lines = lines
        let contents = CollectionContents(document, lines.lines)
        self.contents = contents
        classes = CollectionClasses(document, contents, lines)
        listed = Set(contents.targets)
        divisions = document.rows.indices.filter {
            guard case .chapter = lines.lines[$0].number, lines.lines[$0].isHeadline, !contents.table.contains($0) else { return false }
            return true
        }
        var lengths = [0]
        lengths.reserveCapacity(document.rows.count + 1)
        for row in document.rows { lengths.append(lengths.last! + max(1, row.content.count / 3)) }
        self.lengths = lengths
        let names = [name, document.title ?? ""] + document.rows.prefix(2).filter { $0.length <= 30 }.map { document.text($0.content) }
        isNamedCollection = names.contains { CollectionName.isOne($0) }
        isNamedWork = names.contains { CollectionName.isWork($0) }
    }

    private func length(_ rows: Range<Int>) -> Int { rows.isEmpty ? 0 : lengths[rows.upperBound] - lengths[rows.lowerBound] }

    /// The least text of a passage, and the least and most of one of usual length, in characters.
    private static let leastPassage = 14
    private static let shortPassage = 120
    private static let longPassage = 30_000
    /// More rows than this one after another are a table and no title of several lines.
    private static let longestRun = 3

    func candidate(_ group: CollectionClass) -> CollectionCandidate? {
        if case .heading = group.kind, !mayBeEssays(group.rows) { return nil }
        var candidate = CollectionCandidate(kind: group.kind)
        let titles = group.rows.filter { !contents.table.contains($0) && isTitle($0, group.kind) }
        let starts = starts(titles)
        guard starts.count >= 2 else { return nil }
        let essays = starts.filter { CollectionLine.part(document, $0.title) == nil }
        guard essays.count >= 2 else { return nil }
        candidate.read(self, group, starts)
        return candidate
    }

    /// Whether headings of one rank may be titles: not in a manual, where one names a section, nor below a title of their own rank or
    /// the document's that is no collection's.
    private func mayBeEssays(_ rows: [Int]) -> Bool {
        if SplitterTopHeadings.isManual(document) { return false }
        if rows.contains(where: { SplitterTopHeadings.isSection(document, $0) && [nil, .inner].contains(CollectionLine.part(document, $0)) }) {
            return false
        }
        return isNamedCollection || document.title == nil && !(rows[0] == 0 && isTitled(above: rows))
    }

    /// Whether headings stand below the first, which has no text under it and names no collection.
    fileprivate func isTitled(above rows: [Int]) -> Bool {
        guard !isNamedCollection, document.rows[0].markdownRank > 0, rows[0] <= 1, rows.count > 1 else { return false }
        let next = rows[0] == 0 ? rows[1] : rows[0]
        return next == 1 && CollectionLine.part(document, 0) == nil
    }

    private func isTitle(_ row: Int, _ kind: CollectionClass.Kind) -> Bool {
        if case .heading = kind { return document.rows[row].length <= 80 }
        return lines.lines[row].isHeadline
    }

    struct Start {
        /// Where the essay begins, and where its title stands.
        var row: Int
        var title: Int
    }

    /// The titles under which text stands. Of several in a row the first begins the essay, if they are few; of many the last.
    private func starts(_ titles: [Int]) -> [Start] {
        var starts: [Start] = []
        var first = 0
        while first < titles.count {
            var last = first
            while last + 1 < titles.count, !holdsText(titles[last] + 1..<titles[last + 1]) { last += 1 }
            let end = last + 1 < titles.count ? titles[last + 1] : document.rows.count
            if holdsText(titles[last] + 1..<end) {
                let isRun = last - first < Self.longestRun && titles[last] - titles[first] <= 2 * Self.longestRun
                let row = isRun ? titles[first] : titles[last]
                starts.append(Start(row: row, title: title(in: titles[(isRun ? first : last)...last])))
            }
            first = last + 1
        }
        return starts
    }

    /// The row of several in a row that is a title: the first that names no part of a book and bears no number of a division.
    private func title(in rows: ArraySlice<Int>) -> Int {
        rows.first {
            if case .chapter = lines.lines[$0].number { return false }
            return CollectionLine.part(document, $0) == nil
        } ?? rows.first!
    }

    private func holdsText(_ rows: Range<Int>) -> Bool { length(rows) >= Self.leastPassage }

    fileprivate func passage(_ starts: [Start], _ index: Int) -> Range<Int> {
        starts[index].row..<(index + 1 < starts.count ? starts[index + 1].row : document.rows.count)
    }
}

extension CollectionCandidate {
    fileprivate mutating func read(_ reader: CollectionReader, _ group: CollectionClass, _ found: [CollectionReader.Start]) {
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

    private mutating func readShape(_ reader: CollectionReader, _ group: CollectionClass, _ found: [CollectionReader.Start]) {
        let (document, lines) = (reader.document, reader.lines.lines)
        set(.count, log2(Double(found.count)))
        set(.few, found.count < 4 ? 1 : 0)
        let known = Set(found.map(\.title))
        // What stands right under a title may be set off from it as the title is from what comes before.
        let inside = group.rows.filter { !reader.contents.table.contains($0) && $0 > found[0].row && !known.contains($0 - 1) }
        let titles = inside.count { lines[$0].isHeadline || document.rows[$0].markdownRank > 0 }
        let purity = Double(titles) / Double(max(1, inside.count))
        set(.purity, purity)
        set(.impurity, log(1.02 - purity))
        set(.questions, share(found) { [0x3F, 0x21, 0x2026].contains(RowEnding.last(document.bytes, document.rows[$0.title].content)) })
        let length = found.reduce(0) { $0 + document.rows[$1.title].content.count / 3 }
        set(.titleLength, min(3, Double(length) / Double(found.count) / 12))
        set(.titleLike, share(found) { document.rows[$0.title].kind == .titleLike || lines[$0.title].isLatin })
        set(.quoted, share(found) { lines[$0.title].isQuoted })
        set(.repeated, share(found) { reader.lines.repeated.contains($0.title) })
    }

    private mutating func readPassages(_ reader: CollectionReader, _ found: [CollectionReader.Start]) {
        let passages = found.indices.map { reader.passage(found, $0) }
        let lengths = passages.map { reader.characters($0) }
        let sorted = lengths.sorted()
        let median = Double(max(1, sorted[sorted.count / 2]))
        set(.length, log10(median) - 3)
        set(.shortPassages, Double(lengths.count { $0 < 120 }) / Double(lengths.count))
        set(.longPassages, Double(lengths.count { $0 > 30_000 }) / Double(lengths.count))
        let (titles, headings) = passages.reduce(into: (0, 0)) { sum, passage in
            sum.0 += reader.headlines(in: passage.dropFirst(1))
            sum.1 += passage.contains { reader.document.rows[$0].heading != nil && reader.document.rows[$0].length <= 40 } ? 1 : 0
        }
        set(.titlesInside, log2(1 + Double(titles) / Double(passages.count)))
        set(.headingsInside, Double(headings) / Double(passages.count))
        let whole = Double(reader.characters(0..<reader.document.rows.count))
        set(.small, max(0, 1 - whole / 6000))
        let before = Double(reader.text(before: found[0].row))
        set(.introduced, before > 40 && before < median / 2 ? 1 : 0)
        set(.evenPassages, Double(lengths.count { Double($0) > median / 4 && Double($0) < median * 4 }) / Double(lengths.count))
        let bytes = passages.map { reader.document.rows[$0.lowerBound].start..<reader.document.rows[$0.upperBound - 1].end }
        set(.speaksOfChapters, Double(bytes.count { ChapterWords.areIn(reader.document.bytes, $0) }) / Double(bytes.count))
        if let spread = CollectionSpread.measure(reader.document.bytes, bytes) {
            set(.spread, max(-3, min(2, (spread - 0.7) * 10)))
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
        let rows = Set(found.flatMap { [$0.row, $0.title] })
        let document = reader.document
        set(.listed, share(found) { reader.isListed($0.title) || reader.isListed($0.row) })
        set(.signed, share(found) { start in
            (start.title + 1..<min(start.title + 4, document.rows.count)).contains { CollectionLines.isSignature(document, $0) }
        })
        set(.closed, share(found) { start in
            start.row > 1 && (start.row - 2..<start.row).contains {
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
        let elsewhere = reader.divisionRows.count { !rows.contains($0) && $0 > found[0].row }
        set(.divisionsElsewhere, log2(1 + Double(elsewhere)))
        set(.crossed, share(found) { reader.series.goesOn(through: $0.row) })
        set(.namedCollection, reader.isNamedCollection ? 1 : 0)
        set(.namedWork, reader.isNamedWork && !reader.isNamedCollection ? 1 : 0)
        set(.headPart, reader.characters(0..<found[0].row) > 2000 ? Double(reader.characters(0..<found[0].row)) / Double(reader.characters(0..<document.rows.count)) : 0)
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

extension CollectionReader {
    var divisionRows: [Int] { divisions }
    func isListed(_ row: Int) -> Bool { listed.contains(row) }
    func characters(_ rows: Range<Int>) -> Int { length(rows) }

    /// Lines like titles, set apart from the line above.
    func headlines(in rows: Range<Int>.SubSequence) -> Int {
        rows.count {
            lines.lines[$0].isHeadline && document.rows[$0].kind == .titleLike && document.rows[$0 - 1].isFinished
                && (lines.lines[$0].isLatin == false || document.rows[$0].blanksBefore > classes.usualGap)
        }
    }

    /// How much stands before `row` in paragraphs.
    func text(before row: Int) -> Int {
        (0..<row).reduce(0) { sum, row in
            contents.table.contains(row) || document.rows[row].kind != .paragraph ? sum : sum + length(row..<row + 1)
        }
    }

    /// Whether what stands before `row` is no text of its own: the name of the whole, a table of contents, what `known` rows head as
    /// the front of a book.
    func isHead(before row: Int, known: ArraySlice<Int>) -> Bool {
        if !known.isEmpty { return true }
        let rows = 0..<row
        return rows.allSatisfy { contents.table.contains($0) || document.rows[$0].length <= 60 || isNotice($0) }
            && length(rows) - length(contents.table.clamped(to: rows)) <= 300
    }

    private func isNotice(_ row: Int) -> Bool { SplitterContents.speaksOfGathering(document, row) }
}

/// Words by which a work speaks of its own chapters: `本章`, `上一章`, `第三章`, `this chapter`.
private enum ChapterWords {
    private static let words: [StaticString] = ["本章", "上一章", "下一章", "上章", "下章", "前一章", "前章", "各章", "本书第", "第一章", "第二章", "第三章", "第四章", "第五章", "this chapter", "next chapter", "last chapter", "preceding chapter", "previous chapter"]

    static func areIn(_ bytes: TextBytes, _ range: Range<Int>) -> Bool { words.contains { Pattern.contains(bytes, range, $0) } }
}

/// Names of collections.
enum CollectionName {
    private static let ends: [StaticString] = [
        "文集", "选集", "散文集", "小说集", "诗集", "随笔集", "杂文集", "作品集", "故事集", "书信集", "讲话集", "演讲集", "文选", "诗选", "散文选", "小说选", "作品选",
        "精选", "选编", "汇编", "文萃", "随笔", "杂文", "杂感", "小品", "书信", "家书", "札记", "短篇", "短篇小说", "童话", "寓言", "傳奇選", "詩選", "文選", "作品精选",
        "自选集", "杂记", "散文", "文存", "文钞", "诗钞", "诗抄", "合集",
    ]
    private static let holds: [StaticString] = ["文集", "散文", "诗集", "诗选", "文选", "小说选", "选集", "作品集", "短篇", "随笔", "杂文", "故事集", "童话", "詩選", "傳奇選", "作品精选"]

    private static let works: [StaticString] = [
        "传", "史", "论", "学", "原理", "概论", "导论", "教程", "讲义", "手册", "指南", "回忆录", "自述", "演义", "条例", "规定", "办法", "研究", "纲要", "通论", "史纲",
        "概要", "学史", "战争史", "纪实", "長篇", "长篇小说", "傳", "學", "論",
    ]

    /// Whether a name is such as one long work bears: `清河志`'s kin `…史`, `…传`, `…概论`.
    static func isWork(_ name: String) -> Bool {
        let folded = name.unicodeScalars.lazy.map { ScalarCursor.fold($0.value) }.filter { $0 > 0x20 }
        var compact = String(String.UnicodeScalarView(folded.compactMap(Unicode.Scalar.init)))
        return compact.withUTF8 { bytes in
            let core = TitleScoring.withoutSuffix(bytes, 0..<bytes.count)
            return works.contains { Pattern.hasSuffix(bytes, core, $0) }
        }
    }

    private static let gatherings: [StaticString] = ["全集", "征集", "收集", "密集", "市集", "采集", "聚集"]

    static func isOne(_ name: String) -> Bool {
        if SplitterLatin.namesCompilation(name) { return true }
        let folded = name.unicodeScalars.lazy.map { ScalarCursor.fold($0.value) }.filter { $0 > 0x20 }
        var compact = String(String.UnicodeScalarView(folded.compactMap(Unicode.Scalar.init)))
        return compact.withUTF8 { bytes in
            let range = 0..<bytes.count
            let core = TitleScoring.withoutSuffix(bytes, range)
            if ends.contains(where: { Pattern.hasSuffix(bytes, core, $0) }) { return true }
            if holds.contains(where: { Pattern.contains(bytes, range, $0) }) { return true }
            return Pattern.hasSuffix(bytes, core, "集") && !gatherings.contains { Pattern.hasSuffix(bytes, core, $0) }
        }
    }
}
