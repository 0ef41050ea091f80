import GRDB
import GRDBSQLite

/// Goes through all documents of an index, and sees whether all of them are there.
struct DocumentScan {
    private let db: Database

    init(_ db: Database) { self.db = db }

    /// The documents whose date passes. Through SQLite's own interface, as there may be a million of them.
    /// - Throws: `DamagedSegment` if the rows do not come to what they should.
    func documents(where passes: (_ dated: Int64) -> Bool = { _ in true }) throws -> DocumentSet {
        let handle = try db.cachedStatement(sql: "SELECT id, checksum, dated FROM document").sqliteStatement
        sqlite3_reset(handle)
        defer { sqlite3_reset(handle) }
        var (set, sum) = (DocumentSet(), RowSum())
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW:
                let id = sqlite3_column_int64(handle, 0)
                guard DocumentSet.numbers ~= id else { throw DamagedSegment() }
                sum.add(UInt64(bitPattern: sqlite3_column_int64(handle, 1)))
                if passes(sqlite3_column_int64(handle, 2)) { set.insert(id) }
            case SQLITE_DONE:
                guard try TableSums.kept(.documents, db) == sum else { throw DamagedSegment() }
                return set
            case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code))
            }
        }
    }
}
