import Prose

/// A part of the index: the tokens of some documents, and where in them each token stands.
///
/// A place is the number of tokens before it in the segment. A document takes a run of places, cut into *units*: its title,
/// then its text before the first heading, then each section. Between title and text one place is empty, so that no phrase
/// goes over the end of a part.
final class IndexSegment {
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

    /// The documents, and the first place of each unit.
    struct Tables {
        let documents: [Document]
        let units: [UInt32]
    }

    let size: Int
    let unitCount: Int
    let starts: [Start]
    private let source: any SegmentSource
    private var loadedTables: Tables?
    private var loadedWords: WordList?

    init(size: Int, unitCount: Int, starts: [Start], source: any SegmentSource) {
        self.size = size
        self.unitCount = unitCount
        self.starts = starts
        self.source = source
    }

    /// Most queries need them of few segments.
    func tables() throws -> Tables {
        if let loadedTables { return loadedTables }
        let tables = try source.tables()
        guard tables.units.count == unitCount, tables.isSound(size: size) else { throw DamagedSegment() }
        loadedTables = tables
        return tables
    }

    /// The different words. Most queries need none.
    func words() throws -> WordList {
        if let loadedWords { return loadedWords }
        let words = try source.words()
        loadedWords = words
        return words
    }

    /// Reads all rows of its lists.
    /// - Throws: `DamagedSegment` if one is not as it was written.
    func checkRows() throws {
        for row in 0..<source.rowCount { try source.withRow(row) { _ in } }
    }

    // MARK: Lists

    /// Where the list of a token is; `nil` if it stands nowhere.
    func entry(_ key: UInt32) throws -> SegmentEntry? {
        guard let start = lastStart(notAfter: key) else { return nil }
        var reader = EntryReader(source: source, start: start)
        while let entry = try reader.next() {
            if entry.key == key { return entry }
            if entry.key > key { return nil }
        }
        return nil
    }

    /// The places of a token.
    func list(_ entry: SegmentEntry) throws -> PostingList {
        var bytes: [UInt8] = []
        try source.read(entry.range, into: &bytes)
        return try PostingList(count: entry.count, bytes: bytes)
    }

    /// The places of all of several tokens, ascending; `keys` ascend.
    func places(_ keys: [UInt32]) throws -> [UInt32] {
        var set = PlaceSet(size: size)
        var rest = keys[...]
        try forEachList(from: keys.first ?? .max) { key, list in
            rest = rest.drop { $0 < key }
            guard let next = rest.first else { return false }
            if next == key { try list().forEachRun { set.insert($0) } }
            return true
        }
        return set.places
    }

    /// All lists, in the order of their keys.
    func forEachList(_ body: (_ key: UInt32, _ places: [UInt32]) throws -> Void) throws {
        try forEachList(from: starts.first?.key ?? .max) { key, list in
            let places = try list().all()
            guard places.allSatisfy({ $0 < size }) else { throw DamagedSegment() }
            try body(key, places)
            return true
        }
    }

    /// All lists of the row in which the key's would be, and of those behind it, until `body` returns `false`.
    private func forEachList(from key: UInt32, _ body: (_ key: UInt32, _ list: () throws -> PostingList) throws -> Bool)
        throws
    {
        guard let start = lastStart(notAfter: key) else { return }
        var reader = EntryReader(source: source, start: start)
        // One for all, as most are of a few bytes.
        var bytes: [UInt8] = []
        while let entry = try reader.next() {
            let goesOn = try body(entry.key) {
                bytes.removeAll(keepingCapacity: true)
                try reader.read(entry, into: &bytes)
                return try PostingList(count: entry.count, bytes: bytes)
            }
            if !goesOn { return }
        }
    }

    private func lastStart(notAfter key: UInt32) -> Start? {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle].key <= key { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : starts[low - 1]
    }
}

extension IndexSegment.Tables {
    /// Everything that indexes by these relies on it.
    fileprivate func isSound(size: Int) -> Bool {
        zip(units, units.dropFirst()).allSatisfy { $0 <= $1 } && units.last.map { $0 <= size } ?? true
            && zip(documents, documents.dropFirst()).allSatisfy { $0.firstUnit < $1.firstUnit }
            && documents.isEmpty == units.isEmpty && documents.first.map { $0.firstUnit == 0 } ?? true
            && documents.last.map { $0.firstUnit < units.count } ?? true
            && documents.allSatisfy { DocumentSet.numbers ~= Int64($0.id) } && (size == 0 || !units.isEmpty)
    }

    /// The units of the document at an index.
    func unitRange(_ document: Int) -> Range<Int> {
        Int(
            documents[document].firstUnit)..<(document + 1 < documents.count
            ? Int(documents[document + 1].firstUnit) : units.count)
    }
}

extension IndexSegment {
    /// The places of a unit.
    func places(ofUnit unit: Int, in tables: Tables) -> Range<UInt32> {
        tables.units[unit]..<(unit + 1 < tables.units.count ? tables.units[unit + 1] : UInt32(size))
    }
}

/// Places in a segment: one bit each.
private struct PlaceSet {
    private let size: Int
    private var words: [UInt64]

    init(size: Int) {
        self.size = size
        words = [UInt64](repeating: 0, count: size / 64 + 1)
    }

    mutating func insert(_ places: UnsafeBufferPointer<UInt32>) {
        for place in places where place < size {
            words[Int(place >> 6)] |= 1 << UInt64(place & 63)
        }
    }

    /// Ascending.
    var places: [UInt32] {
        var places: [UInt32] = []
        for (index, word) in words.enumerated() where word != 0 {
            var rest = word
            while rest != 0 {
                places.append(UInt32(index * 64 + rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
        return places
    }
}
