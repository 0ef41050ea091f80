extension Diff {
    /// The same changes, grown until none of them begins or ends inside a number: 10亿 → 15亿, not 1[-0-]{+5+}亿. Nor does one then
    /// end inside a word that a number goes over into. For showing only; what is stored and merged is cut by code points.
    ///
    /// - Parameters:
    ///   - changes: ascending, all inside `hunk`.
    ///   - hunk: the ranges that the changes may grow in.
    static func keepingNumbersWhole(_ changes: [TextChange], in hunk: TextChange, _ base: [UInt8], _ new: [UInt8])
        -> [TextChange]
    {
        let baseInside = NumberPlaces(base, in: hunk.baseRange), newInside = NumberPlaces(new, in: hunk.newRange)
        let baseWords = WordRanges.ranges(in: base, hunk.baseRange),
            newWords = WordRanges.ranges(in: new, hunk.newRange)
        // What stands between two changes is equal, so both texts' places move together.
        func isInside(_ basePlace: Int, _ newPlace: Int) -> Bool {
            baseInside.cuts(basePlace) || newInside.cuts(newPlace) || NumberPlaces.cuts(basePlace, baseWords)
                || NumberPlaces.cuts(newPlace, newWords)
        }
        var grown: [TextChange] = []
        for (index, change) in changes.enumerated() {
            var (start, end) = (change.baseRange.lowerBound, change.baseRange.upperBound)
            let (startOffset, endOffset) = (change.newRange.lowerBound - start, change.newRange.upperBound - end)
            let floor = grown.last?.baseRange.upperBound ?? hunk.baseRange.lowerBound
            let ceiling =
                index + 1 < changes.count ? changes[index + 1].baseRange.lowerBound : hunk.baseRange.upperBound
            while start > floor, isInside(start, start + startOffset) { start -= 1 }
            while end < ceiling, isInside(end, end + endOffset) { end += 1 }
            let whole = TextChange(baseRange: start..<end, newRange: start + startOffset..<end + endOffset)
            // Two that have come to touch are one.
            if let last = grown.last, last.baseRange.upperBound == start,
                last.newRange.upperBound == whole.newRange.lowerBound
            {
                grown[grown.count - 1] = TextChange(
                    baseRange: last.baseRange.lowerBound..<end,
                    newRange: last.newRange.lowerBound..<whole.newRange.upperBound)
            } else {
                grown.append(whole)
            }
        }
        return grown
    }
}

/// Where numbers are in a part of a text: amounts, dates, times, fractions, ranges, and names that hold digits, in figures of any
/// width and in Chinese.
private struct NumberPlaces {
    private let ranges: [Range<Int>]

    init(_ text: [UInt8], in part: Range<Int>) {
        let scalars = DiffScalars(text, in: part)
        let kinds = scalars.codes.map { Kind.of[$0] ?? .other }
        var ranges: [Range<Int>] = []
        var index = 0
        while index < kinds.count {
            let start = index
            var hasDigit = false
            while index < kinds.count, Self.continues(kinds, index, start, hasDigit) {
                if kinds[index] == .digit { hasDigit = true }
                index += 1
            }
            if hasDigit { ranges.append(scalars.bytes(start..<index)) }
            index = max(index, start + 1)
        }
        self.ranges = ranges
    }

    /// Whether the number or word that began at `start` goes on with the code point at `index`.
    private static func continues(_ kinds: [Kind], _ index: Int, _ start: Int, _ hasDigit: Bool) -> Bool {
        switch kinds[index] {
        case .digit, .letter: true
        case .unit: hasDigit
        case .joiner: hasDigit && kinds[index - 1] != .joiner && index + 1 < kinds.count && kinds[index + 1] == .digit
        case .other: false
        }
    }

    private enum Kind {
        /// A figure, or a Chinese numeral.
        case digit
        /// Part of a name or a unit if it stands beside figures: GB18030, 5mm.
        case letter
        /// Stands after figures: of dates, times, fractions and shares.
        case unit
        /// Stands between figures: a point, a colon, a stroke.
        case joiner
        case other

        /// By a code point's bytes, as `DiffScalars` has them.
        static let of: [UInt32: Kind] = {
            var kinds: [UInt32: Kind] = [:]
            func add(_ characters: String, _ kind: Kind) {
                let bytes = Array(characters.utf8)
                for code in DiffScalars(bytes, in: 0..<bytes.count).codes { kinds[code] = kind }
            }
            add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", .letter)
            add("0123456789０１２３４５６７８９零〇一二三四五六七八九十百千万亿两廿卅壹贰叁肆伍陆柒捌玖拾佰仟兆萬億兩貳參陸", .digit)
            add("年月日号號时時点點分秒之度%％‰°℃", .unit)
            add(".,:/~-．：／～－–—", .joiner)
            return kinds
        }()
    }

    /// Whether a place is within a number, not at its beginning or end.
    func cuts(_ place: Int) -> Bool { Self.cuts(place, ranges) }

    /// - Parameter ranges: ascending.
    static func cuts(_ place: Int, _ ranges: [Range<Int>]) -> Bool {
        let next = ranges.partitioningIndex { $0.upperBound > place }
        return next < ranges.count && ranges[next].lowerBound < place
    }
}
