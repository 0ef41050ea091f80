import Foundation
import GRDB
import Synchronization

/// The full-text index of an archive, in a file of its own beside it.
///
/// The file is disposable: it is made again when it is missing, damaged, or of another tokenizer, and otherwise caught up
/// from the order in which entries arrived. It holds no text; hits are cut out of the archive's own texts.
///
/// Every shown text is a document, one row of the FTS5 table. (A row a section would make the file a fifth larger and common
/// words slower; the section of a hit follows from its place.) A document that was replaced stays in the table until the
/// next rebuild; `stale` says which are to be passed over.
public final class SearchIndex: Sendable {
    /// Goes up when the index is laid out otherwise.
    private static let layout = 2

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
        do {
            return try body(try open())
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            try remove()
            return try body(try open())
        }
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
            db.add(tokenizer: ArchiveTokenizer.self)
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            try db.execute(sql: "PRAGMA cache_size = -16384")
        }
        let queue = try path.map { try DatabaseQueue(path: $0, configuration: configuration) }
            ?? DatabaseQueue(configuration: configuration)
        let isCurrent = try queue.read { db in
            try db.tableExists("meta") && String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'version'") == Self.version
        }
        if !isCurrent { try queue.write { try Self.makeTables($0) } }
        return queue
    }

    private static let version = "\(layout).\(CJKTokenizer.version)"

    private static func makeTables(_ db: Database) throws {
        for table in ["passage", "document", "stale", "meta"] { try db.execute(sql: "DROP TABLE IF EXISTS \(table)") }
        try db.execute(
            sql: """
                -- FTS5 spends two bytes for every term in any column but the first, hence the order.
                CREATE VIRTUAL TABLE passage USING fts5(body, title, content='', tokenize='\(ArchiveTokenizer.name)');
                INSERT INTO passage (passage, rank) VALUES ('hashsize', 33554432);
                INSERT INTO passage (passage, rank) VALUES ('pgsz', 4050);
                CREATE TABLE document (id INTEGER PRIMARY KEY AUTOINCREMENT, item BLOB NOT NULL, revision BLOB, modified INTEGER NOT NULL, is_side INTEGER NOT NULL) STRICT;
                CREATE INDEX document_item ON document (item);
                CREATE INDEX document_side ON document (item) WHERE is_side;
                CREATE TABLE stale (id INTEGER PRIMARY KEY) STRICT;
                CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
                """)
        try db.execute(sql: "INSERT INTO meta (key, value) VALUES ('version', ?), ('cursor', 0), ('cursorHash', x'')", arguments: [version])
    }

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

    // MARK: Catching up

    /// Enters everything that arrived in the archive since the last time.
    /// - Parameter progress: called with the number of essays entered and their total.
    public func catchUp(progress: (Int, Int) -> Void = { _, _ in }) throws {
        try withDatabase { queue in
            let isBehind = try queue.read { try self.isBehind($0) }
            guard isBehind else { return }
            try queue.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    if try cursorIsForeign(db) { try Self.makeTables(db) }
                    try archive.read { reader in try enter(changesSince: try cursor(db), from: reader, into: db, progress) }
                    return .commit
                }
            }
            try discardIfMostlyStale(queue)
        }
    }

    private func cursor(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'cursor'")!
    }

    private func isBehind(_ db: Database) throws -> Bool {
        let cursor = try cursor(db)
        return try archive.read { reader in
            try Int64.fetchOne(reader.db, sql: "SELECT max(id) FROM entry") ?? 0 != cursor
        } || cursorIsForeign(db)
    }

    /// Whether the index was made from another file: the entry that it came to last is another one here.
    private func cursorIsForeign(_ db: Database) throws -> Bool {
        let cursor = try cursor(db)
        let hash = try Data.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'cursorHash'")
        return try cursor != 0 && archive.read { reader in
            try Data.fetchOne(reader.db, sql: "SELECT hash FROM entry WHERE id = ?", arguments: [cursor])
        } != hash
    }

    private func enter(
        changesSince cursor: Int64, from reader: ArchiveReader, into db: Database, _ progress: (Int, Int) -> Void
    ) throws {
        let items = try Row.fetchAll(
            reader.db,
            sql: """
                SELECT i.id, e.hash, i.title, i.text, i.shown, i.conflict, i.deleted, i.modified FROM item i
                JOIN entry e ON e.id = i.id
                WHERE i.kind = 'essay' AND i.id IN (SELECT item FROM revision WHERE id > ?) ORDER BY i.id
                """, arguments: [cursor])
        for (count, row) in items.enumerated() {
            try enter(row, isNew: (row[0] as Int64) > cursor, from: reader, into: db)
            progress(count + 1, items.count)
        }
        guard let last = try Row.fetchOne(reader.db, sql: "SELECT id, hash FROM entry ORDER BY id DESC LIMIT 1") else { return }
        try db.execute(sql: "UPDATE meta SET value = ? WHERE key = 'cursor'", arguments: [last[0] as Int64])
        try db.execute(sql: "UPDATE meta SET value = ? WHERE key = 'cursorHash'", arguments: [last[1] as Data])
    }

    private func enter(_ row: Row, isNew: Bool, from reader: ArchiveReader, into db: Database) throws {
        let item = ItemID(blob: row[1])
        if !isNew {
            try db.execute(sql: "INSERT INTO stale (id) SELECT id FROM document WHERE item = ?", arguments: [item.blob])
            try db.execute(sql: "DELETE FROM document WHERE item = ?", arguments: [item.blob])
        }
        guard !(row[6] as Bool) else { return }
        let title: String = row[2] ?? ""
        let modified: Int64 = row[7]
        // The common case needs no history: one head, its text stored.
        if !(row[5] as Bool), let text = row[3] as Int64?, row[4] != nil {
            return try enter(item, nil, title, reader.texts.bytes(id: text), modified, isSide: false, into: db)
        }
        let state = try reader.state(item)
        guard state.isConflict else {
            return try enter(item, nil, title, reader.text(of: state), modified, isSide: false, into: db)
        }
        // In a conflict every side is found.
        for head in state.sides {
            let revision = state.history[head]!
            try enter(
                item, head, revision.fields[string: FieldKey.title] ?? "", reader.text(of: revision), modified,
                isSide: head != state.shown, into: db)
        }
    }

    private func enter(
        _ item: ItemID, _ revision: RevisionID?, _ title: String, _ text: [UInt8], _ modified: Int64,
        isSide: Bool, into db: Database
    ) throws {
        try db.cachedStatement(sql: "INSERT INTO document (item, revision, modified, is_side) VALUES (?, ?, ?, ?)")
            .execute(arguments: [item.blob, revision?.entry.blob, modified, isSide])
        try db.cachedStatement(sql: "INSERT INTO passage (rowid, body, title) VALUES (?, ?, ?)")
            .execute(arguments: [db.lastInsertedRowID, String(decoding: text, as: UTF8.self), title])
    }

    /// An index of which the larger part is replaced documents is made again.
    private func discardIfMostlyStale(_ queue: DatabaseQueue) throws {
        let (stale, live) = try queue.read { db in
            (try Int.fetchOne(db, sql: "SELECT count(*) FROM stale")!, try Int.fetchOne(db, sql: "SELECT count(*) FROM document")!)
        }
        guard stale > live + 1000 else { return }
        try queue.write { try Self.makeTables($0) }
        try queue.vacuum()
        try catchUp()
    }

    // MARK: Verifying

    /// Checks the index against the archive, after catching up.
    public func verify(into report: inout VerificationReport) throws {
        try catchUp()
        let essays = try archive.read { try $0.counts().essays }
        let (documents, isSound) = try withDatabase { queue in
            try queue.write { db in
                let documents = try Int.fetchOne(db, sql: "SELECT count(*) FROM document WHERE NOT is_side")!
                let isSound = (try? db.execute(sql: "INSERT INTO passage (passage) VALUES ('integrity-check')")) != nil
                return (documents, isSound)
            }
        }
        if documents != essays || !isSound {
            report.problems.append(
                VerificationReport.Problem(what: "the search index does not match the archive", item: "search index", mend: "archivectl rebuild"))
        }
        report.checked.append(("documents in the search index", documents))
    }
}
