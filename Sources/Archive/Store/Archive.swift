import Foundation
import GRDB
import GRDBSQLite
import History
import Prose

/// One replica of an archive: a SQLite file, its identity, and what may be done with it.
///
/// Any number of processes and threads may read; writers wait for each other.
public final class Archive: Sendable {
    /// What the archive needs from the machine that it is on. Tests bring their own.
    public struct Environment: Sendable {
        /// Where the last position of each replica's own log is kept, outside the archive; `nil` to keep none.
        public var states: (any ReplicaStates)?
        public var clock: @Sendable () -> Timestamp
        /// Random bits, for replica IDs and nonces.
        public var random: @Sendable () -> UInt64
        /// How long a writer waits for another, in seconds.
        public var busyTimeout: Double
        /// How many bytes the entries may have that were received and wait for others. What would go beyond is left where it
        /// came from until there is room.
        public var maximumWaiting = 256 << 20
        /// How many pages the write-ahead log may hold before it is moved into its file.
        package var logPages = Checkpoint.usualPages
        /// The versions of the file's schema.
        package var schema = Schema.present

        public init(
            states: (any ReplicaStates)?, clock: @escaping @Sendable () -> Timestamp = Timestamp.now,
            random: @escaping @Sendable () -> UInt64 = { .random(in: 0 ... .max) }, busyTimeout: Double = 60
        ) {
            self.states = states
            self.clock = clock
            self.random = random
            self.busyTimeout = busyTimeout
        }

        /// - Parameter stateDirectory: the folder to keep replicas' last positions in; `nil` to keep none.
        public init(
            stateDirectory: String?, clock: @escaping @Sendable () -> Timestamp = Timestamp.now,
            busyTimeout: Double = 60
        ) {
            self.init(states: stateDirectory.map(ReplicaStateFolder.init), clock: clock, busyTimeout: busyTimeout)
        }

        func newReplicaID() -> ReplicaID {
            var generator = BitSource(bits: random)
            return .random(using: &generator)
        }

        /// What keeps two people's equal roots apart.
        func newNonce() -> ExactString { ExactString(newReplicaID().hex) }

        private struct BitSource: RandomNumberGenerator {
            let bits: @Sendable () -> UInt64
            func next() -> UInt64 { bits() }
        }
    }

    /// The file; `nil` for an archive in memory.
    public let path: String?
    /// What the replica's state outside the archive holds as the file's place; `nil` to keep no state.
    let place: String?
    let environment: Environment
    package let database: any DatabaseWriter

    /// Whether the file is only read: nothing of it changes, nor beside it.
    let isReadOnly: Bool
    /// What was done to the file when it was opened, if it had an older schema.
    public let migration: MigrationReport?
    /// How many changes stand in its log behind the first damage, if that is damaged. They are read as far as they are sound; others
    /// may be missing.
    public let changesInDamagedLog: Int

    init(
        path: String?, place: String? = nil, environment: Environment, database: any DatabaseWriter,
        isReadOnly: Bool = false, migration: MigrationReport? = nil,
        changesInDamagedLog: Int = 0
    ) {
        self.changesInDamagedLog = changesInDamagedLog
        self.path = path
        self.isReadOnly = isReadOnly
        self.migration = migration
        self.place = place ?? path.map(ReplicaState.place(of:))
        self.environment = environment
        self.database = database
    }

    /// Opens an archive. One of an older schema is brought to the present one first.
    /// - Parameters:
    ///   - concurrently: whether this process will read while it writes.
    ///   - migrating: called with the number of items that were gone through so far, if the schema is changed.
    /// - Throws: `ArchiveError` if there is none at `path`, or it is of a newer schema.
    public static func open(
        _ path: String, environment: Environment, concurrently: Bool = false, migrating: (Int) -> Void = { _ in }
    ) throws -> Archive {
        let path = DatabaseFile.literal(path)
        guard FileManager.default.fileExists(atPath: path) else {
            throw ArchiveError(
                .notFound, "there is no archive at \(path)",
                subject: path, remedy: .makeArchive)
        }
        let (database, migration) = try DatabaseFile.open(
            path, environment, concurrently: concurrently, migrating: migrating)
        let archive = Archive(path: path, environment: environment, database: database, migration: migration)
        try archive.renewMerges()
        return archive
    }

    /// Opens an archive to read it. A backup, and what is on a medium that can only be read, stays as it is to the byte; where it has
    /// an older schema, a copy is read that was brought to the present one. So is what cannot be opened to be written, as on a full disk.
    /// - Parameter isForced: whether nothing is changed even where it could be. A later schema will do then that has all that is read.
    /// - Throws: `ArchiveError` as `open` does.
    public static func openForReading(
        _ path: String, environment: Environment, isForced: Bool = false, migrating: (Int) -> Void = { _ in }
    ) throws -> Archive {
        let path = DatabaseFile.literal(path)
        guard FileManager.default.fileExists(atPath: path) else { return try open(path, environment: environment) }
        // To open a pipe is to wait for whoever writes to it.
        try DatabaseFile.requireFile(path)
        guard isForced || ReadOnlyFile.isMeant(path) else {
            do {
                return try open(path, environment: environment, migrating: migrating)
            } catch let error as ArchiveError where [.failed, .cannotWrite].contains(error.code) {
                // On a full disk SQLite cannot make what it keeps beside the file; that needs none of it to be read.
                guard let archive = try? openForReading(path, environment: environment, isForced: true) else {
                    throw error
                }
                return archive
            }
        }
        let queue = try DatabaseFile.translatingErrors(path) {
            try DatabaseFile.requireArchive(path, isForced ? nil : environment.schema)
            let queue = try ReadOnlyFile.open(path, environment.schema)
            try queue.tolerantRead { try DatabaseFile.check($0, path, environment.schema, acceptsNewer: isForced) }
            return queue
        }
        return Archive(
            path: path, environment: environment, database: queue, isReadOnly: true,
            changesInDamagedLog: try DatabaseFile.transactionsLost(path))
    }

    /// Computes anew what is kept of merges, if another version with another merge algorithm had the file last.
    private func renewMerges() throws {
        do {
            guard try read({ try Identity(db: $0.db).merge }) != TextMerge.algorithm else { return }
        } catch  where isDamage(error) {
            // What can be read of the archive is read all the same.
            return
        }
        try write { try $0.renewMerges() }
    }

    /// Makes a new archive, empty and with a new ID, or a further replica of the archive `id`.
    /// - Throws: `ArchiveError` if something is at `path` already.
    public static func create(_ path: String, id: ArchiveID = .random(), environment: Environment) throws -> Archive {
        let path = DatabaseFile.literal(path)
        try DatabaseFile.requireFree(path, remedy: .nameNewArchive)
        let replica = environment.newReplicaID()
        let database = try DatabaseFile.create(path, environment) { try Identity(db: $0).initialize(id, as: replica) }
        let archive = Archive(path: path, environment: environment, database: database)
        try archive.record(replica)
        return archive
    }

    /// Gives a database in memory its identity.
    func initializeIdentity(_ id: ArchiveID) throws {
        let replica = environment.newReplicaID()
        try database.write { try Identity(db: $0).initialize(id, as: replica) }
        try record(replica)
    }

    /// Goes on under a new replica ID, as a file must that was made in another place.
    public func startNewReplicaID() throws {
        let replica = environment.newReplicaID()
        try database.write {
            try Identity(db: $0).set(replica: replica)
            try Identity(db: $0).renewLink()
        }
        try record(replica)
    }

    /// Records a new replica ID outside the archive: a copy of the file is then known for one, even before a change.
    func record(_ replica: ReplicaID) throws {
        if let place { try environment.states?.write(ReplicaState(place: place, position: .start), of: replica) }
    }

    /// Runs reads that see one moment of the archive.
    public func read<Value>(_ body: (ArchiveReader) throws -> Value) throws -> Value {
        try DatabaseFile.translatingErrors(path) {
            try database.tolerantRead { db in
                let reader = ArchiveReader(db: db)
                do {
                    return try body(reader)
                } catch let error as ArchiveError {
                    throw reader.named(error)
                }
            }
        }
    }

    /// Runs changes that happen together or, if `body` throws, not at all.
    public func write<Value>(_ body: (ArchiveWriter) throws -> Value) throws -> Value {
        try DatabaseFile.translatingErrors(path) {
            let (value, end) = try database.writeWithoutTransaction { db in
                var value: Value?
                var end: (ReplicaID, LogPosition)?
                try db.inTransaction(.immediate) {
                    try requireSchema(db)
                    let writer = ArchiveWriter(db: db, environment: environment, place: place)
                    let before = db.totalChangesCount
                    do {
                        (value, end) = try RowNumbers.checking(db) { (try body(writer), try writer.finish()) }
                        if path != nil, db.totalChangesCount != before { try Identity(db: db).renewLink() }
                    } catch let error as ArchiveError {
                        throw writer.unrefreshedReader.named(error)
                    }
                    return .commit
                }
                return (value!, end)
            }
            // After the commit: what the file says is then never ahead of the archive.
            if let end, let place {
                try environment.states?.write(ReplicaState(place: place, position: end.1), of: end.0)
            }
            return value
        }
    }

    /// - Throws: `ArchiveError` if a later version of this program has changed the file's schema since it was opened.
    private func requireSchema(_ db: Database) throws {
        let version = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA user_version"))!
        guard version == environment.schema.version else {
            throw ArchiveError(
                .busy,
                "\(path ?? "the archive") was brought to schema \(version) by a newer version of this program after it was opened; nothing was changed",
                subject: path, remedy: .update)
        }
    }

    /// Runs changes, and takes them all back: what comes out is what they would have done. What is only read is rehearsed on a copy.
    public func rehearse<Value>(_ body: (ArchiveWriter) throws -> Value) throws -> Value {
        try DatabaseFile.translatingErrors(path) {
            let database = try isReadOnly ? ReadOnlyFile.rehearsal(of: database, environment) : database
            return try database.writeWithoutTransaction { db in
                var value: Value?
                try db.inTransaction(.immediate) {
                    value = try body(ArchiveWriter(db: db, environment: environment, place: place))
                    return .rollback
                }
                return value!
            }
        }
    }

    /// Moves what the write-ahead log holds into the file, and closes it; the log is gone unless somebody else has the archive
    /// open. The archive cannot be used afterwards.
    /// - Throws: `ArchiveError` if the log stays; nothing is lost then.
    public func close() throws {
        try DatabaseFile.translatingErrors(path) {
            if isReadOnly { return try database.close() }
            let code = database.writeWithoutTransaction { db in
                db.sqliteConnection.map { Checkpoint.run($0, patience: 0) } ?? SQLITE_OK
            }
            // Whoever writes just now has the archive open, and moves the log when it closes it.
            guard [SQLITE_OK, SQLITE_BUSY].contains(code & 0xFF) else {
                let error = DatabaseError(resultCode: ResultCode(rawValue: code))
                let file = path ?? ""
                throw ArchiveError(
                    ArchiveError(error, path: file).code,
                    "all changes are in \(file), but its log \(file)-wal cannot be moved into it: \(error.message ?? "\(error.resultCode)")",
                    subject: file, remedy: .keepLogBeside)
            }
            try database.close()
            guard database is DatabasePool, let path else { return }
            // A pool closes its read-only connections last, which cannot take the log away.
            let last = try DatabaseQueue(path: path, configuration: DatabaseFile.configuration(environment))
            _ = try last.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
            try last.close()
        }
    }
}
