/// A part of the index: the tokens of some documents, and where in them each token stands.
///
/// A place is the number of tokens before it in the segment. A document takes a run of places, cut into *units*: its title,
/// then its text before the first heading, then each section. Between title and text one place is empty, so that no phrase
/// goes over the end of a part.
final class Segment {
    /// A document and its first unit, which is its title; its units end where those of the next document begin.
    struct Document {
        let id: UInt32
        let firstUnit: UInt32
    }

    /// Where the first entry that begins in a row stands.
    struct Start {
        let key: UInt32
        let row: UInt32
        let offset: UInt32
    }

    /// A character that is a token has its code point for a key; a word, this and its place in the segment's list of words.
    static let firstWord: UInt32 = 0x20_0000

    let id: Int64
    let size: Int
    let documents: [Document]
    let units: [UInt32]
    let words: WordList
    let starts: [Start]
    /// Reads a row.
    private let load: (_ row: Int) throws -> [UInt8]?

    init(
        id: Int64, size: Int, documents: [Document], units: [UInt32], words: WordList, starts: [Start],
        load: @escaping (_ row: Int) throws -> [UInt8]?
    ) throws {
        self.id = id
        self.size = size
        self.documents = documents
        self.units = units
        self.words = words
        self.starts = starts
        self.load = load
        // Everything that indexes by these relies on it.
        guard zip(units, units.dropFirst()).allSatisfy({ $0 <= $1 }), units.last.map({ $0 <= size }) ?? true,
            zip(documents, documents.dropFirst()).allSatisfy({ $0.firstUnit < $1.firstUnit }),
            documents.isEmpty == units.isEmpty, documents.first.map({ $0.firstUnit == 0 }) ?? true,
            documents.last.map({ $0.firstUnit < units.count }) ?? true
        else { throw DamagedSegment() }
    }

    /// The units of the document at an index.
    func unitRange(_ document: Int) -> Range<Int> {
        Int(documents[document].firstUnit)..<(document + 1 < documents.count ? Int(documents[document + 1].firstUnit) : units.count)
    }

    /// The places of a unit.
    func places(ofUnit unit: Int) -> Range<UInt32> { units[unit]..<(unit + 1 < units.count ? units[unit + 1] : UInt32(size)) }

    // MARK: Lists

    /// The places of a token; `nil` if it stands nowhere.
    func list(_ key: UInt32) throws -> PostingList? {
        guard let start = lastStart(notAfter: key) else { return nil }
        var reader = EntryReader(load: load, start: start)
        while let entry = try reader.next() {
            if entry.key == key { return try PostingList(count: entry.count, bytes: reader.list(entry)) }
            if entry.key > key { return nil }
        }
        return nil
    }

    /// The lists of several tokens; `keys` ascend.
    func lists(_ keys: [UInt32]) throws -> [PostingList] {
        guard let first = keys.first, let start = lastStart(notAfter: first) else { return [] }
        var reader = EntryReader(load: load, start: start)
        var lists: [PostingList] = []
        var rest = keys[...]
        while let next = rest.first, let entry = try reader.next() {
            if entry.key < next { continue }
            rest = rest.drop { $0 < entry.key }
            if entry.key == rest.first {
                lists.append(try PostingList(count: entry.count, bytes: reader.list(entry)))
                rest = rest.dropFirst()
            }
        }
        return lists
    }

    /// All lists, in the order of their keys.
    func forEachList(_ body: (_ key: UInt32, _ places: [UInt32]) throws -> Void) throws {
        guard let start = starts.first else { return }
        var reader = EntryReader(load: load, start: start)
        while let entry = try reader.next() {
            let places = try PostingList(count: entry.count, bytes: reader.list(entry)).all()
            guard places.allSatisfy({ $0 < size }) else { throw DamagedSegment() }
            try body(entry.key, places)
        }
    }

    private func lastStart(notAfter key: UInt32) -> Start? {
        var low = 0, high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle].key <= key { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : starts[low - 1]
    }
}

/// Reads entries one after another, from the first that begins in a row on; what it jumps over is not loaded.
private struct EntryReader {
    struct Entry {
        let key: UInt32
        let count: Int
        /// The packed list, in bytes of the run.
        let range: Range<Int>
    }

    private let load: (_ row: Int) throws -> [UInt8]?
    /// Bytes of the run from `base` on, and the next row behind them.
    private var bytes: [UInt8] = []
    private var base: Int
    private var nextRow: Int
    private var position: Int
    private var key: UInt32
    private var isFirst = true

    private static let longestHeader = 15

    init(load: @escaping (_ row: Int) throws -> [UInt8]?, start: Segment.Start) {
        self.load = load
        nextRow = Int(start.row)
        base = nextRow * SegmentWriter.rowSize
        position = base + Int(start.offset)
        key = start.key
    }

    mutating func next() throws -> Entry? {
        try hold(upTo: position + Self.longestHeader)
        guard position < base + bytes.count else { return nil }
        let difference = try variable(), count = try variable(), size = try variable()
        if isFirst { isFirst = false } else { key &+= UInt32(truncatingIfNeeded: difference) }
        // A block of 128 places takes ten bytes at the least.
        guard count > 0, size < 1 << 32, count <= size * 16 else { throw DamagedSegment() }
        let entry = Entry(key: key, count: count, range: position..<position + size)
        position += size
        return entry
    }

    /// The packed list of the entry just read, padded.
    mutating func list(_ entry: Entry) throws -> [UInt8] {
        try hold(upTo: entry.range.upperBound, from: entry.range.lowerBound)
        guard entry.range.upperBound <= base + bytes.count else { throw DamagedSegment() }
        return [UInt8](unsafeUninitializedCapacity: entry.range.count + PostingList.padding) { buffer, initialized in
            _ = buffer.initialize(from: bytes[(entry.range.lowerBound - base)..<(entry.range.upperBound - base)])
            buffer[entry.range.count...].initialize(repeating: 0)
            initialized = buffer.count
        }
    }

    /// Makes the bytes up to a place be held, as far as there are such, and lets go of those before `from`.
    private mutating func hold(upTo end: Int, from: Int? = nil) throws {
        let from = from ?? position
        if from >= base + bytes.count {
            nextRow = from / SegmentWriter.rowSize
            base = nextRow * SegmentWriter.rowSize
            bytes.removeAll(keepingCapacity: true)
        }
        while base + bytes.count < end, bytes.count % SegmentWriter.rowSize == 0, let row = try load(nextRow) {
            bytes += row
            nextRow += 1
        }
    }

    private mutating func variable() throws -> Int {
        var value = 0, shift = 0
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
