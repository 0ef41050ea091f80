import Foundation
import GRDB
import History

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
            return try Int.fetchOne(
                db, sql: "SELECT count(*) FROM (SELECT 1 FROM document LIMIT ?)", arguments: [stale - 1000])! < stale
                - 1000
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
    private var sums = TableSums()
    private var lastDocument: Int64?

    init(db: Database, reader: ArchiveReader) {
        self.db = db
        self.reader = reader
    }

    // MARK: How far the index has come

    private static func cursor(_ db: Database) throws -> Int64 {
        guard let cursor = try Int64.fetchOne(db.cachedStatement(sql: "SELECT value FROM meta WHERE key = 'cursor'"))
        else { throw DamagedSegment() }
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
            let replica = try ReplicaID(blob: log[0])
            do {
                guard let row = try reader.logs.row(at: end, of: replica) else { return true }
                return row > cursor
            } catch  where isDamage(error) {
                // A damaged log tells nothing, and keeps nobody from finding what is there.
                return false
            }
        }
    }

    /// The ends of the logs; none if they are damaged.
    private static func readableEnds(_ reader: ArchiveReader) throws -> ArchiveVector {
        do {
            return try reader.vector()
        } catch  where isDamage(error) {
            return [:]
        }
    }

    mutating func enter(_ progress: (Int, Int) -> Void) throws {
        let cursor = try Self.cursor(db)
        sums = try TableSums(db)
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
        sums[.logs] = RowSum()
        for (replica, end) in try Self.readableEnds(reader) {
            try db.execute(
                sql: "INSERT INTO log (replica, last, chain) VALUES (?, ?, ?)",
                arguments: [replica.blob, end.sequence, end.chain.blob])
            sums[.logs].add(TableSums.log(replica.blob, end.sequence, end.chain.blob))
        }
        try sums.write(db)
    }

    private mutating func store() throws {
        let full = builder
        builder = SegmentBuilder()
        try SegmentStore(db: db).insert(full) { document in
            try db.cachedStatement(sql: "DELETE FROM stale WHERE id = ?").execute(arguments: [document])
            let isStale = db.changesCount > 0
            if isStale { sums[.stale].remove(RowSum.checksum(ofDocument: document)) }
            return isStale
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
            sums[.unread].add(TableSums.unread(id, source.item.blob))
        }
    }

    private mutating func discard(_ item: ItemID) throws {
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT id, checksum, kind FROM document WHERE item = ?"), arguments: [item.blob])
        for row in rows {
            let (id, checksum, kind): (Int64, Int64, Int) = (try row[0], try row[1], try row[2])
            try db.cachedStatement(sql: "INSERT INTO stale (id) VALUES (?)").execute(arguments: [id])
            try discardAttributes(of: id)
            try db.cachedStatement(sql: "DELETE FROM document WHERE id = ?").execute(arguments: [id])
            try db.cachedStatement(sql: "DELETE FROM unread WHERE id = ?").execute(arguments: [id])
            if db.changesCount > 0 { sums[.unread].remove(TableSums.unread(id, item.blob)) }
            sums[.stale].add(RowSum.checksum(ofDocument: id))
            sums[.documents].remove(UInt64(bitPattern: checksum))
            if kind == DocumentKind.annotation.rawValue { sums[.annotations].remove(RowSum.checksum(ofDocument: id)) }
        }
    }

    private mutating func discardAttributes(of document: Int64) throws {
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT field, value FROM attribute WHERE document = ?"), arguments: [document])
        for row in rows { sums[.attributes].remove(TableSums.attribute(try row[0], try row[1], document)) }
        if !rows.isEmpty {
            try db.cachedStatement(sql: "DELETE FROM attribute WHERE document = ?").execute(arguments: [document])
        }
    }

    /// A number that no document has had: segments may still name those that were replaced.
    private mutating func nextDocument() throws -> Int64 {
        let last =
            try lastDocument ?? Int64.fetchOne(
                db,
                sql:
                    "SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'document'), 0), coalesce((SELECT max(id) FROM document), 0))"
            ) ?? 0
        guard last >= 0, last < .max else { throw DamagedSegment() }
        lastDocument = last + 1
        return last + 1
    }

    @discardableResult
    private mutating func enter(_ document: SearchDocument) throws -> Int64 {
        let id = try nextDocument()
        guard DocumentSet.numbers ~= id else { throw DamagedSegment() }
        let row = DocumentRow(document)
        let checksum = row.checksum(id: id)
        try db.cachedStatement(
            sql: "INSERT INTO document (id, \(DocumentRow.columns), checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        .execute(arguments: row.arguments(id: id, checksum: checksum))
        sums[.documents].add(checksum)
        if row.kind == DocumentKind.annotation.rawValue { sums[.annotations].add(RowSum.checksum(ofDocument: id)) }
        for (field, whole) in document.attributes {
            let value = DocumentRow.stored(whole)
            try db.cachedStatement(sql: "INSERT OR IGNORE INTO attribute (field, value, document) VALUES (?, ?, ?)")
                .execute(arguments: [field, value, id])
            if db.changesCount > 0 { sums[.attributes].add(TableSums.attribute(field, value, id)) }
        }
        builder.enter(document, id: id)
        return id
    }
}
