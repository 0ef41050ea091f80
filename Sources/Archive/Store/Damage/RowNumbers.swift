import GRDB
import History

/// The numbers of rows, which SQLite gives out one after another. A damaged row may have any: behind the largest there is, SQLite
/// gives out numbers at random, or says that the disk is full.
enum RowNumbers {
    /// No table of ours ever comes so far.
    static let end: Int64 = 1 << 48
    /// Those that rows may have.
    static let valid = 1..<end

    /// - Throws: `ArchiveError` of code `corrupt` if a row that was inserted got a number that follows a damaged one.
    static func check(_ row: Int64, of table: String) throws {
        guard 1..<end ~= row else { throw damaged(table) }
    }

    /// Runs changes; says it if they fail because the numbers of a table are used up.
    static func checking<Value>(_ db: Database, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            throw usedUp(db).map(damaged) ?? error
        }
    }

    private static func damaged(_ table: String) -> ArchiveError {
        ArchiveError(.corrupt, "the table '\(table)' is damaged: a row of it has a number that none can have")
    }

    /// A table that has a row with a number that is too large.
    private static func usedUp(_ db: Database) -> String? {
        let tables =
            (try? String.fetchAll(
                db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%WITHOUT ROWID%'"))
            ?? []
        return tables.first { table in
            (try? Int64.fetchOne(db, sql: "SELECT max(rowid) FROM \"\(table)\"")).flatMap(\.self) ?? 0 >= end
        }
    }
}
