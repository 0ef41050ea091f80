/// A line that is a heading, or begins with one that runs into the text.
struct HeadingLine: Equatable {
    var mark: HeadingMark
    /// The number, the title and the 。 that ends a run-in heading.
    var range: Range<Int>
    /// The title without number and closing punctuation.
    var title: Range<Int>
    /// Whether more text follows on the line.
    var hasText: Bool
    /// The line ends with a semicolon, or under an arabic number holds one, as only items of a list do.
    var endsLikeItem: Bool
    /// The line goes on as a sentence does, without a colon or a 。 near its beginning: a numbered paragraph.
    var runsOn: Bool

    /// A run-in heading ends at its first 。 within this many characters.
    static let runIn = 50

    /// Reads `content`, a trimmed line that begins with `mark`, by the rules for headings; nil if it is none.
    init?(_ bytes: TextBytes, _ content: Range<Int>, mark: HeadingMark) {
        let measured = Measure(bytes, mark.end..<content.upperBound)
        let isUnit = (mark.kind.fixedRank ?? 10) < 10
        if isUnit, measured.length > Self.runIn || measured.stop != nil { return nil }
        if !isUnit, mark.end >= content.upperBound { return nil }
        if measured.hasLeaders { return nil }
        let stop = measured.stop ?? (measured.length > Self.runIn ? measured.clause : nil)
        let end = stop?.upperBound ?? measured.cut
        self.mark = mark
        range = content.lowerBound..<end
        title = Lines.trim(mark.end..<(stop?.lowerBound ?? measured.titleEnd), in: bytes)
        hasText = end < content.upperBound
        runsOn = end < content.upperBound && measured.stop == nil && !measured.endsAtColon
        endsLikeItem = measured.endsWithSemicolon || measured.holdsSemicolon && mark.kind.numbersItems
    }

    /// What the text after a heading's number looks like.
    private struct Measure {
        /// In characters, counted up to `runIn` + 1.
        var length = 0
        /// The first 。 within `runIn` characters.
        var stop: Range<Int>?
        /// The first colon within `runIn` characters, else the last comma; where a long line without 。 is cut.
        var clause: Range<Int>?
        /// The end of the first `runIn` characters.
        var cut: Int
        /// `cut`, less a colon or semicolon at the end of the line.
        var titleEnd: Int
        /// `clause` is a colon.
        var endsAtColon = false
        var endsWithSemicolon = false
        var holdsSemicolon = false
        /// `总体要求……3`, a line of a table of contents.
        var hasLeaders = false

        init(_ bytes: TextBytes, _ range: Range<Int>) {
            var cursor = ScalarCursor(bytes, range)
            var sawColon = false
            var dots = 0
            while !cursor.isAtEnd, length < HeadingLine.runIn {
                let at = cursor.position
                let scalar = cursor.next()
                length += 1
                dots = scalar == 0x2026 || scalar == 0xB7 || scalar == 0x2E ? dots + (scalar == 0x2026 ? 2 : 1) : 0
                if dots >= 4 { hasLeaders = true }
                if scalar == 0x3002 {
                    stop = at..<cursor.position
                    break
                }
                if scalar == 0x3B { holdsSemicolon = true }
                if scalar == 0x3A, !sawColon {
                    sawColon = true
                    clause = at..<cursor.position
                } else if scalar == 0x2C || scalar == 0x3B, !sawColon {
                    clause = at..<cursor.position
                }
            }
            endsAtColon = sawColon
            cut = cursor.position
            if stop == nil, !cursor.isAtEnd { length += 1 }
            titleEnd = cut
            let last = Self.last(bytes, range)
            endsWithSemicolon = last.scalar == 0x3B
            hasLeaders = hasLeaders && (0x30...0x39).contains(last.scalar)
            let isPunctuation = endsWithSemicolon || last.scalar == 0x3A
            if isPunctuation, cut == range.upperBound { titleEnd = last.at }
        }

        private static func last(_ bytes: TextBytes, _ range: Range<Int>) -> (scalar: UInt32, at: Int) {
            guard !range.isEmpty else { return (0, range.upperBound) }
            var at = range.upperBound - 1
            while at > range.lowerBound, bytes[at] & 0xC0 == 0x80 { at -= 1 }
            return (ScalarCursor.fold(ScalarCursor.decode(bytes, at).scalar), at)
        }
    }
}
