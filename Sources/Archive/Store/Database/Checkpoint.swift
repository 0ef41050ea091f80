import Foundation
import GRDB
import GRDBSQLite

/// How the write-ahead log is moved into its file.
///
/// SQLite 3.7.0 to 3.51.2 has a race (sqlite.org/wal.html, "The WAL-Reset Bug"): while one connection's checkpoint runs, another
/// connection commits and thereby starts the log again from its beginning; the checkpoint then records a number of copied frames
/// that is of the old log, and a later one passes over commits that were never copied. They are lost. SQLite's own automatic
/// checkpoints allow that.
///
/// Here a checkpoint runs only while this process holds the writer lock, so that nobody can commit meanwhile. (The checkpoint of
/// the last connection that closes holds the whole file.)
enum Checkpoint {
    /// The log is moved into the file once it has so many pages.
    static let usualPages = 1000
    /// So many times longer, and it is worth waiting for another writer. The log's file is not kept longer than that either.
    private static let manyFold: Int32 = 4
    /// How long, in milliseconds.
    private static let patience: Int32 = 2000

    /// To be called for each new connection that may write.
    /// - Parameter pages: how long the log may become.
    static func prepare(_ db: Database, pages: Int) throws {
        try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        try db.execute(sql: "PRAGMA journal_size_limit = \(Int64(manyFold) * Int64(pages) * 16384)")
        // SQLite calls it after each commit, when the writer lock is free again.
        sqlite3_wal_hook(
            db.sqliteConnection,
            { limit, connection, _, pages in
                let limit = Int32(truncatingIfNeeded: Int(bitPattern: limit))
                guard let connection, pages >= limit else { return SQLITE_OK }
                // One that fails fails no commit: the next tries again.
                _ = Checkpoint.run(connection, patience: pages / Checkpoint.manyFold >= limit ? Checkpoint.patience : 0)
                return SQLITE_OK
            }, UnsafeMutableRawPointer(bitPattern: pages))
    }

    /// Moves what it can of the log into the file: all that no reader still needs the old pages for.
    /// - Parameter patience: how long to wait for another writer, in milliseconds.
    /// - Returns: SQLite's result code; `SQLITE_BUSY` if somebody else writes.
    static func run(_ connection: OpaquePointer, patience: Int32) -> Int32 {
        guard let path = sqlite3_db_filename(connection, "main"), path.pointee != 0 else { return SQLITE_OK }
        var other: OpaquePointer?
        defer { sqlite3_close(other) }
        // A second connection holds the lock: one that is in a transaction cannot make a checkpoint.
        var code = sqlite3_open_v2(path, &other, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK else { return code }
        sqlite3_wal_autocheckpoint(other, 0)
        sqlite3_busy_timeout(other, patience)
        code = sqlite3_exec(other, "BEGIN IMMEDIATE", nil, nil, nil)
        guard code == SQLITE_OK else { return code }
        defer { sqlite3_exec(other, "ROLLBACK", nil, nil, nil) }
        // The other modes wait for the writer lock, and go on without it when they have waited in vain.
        return sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }
}

/// The system's SQLite.
public enum SQLiteLibrary {
    public static var version: String { String(cString: sqlite3_libversion()) }

    /// Whether it is free of the bug that `Checkpoint` works around, which other programs on the same file would meet.
    public static var hasWALResetFix: Bool { hasWALResetFix(Int(sqlite3_libversion_number())) }

    static func hasWALResetFix(_ version: Int) -> Bool {
        version >= 3_051_003 || (3_050_007..<3_051_000).contains(version) || (3_044_006..<3_045_000).contains(version)
    }
}
