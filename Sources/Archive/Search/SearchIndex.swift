import Files
import Foundation
import GRDB
import History
import Prose
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
    private static let layout = 9

    /// What the index's file has in its name after the archive's.
    static let suffix = ".search"

    let archive: Archive
    let file: SearchIndexFile?
    private let state = Mutex(State())

    private struct State {
        var queue: DatabaseQueue?
        var reason: ArchiveError?
    }

    public init(_ archive: Archive) {
        self.archive = archive
        // Beside what is only read, nothing is made: the index is then in memory.
        let path = archive.isReadOnly ? nil : archive.path.map { $0 + Self.suffix }
        file = path.map { SearchIndexFile(path: $0, environment: archive.environment) }
    }

    /// Why the index is in memory for the time being: its file cannot be written, or belongs to something else.
    public var reasonForMemory: ArchiveError? { state.withLock { $0.reason } }

    // MARK: The file

    /// Runs `body` on the index, which is made if it is not there; one that turns out to be damaged is made again.
    /// - Parameter orInMemory: whether to make an index in memory where the file cannot be used.
    func withDatabase<Value>(orInMemory: Bool = false, _ body: (DatabaseQueue) throws -> Value) throws -> Value {
        do {
            return try DatabaseFile.translatingErrors(file?.path ?? "the search index") {
                do {
                    return try body(try open())
                } catch let error where Self.isDamaged(error) {
                    try remove()
                    return try again(body)
                }
            }
        } catch let error as ArchiveError where orInMemory && error.code == .cannotWrite && reasonForMemory == nil {
            try useMemory(error)
            return try withDatabase(body)
        }
    }

    /// Runs `body` on an index that was made again.
    private func again<Value>(_ body: (DatabaseQueue) throws -> Value) throws -> Value {
        do {
            return try body(try open())
        } catch is DamagedSegment {
            throw ArchiveError(.corrupt, "the archive is damaged: its search index, made again, does not fit it")
        }
    }

    /// Runs `body` on the index as it is; `nil` if there is none.
    func reading<Value>(_ body: (DatabaseQueue) throws -> Value?) throws -> Value? {
        guard let path = file?.path else { return archive.isReadOnly ? nil : try body(open()) }
        guard try FileStatus.of(path, followingLinks: true)?.kind == .regular else { return nil }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(archive.environment.busyTimeout)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        return try body(queue)
    }

    private static func isDamaged(_ error: any Error) -> Bool {
        if error is DamagedSegment || error is RowDecodingError { return true }
        // While both are read, an error does not tell whether it is the archive's or the index's, which can be made again.
        if let error = error as? ArchiveError { return error.code == .corrupt && error.damage == nil }
        guard let error = error as? DatabaseError else { return false }
        // No program of ours breaks a constraint: rows are not what they were.
        return [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CONSTRAINT].contains(error.resultCode)
    }

    private func open() throws -> DatabaseQueue {
        try state.withLock { state in
            if let queue = state.queue { return queue }
            let queue = try file.map { try $0.open() } ?? SearchIndexFile.inMemory()
            if try !queue.read(Self.isCurrent) { try queue.write { try Self.makeTables($0) } }
            state.queue = queue
            return queue
        }
    }

    private func useMemory(_ reason: ArchiveError) throws {
        let queue = try SearchIndexFile.inMemory()
        try queue.write { try Self.makeTables($0) }
        state.withLock { $0 = State(queue: queue, reason: reason) }
    }

    private static func isCurrent(_ db: Database) throws -> Bool {
        do {
            return try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'version'") == version
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            return false  // No such table.
        }
    }

    /// Merged texts are documents too.
    static let version = "\(layout).\(CJKTokenizer.version).\(TextMerge.algorithm)"

    /// The tables of an index.
    static let tableNames =
        SegmentStore.tableNames + ["document", "attribute", "stale", "unread", "meta", "log", "sum"]

    static func makeTables(_ db: Database) throws {
        for table in tableNames + ["passage"] {
            try db.execute(sql: "DROP TABLE IF EXISTS \(table)")
        }
        try db.execute(sql: SegmentStore.tables + tables + TableSums.table)
        try TableSums().write(db)
        try TableSums.write(RowSum(), of: .segments, db)
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
            dated INTEGER NOT NULL,     -- the date that an essay bears, else when it was modified
            checksum INTEGER NOT NULL   -- of all before (DocumentRow.swift)
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
        -- Documents that are in a segment and no more in the table document.
        CREATE TABLE stale (id INTEGER PRIMARY KEY) STRICT;
        -- Documents whose text was damaged or missing when they were entered: nothing but their title is found.
        CREATE TABLE unread (
            id INTEGER PRIMARY KEY,
            item BLOB NOT NULL
        ) STRICT;
        CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
        -- Where the archive's logs ended when the index had taken in all its entries, up to the cursor.
        CREATE TABLE log (
            replica BLOB PRIMARY KEY,
            last INTEGER NOT NULL,
            chain BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// - Throws: `ArchiveError` if what has the index's name, or stands beside it, is not the index's.
    public func requireOwnFile() throws { try file?.requireOwn() }

    /// Deletes the index; the next use makes it again.
    /// - Throws: `ArchiveError` if its file cannot be removed, or is not the index's.
    public func remove() throws {
        try state.withLock { state in
            try? state.queue?.close()
            state = State()
            try file?.remove()
        }
    }
}
