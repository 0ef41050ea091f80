import Foundation
import GRDBSQLite

/// The first 100 bytes of a database file (SQLite's file format, section 1.3), read without opening the database: a file that
/// is not ours is left untouched, to its last byte.
struct DatabaseHeader {
    private static let size = 100
    private static let magic = Array("SQLite format 3\u{0}".utf8)

    private let bytes: [UInt8]

    /// - Returns: `nil` if the file cannot be read.
    ///
    /// Through SQLite's own layer for files, not `open` and `close`: to close any descriptor of a file gives up the locks that this
    /// process has on it (POSIX), those of a connection on another thread, too. SQLite takes care of that.
    init?(path: String) {
        guard let system = sqlite3_vfs_find(nil) else { return nil }
        let length = Int(system.pointee.mxPathname) + 1
        let full = UnsafeMutablePointer<CChar>.allocate(capacity: length)
        defer { full.deallocate() }
        guard system.pointee.xFullPathname(system, path, Int32(length), full) & 0xFF == SQLITE_OK,
            let name = sqlite3_create_filename(full, "", "", 0, nil)
        else { return nil }
        defer { sqlite3_free_filename(name) }
        let size = Int(system.pointee.szOsFile)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        defer { memory.deallocate() }
        let file = memory.assumingMemoryBound(to: sqlite3_file.self)
        var flags: Int32 = 0
        guard system.pointee.xOpen(system, name, file, SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB, &flags) == SQLITE_OK,
            let methods = file.pointee.pMethods
        else { return nil }
        defer { _ = methods.pointee.xClose(file) }
        var bytes = [UInt8](repeating: 0, count: Self.size)
        // A shorter file is filled up with zeros.
        let code = methods.pointee.xRead(file, &bytes, Int32(Self.size), 0)
        guard code == SQLITE_OK || code & 0xFF == SQLITE_IOERR && code >> 8 == 2 else { return nil }
        self.bytes = bytes
    }

    var isDatabase: Bool { bytes.starts(with: Self.magic) }
    /// Whether the file was last used with a write-ahead log.
    var hasWriteAheadLog: Bool { bytes[18] == 2 }
    /// `PRAGMA user_version`, as of the last checkpoint.
    var userVersion: Int { number(at: 60) }
    /// `PRAGMA application_id`.
    var applicationID: Int { number(at: 68) }

    private func number(at place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
}
