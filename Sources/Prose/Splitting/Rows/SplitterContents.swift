/// What stands before the first essay of a compilation: the name of the whole, how many essays it holds, a table of contents.
struct SplitterContents {
    /// Titles that a table of contents lists, without blanks and in half width.
    private(set) var titles: Set<[UInt8]> = []
    /// The first row behind the table of contents, 0 if there is none.
    private(set) var end = 0
    /// How many essays the name of the compilation says there are (`心得体会（精选5篇）`).
    private(set) var total: Int?

    init(_ document: SplitterDocument, _ markers: SplitterMarkerSeries) {
        for title in markers.listedTitles { titles.insert(Self.compact(document, title)) }
        if !markers.contents.isEmpty { end = markers.contents.upperBound }
        readList(document)
        total = document.rows.prefix(3).lazy.compactMap { Self.count($0, document) }.first
    }

    /// Reads the short lines after 目录. The table ends where its first title comes again: as the title of the first essay.
    private mutating func readList(_ document: SplitterDocument) {
        let rows = document.rows
        guard let head = rows.prefix(40).firstIndex(where: { $0.kind == .contents }) else {
            return readBareList(document)
        }
        var limit = head + 1
        while limit < rows.count, rows[limit].length <= 60, rows[limit].kind != .paragraph,
            rows[limit].kind != .documentNumber
        {
            limit += 1
        }
        let entries = (head + 1..<limit).map { Self.entry(document, $0) }
        // Titles may be alike, so that the last line that says the first one counts.
        let again = entries.first.flatMap { first in entries.dropFirst().lastIndex { Self.areOne(first, $0) } }
        if let again {
            end = max(end, head + 1 + again)
        } else {
            end = max(end, endOfLines(entries, document, head + 1))
        }
        let listed = entries.prefix(max(0, end - head - 1)).filter { $0.count >= 12 }
        if listed.count > 1 { titles.formUnion(listed) }
    }

    /// Where the first title comes again only further down, all the lines are the table; else there is none.
    private func endOfLines(_ entries: [[UInt8]], _ document: SplitterDocument, _ start: Int) -> Int {
        guard let first = entries.first else { return start }
        return Self.comesAgain(first, document, from: start + entries.count) ? start + entries.count : start
    }

    /// Short lines at the top, most of which come again further down, are a table of contents without its heading.
    private mutating func readBareList(_ document: SplitterDocument) {
        let rows = document.rows
        let head =
            rows.prefix(100).firstIndex { $0.kind == .paragraph || $0.kind == .documentNumber || $0.length > 60 } ?? 0
        guard head >= 4 else { return }
        let entries = (0..<head).map { Self.entry(document, $0) }
        let first = entries.firstIndex { $0.count >= 15 } ?? 0
        let bodyStart = entries.indices.last { $0 > first && Self.areOne(entries[first], entries[$0]) } ?? head
        let again = entries.prefix(bodyStart).filter {
            $0.count >= 15 && Self.comesAgain($0, document, from: bodyStart)
        }
        guard again.count >= 3, again.count * 2 > bodyStart else { return }
        titles.formUnion(again)
        end = max(end, bodyStart)
    }

    private static func comesAgain(_ entry: [UInt8], _ document: SplitterDocument, from row: Int) -> Bool {
        row < document.rows.count && document.rows[row...].contains { areOne(entry, document.compact[$0.compact]) }
    }

    /// Whether two titles are the same, or one is the first line of the other.
    private static func areOne(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        min(left.count, right.count) >= 15 && (left.starts(with: right) || right.starts(with: left))
    }

    /// An entry without its number, leader dots and page number.
    private static func entry(_ document: SplitterDocument, _ row: Int) -> [UInt8] {
        let line = document.rows[row]
        let start = line.heading?.end ?? line.content.lowerBound
        let marker = SplitterMarker.read(document, row: row)
        let content = marker.flatMap { $0.title.isEmpty ? nil : $0.title } ?? start..<line.content.upperBound
        return compact(document, withoutLeaders(document.bytes, content))
    }

    /// An entry without leader dots and page number.
    static func withoutLeaders(_ bytes: TextBytes, _ entry: Range<Int>) -> Range<Int> {
        var content = entry
        while let last = content.last, (0x30...0x39).contains(bytes[last]) { content = content.dropLast() }
        let digits = entry.count - content.count
        var leaders = 0
        while !content.isEmpty, isLeader(bytes, content) {
            content = content.lowerBound..<content.upperBound - width(bytes, content)
            leaders += 1
        }
        return digits > 0 && leaders > 0 ? content : entry
    }

    static func hasLeaders(_ bytes: TextBytes, _ entry: Range<Int>) -> Bool {
        withoutLeaders(bytes, entry).count < entry.count
    }

    private static func width(_ bytes: TextBytes, _ range: Range<Int>) -> Int {
        var at = range.upperBound - 1
        while at > range.lowerBound, bytes[at] & 0xC0 == 0x80 { at -= 1 }
        return range.upperBound - at
    }

    private static func isLeader(_ bytes: TextBytes, _ range: Range<Int>) -> Bool {
        let last = RowEnding.last(bytes, range)
        return last == 0x2E || last == 0x2026 || last == 0xB7 || last == 0x20 || last == 0x09 || last == 0x2D
    }

    private static func compact(_ document: SplitterDocument, _ range: Range<Int>) -> [UInt8] {
        var cursor = ScalarCursor(document.bytes, range)
        var text = String.UnicodeScalarView()
        while !cursor.isAtEnd {
            let scalar = cursor.next()
            if scalar > 0x20, let value = Unicode.Scalar(scalar) { text.append(value) }
        }
        return Array(String(text).utf8)
    }

    private static func count(_ row: SplitterRow, _ document: SplitterDocument) -> Int? {
        guard row.length <= 60 else { return nil }
        return document.compact.withUnsafeBufferPointer { count($0, row.compact) }
    }

    /// The number in `5篇`, `五篇`, not in `第五篇`.
    private static func count(_ bytes: TextBytes, _ range: Range<Int>) -> Int? {
        var cursor = ScalarCursor(bytes, range)
        var previous: UInt32 = 0
        while !cursor.isAtEnd {
            let before = previous
            var number = cursor
            if let value = HanNumeral.readAny(&number) {
                if number.peek == 0x7BC7, before != 0x7B2C, value > 1, value <= 200 { return value }
                cursor = number
                previous = 0x30
            } else {
                previous = cursor.next()
            }
        }
        return nil
    }

    /// Whether a row names the compilation and not an essay: it says how many essays there are, or ends with such a word.
    static func namesCompilation(_ document: SplitterDocument, _ row: Int) -> Bool {
        document.rows[row].length <= 60 && document.withCompact(row) { namesCompilation($0, $1) }
    }

    private static let names: [StaticString] = ["汇编", "选编", "合集", "集锦", "文集", "大全", "文选", "材料集", "集萃"]

    private static func namesCompilation(_ bytes: TextBytes, _ range: Range<Int>) -> Bool {
        if count(bytes, range) != nil { return true }
        let core = TitleScoring.withoutSuffix(bytes, range)
        return names.contains { Pattern.hasSuffix(bytes, core, $0) }
    }

    /// What ends with 集 and is no collection of texts.
    private static let gatherings: [StaticString] = ["征集", "收集", "采集", "募集", "召集", "筹集", "搜集", "聚集", "密集", "市集"]

    /// Whether a name above a series of titles says that it is one of essays, in any of the ways that would say little elsewhere:
    /// `清河随笔集`, `Collected Essays`.
    static func namesWhole(_ name: String) -> Bool {
        if SplitterLatin.namesCompilation(name) { return true }
        let folded = name.unicodeScalars.lazy.map { ScalarCursor.fold($0.value) }.filter { $0 > 0x20 }
        var compact = String(String.UnicodeScalarView(folded.compactMap(Unicode.Scalar.init)))
        return compact.withUTF8 { bytes in
            if namesCompilation(bytes, 0..<bytes.count) { return true }
            let core = TitleScoring.withoutSuffix(bytes, 0..<bytes.count)
            return Pattern.hasSuffix(bytes, core, "集") && !gatherings.contains { Pattern.hasSuffix(bytes, core, $0) }
        }
    }

    private static let gathering: [StaticString] = [
        "整理", "收集", "参考", "分享", "希望", "精选", "小编", "以下是", "下面是", "本书收", "收录", "汇编", "范文",
    ]

    /// Whether a paragraph tells who gathered the essays for whom.
    static func speaksOfGathering(_ document: SplitterDocument, _ row: Int) -> Bool {
        gathering.contains { Pattern.contains(document.bytes, document.rows[row].content, $0) }
    }
}
