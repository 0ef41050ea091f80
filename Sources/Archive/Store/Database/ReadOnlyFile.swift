import Files
import Foundation
import GRDB
import History
import Prose

/// Opening a file so that nothing of it changes, nor beside it.
///
/// A backup has no write-ahead log, and is read as it is. An archive has one: to read it, SQLite makes files beside it. Where that
/// cannot be, on a medium that is read-only, the file is taken for one that nobody changes, if its log is empty; else a copy of the
/// two is read. So is a copy where the log is damaged.
enum ReadOnlyFile {
    /// Whether a file can only be read: it is a backup, or it or its folder cannot be written.
    static func isMeant(_ path: String) -> Bool {
        let path = target(path)
        let folder = PathParts.folder(of: path)
        return !hasWriteAheadLog(path) || ((try? DatabaseFile.transactionsLost(path)) ?? 0) > 0
            || access(path, W_OK) != 0 || access(folder.isEmpty ? "." : folder, W_OK) != 0
    }

    /// - Throws: `ArchiveError` or `DatabaseError` if it cannot be read, or is no archive of this format.
    static func open(_ path: String, _ schema: Schema = .present) throws -> DatabaseQueue {
        let path = target(path)
        // What is only read keeps its schema: that of a copy can be changed.
        if let header = DatabaseHeader(path: path), schema.isOlder(header.userVersion) { return try copy(path, schema) }
        guard hasWriteAheadLog(path) else { return try queue(path) }
        let log = try DatabaseFile.transactions(path)
        try DatabaseFile.requireOwnLog(path, log.links)
        // SQLite would take back what stands behind the damage, and throw it away as soon as it can.
        if log.lost > 0 { return try copy(path, schema) }
        // Somebody may work with it who may write.
        if let open = try? queue(path) { return open }
        if try FileStatus.of(path + "-wal", followingLinks: true)?.size ?? 0 == 0 { return try withoutLog(path) }
        return try copy(path, schema)
    }

    /// Opens a file as it is without its log, as one that nobody changes.
    static func withoutLog(_ path: String) throws -> DatabaseQueue {
        try queue("file:" + escaped(path) + "?immutable=1")
    }

    private static func queue(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -16384") }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        // What cannot be read shows with the first page.
        _ = try queue.tolerantRead { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
        return queue
    }

    /// A copy of an archive that may be changed, and of which nothing stays.
    /// - Parameter change: what is done to it first.
    static func changed(_ path: String, _ schema: Schema, change: (String, DatabaseQueue) throws -> Void) throws
        -> DatabaseQueue
    {
        try copy(target(path), schema, change: change)
    }

    /// A copy that is gone once it is closed: its files have no names any more.
    private static func copy(
        _ path: String, _ schema: Schema, change: (String, DatabaseQueue) throws -> Void = { _, _ in }
    ) throws -> DatabaseQueue {
        let folder = FileManager.default.temporaryDirectory.path + "/archivectl-read-\(UUID().uuidString)"
        guard mkdir(folder, 0o700) == 0 else {
            throw ArchiveError(
                .cannotWrite,
                "\(path) can be read through a copy only, and none can be made in \(folder): \(String(cString: strerror(errno)))",
                subject: path)
        }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for suffix in ["", "-wal"] where try suffix.isEmpty || FileStatus.of(path + suffix, followingLinks: true) != nil
        {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: folder + "/a" + suffix)
            chmod(folder + "/a" + suffix, 0o600)
        }
        if var log = try WriteAheadLog(folder + "/a-wal"), log.transactions().lost > 0 {
            try Data(log.repaired()).write(to: URL(fileURLWithPath: folder + "/a-wal"))
        }
        var environment = Archive.Environment(states: nil)
        environment.schema = schema
        _ = try ArchiveMigration(path: folder + "/a", environment: environment, keepsCopy: false).run()
        let queue = try DatabaseQueue(path: folder + "/a")
        try change(folder + "/a", queue)
        _ = try queue.tolerantRead { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
        return queue
    }

    /// A copy of a database to try changes on, which is gone once it is closed.
    /// - Throws: `ArchiveError` if there is no room for it, or the database is of a later schema, which this version cannot write.
    static func rehearsal(of database: any DatabaseReader, _ environment: Archive.Environment) throws -> DatabaseQueue {
        let version = try database.tolerantRead { try Int.fetchOne($0, sql: "PRAGMA user_version")! }
        guard version == environment.schema.version else {
            throw ArchiveError(
                .badInput,
                "the archive was written by a newer version of this program, and changes to it cannot be tried here",
                remedy: .update)
        }
        let folder = FileManager.default.temporaryDirectory.path + "/archivectl-try-\(UUID().uuidString)"
        guard mkdir(folder, 0o700) == 0 else {
            throw ArchiveError(.cannotWrite, "no copy of the archive to try the changes on can be made in \(folder)")
        }
        // Nothing is opened by its name again: what is to be taken back is kept in memory.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            for pragma in ["journal_mode = MEMORY", "temp_store = MEMORY", "synchronous = OFF", "cache_size = -16384"] {
                try db.execute(sql: "PRAGMA \(pragma)")
            }
        }
        let copy = try DatabaseQueue(path: folder + "/a", configuration: configuration)
        try database.backup(to: copy)
        // The copy has what the original's header says of its log.
        try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = MEMORY") }
        return copy
    }

    /// As SQLite reads it in a URI.
    private static func escaped(_ path: String) -> String {
        let plain = Set("/.-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        let absolute = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        var escaped = ""
        for byte in absolute.utf8 {
            if plain.contains(byte) {
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                escaped += "%" + Hex.encode([byte])
            }
        }
        return escaped
    }

    /// What a link leads to: SQLite's files stand beside that, and a copy of the link would be the file itself.
    private static func target(_ path: String) -> String { SystemPath(path).resolved?.text ?? path }

    private static func hasWriteAheadLog(_ path: String) -> Bool {
        DatabaseHeader(path: path)?.hasWriteAheadLog ?? false
    }
}
