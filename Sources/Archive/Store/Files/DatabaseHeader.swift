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

    /// - Parameter bytes: the first page of a file, or its beginning.
    init(bytes: [UInt8]) {
        self.bytes = Array(bytes.prefix(Self.size)) + [UInt8](repeating: 0, count: max(0, Self.size - bytes.count))
    }

    var isDatabase: Bool { bytes.starts(with: Self.magic) }
    /// Whether the file was last used with a write-ahead log.
    var hasWriteAheadLog: Bool { bytes[18] == 2 }
    /// Whether the numbers that SQLite looks at before it reads anything are such as it writes into files of ours.
    var isSound: Bool {
        let (size, versions) = (Int(bytes[16]) << 8 | Int(bytes[17]), (bytes[18], bytes[19]))
        return isDatabase && (size == 1 || size >= 512 && size & (size - 1) == 0)
            && (versions == (1, 1) || versions == (2, 2))
            && Array(bytes[20..<24]) == [0, 64, 32, 32] && 1...4 ~= number(at: 44) && number(at: 56) == 1
    }
    /// `PRAGMA user_version`, as of the last checkpoint.
    var userVersion: Int { number(at: 60) }
    /// `PRAGMA application_id`.
    var applicationID: Int { number(at: 68) }

    private func number(at place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
}
