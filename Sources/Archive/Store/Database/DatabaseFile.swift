import Files
import Foundation
import GRDB
import History

/// How archive files are opened and made.
package enum DatabaseFile {
    /// `arch`, which `file` and SQLite tools show.
    static let applicationID = 0x6172_6368
    /// In bytes.
    static let pageSize = 16_384

    /// A path as SQLite takes it for nothing else: `file:…` would be a URI, `:memory:` no file, and an empty one a temporary file.
    static func literal(_ path: String) -> String {
        path.isEmpty || path.hasPrefix(":") || path.lowercased().hasPrefix("file:") ? "./" + path : path
    }

    /// - Parameter concurrently: whether this process reads while it writes. A pool allows that, and takes some
    ///   milliseconds longer to open.
    static func open(
        _ path: String, _ environment: Archive.Environment, concurrently: Bool, migrating: (Int) -> Void = { _ in }
    ) throws -> (any DatabaseWriter, MigrationReport?) {
        try translatingErrors(path) {
            try requireArchive(path, environment.schema)
            try requireNoBackup(path)
            try requireOwnWholeLog(path)
            let migration = try ArchiveMigration(path: path, environment: environment).run(progress: migrating)
            let configuration = configuration(environment)
            let database: any DatabaseWriter =
                try concurrently
                ? DatabasePool(path: path, configuration: configuration)
                : DatabaseQueue(path: path, configuration: configuration)
            try database.tolerantRead { try check($0, path, environment.schema) }
            // A pool sets NORMAL when it opens.
            if concurrently {
                try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            }
            return (database, migration)
        }
    }

    /// - Throws: `ArchiveError` if a file is a backup in the place where it was made: what is written there would be in no archive.
    private static func requireNoBackup(_ path: String) throws {
        guard let header = DatabaseHeader(path: path), !header.hasWriteAheadLog else { return }
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        guard try queue.tolerantRead({ try Identity(db: $0).backupPlace }) == ReplicaState.place(of: path) else {
            return
        }
        throw ArchiveError(.usage, "\(path) is a backup, and is only read", subject: path, remedy: .restore(path))
    }

    /// Opens a backup, which is only read.
    static func openBackup(_ path: String) throws -> DatabaseQueue {
        let path = DatabaseFile.literal(path)
        try requireFile(path)
        try requireReadableCompanions(of: path)
        let queue = try ReadOnlyFile.open(path)
        try queue.tolerantRead { try check($0, path) }
        return queue
    }

    /// - Parameter acceptsNewer: whether a later schema will do that has all that is read.
    static func check(_ db: Database, _ path: String, _ schema: Schema = .present, acceptsNewer: Bool = false) throws {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id")!
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version")!
        guard application == applicationID else {
            throw ArchiveError(.badInput, "\(path) is a SQLite file but no archive", subject: path)
        }
        if acceptsNewer {
            try schema.requireReadable(db, version, path)
        } else {
            try schema.requireKnown(version, path)
        }
    }

    /// Makes a new archive's file, whole or not at all, and opens it.
    /// - Parameter initialize: gives it its identity.
    static func create(_ path: String, _ environment: Archive.Environment, initialize: (Database) throws -> Void) throws
        -> any DatabaseWriter
    {
        try SafeFile.makeDatabase(path) { try fillEmpty($0, environment, initialize: initialize).close() }
        return try open(path, environment, concurrently: false).0
    }

    /// Makes an archive of an empty file.
    static func fillEmpty(_ path: String, _ environment: Archive.Environment, initialize: (Database) throws -> Void)
        throws -> DatabaseQueue
    {
        let queue = try DatabaseQueue(path: path, configuration: configuration(environment))
        try fill(queue)
        try queue.write(initialize)
        return queue
    }

    static func inMemory(_ environment: Archive.Environment) throws -> DatabaseQueue {
        let queue = try DatabaseQueue(configuration: configuration(environment))
        try fill(queue)
        return queue
    }

    private static func fill(_ queue: DatabaseQueue) throws {
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(Schema.present.version)")
        }
        try queue.write { db in
            try db.execute(sql: Schema.definitions)
        }
    }

    static func configuration(_ environment: Archive.Environment) -> Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(environment.busyTimeout)
        configuration.prepareDatabase { db in
            // Of a new file, before anything else: larger pages waste less on compressed texts, which are of a few kilobytes.
            try db.execute(sql: "PRAGMA page_size = \(pageSize)")
            // By GRDB's own setting for it a queue would write to the file whenever it opens it, and commits would not wait
            // for the disk.
            if !db.configuration.readonly {
                try db.execute(sql: "PRAGMA journal_mode = WAL")
                try Checkpoint.prepare(db, pages: environment.logPages)
            }
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
        } catch is RowDecodingError {
            throw ArchiveError(
                .corrupt, "\(path ?? "the archive in memory") is damaged: a row holds something else than it should")
        }
    }
}

extension DatabaseReader {
    /// Runs reads that see one moment, as `read` does. In a damaged file, SQLite may refuse to end a transaction; these end well.
    func tolerantRead<Value>(_ body: (Database) throws -> Value) throws -> Value {
        // Nor does it, as `read` for a queue, set a pragma before and after: SQLite then compiles every cached statement anew.
        try unsafeRead { db in
            try db.cachedStatement(sql: "BEGIN DEFERRED TRANSACTION").execute()
            // After some errors SQLite rolls back by itself.
            defer { if db.isInsideTransaction { try? db.cachedStatement(sql: "ROLLBACK TRANSACTION").execute() } }
            return try body(db)
        }
    }
}

extension ArchiveError {
    private static let diskFull = "the disk is full: "

    /// - Parameter state: what there is of the file that was to be written.
    static func diskFull(_ state: String, subject: String) -> ArchiveError {
        ArchiveError(.cannotWrite, diskFull + state, subject: subject, remedy: .makeRoom)
    }

    /// Whether the disk that a file is on has no room for the index of a write-ahead log (32 KiB) and a few pages.
    private static func isFull(_ path: String) -> Bool {
        var status = statvfs()
        return statvfs(path, &status) == 0 && UInt64(status.f_bavail) * UInt64(status.f_frsize) < 1 << 17
    }

    /// The same of a file that was to be made, and is not there: errors are about the name under which it was written.
    func ofNewFile(_ path: String) -> ArchiveError {
        message.hasPrefix(Self.diskFull) ? .diskFull("\(path) was not made", subject: path) : self
    }

    /// What a SQLite error means to the person at the keyboard.
    init(_ error: DatabaseError, path: String) {
        let detail = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "\(path) is in use by another process", subject: path, remedy: .waitForOthers)
        // What row numbers that are used up look like is told apart where they are given out (`RowNumbers`).
        case .SQLITE_FULL: self = .diskFull("\(path) is as it was before this change", subject: path)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .cannotWrite, "\(path) cannot be opened for writing: \(detail)", subject: path,
                remedy: .checkPermissionsOrCopy)
        case .SQLITE_NOTADB:
            let mayBeArchive = (try? DatabaseFile.holdsWholePages(path)) ?? false
            self.init(
                .badInput, "\(path) is not an archive, or its beginning is destroyed", subject: path,
                remedy: mayBeArchive ? .salvage(path) : nil)
        // By its header, SQLite takes the file for one of a later version, or of another program.
        case .SQLITE_ERROR
        where ["unsupported file format", "attached databases must use the same text encoding as main database"]
            .contains(error.message):
            self.init(.corrupt, "\(path) is damaged: its header is overwritten", subject: path)
        // No program of ours breaks a constraint: rows are not what they were.
        case .SQLITE_CORRUPT, .SQLITE_CONSTRAINT:
            self.init(.corrupt, "\(path) is damaged: \(detail)", subject: path)
        // SQLite cannot make its files beside a database, and says no more than this.
        case .SQLITE_IOERR where Self.isFull(path):
            self = .diskFull("\(path) is as it was before this change", subject: path)
        case .SQLITE_IOERR:
            self.init(.failed, "\(path) cannot be read or written: \(detail)", subject: path, remedy: .checkDisk)
        default:
            self.init(.failed, "\(path): \(error)", subject: path)
        }
    }
}
