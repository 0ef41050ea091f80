import Foundation
import GRDB
import GRDBSQLite
import Prose

/// The parts of a segment in the index file.
struct StoredSegment: SegmentSource {
    let db: Database
    let id: Int64
    /// How many rows its lists fill.
    let rowCount: Int
    /// Selects the bytes of a row by its ID.
    let rows: Statement

    private static let rowBits: Int64 = 24

    /// The ID, in the table `list`, of a row of a segment.
    static func rowID(_ segment: Int64, _ row: Int) -> Int64 { segment << rowBits &+ Int64(row) }

    func tables() throws -> IndexSegment.Tables {
        let row = try part("SELECT documents, units FROM segment WHERE id = ?")
        let documents = try Self.numbers(row, 0, .documents)
        return IndexSegment.Tables(
            documents: stride(from: 0, to: documents.count - 1, by: 2).map {
                .init(id: documents[$0], firstUnit: documents[$0 + 1])
            },
            units: try Self.numbers(row, 1, .units))
    }

    func words() throws -> WordList {
        WordList(bytes: try Self.bytes(part("SELECT words FROM segment WHERE id = ?"), 0, .words))
    }

    private func part(_ sql: String) throws -> Row {
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [id]) else { throw DamagedSegment() }
        return row
    }

    /// In C, as a query reads hundreds; in place, as SQLite maps the file into memory and a row fills a page.
    func withRow(_ row: Int, _ body: (UnsafeRawBufferPointer) -> Void) throws {
        guard row < rowCount else { return }
        let handle = rows.sqliteStatement
        defer { sqlite3_reset(handle) }
        sqlite3_bind_int64(handle, 1, Self.rowID(id, row))
        switch sqlite3_step(handle) {
        case SQLITE_ROW:
            let sealed = UnsafeRawBufferPointer(
                start: sqlite3_column_blob(handle, 0), count: Int(sqlite3_column_bytes(handle, 0)))
            guard let bytes = RowChecksum.open(sealed, at: UInt64(bitPattern: Self.rowID(id, row))) else {
                throw DamagedSegment()
            }
            body(bytes)
        case SQLITE_DONE: throw DamagedSegment()
        case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
    }

    /// An array of a segment, which its checksum tells from the others.
    enum Part: UInt64 {
        case documents = 1
        case units, words, starts
    }

    /// - Parameter salt: what else the checksum is of.
    static func place(_ part: Part, _ salt: UInt64 = 0) -> UInt64 { part.rawValue << 60 ^ salt }

    /// An array of numbers, the lowest byte first.
    static func numbers(_ row: Row, _ column: Int, _ part: Part, salt: UInt64 = 0) throws -> [UInt32] {
        try sealed(row, column, part, salt) { raw in
            [UInt32](unsafeUninitializedCapacity: raw.count / 4) { buffer, initialized in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: raw[..<(raw.count / 4 * 4)]))
                for index in 0..<raw.count / 4 { buffer[index] = UInt32(littleEndian: buffer[index]) }
                initialized = raw.count / 4
            }
        }
    }

    private static func bytes(_ row: Row, _ column: Int, _ part: Part) throws -> [UInt8] {
        try sealed(row, column, part, 0) { [UInt8]($0) }
    }

    private static func sealed<Value>(
        _ row: Row, _ column: Int, _ part: Part, _ salt: UInt64, _ body: (UnsafeRawBufferPointer) -> Value
    ) throws -> Value {
        let value = try? row.withUnsafeData(atIndex: column) { data in
            (data ?? Data()).withUnsafeBytes { RowChecksum.open($0, at: place(part, salt)).map(body) }
        }
        guard let value = value ?? nil else { throw DamagedSegment() }
        return value
    }
}
