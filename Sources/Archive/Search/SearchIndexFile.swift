import Foundation
import GRDB

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
        guard try isThere() else { return }
        for suffix in [""] + PartialFile.companions where unlink(path + suffix) != 0 && errno != ENOENT {
            throw ArchiveError(.cannotWrite, "the search index \(path) cannot be removed: \(String(cString: strerror(errno)))")
        }
    }

    /// - Throws: `ArchiveError` if what has the index's name, or stands beside it, is not the index's.
    private func isThere() throws -> Bool {
        guard let status = try FileStatus.of(path) else {
            try DatabaseFile.requireNoCompanions(path)
            return false
        }
        guard status.kind == .regular, let header = DatabaseHeader(path: path), header.applicationID == Self.applicationID else {
            throw foreign("\(path) is not the archive's search index, though it has its name")
        }
        try DatabaseFile.requireOwnCompanions(of: path, header) { _, problem in foreign(problem) }
        return true
    }

    private func foreign(_ problem: String) -> ArchiveError {
        ArchiveError(.cannotWrite, problem, advice: "Move it away, or rename the archive; nothing was changed")
    }

    private func make() throws {
        do {
            try SafeFile.makeDatabase(path) { temporary in
                let queue = try DatabaseQueue(path: temporary, configuration: configuration)
                try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA application_id = \(Self.applicationID)") }
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
