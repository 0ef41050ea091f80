/// The markers of a text that do mark essays, and what its table of contents says.
struct SplitterMarkerSeries {
    /// Markers that begin essays, in order.
    private(set) var markers: [SplitterMarker] = []
    /// Rows that a table of contents takes up.
    private(set) var contents: Range<Int> = 0..<0
    /// Titles that a table of contents of markers lists.
    private(set) var listedTitles: [Range<Int>] = []
    /// Rows of series that number the parts of an essay.
    private(set) var refused: Set<Int> = []

    init(_ document: SplitterDocument, _ series: SplitterSeries) {
        var found: [SplitterMarker] = []
        for row in document.rows.indices where document.rows[row].kind != .contents {
            if let marker = SplitterMarker.read(document, row: row) { found.append(marker) }
        }
        if !found.isEmpty { found = essays(found, document) }
        guard found.isEmpty else {
            markers = Self.isBook(found, document) ? [] : found
            return
        }
        let passages = SplitterPassages(document, series)
        let named = SplitterNamedSeries(document, series, passages)
        refused = named.refused
        markers = named.markers
        if markers.isEmpty { markers = SplitterTopHeadings(document, passages).markers }
        if markers.isEmpty { markers = numbered(document, series, passages) }
    }

    /// The markers of `found` that begin essays.
    private mutating func essays(_ found: [SplitterMarker], _ document: SplitterDocument) -> [SplitterMarker] {
        var found = Self.withoutDoubtful(found, document)
        found = Self.withoutLoneSuffixes(found, document)
        found = Self.withoutLoneGlued(found, document)
        found = withoutContents(found, document)
        found = Self.withoutNested(found)
        return Self.withoutSummary(found, document)
    }

    private mutating func numbered(
        _ document: SplitterDocument, _ series: SplitterSeries, _ passages: SplitterPassages
    ) -> [SplitterMarker] {
        let found = essays(SplitterNumberedTitles(document, series, passages).markers(), document)
        return Self.isBook(found, document) ? [] : found
    }

    /// A mark that its line runs on from is one where the others lack it: its number is due between theirs, or all count from 1 on
    /// with text under each; and the line above ends a text.
    private static func withoutDoubtful(_ found: [SplitterMarker], _ document: SplitterDocument) -> [SplitterMarker] {
        guard found.contains(where: \.isDoubtful) else { return found }
        let certain = found.filter { !$0.isDoubtful && $0.style != .suffix }
        let doubtful = found.filter { $0.isDoubtful && standsAlone($0.row, document) }
        let isSeries =
            certain.isEmpty && doubtful.count > 1 && doubtful.map(\.ordinal).elementsEqual(1...doubtful.count)
            && zip(doubtful, doubtful.dropFirst()).allSatisfy { $1.row - $0.row > 1 }
        if isSeries { return found.filter { !$0.isDoubtful || doubtful.contains($0) } }
        var kept: [SplitterMarker] = []
        for marker in found {
            guard marker.isDoubtful else {
                kept.append(marker)
                continue
            }
            let before = kept.last { $0.style == marker.style }
            let after = certain.first { $0.row > marker.row && $0.style == marker.style }
            let follows =
                before.map { $0.ordinal == marker.ordinal - 1 } ?? (marker.ordinal == 1 && after?.ordinal == 2)
            let isFree = after.map { $0.ordinal > marker.ordinal || $0.ordinal == 1 } ?? !certain.isEmpty
            let isAhead = after?.ordinal == marker.ordinal + 1 && before.map { $0.ordinal < marker.ordinal } ?? true
            if doubtful.contains(marker), follows && isFree || isAhead { kept.append(marker) }
        }
        return kept
    }

    /// Whether the line above a row is the end of a text or no text.
    private static func standsAlone(_ row: Int, _ document: SplitterDocument) -> Bool {
        guard row > 0 else { return true }
        let above = document.rows[row - 1]
        return above.isFinished || above.kind != .paragraph || document.rows[row].blanksBefore > 0
    }

    /// A number behind a title marks an essay only where the same title bears other numbers as well, from 1 on, or where it says
    /// 篇 and counts on from title to title.
    private static func withoutLoneSuffixes(_ found: [SplitterMarker], _ document: SplitterDocument) -> [SplitterMarker]
    {
        let suffixes = found.filter { $0.style == .suffix }
        guard !suffixes.isEmpty else { return found }
        func prefix(_ marker: SplitterMarker) -> String { document.text(marker.prefix) }
        var ordinals: [String: Set<Int>] = [:]
        for marker in suffixes { ordinals[prefix(marker), default: []].insert(marker.ordinal) }
        // `标题（第一篇）` marks one whatever the title, where such numbers count on from 1.
        let named = suffixes.filter { Pattern.contains(document.bytes, $0.mark, "篇") }
        let countsOn = named.count > 1 && named.map(\.ordinal).elementsEqual(1...named.count)
        let areChapters = arePages(ordinals.count { $0.value.count > 1 && $0.value.contains(1) }, suffixes, document)
        return found.filter { marker in
            guard marker.style == .suffix else { return true }
            if countsOn, named.contains(marker) { return true }
            if areChapters, !named.contains(marker) { return false }
            let series = ordinals[prefix(marker)] ?? []
            return series.count > 1 && series.contains(1)
        }
    }

    /// `故乡（1）`, `故乡（2）`, `离家（1）`: where several titles count from 1 on, or one does so far down in the text, the numbers are
    /// those of pages that a chapter was shown on.
    private static func arePages(_ count: Int, _ suffixes: [SplitterMarker], _ document: SplitterDocument) -> Bool {
        guard count == 1, let first = suffixes.first(where: { $0.ordinal == 1 }) else { return count > 1 }
        return document.rows[first.row].start > document.bytes.count / 3
    }

    /// A paragraph that happens to begin like a marker is one only in the company of others: beside short markers with
    /// other numbers, or in a row of such paragraphs that counts from 1.
    private static func withoutLoneGlued(_ found: [SplitterMarker], _ document: SplitterDocument) -> [SplitterMarker] {
        let short = Set(found.filter { !$0.isGlued }.map(\.ordinal))
        let glued = found.filter(\.isGlued)
        // Short sentences one after another tell of the parts of something.
        let areSentences = zip(glued, glued.dropFirst()).contains {
            $1.row - $0.row == 1 && document.rows[$0.row].length < shortestEssay
        }
        let countsFromOne = glued.count > 1 && glued.map(\.ordinal).elementsEqual(1...glued.count) && !areSentences
        return found.enumerated().filter { index, marker in
            guard marker.isGlued, !countsFromOne else { return true }
            // The summary of a download: its first line.
            if marker.row <= 2, index == 0, short.contains(marker.ordinal) { return true }
            return !short.isEmpty && !short.contains(marker.ordinal)
        }.map(\.element)
    }

    /// The least length of an essay that is run into one line, in characters.
    private static let shortestEssay = 100

    // MARK: Table of contents

    /// Drops three or more markers at most two lines apart, ascending, that are a table of contents: nothing long stands
    /// between them, and there is nothing at all between them, or they bear page numbers, or the same numbers come again, or
    /// the heading 目录 stands before them, or text without markers follows in which their titles stand.
    private mutating func withoutContents(_ found: [SplitterMarker], _ document: SplitterDocument) -> [SplitterMarker] {
        var kept: [SplitterMarker] = []
        var index = 0
        while index < found.count {
            let end = groupEnd(found, from: index, document)
            let group = found[index..<end]
            if group.count >= 3, isContents(group, rest: found[end...], document) {
                listedTitles += group.map { SplitterContents.withoutLeaders(document.bytes, $0.title) }.filter {
                    !$0.isEmpty
                }
                contents = (contents.isEmpty ? group.first!.row : contents.lowerBound)..<group.last!.row + 1
            } else {
                kept += group
            }
            index = end
        }
        return kept
    }

    private func groupEnd(_ found: [SplitterMarker], from start: Int, _ document: SplitterDocument) -> Int {
        var end = start + 1
        while end < found.count {
            let (last, next) = (found[end - 1], found[end])
            guard next.ordinal > last.ordinal, next.row - last.row <= 2, !last.isGlued else { break }
            if next.row - last.row == 2, document.rows[last.row + 1].length > 60 { break }
            end += 1
        }
        return end
    }

    private func isContents(
        _ group: ArraySlice<SplitterMarker>, rest: ArraySlice<SplitterMarker>, _ document: SplitterDocument
    ) -> Bool {
        if let first = group.first, first.row > 0, document.rows[first.row - 1].kind == .contents { return true }
        // Nothing stands between the markers: essays hold text.
        if zip(group, group.dropFirst()).allSatisfy({ $1.row - $0.row == 1 }) { return true }
        if group.allSatisfy({ SplitterContents.hasLeaders(document.bytes, $0.title) }) { return true }
        let ordinals = Set(group.map(\.ordinal))
        if rest.contains(where: { ordinals.contains($0.ordinal) }) { return true }
        let last = group.last!.row
        var repeated = 0
        for marker in group where !marker.title.isEmpty {
            let title = document.text(marker.title)
            let again = document.rows.indices.contains { row in
                row > last && document.rows[row].content.count == marker.title.count
                    && document.text(document.rows[row].content).utf8.elementsEqual(title.utf8)
            }
            if again { repeated += 1 }
        }
        return repeated >= 2
    }

    // MARK: Markers that are no boundaries

    /// Drops a series inside an essay: markers of another style that begin again at 1 while the outer series goes on.
    private static func withoutNested(_ found: [SplitterMarker]) -> [SplitterMarker] {
        var kept: [SplitterMarker] = []
        for (index, marker) in found.enumerated() {
            if let last = kept.last, marker.style != last.style, marker.ordinal <= last.ordinal {
                let resumes = found[index...].contains { $0.style == last.style && $0.ordinal == last.ordinal + 1 }
                if resumes { continue }
            }
            if let last = kept.last, marker.style != last.style, isInsideNested(found, index, outer: last) { continue }
            kept.append(marker)
        }
        return kept
    }

    /// A further marker of a nested series: its own style counted lower numbers after the last marker kept.
    private static func isInsideNested(_ found: [SplitterMarker], _ index: Int, outer: SplitterMarker) -> Bool {
        found[..<index].contains {
            $0.row > outer.row && $0.style == found[index].style && $0.ordinal < found[index].ordinal
        } && found[index...].contains { $0.style == outer.style && $0.ordinal == outer.ordinal + 1 }
    }

    /// Downloads often begin with one line that repeats the first marker and the beginning of the text.
    private static func withoutSummary(_ found: [SplitterMarker], _ document: SplitterDocument) -> [SplitterMarker] {
        var kept: [SplitterMarker] = []
        for marker in found {
            guard let last = kept.last, last.ordinal == marker.ordinal else {
                kept.append(marker)
                continue
            }
            let isSummary =
                kept.count == 1 && last.row <= 2 && (last.isGlued || begins(last.title, with: marker.title, document))
            if isSummary || marker.row - last.row <= 3 {
                if isSummary || !marker.isGlued { kept[kept.count - 1] = marker }
                kept[kept.count - 1].start = last.start
            } else {
                kept.append(marker)
            }
        }
        return kept
    }

    private static func begins(_ whole: Range<Int>, with part: Range<Int>, _ document: SplitterDocument) -> Bool {
        !part.isEmpty && whole.count > part.count && document.bytes[whole].starts(with: document.bytes[part])
    }

    /// The least length of a part of a book on the average, in bytes: no essays of a compilation are as long, and in chapters.
    private static let longestEssays = 60_000

    /// `第N篇` are parts of one book if chapters count on through them, or if they are as long as parts are and most hold chapters.
    private static func isBook(_ found: [SplitterMarker], _ document: SplitterDocument) -> Bool {
        guard found.count > 1 else { return false }
        var divided = 0
        var continued = 0
        var restarted = 0
        var lastChapter = 0
        for (index, marker) in found.enumerated() {
            let end = index + 1 < found.count ? found[index + 1].row : document.rows.count
            let chapters = (marker.row..<end).compactMap { row -> Int? in
                let heading = document.rows[row].heading
                return heading?.kind == .chapter ? heading?.number : nil
            }
            guard let first = chapters.first else { continue }
            divided += 1
            if lastChapter > 0 { if first == lastChapter + 1 { continued += 1 } else { restarted += 1 } }
            lastChapter = chapters.last ?? lastChapter
        }
        let isLong = (document.bytes.count - document.rows[found[0].row].start) / found.count > longestEssays
        return continued > restarted || isLong && divided * 2 > found.count
    }
}
