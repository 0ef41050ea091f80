import Prose

/// Where the parts of a segment are read from: the index file, or memory.
protocol SegmentSource {
    func tables() throws -> IndexSegment.Tables
    func words() throws -> WordList
    /// How many rows its lists fill.
    var rowCount: Int { get }
    /// Calls `body` with the bytes of a row of lists, which are valid during the call; not if there is no such row.
    func withRow(_ row: Int, _ body: (UnsafeRawBufferPointer) -> Void) throws
}

extension SegmentSource {
    /// Appends bytes of the run of lists and `PostingList.padding`.
    /// - Throws: `DamagedSegment` if the run ends before.
    func read(_ range: Range<Int>, into bytes: inout [UInt8]) throws {
        var position = range.lowerBound
        // Not more at once than a row: the length may be damaged.
        bytes.reserveCapacity(bytes.count + min(range.count, SegmentWriter.rowSize) + PostingList.padding)
        while position < range.upperBound {
            let offset = position % SegmentWriter.rowSize
            var taken = 0
            try withRow(position / SegmentWriter.rowSize) { row in
                guard offset < row.count else { return }
                let part = row[offset..<min(row.count, offset + range.upperBound - position)]
                bytes.append(contentsOf: part)
                taken = part.count
            }
            guard taken > 0 else { throw DamagedSegment() }
            position += taken
        }
        bytes.append(contentsOf: repeatElement(0, count: PostingList.padding))
    }
}

/// Where the list of a token is.
struct SegmentEntry {
    let key: UInt32
    /// How many places.
    let count: Int
    /// The packed list, in bytes of the run.
    let range: Range<Int>
}

/// Reads entries one after another, from the first that begins in a row on; what it jumps over is not loaded.
struct EntryReader {
    private let source: any SegmentSource
    /// Bytes of the run from `base` on, and the next row behind them.
    private var bytes: [UInt8] = []
    private var base: Int
    private var nextRow: Int
    private var position: Int
    private var key: UInt32
    private var isFirst = true

    private static let longestHeader = 15

    init(source: any SegmentSource, start: IndexSegment.Start) {
        self.source = source
        nextRow = Int(start.row)
        base = nextRow * SegmentWriter.rowSize
        position = base + Int(start.offset)
        key = start.key
    }

    mutating func next() throws -> SegmentEntry? {
        if position + Self.longestHeader > base + bytes.count { try hold(upTo: position + Self.longestHeader) }
        guard position < base + bytes.count else { return nil }
        let difference = try variable()
        let count = try variable()
        let size = try variable()
        if isFirst { isFirst = false } else { key &+= UInt32(truncatingIfNeeded: difference) }
        // A block of 128 places takes ten bytes at the least.
        guard count > 0, size < 1 << 32, count <= size * 16 else { throw DamagedSegment() }
        let entry = SegmentEntry(key: key, count: count, range: position..<position + size)
        position += size
        return entry
    }

    /// Appends the packed list of the entry just read and `PostingList.padding` bytes.
    func read(_ entry: SegmentEntry, into list: inout [UInt8]) throws {
        guard entry.range.lowerBound >= base, entry.range.upperBound <= base + bytes.count else {
            return try source.read(entry.range, into: &list)
        }
        list += bytes[(entry.range.lowerBound - base)..<(entry.range.upperBound - base)]
        list.append(contentsOf: repeatElement(0, count: PostingList.padding))
    }

    /// Makes the bytes from the position to a place be held, as far as there are such, and lets go of rows before them.
    private mutating func hold(upTo end: Int) throws {
        let row = position / SegmentWriter.rowSize
        if position >= base + bytes.count {
            bytes.removeAll(keepingCapacity: true)
            nextRow = row
        } else {
            bytes.removeFirst(row * SegmentWriter.rowSize - base)
        }
        base = row * SegmentWriter.rowSize
        while base + bytes.count < end, bytes.count % SegmentWriter.rowSize == 0 {
            let held = bytes.count
            try source.withRow(nextRow) { bytes.append(contentsOf: $0) }
            guard bytes.count > held else { return }
            nextRow += 1
        }
    }

    private mutating func variable() throws -> Int {
        var value = 0
        var shift = 0
        while position - base < bytes.count, shift < 56 {
            let byte = bytes[position - base]
            position += 1
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw DamagedSegment()
    }
}
