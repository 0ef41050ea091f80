import Foundation
import GRDB
import Synchronization

/// The full-text index of an archive, in a file of its own beside it.
///
/// The file is disposable: it is made again when it is missing, damaged, or of another tokenizer, and otherwise caught up
/// from the order in which entries arrived. It holds no text; hits are cut out of the archive's own texts.
///
/// Every shown text, every side of a conflict and every annotation is a document. A document that was replaced stays in its
/// segment until that is merged into another; `stale` says which are to be passed over.
public final class SearchIndex: Sendable {
    /// Goes up when the index is laid out otherwise.
    private static let layout = 6

    let archive: Archive
    private let path: String?
    private let connection = Mutex<DatabaseQueue?>(nil)

    public init(_ archive: Archive) {
        self.archive = archive
        path = archive.path.map { $0 + ".search" }
    }

    // MARK: The file

    /// Runs `body` on the index, which is made if it is not there; one that turns out to be damaged is made again.
    func withDatabase<Value>(_ body: (DatabaseQueue) throws -> Value) throws -> Value {
        try DatabaseFile.translatingErrors(path ?? "the search index") {
            do {
                return try body(try open())
            } catch let error where Self.isDamage(error) {
                try remove()
                return try body(try open())
            }
        }
    }

    private static func isDamage(_ error: any Error) -> Bool {
        if error is DamagedSegment { return true }
        guard let error = error as? DatabaseError else { return false }
        return [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
    }

    private func open() throws -> DatabaseQueue {
        try connection.withLock { open in
            if let open { return open }
            let queue = try makeQueue()
            open = queue
            return queue
        }
    }

    private func makeQueue() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(archive.environment.busyTimeout)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA page_size = 16384")
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            try db.execute(sql: "PRAGMA cache_size = -8192")
            // Read in place, not copied through a cache.
            try db.execute(sql: "PRAGMA mmap_size = 2147418112")
        }
        let queue = try path.map { try DatabaseQueue(path: $0, configuration: configuration) }
            ?? DatabaseQueue(configuration: configuration)
        let isCurrent = try queue.read { db in
            do {
                return try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'version'") == Self.version
            } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
                return false  // No such table.
            }
        }
        if !isCurrent { try queue.write { try Self.makeTables($0) } }
        return queue
    }

    /// Merged texts are documents too.
    private static let version = "\(layout).\(CJKTokenizer.version).\(TextMerge.algorithm)"

    static func makeTables(_ db: Database) throws {
        for table in SegmentStore.tableNames + ["document", "attribute", "stale", "meta", "passage", "log"] {
            try db.execute(sql: "DROP TABLE IF EXISTS \(table)")
        }
        try db.execute(sql: SegmentStore.tables + tables)
        try db.execute(sql: "INSERT INTO meta (key, value) VALUES ('version', ?), ('cursor', 0)", arguments: [version])
    }

    private static let tables = """
        CREATE TABLE document (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            item BLOB NOT NULL,
            revision BLOB,              -- one side of a conflict; NULL: what the item shows
            kind INTEGER NOT NULL,      -- 0 essay, 1 a further side of one, 2 annotation
            target BLOB,                -- the essay of an annotation
            title TEXT NOT NULL,
            is_markdown INTEGER NOT NULL,
            modified INTEGER NOT NULL,  -- milliseconds since 1970, UTC
            dated INTEGER NOT NULL      -- the date that an essay bears, else when it was modified
        ) STRICT;
        CREATE INDEX document_item ON document (item);
        CREATE INDEX document_target ON document (target) WHERE target IS NOT NULL;
        CREATE INDEX document_side ON document (item) WHERE kind = 1;
        CREATE INDEX document_annotation ON document (id) WHERE kind = 2;
        CREATE TABLE attribute (
            field TEXT NOT NULL,        -- tag, author
            value TEXT NOT NULL,
            document INTEGER NOT NULL,
            PRIMARY KEY (field, value, document)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX attribute_document ON attribute (document);
        -- Documents that are in a segment and no more in `document`.
        CREATE TABLE stale (id INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
        -- Where the archive's logs ended when the index had taken in all its entries, up to the one at `cursor`.
        CREATE TABLE log (
            replica BLOB PRIMARY KEY,
            last INTEGER NOT NULL,
            chain BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// Deletes the index; the next use makes it again.
    public func remove() throws {
        try connection.withLock { open in
            try? open?.close()
            open = nil
            guard let path else { return }
            for suffix in ["", "-wal", "-shm"] where unlink(path + suffix) != 0 && errno != ENOENT {
                throw ArchiveError(.cannotWrite, "the search index \(path) cannot be removed: \(String(cString: strerror(errno)))")
            }
        }
    }
}
