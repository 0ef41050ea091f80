/// A table of contents: lines at the head or the end of a text that come again, in order, as titles in it.
struct CollectionContents {
    /// The rows of the table.
    private(set) var table: Range<Int> = 0..<0
    /// The rows that it lists, in order.
    private(set) var targets: [Int] = []

    private static let fewest = 3
    /// How many rows down or from the end a table may begin.
    private static let farthest = 400
    private static let mostMissed = 3
    private static let longest = 60

    init(_ document: SplitterDocument) {
        let rows = document.rows
        let keys = rows.indices.map {
            rows[$0].compact.isEmpty || rows[$0].length > Self.longest ? 0 : Self.key(document, $0)
        }
        var places: [UInt64: [Int]] = [:]
        for row in Array(rows.indices.prefix(2 * Self.farthest)) + rows.indices.suffix(2 * Self.farthest)
        where keys[row] != 0 { places[keys[row]] = [] }
        for row in rows.indices where keys[row] != 0 && places[keys[row]] != nil { places[keys[row]]!.append(row) }
        let found =
            table(among: rows.indices.prefix(Self.farthest), document, keys, places, forward: true)
            ?? table(among: rows.indices.suffix(Self.farthest), document, keys, places, forward: false)
        if let found { (table, targets) = found }
    }

    /// The first table that begins at one of `rows`; `nil` if there is none.
    private func table(
        among rows: Range<Int>, _ document: SplitterDocument, _ keys: [UInt64], _ places: [UInt64: [Int]], forward: Bool
    ) -> (table: Range<Int>, targets: [Int])? {
        for row in rows {
            let found = run(from: row, document, keys, places, forward: forward)
            if found.targets.count >= Self.fewest { return found }
        }
        return nil
    }

    /// The rows from `start` on that come again in order: behind the table if `forward`, otherwise before it.
    private func run(
        from start: Int, _ document: SplitterDocument, _ keys: [UInt64], _ places: [UInt64: [Int]], forward: Bool
    ) -> (table: Range<Int>, targets: [Int]) {
        var targets: [Int] = []
        var (row, end, missed) = (start, start, 0)
        while row < document.rows.count, missed <= Self.mostMissed {
            if forward, let first = targets.first, row >= first { break }
            guard keys[row] != 0 else { break }
            let from = forward ? max(row + 1, (targets.last ?? row) + 1) : (targets.last ?? -1) + 1
            if let place = Self.first(places[keys[row]] ?? [], from: from), forward || place < start {
                targets.append(place)
                (missed, end) = (0, row + 1)
            } else {
                if targets.isEmpty { return (0..<0, []) }
                missed += 1
            }
            row += 1
        }
        // A table lists what comes behind it, not what comes twice in a line.
        guard let first = targets.first, !forward || first >= end, targets.count * 3 >= (end - start) * 2 else {
            return (0..<0, [])
        }
        return (start..<end, targets)
    }

    /// The first of sorted `places` at or behind `row`.
    private static func first(_ places: [Int], from row: Int) -> Int? {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < row { low = middle + 1 } else { high = middle }
        }
        return low < places.count ? places[low] : nil
    }

    /// A number for the words of a line, without its number, marks, leaders, page number and the target of a link; 0 if none are left.
    static func key(_ document: SplitterDocument, _ row: Int) -> UInt64 {
        document.withCompact(row) { bytes, range in
            var range = range
            // `[题](#c1.xhtml)`
            if bytes[range.lowerBound] == 0x5B, let close = range.first(where: { bytes[$0] == 0x5D }) {
                range = range.lowerBound + 1..<close
            }
            while let last = range.last, (0x30...0x39).contains(bytes[last]) { range = range.dropLast() }
            while let first = range.first, (0x30...0x39).contains(bytes[first]) || bytes[first] == 0x2E {
                range = range.dropFirst()
            }
            var (key, length) = (UInt64(0xCBF2_9CE4_8422_2325), 0)
            var cursor = ScalarCursor(bytes, range)
            while !cursor.isAtEnd {
                var scalar = cursor.next()
                if (0x41...0x5A).contains(scalar) { scalar += 0x20 }
                guard isWord(scalar) else { continue }
                key = (key ^ UInt64(scalar)) &* 0x100_0000_01B3
                length += scalar < 0x250 ? 1 : 2
            }
            return length >= 2 ? key | 1 : 0
        }
    }

    private static func isWord(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x30...0x39, 0x61...0x7A, 0xC0...0x24F, 0x3005...0x3007, 0x3040...0x9FFF, 0xAC00...0xD7FF: true
        default: false
        }
    }
}

extension Range where Bound == Int {
    fileprivate func dropLast() -> Range<Int> { lowerBound..<Swift.max(lowerBound, upperBound - 1) }
    fileprivate func dropFirst() -> Range<Int> { Swift.min(lowerBound + 1, upperBound)..<upperBound }
}
