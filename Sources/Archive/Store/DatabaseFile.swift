import Foundation
import GRDB

/// How archive files are opened and made.
package enum DatabaseFile {
    /// `arch`, which `file` and SQLite tools show.
    static let applicationID = 0x6172_6368
    /// The schema's number, in `PRAGMA user_version`.
    static let schemaVersion = 4

    /// - Parameter concurrently: whether this process reads while it writes. A pool allows that, and takes some
    ///   milliseconds longer to open.
    static func open(_ path: String, _ environment: Archive.Environment, concurrently: Bool) throws -> any DatabaseWriter {
        try translatingErrors(path) {
            try refuseForeignLog(path)
            let configuration = configuration(environment)
            let database: any DatabaseWriter =
                try concurrently
                ? DatabasePool(path: path, configuration: configuration) : DatabaseQueue(path: path, configuration: configuration)
            try database.read { try check($0, path) }
            // A pool sets NORMAL when it opens.
            if concurrently { try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") } }
            return database
        }
    }

    /// Opens a backup, which is only read.
    static func openBackup(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.read { try check($0, path) }
        return queue
    }

    /// - Throws: `ArchiveError` if an archive cannot come to `path`: something is there, or another one left its log there.
    package static func requireFree(_ path: String, advice: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else { throw ArchiveError(.cannotWrite, "\(path) exists already", advice: advice) }
        try requireNoLog(path)
    }

    /// SQLite reads a write-ahead log beside a file as that file's own, whatever it is of: what an archive that was removed
    /// left behind would be mixed into the one that comes under its name.
    /// - Throws: `ArchiveError` if there is such a log where a file is to come.
    static func requireNoLog(_ path: String) throws {
        for suffix in ["-wal", "-journal"] where size(path + suffix) > 0 {
            throw ArchiveError(
                .cannotWrite, "\(path)\(suffix) was left behind by another archive, and would be mixed into the new one",
                advice: "Move it away, and try again; nothing was changed")
        }
    }

    /// The same for a backup that was copied over an archive: it has no write-ahead log, and its header says so.
    /// (SQLite's file format, section 1.3.3: bytes 18 and 19 are 1 without such a log, 2 with one.)
    private static func refuseForeignLog(_ path: String) throws {
        guard size(path + "-wal") > 0, let file = FileHandle(forReadingAtPath: path) else { return }
        defer { try? file.close() }
        guard let header = try? file.read(upToCount: 20), header.count == 20, header[18] == 1, header[19] == 1 else { return }
        throw ArchiveError(
            .corrupt, "\(path) is a copy of a backup, but \(path)-wal is of the archive that was there before, and would be mixed into it",
            advice: "Move \(path)-wal away, and try again; nothing was changed")
    }

    private static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private static func check(_ db: Database, _ path: String) throws {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id")!
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version")!
        guard application == applicationID else {
            throw ArchiveError(.badInput, "\(path) is a SQLite file but no archive", advice: "Name another with --archive")
        }
        guard version == schemaVersion else {
            throw ArchiveError(
                .badInput, "\(path) has format \(version), this archivectl reads format \(schemaVersion)",
                advice: "Use the archivectl that wrote it, or a newer one")
        }
    }

    static func create(_ path: String, _ environment: Archive.Environment) throws -> any DatabaseWriter {
        try translatingErrors(path) {
            // Made under another name, so that a crash in between leaves no half archive.
            let temporary = path + ".new"
            try? FileManager.default.removeItem(atPath: temporary)
            let queue = try DatabaseQueue(path: temporary, configuration: configuration(environment))
            try fill(queue)
            try queue.close()
            guard rename(temporary, path) == 0 else {
                throw ArchiveError(.cannotWrite, "\(path) cannot be made: \(String(cString: strerror(errno)))")
            }
            return try open(path, environment, concurrently: false)
        }
    }

    static func inMemory(_ environment: Archive.Environment) throws -> DatabaseQueue {
        let queue = try DatabaseQueue(configuration: configuration(environment))
        try fill(queue)
        return queue
    }

    private static func fill(_ queue: DatabaseQueue) throws {
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(schemaVersion)")
        }
        try queue.write { db in
            try db.execute(sql: String(decoding: PackageResources.schema_sql, as: UTF8.self))
        }
    }

    private static func configuration(_ environment: Archive.Environment) -> Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(environment.busyTimeout)
        configuration.prepareDatabase { db in
            // Of a new file, before anything else: larger pages waste less on compressed texts, which are of a few kilobytes.
            try db.execute(sql: "PRAGMA page_size = 16384")
            // By GRDB's own setting for it a queue would write to the file whenever it opens it, and commits would not wait
            // for the disk.
            if !db.configuration.readonly { try db.execute(sql: "PRAGMA journal_mode = WAL") }
            // A commit is on the disk when it returns: no word is lost by a power cut either.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA cache_size = -16384")
        }
        return configuration
    }

    /// Runs `body`; SQLite's errors come out as sentences about the file.
    static func translatingErrors<Value>(_ path: String?, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw ArchiveError(error, path: path ?? "the archive in memory")
        }
    }
}

extension ArchiveError {
    /// What a SQLite error means to the person at the keyboard.
    init(_ error: DatabaseError, path: String) {
        let detail = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "\(path) is in use by another process", advice: "Try again when that has finished")
        case .SQLITE_FULL:
            self.init(.cannotWrite, "the disk is full: \(path) is as it was before this change", advice: "Make room and try again")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.cannotWrite, "\(path) cannot be opened for writing: \(detail)", advice: "Check the permissions of the file and its folder, or copy it to where you may write")
        case .SQLITE_NOTADB:
            self.init(.badInput, "\(path) is not an archive", advice: "Name another with --archive")
        case .SQLITE_CORRUPT:
            self.init(.corrupt, "\(path) is damaged: \(detail)", advice: "Keep the file, and restore a backup or clone from a remote")
        case .SQLITE_IOERR:
            self.init(.failed, "\(path) cannot be read or written: \(detail)", advice: "Check the disk")
        default:
            self.init(.failed, "\(path): \(error)")
        }
    }
}
