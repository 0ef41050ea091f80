import Foundation
import GRDB

extension SearchIndex {
    /// Enters everything that arrived in the archive since the last time.
    /// - Parameter progress: called with the number of items entered and their total.
    public func catchUp(progress: (Int, Int) -> Void = { _, _ in }) throws {
        try withDatabase { try catchUp($0, progress: progress) }
    }

    func catchUp(_ queue: DatabaseQueue, progress: (Int, Int) -> Void = { _, _ in }) throws {
        let isBehind = try queue.read { db in try archive.read { try CatchUp.isBehind(db, $0) } }
        guard isBehind else { return }
        try queue.writeWithoutTransaction { db in
            // What is merged is read once: mapped, the whole index would count as memory of this process.
            try db.execute(sql: "PRAGMA mmap_size = 0")
            defer { try? db.execute(sql: "PRAGMA mmap_size = \(SearchIndexFile.mappedBytes)") }
            try db.inTransaction(.immediate) {
                try archive.read { reader in
                    if try CatchUp.isForeign(db, reader) { try Self.makeTables(db) }
                    var run = CatchUp(db: db, reader: reader)
                    do {
                        try RowNumbers.checking(db) { try run.enter(progress) }
                    } catch let error as ArchiveError where error.code == .corrupt && error.damage == nil {
                        throw DamagedSegment()
                    }
                }
                return .commit
            }
        }
        try discardIfMostlyStale(queue)
    }

    /// An index of which the larger part is replaced documents is made again.
    private func discardIfMostlyStale(_ queue: DatabaseQueue) throws {
        let isMostlyStale = try queue.read { db in
            let stale = try Int.fetchOne(db, sql: "SELECT count(*) FROM stale")!
            guard stale > 1000 else { return false }
            // No more documents are counted than it takes to know.
            return try Int.fetchOne(db, sql: "SELECT count(*) FROM (SELECT 1 FROM document LIMIT ?)", arguments: [stale - 1000])! < stale - 1000
        }
        guard isMostlyStale else { return }
        try queue.write { try Self.makeTables($0) }
        try queue.vacuum()
        try catchUp(queue)
    }
}

extension SearchIndex {
    static func isBehind(_ db: Database, _ reader: ArchiveReader) throws -> Bool { try CatchUp.isBehind(db, reader) }
    static func isForeign(_ db: Database, _ reader: ArchiveReader) throws -> Bool { try CatchUp.isForeign(db, reader) }
}

/// One run of entering what arrived, in a transaction on the index that sees one moment of the archive.
private struct CatchUp {
    let db: Database
    let reader: ArchiveReader
    private var builder = SegmentBuilder()

    init(db: Database, reader: ArchiveReader) {
        self.db = db
        self.reader = reader
    }

    // MARK: How far the index has come

    private static func cursor(_ db: Database) throws -> Int64 {
        guard let cursor = try Int64.fetchOne(db.cachedStatement(sql: "SELECT value FROM meta WHERE key = 'cursor'")) else { throw DamagedSegment() }
        return cursor
    }

    static func isBehind(_ db: Database, _ reader: ArchiveReader) throws -> Bool {
        try reader.lastEntry() != cursor(db) || isForeign(db, reader)
    }

    /// Whether the index was made from another file: not all that it took in is here, in the rows up to its cursor.
    ///
    /// The ends of the logs tell for all entries: each is in a log, and a chain says what is before its end.
    static func isForeign(_ db: Database, _ reader: ArchiveReader) throws -> Bool {
        let cursor = try cursor(db)
        return try Row.fetchAll(db.cachedStatement(sql: "SELECT replica, last, chain FROM log")).contains { log in
            let end = try LogPosition(sequence: log[1], chain: Chain(blob: log[2]))
            guard let row = try reader.logs.row(at: end, of: ReplicaID(blob: log[0])) else { return true }
            return row > cursor
        }
    }

    mutating func enter(_ progress: (Int, Int) -> Void) throws {
        let cursor = try Self.cursor(db)
        // From the new revisions to their items, never through all items.
        let items = try Int64.fetchAll(
            reader.db,
            sql: """
                SELECT DISTINCT i.id FROM revision r CROSS JOIN item i ON i.id = r.item
                WHERE r.id > ? AND i.kind IN ('essay', 'annotation') ORDER BY i.id
                """, arguments: [cursor])
        // What could not be read then may be here now.
        let unread = try Data.fetchAll(db, sql: "SELECT DISTINCT item FROM unread")
            .compactMap { try reader.histories.row(of: ItemID(blob: $0)) }.filter { !items.contains($0) }
        for item in unread { try enter(item, isNew: false) }
        for (count, item) in items.enumerated() {
            try enter(item, isNew: item > cursor)
            if builder.size >= SegmentBuilder.capacity { try store() }
            progress(count + 1, items.count)
        }
        try store()
        let last = try Int64.fetchOne(reader.db, sql: "SELECT max(id) FROM entry") ?? 0
        try db.execute(sql: "UPDATE meta SET value = ? WHERE key = 'cursor'", arguments: [last])
        try db.execute(sql: "DELETE FROM log")
        for (replica, end) in try reader.vector() {
            try db.execute(
                sql: "INSERT INTO log (replica, last, chain) VALUES (?, ?, ?)", arguments: [replica.blob, end.sequence, end.chain.blob])
        }
    }

    private mutating func store() throws {
        let full = builder
        builder = SegmentBuilder()
        try SegmentStore(db: db).insert(full) { document in
            try db.cachedStatement(sql: "DELETE FROM stale WHERE id = ?").execute(arguments: [document])
            return db.changesCount > 0
        }
    }

    // MARK: Items

    private mutating func enter(_ row: Int64, isNew: Bool) throws {
        let source = try DocumentSource(row: row, reader)
        if !isNew { try discard(source.item) }
        do {
            for document in try source.documents(reader) { try enter(document) }
        } catch let error as ArchiveError where error.damage != nil {
            // What of it was entered by then is as good as its title.
            try discard(source.item)
            let id = try enter(source.titleOnly)
            try db.execute(sql: "INSERT INTO unread (id, item) VALUES (?, ?)", arguments: [id, source.item.blob])
        }
    }

    private func discard(_ item: ItemID) throws {
        let ids = try Int64.fetchAll(db.cachedStatement(sql: "SELECT id FROM document WHERE item = ?"), arguments: [item.blob])
        for id in ids {
            try db.cachedStatement(sql: "INSERT INTO stale (id) VALUES (?)").execute(arguments: [id])
            try db.cachedStatement(sql: "DELETE FROM attribute WHERE document = ?").execute(arguments: [id])
            try db.cachedStatement(sql: "DELETE FROM document WHERE id = ?").execute(arguments: [id])
            try db.cachedStatement(sql: "DELETE FROM unread WHERE id = ?").execute(arguments: [id])
        }
    }

    @discardableResult
    private mutating func enter(_ document: SearchDocument) throws -> Int64 {
        try db.cachedStatement(sql: "INSERT INTO document (item, revision, kind, target, title, is_markdown, modified, dated) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            .execute(arguments: [
                document.item.blob, document.revision?.entry.blob, document.kind.rawValue, document.target?.blob, document.title,
                document.isMarkdown, document.modified, document.dated,
            ])
        let id = db.lastInsertedRowID
        guard DocumentSet.numbers ~= id else { throw DamagedSegment() }
        for (field, value) in document.attributes {
            try db.cachedStatement(sql: "INSERT OR IGNORE INTO attribute (field, value, document) VALUES (?, ?, ?)")
                .execute(arguments: [field, value, id])
        }
        builder.enter(document, id: id)
        return id
    }
}
