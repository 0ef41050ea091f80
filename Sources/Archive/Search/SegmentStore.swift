import Foundation
import GRDB
import GRDBSQLite

/// The segments in the index file.
///
/// A segment is never changed. New documents make a new one, which takes in those before it that are not much larger, so
/// that their number grows with the logarithm of the number of changes, up to `SegmentBuilder.capacity` places a segment.
struct SegmentStore {
    let db: Database

    static let tables = """
        -- The segments, in the order in which they were made. The arrays are of 4-byte numbers, the lowest byte first.
        CREATE TABLE segment (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            size INTEGER NOT NULL,      -- places
            documents BLOB NOT NULL,    -- (document, first unit)
            units BLOB NOT NULL,        -- first place
            words BLOB NOT NULL,        -- each between two line feeds
            starts BLOB NOT NULL        -- (key, row, offset) of the first list that begins in a row
        ) STRICT;
        -- Their lists: `id` is that of the segment × 2²⁴ + the number of the row.
        CREATE TABLE list (
            id INTEGER PRIMARY KEY,
            data BLOB NOT NULL
        ) STRICT;
        """
    static let tableNames = ["segment", "list"]

    private static let rowBits: Int64 = 24

    // MARK: Reading

    /// All segments. They are valid as long as the transaction on `db`.
    func all() throws -> [Segment] { try segments("ORDER BY id") }

    /// The last segments, the latest first, with their sizes.
    private func latest() throws -> [(id: Int64, size: Int)] {
        try Row.fetchAll(db.cachedStatement(sql: "SELECT id, size FROM segment ORDER BY id DESC LIMIT 64")).map { ($0[0], $0[1]) }
    }

    private func segments(_ condition: String) throws -> [Segment] {
        let rows = try db.cachedStatement(sql: "SELECT data FROM list WHERE id = ?")
        let cursor = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT id, size, documents, units, words, starts FROM segment \(condition)"))
        var segments: [Segment] = []
        while let row = try cursor.next() {
            let id: Int64 = row[0]
            let documents = Self.numbers(row, 2), starts = Self.numbers(row, 5)
            segments.append(
                try Segment(
                    id: id, size: row[1],
                    documents: stride(from: 0, to: documents.count - 1, by: 2).map { .init(id: documents[$0], firstUnit: documents[$0 + 1]) },
                    units: Self.numbers(row, 3), words: WordList(bytes: row[4]),
                    starts: stride(from: 0, to: starts.count - 2, by: 3).map {
                        .init(key: starts[$0], row: starts[$0 + 1], offset: starts[$0 + 2])
                    },
                    load: { try Self.row(rows, id << Self.rowBits + Int64($0)) }))
        }
        return segments
    }

    /// The bytes of a row. In C, as a query reads hundreds.
    private static func row(_ statement: Statement, _ id: Int64) throws -> [UInt8]? {
        let handle = statement.sqliteStatement
        defer { sqlite3_reset(handle) }
        sqlite3_bind_int64(handle, 1, id)
        switch sqlite3_step(handle) {
        case SQLITE_ROW:
            guard let bytes = sqlite3_column_blob(handle, 0) else { return [] }
            return [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, 0))))
        case SQLITE_DONE: return nil
        case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
    }

    // MARK: Writing

    /// Stores what was entered, and takes in segments before it that are small.
    /// - Parameter isStale: whether a document is to be left out.
    func insert(_ builder: consuming SegmentBuilder, isStale: (Int64) throws -> Bool) throws {
        guard !builder.isEmpty else { return }
        var total = builder.size
        var smaller: [Int64] = []
        for (id, size) in try latest() {
            guard size < 2 * total, size + total <= SegmentBuilder.capacity else { break }
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

    static func enter(_ segment: Segment, into merged: inout SegmentBuilder, isStale: (Int64) throws -> Bool) throws {
        let contents = try SegmentContents(segment)
        let numbers = merged.numbers(of: contents)
        for (index, document) in segment.documents.enumerated() where try !isStale(Int64(document.id)) {
            let units = segment.unitRange(index)
            merged.enter(
                document, of: contents, units: Array(segment.units[units]), numbers: numbers,
                end: segment.places(ofUnit: units.upperBound - 1).upperBound)
        }
    }

    private func write(_ segment: PackedSegment) throws -> Int64 {
        try db.cachedStatement(sql: "INSERT INTO segment (size, documents, units, words, starts) VALUES (?, ?, ?, ?, ?)")
            .execute(arguments: [
                segment.size, Self.blob(segment.documents.flatMap { [$0.id, $0.firstUnit] }), Self.blob(segment.units),
                Data(segment.words.bytes), Self.blob(segment.writer.starts.flatMap { [$0.key, $0.row, $0.offset] }),
            ])
        let id = db.lastInsertedRowID
        let statement = try db.cachedStatement(sql: "INSERT INTO list (id, data) VALUES (?, ?)")
        for (row, bytes) in segment.rows.enumerated() {
            try statement.execute(arguments: [id << Self.rowBits + Int64(row), Data(bytes)])
        }
        return id
    }

    private func delete(_ id: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM segment WHERE id = ?").execute(arguments: [id])
        try db.cachedStatement(sql: "DELETE FROM list WHERE id BETWEEN ? AND ?")
            .execute(arguments: [id << Self.rowBits, (id + 1) << Self.rowBits - 1])
    }

    // MARK: Arrays

    private static func numbers(_ row: Row, _ column: Int) -> [UInt32] {
        (try? row.withUnsafeData(atIndex: column) { data in
            (data ?? Data()).withUnsafeBytes { raw in
                [UInt32](unsafeUninitializedCapacity: raw.count / 4) { buffer, initialized in
                    UnsafeMutableRawBufferPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(rebasing: raw[..<(raw.count / 4 * 4)]))
                    for index in 0..<raw.count / 4 { buffer[index] = UInt32(littleEndian: buffer[index]) }
                    initialized = raw.count / 4
                }
            }
        }) ?? []
    }

    private static func blob(_ numbers: [UInt32]) -> Data {
        numbers.map(\.littleEndian).withUnsafeBytes { Data($0) }
    }
}
