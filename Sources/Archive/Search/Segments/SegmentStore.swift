import Foundation
import GRDB

/// The segments in the index file.
///
/// A segment is never changed. New documents make a new one, which takes in those before it that are not much larger, so
/// that their number grows with the logarithm of the number of changes, up to `SegmentBuilder.capacity` places a segment.
struct SegmentStore {
    let db: Database

    static let tables = """
        -- The segments, in the order in which they were made. The arrays are of 4-byte numbers, the lowest byte first; each blob ends
        -- with its checksum (RowChecksum.swift).
        CREATE TABLE segment (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            size INTEGER NOT NULL,      -- places
            rows INTEGER NOT NULL,      -- of lists
            starts BLOB NOT NULL,       -- (key, row, offset) of the first list that begins in a row; first, as each query reads it
            documents BLOB NOT NULL,    -- (document, first unit)
            units BLOB NOT NULL,        -- first place
            words BLOB NOT NULL         -- each between two line feeds
        ) STRICT;
        -- Their lists: id is that of the segment × 2²⁴ + the number of the row.
        CREATE TABLE list (
            id INTEGER PRIMARY KEY,
            data BLOB NOT NULL
        ) STRICT;
        """
    static let tableNames = ["segment", "list"]

    /// A segment of one document may be larger than others, but has no more places than its text has bytes. In a damaged index,
    /// a size may be any number.
    private static let mostPlaces = SegmentBuilder.capacity + 2 * TextStore.maximumSize

    // MARK: Reading

    /// All segments. They are valid as long as the transaction on `db`.
    /// - Throws: `DamagedSegment` if one is missing, or not as it was written.
    func all() throws -> [IndexSegment] {
        guard try sum() == TableSums.kept(.segments, db) else { throw DamagedSegment() }
        return try segments("ORDER BY id")
    }

    /// What the rows of the table come to.
    func sum() throws -> RowSum {
        let rows = try Row.fetchAll(db.cachedStatement(sql: "SELECT id, size, rows FROM segment"))
        return try rows.reduce(into: RowSum()) { sum, row in sum.add(Self.checksum(try row[0], try row[1], try row[2]))
        }
    }

    private static func checksum(_ id: Int64, _ size: Int64, _ rows: Int64) -> UInt64 {
        [size, rows].withUnsafeBytes { RowChecksum.of($0, at: UInt64(bitPattern: id)) }
    }

    /// Notes that a segment was written, or is to go.
    private func count(_ change: (inout RowSum) -> Void) throws {
        var sum = try TableSums.kept(.segments, db)
        change(&sum)
        try TableSums.write(sum, of: .segments, db)
    }

    /// The last segments, the latest first, with their sizes.
    private func latest() throws -> [(id: Int64, size: Int)] {
        try Row.fetchAll(db.cachedStatement(sql: "SELECT id, size FROM segment ORDER BY id DESC LIMIT 64")).map {
            (try $0[0], try $0[1])
        }
    }

    private func segments(_ condition: String) throws -> [IndexSegment] {
        let rows = try db.cachedStatement(sql: "SELECT data FROM list WHERE id = ?")
        let cursor = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT id, size, length(units) / 4 - 2, starts, rows FROM segment \(condition)"))
        var segments: [IndexSegment] = []
        while let row = try cursor.next() {
            let (size, unitCount, rowCount): (Int, Int, Int) = (try row[1], try row[2], try row[4])
            guard 0...Self.mostPlaces ~= size, 0...Self.mostPlaces ~= unitCount else { throw DamagedSegment() }
            let starts = try StoredSegment.numbers(row, 3, .starts, salt: Self.salt(size, unitCount, rowCount))
            segments.append(
                try IndexSegment(
                    size: size, unitCount: unitCount,
                    starts: stride(from: 0, to: starts.count - 2, by: 3).map {
                        .init(key: starts[$0], row: starts[$0 + 1], offset: starts[$0 + 2])
                    },
                    source: StoredSegment(db: db, id: row[0], rowCount: rowCount, rows: rows)))
        }
        return segments
    }

    // MARK: Writing

    /// Stores what was entered, and takes in segments before it that are small.
    /// - Parameter isStale: whether a document is to be left out.
    func insert(_ builder: consuming SegmentBuilder, isStale: (Int64) throws -> Bool) throws {
        guard !builder.isEmpty else { return }
        var total = builder.size
        var smaller: [Int64] = []
        for (id, size) in try latest() {
            guard 0...Self.mostPlaces ~= size, size < 2 * total, size + total <= SegmentBuilder.capacity else { break }
            total += size
            smaller.append(id)
        }
        guard !smaller.isEmpty else {
            _ = try write(builder.pack())
            return
        }
        let newest = builder.pack()
        let id = try write(newest)
        var merged = SegmentBuilder()
        for segment in try segments("WHERE id >= \(smaller.last!) ORDER BY id") {
            try Self.enter(segment, into: &merged, isStale: isStale)
        }
        for old in smaller + [id] { try delete(old) }
        if !merged.isEmpty { _ = try write(merged.pack()) }
    }

    static func enter(_ segment: IndexSegment, into merged: inout SegmentBuilder, isStale: (Int64) throws -> Bool)
        throws
    {
        let contents = try SegmentContents(segment)
        let numbers = merged.numbers(of: contents)
        let tables = try segment.tables()
        for (index, document) in tables.documents.enumerated() where try !isStale(Int64(document.id)) {
            let units = tables.unitRange(index)
            merged.enter(
                document, of: contents, units: Array(tables.units[units]), numbers: numbers,
                end: segment.places(ofUnit: units.upperBound - 1, in: tables).upperBound)
        }
    }

    /// What the checksum of the first array is of, beside it.
    private static func salt(_ size: Int, _ units: Int, _ rows: Int) -> UInt64 {
        UInt64(truncatingIfNeeded: size) ^ UInt64(truncatingIfNeeded: units) << 20 ^ UInt64(truncatingIfNeeded: rows)
            << 40
    }

    private func write(_ segment: PackedSegment) throws -> Int64 {
        let rows = segment.rows
        let salt = Self.salt(segment.size, segment.units.count, rows.count)
        let arrays = [
            Self.blob(segment.writer.starts.flatMap { [$0.key, $0.row, $0.offset] }, .starts, salt: salt),
            Self.blob(segment.documents.flatMap { [$0.id, $0.firstUnit] }, .documents),
            Self.blob(segment.units, .units),
            Data(RowChecksum.seal(segment.wordList.bytes, at: StoredSegment.place(.words))),
        ]
        try db.cachedStatement(
            sql: "INSERT INTO segment (size, rows, starts, documents, units, words) VALUES (?, ?, ?, ?, ?, ?)"
        )
        .execute(arguments: [segment.size, rows.count, arrays[0], arrays[1], arrays[2], arrays[3]])
        let id = db.lastInsertedRowID
        try count { $0.add(Self.checksum(id, Int64(segment.size), Int64(rows.count))) }
        let statement = try db.cachedStatement(sql: "INSERT INTO list (id, data) VALUES (?, ?)")
        for (row, bytes) in rows.enumerated() {
            let place = StoredSegment.rowID(id, row)
            try statement.execute(arguments: [
                place, Data(RowChecksum.seal(Array(bytes), at: UInt64(bitPattern: place))),
            ])
        }
        return id
    }

    private func delete(_ id: Int64) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT size, rows FROM segment WHERE id = ?"), arguments: [id])
        guard let row else { throw DamagedSegment() }
        let checksum = Self.checksum(id, try row[0], try row[1])
        try count { $0.remove(checksum) }
        try db.cachedStatement(sql: "DELETE FROM segment WHERE id = ?").execute(arguments: [id])
        try db.cachedStatement(sql: "DELETE FROM list WHERE id BETWEEN ? AND ?")
            .execute(arguments: [StoredSegment.rowID(id, 0), StoredSegment.rowID(id &+ 1, 0) &- 1])
    }

    // MARK: Checking

    /// Reads all segments.
    /// - Throws: `DamagedSegment` or `DatabaseError` if one is not as it was written.
    func check() throws {
        for segment in try all() {
            _ = try segment.tables()
            _ = try segment.words()
            try segment.checkRows()
        }
    }

    // MARK: Arrays

    private static func blob(_ numbers: [UInt32], _ part: StoredSegment.Part, salt: UInt64 = 0) -> Data {
        Data(
            RowChecksum.seal(
                numbers.map(\.littleEndian).withUnsafeBytes { [UInt8]($0) }, at: StoredSegment.place(part, salt)))
    }
}
