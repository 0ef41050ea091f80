import Foundation
import GRDB
import GRDBSQLite

/// The parts of a segment in the index file.
struct StoredSegment: SegmentSource {
    let db: Database
    let id: Int64
    /// Selects the bytes of a row by its ID.
    let rows: Statement

    private static let rowBits: Int64 = 24

    /// The ID, in the table `list`, of a row of a segment.
    static func rowID(_ segment: Int64, _ row: Int) -> Int64 { segment << rowBits &+ Int64(row) }

    func tables() throws -> Segment.Tables {
        let row = try part("SELECT documents, units FROM segment WHERE id = ?")
        let documents = Self.numbers(row, 0)
        return Segment.Tables(
            documents: stride(from: 0, to: documents.count - 1, by: 2).map { .init(id: documents[$0], firstUnit: documents[$0 + 1]) },
            units: Self.numbers(row, 1))
    }

    func words() throws -> WordList { WordList(bytes: try part("SELECT words FROM segment WHERE id = ?")[0]) }

    private func part(_ sql: String) throws -> Row {
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [id]) else { throw DamagedSegment() }
        return row
    }

    /// In C, as a query reads hundreds; in place, as SQLite maps the file into memory and a row fills a page.
    func withRow(_ row: Int, _ body: (UnsafeRawBufferPointer) -> Void) throws {
        let handle = rows.sqliteStatement
        defer { sqlite3_reset(handle) }
        sqlite3_bind_int64(handle, 1, Self.rowID(id, row))
        switch sqlite3_step(handle) {
        case SQLITE_ROW:
            guard let bytes = sqlite3_column_blob(handle, 0) else { return }
            body(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, 0))))
        case SQLITE_DONE: return
        case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
    }

    /// An array of numbers, the lowest byte first.
    static func numbers(_ row: Row, _ column: Int) -> [UInt32] {
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
}
