import Foundation
import GRDBSQLite
import Synchronization

/// Sees each lock that SQLite takes on a write-ahead log in this process, and says which checkpoints ran without the writer lock.
///
/// It stands between SQLite and the file system (sqlite.org/vfs.html) for all connections that are opened while it is installed.
/// The places of the locks are those of sqlite.org/walformat.html, section 2.3.1.
enum LockWitness {
    private static let writerLock: Int32 = 0
    private static let checkpointLock: Int32 = 1
    private static let exclusiveLock: Int32 = 4

    /// What was seen of one database.
    struct Seen {
        var checkpoints = 0
        var withoutWriterLock = 0
    }

    private struct State {
        /// By the address of SQLite's object for an open file.
        var paths: [UInt: String] = [:]
        var writers: [String: Set<UInt>] = [:]
        /// Who holds a whole file, as the last connection does that closes it.
        var owners: [String: Set<UInt>] = [:]
        var seen: [String: Seen] = [:]
    }

    private static let state = Mutex(State())
    nonisolated(unsafe) private static var system = sqlite3_vfs_find(nil)!
    nonisolated(unsafe) private static let original = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    nonisolated(unsafe) private static let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    nonisolated(unsafe) private static let layer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)

    static func seen(_ path: String) -> Seen { state.withLock { $0.seen[path] ?? Seen() } }

    /// Runs `body` with the witness between.
    static func watching(_ body: () throws -> Void) rethrows {
        layer.initialize(to: system.pointee)
        layer.pointee.zName = UnsafePointer(strdup("witness"))
        layer.pointee.xOpen = { _, name, file, flags, out in
            let code = LockWitness.system.pointee.xOpen(LockWitness.system, name, file, flags, out)
            if code == SQLITE_OK, flags & SQLITE_OPEN_MAIN_DB != 0, let name, let file {
                LockWitness.watch(file, String(cString: name))
            }
            return code
        }
        sqlite3_vfs_register(layer, 1)
        defer {
            sqlite3_vfs_register(system, 1)
            sqlite3_vfs_unregister(layer)
        }
        try body()
    }

    /// All files have the same methods, as all have the same kind of locks.
    private static func watch(_ file: UnsafeMutablePointer<sqlite3_file>, _ path: String) {
        guard let own = file.pointee.pMethods else { return }
        original.initialize(to: own.pointee)
        methods.initialize(to: own.pointee)
        methods.pointee.xShmLock = { file, offset, count, flags in
            let code = LockWitness.original.pointee.xShmLock(file, offset, count, flags)
            if code == SQLITE_OK { LockWitness.note(shared: file, offset, count, flags) }
            return code
        }
        methods.pointee.xLock = { file, level in
            let code = LockWitness.original.pointee.xLock(file, level)
            if code == SQLITE_OK, level == LockWitness.exclusiveLock { LockWitness.note(owner: file, true) }
            return code
        }
        methods.pointee.xUnlock = { file, level in
            LockWitness.note(owner: file, false)
            return LockWitness.original.pointee.xUnlock(file, level)
        }
        file.pointee.pMethods = UnsafePointer(methods)
        state.withLock { $0.paths[UInt(bitPattern: file)] = path }
    }

    private static func note(owner file: UnsafeMutablePointer<sqlite3_file>?, _ isOwner: Bool) {
        let id = UInt(bitPattern: file)
        state.withLock { state in
            guard let path = state.paths[id] else { return }
            if isOwner { state.owners[path, default: []].insert(id) } else { state.owners[path]?.remove(id) }
        }
    }

    private static func note(
        shared file: UnsafeMutablePointer<sqlite3_file>?, _ offset: Int32, _ count: Int32, _ flags: Int32
    ) {
        guard flags & SQLITE_SHM_EXCLUSIVE != 0 else { return }
        let (id, places, isTaken) = (UInt(bitPattern: file), offset..<offset + count, flags & SQLITE_SHM_LOCK != 0)
        state.withLock { state in
            guard let path = state.paths[id] else { return }
            if places.contains(writerLock) {
                if isTaken { state.writers[path, default: []].insert(id) } else { state.writers[path]?.remove(id) }
            }
            guard places.contains(checkpointLock), isTaken else { return }
            state.seen[path, default: Seen()].checkpoints += 1
            if state.writers[path, default: []].isEmpty, !state.owners[path, default: []].contains(id) {
                state.seen[path]!.withoutWriterLock += 1
            }
        }
    }
}
