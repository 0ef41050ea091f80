import Foundation
import GRDB

/// One replica of an archive: a SQLite file, its identity, and what may be done with it.
///
/// Any number of processes and threads may read; writers wait for each other.
public final class Archive: Sendable {
    /// What the archive needs from the machine that it is on. Tests bring their own.
    public struct Environment: Sendable {
        /// Where the last position of each replica's own log is kept, outside the archive; `nil` to keep none.
        public var stateDirectory: String?
        public var clock: @Sendable () -> Timestamp
        /// How long a writer waits for another, in seconds.
        public var busyTimeout: Double

        public init(
            stateDirectory: String?, clock: @escaping @Sendable () -> Timestamp = Timestamp.now, busyTimeout: Double = 60
        ) {
            self.stateDirectory = stateDirectory
            self.clock = clock
            self.busyTimeout = busyTimeout
        }
    }

    /// The file; `nil` for an archive in memory.
    public let path: String?
    let environment: Environment
    let database: any DatabaseWriter

    init(path: String?, environment: Environment, database: any DatabaseWriter) {
        self.path = path
        self.environment = environment
        self.database = database
    }

    /// Opens an archive.
    /// - Parameter concurrently: whether this process will read while it writes.
    /// - Throws: `ArchiveError` if there is none at `path`, or it is of another format.
    public static func open(_ path: String, environment: Environment, concurrently: Bool = false) throws -> Archive {
        guard FileManager.default.fileExists(atPath: path) else {
            throw ArchiveError(
                .notFound, "there is no archive at \(path)",
                advice: "Make one with `archivectl init` or `archivectl clone URL`, or name another with --archive")
        }
        let database = try DatabaseFile.open(path, environment, concurrently: concurrently)
        return Archive(path: path, environment: environment, database: database)
    }

    /// Makes a new archive, empty and with a new ID, or a further replica of the archive `id`.
    /// - Throws: `ArchiveError` if something is at `path` already.
    public static func create(_ path: String, id: ArchiveID = .random(), environment: Environment) throws -> Archive {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw ArchiveError(.cannotWrite, "\(path) exists already", advice: "Choose another file; nothing was changed")
        }
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
        let database = try DatabaseFile.create(path, environment)
        let archive = Archive(path: path, environment: environment, database: database)
        try database.write { try Identity(db: $0).found(id) }
        return archive
    }

    /// An archive that lives as long as this object.
    public static func inMemory(id: ArchiveID = .random(), environment: Environment) throws -> Archive {
        let queue = try DatabaseFile.inMemory(environment)
        try queue.write { try Identity(db: $0).found(id) }
        return Archive(path: nil, environment: environment, database: queue)
    }

    /// Runs reads that see one moment of the archive.
    public func read<Value>(_ body: (ArchiveReader) throws -> Value) throws -> Value {
        try DatabaseFile.translatingErrors(path) {
            try database.read { try body(ArchiveReader(db: $0)) }
        }
    }

    /// Runs changes that happen together or, if `body` throws, not at all.
    public func write<Value>(_ body: (ArchiveWriter) throws -> Value) throws -> Value {
        try DatabaseFile.translatingErrors(path) {
            let (value, end) = try database.writeWithoutTransaction { db in
                var value: Value?
                var end: (ReplicaID, LogPosition)?
                try db.inTransaction(.immediate) {
                    let writer = ArchiveWriter(db: db, environment: environment, path: path)
                    value = try body(writer)
                    end = try writer.finish()
                    return .commit
                }
                return (value!, end)
            }
            // After the commit: what the file says is then never ahead of the archive.
            if let end, let path { try ReplicaStateFile(environment, end.0)?.write(path: path, position: end.1) }
            return value
        }
    }

    /// Moves what the write-ahead log holds into the file, and closes it. The archive cannot be used afterwards.
    public func close() throws {
        // A pool closes its read-only connections last, which cannot do it.
        _ = try database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try database.close()
    }
}
