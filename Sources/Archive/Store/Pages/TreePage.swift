/// A page of a table or an index (sqlite.org/fileformat2.html, section 1.6), read without SQLite: from bytes that may be any.
struct TreePage {
    enum Kind: UInt8 {
        case indexInterior = 2
        case tableInterior = 5
        case indexLeaf = 10
        case tableLeaf = 13
    }

    /// One row, or the beginning of one that goes on in overflow pages.
    struct Cell {
        /// The row's number; `nil` in an index, or in a table without row numbers.
        let row: Int64?
        /// Bytes of the whole record.
        let size: Int
        /// What of it stands in the page.
        let content: Range<Int>
        /// The first overflow page; 0 if there is none.
        let next: UInt32
    }

    let kind: Kind
    let bytes: [UInt8]
    private let places: [Int]

    /// - Parameter bytes: a whole page, other than the first of a file.
    /// - Returns: `nil` if it is none, or damaged where its cells are listed.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 512, let kind = Kind(rawValue: bytes[0]) else { return nil }
        let start = kind == .tableLeaf || kind == .indexLeaf ? 8 : 12
        let count = Self.number(bytes, at: 3)
        let end = start + 2 * count
        // The least cell has four bytes.
        guard end + 4 * count <= bytes.count else { return nil }
        let places = (0..<count).map { Self.number(bytes, at: start + 2 * $0) }
        guard places.allSatisfy({ end...(bytes.count - 4) ~= $0 }) else { return nil }
        (self.kind, self.bytes, self.places) = (kind, bytes, places)
    }

    private static func number(_ bytes: [UInt8], at place: Int) -> Int {
        Int(bytes[place]) << 8 | Int(bytes[place + 1])
    }

    /// The cells that hold records and can be what they say. A table's interior pages have none.
    var cells: [Cell] { kind == .tableInterior ? [] : places.compactMap(cell) }

    /// Whether all that is listed can be a cell.
    var isWhole: Bool { kind == .tableInterior || places.allSatisfy { cell($0) != nil } }

    private func cell(_ place: Int) -> Cell? {
        var position = place + (kind == .indexInterior ? 4 : 0)
        guard let size = StoredVarint.read(bytes, at: &position), 1...Self.mostBytes ~= size else { return nil }
        var row: Int64?
        if kind == .tableLeaf {
            row = StoredVarint.read(bytes, at: &position)
            guard row != nil else { return nil }
        }
        let local = localBytes(Int(size))
        let end = position + local
        guard local < size else {
            return end <= bytes.count ? Cell(row: row, size: Int(size), content: position..<end, next: 0) : nil
        }
        guard end + 4 <= bytes.count else { return nil }
        let next = bytes[end..<end + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return next == 0 ? nil : Cell(row: row, size: Int(size), content: position..<end, next: next)
    }

    /// A record of ours is shorter.
    private static let mostBytes: Int64 = 16 << 20

    /// How many bytes of a record stand in the page itself. Our pages have no reserved bytes at their ends.
    private func localBytes(_ size: Int) -> Int {
        let usable = bytes.count
        let most = kind == .tableLeaf ? usable - 35 : (usable - 12) * 64 / 255 - 23
        guard size > most else { return size }
        let least = (usable - 12) * 32 / 255 - 23
        let fitting = least + (size - least) % (usable - 4)
        return fitting <= most ? fitting : least
    }
}
