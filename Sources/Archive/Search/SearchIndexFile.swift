import Files
import Foundation
import GRDB
import History

/// The file of a search index. It bears an application ID of its own: a file of the same name that does not is somebody else's,
/// and left alone.
struct SearchIndexFile: Sendable {
    /// `arix`, in the header of the file.
    static let applicationID = 0x6172_6978

    let path: String
    let environment: Archive.Environment

    /// Opens the index, or makes an empty one.
    /// - Throws: `ArchiveError` if something else has its name.
    func open() throws -> DatabaseQueue {
        if try !isThere() { try make() }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    static func inMemory() throws -> DatabaseQueue { try DatabaseQueue() }

    func remove() throws {
        if try isThere() { try removeFiles() }
    }

    private func removeFiles() throws {
        try Self.remove(([""] + PartialFile.companions).map { path + $0 })
    }

    /// Removes those of the files that are there: where nothing can be written, a system refuses to remove even what is not.
    private static func remove(_ files: [String]) throws {
        for file in files {
            guard try FileStatus.of(file) != nil, unlink(file) != 0, errno != ENOENT else { continue }
            throw ArchiveError(
                .cannotWrite,
                "\(file), a file of the search index, cannot be removed: \(String(cString: strerror(errno)))")
        }
    }

    /// - Throws: `ArchiveError` if what has the index's name, or stands beside it, is not the index's.
    private func isThere() throws -> Bool {
        guard let status = try FileStatus.of(path) else {
            try removeLeftCompanions()
            return false
        }
        guard status.kind == .regular, let header = DatabaseHeader(path: path) else { throw foreign(path, notIndex) }
        // An empty file is what a power failure may leave of one that was just made.
        if status.size == 0 {
            try removeLeftCompanions()
            unlink(path)
            return false
        }
        guard header.applicationID == Self.applicationID else {
            // The number may be what is damaged.
            guard isRecognized else { throw foreign(path, notIndex) }
            try removeFiles()
            return false
        }
        try DatabaseFile.requireOwnCompanions(of: path, header) { file, problem in foreign(file, problem) }
        return true
    }

    /// Whether nothing stands where the index and its companions are, or the index does.
    /// - Throws: `ArchiveError` that names the file that is not the index's.
    func requireOwn() throws { _ = try isThere() }

    /// Whether the file can be told to be an index, so that it may be removed.
    var isRecognized: Bool {
        guard let found = DatabaseHeader(path: path)?.applicationID else { return false }
        return found == Self.applicationID || found != DatabaseFile.applicationID && isLaidOutAsIndex()
    }

    private var notIndex: String { "\(path) is not the archive's search index, though it has its name" }

    private func foreign(_ file: String, _ problem: String) -> ArchiveError {
        ArchiveError(.cannotWrite, problem, subject: file, remedy: .moveAwayFromIndex(file))
    }

    /// Whether the file has the tables of an index.
    private func isLaidOutAsIndex() -> Bool {
        guard let queue = try? ReadOnlyFile.withoutLog(path) else { return false }
        defer { try? queue.close() }
        let found = try? queue.read {
            try Set(String.fetchAll($0, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'"))
        }
        return found?.isSuperset(of: SearchIndex.tableNames) ?? false
    }

    /// Removes what SQLite keeps beside an index that was deleted alone: without it, it is of no use.
    private func removeLeftCompanions() throws {
        for suffix in PartialFile.companions {
            let file = path + suffix
            guard let status = try FileStatus.of(file) else { continue }
            guard try status.kind == .regular && (status.size == 0 || isIndexCompanion(file, suffix, status)) else {
                throw foreign(file, "\(file) stands where the search index keeps its own files, and is none of them")
            }
        }
        try Self.remove(PartialFile.companions.map { path + $0 })
    }

    private func isIndexCompanion(_ file: String, _ suffix: String, _ status: FileStatus) throws -> Bool {
        guard try DatabaseFile.isOwn(file, suffix, status) else { return false }
        switch suffix {
        case "-wal":
            guard let log = try WriteAheadLog(file) else { return status.size <= WriteAheadLog.headerSize }
            guard log.pageSize == PageFile.usualPageSize else { return false }
            // The first page says whose it is, if the log has it.
            return log.lastForms()[1].map {
                DatabaseHeader(bytes: log.page(at: $0)).applicationID == Self.applicationID
            } ?? true
        // What such a file holds, SQLite reads from the log again.
        case "-shm": return true
        // An index has a log, never a journal.
        default: return false
        }
    }

    private func make() throws {
        do {
            try SafeFile.makeDatabase(path) { temporary in
                let queue = try DatabaseQueue(path: temporary, configuration: configuration)
                try queue.writeWithoutTransaction {
                    try $0.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
                }
                try queue.close()
            }
        } catch let error as ArchiveError where error.code == .cannotWrite {
            // Another process may have made it just now.
            guard try isThere() else { throw error }
        }
    }

    /// So much of it is read in place, not copied through a cache: the most that SQLite maps.
    static let mappedBytes = 2_147_418_112

    private var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(environment.busyTimeout)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA page_size = 16384")
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try Checkpoint.prepare(db, pages: environment.logPages)
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            try db.execute(sql: "PRAGMA cache_size = -8192")
            try db.execute(sql: "PRAGMA mmap_size = \(Self.mappedBytes)")
        }
        return configuration
    }
}
