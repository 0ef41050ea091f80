import Foundation
import GRDB

/// The replicas' logs.
struct LogStore {
    let db: Database

    // MARK: Replicas

    func replica(_ id: ReplicaID) throws -> Int64 {
        let find = try db.cachedStatement(sql: "SELECT id FROM replica WHERE hash = ?")
        if let row = try Int64.fetchOne(find, arguments: [id.blob]) { return row }
        try db.cachedStatement(sql: "INSERT INTO replica (hash) VALUES (?)").execute(arguments: [id.blob])
        return db.lastInsertedRowID
    }

    // MARK: Positions

    /// How far each log is held.
    func vector() throws -> ArchiveVector {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT r.hash, l.seq, l.chain FROM replica r
                JOIN log l ON l.replica = r.id AND l.seq = (SELECT max(seq) FROM log WHERE replica = r.id)
                """)
        return rows.reduce(into: [:]) { vector, row in
            vector[ReplicaID(blob: row[0])] = LogPosition(sequence: row[1], chain: Chain(blob: row[2]))
        }
    }

    func position(_ replica: ReplicaID) throws -> LogPosition {
        let statement = try db.cachedStatement(
            sql: """
                SELECT l.seq, l.chain FROM log l JOIN replica r ON r.id = l.replica
                WHERE r.hash = ? ORDER BY l.seq DESC LIMIT 1
                """)
        guard let row = try Row.fetchOne(statement, arguments: [replica.blob]) else { return .start }
        return LogPosition(sequence: row[0], chain: Chain(blob: row[1]))
    }

    /// The chain of a log up to an entry; `nil` if the log is not held that far.
    func chain(_ replica: ReplicaID, at sequence: Int64) throws -> Chain? {
        if sequence == 0 { return .empty }
        let statement = try db.cachedStatement(
            sql: "SELECT l.chain FROM log l JOIN replica r ON r.id = l.replica WHERE r.hash = ? AND l.seq = ?")
        return try Data.fetchOne(statement, arguments: [replica.blob, sequence]).map { Chain(blob: $0) }
    }

    /// Whether a log holds this position.
    func holds(_ position: LogPosition, of replica: ReplicaID) throws -> Bool {
        try chain(replica, at: position.sequence) == position.chain
    }

    // MARK: Appending

    /// Appends to a log; returns its new end.
    @discardableResult
    func append(
        _ entry: (row: Int64, id: EntryID), to replica: Int64, after position: LogPosition, recorded: Timestamp
    ) throws -> LogPosition {
        let next = position.appending(entry.id)
        try db.cachedStatement(sql: "INSERT INTO log (replica, seq, entry, recorded, chain) VALUES (?, ?, ?, ?, ?)")
            .execute(arguments: [replica, next.sequence, entry.row, recorded.milliseconds, next.chain.blob])
        return next
    }

    /// Whether any log holds the entry.
    func isLogged(_ row: Int64) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM log WHERE entry = ?)")
        return try Bool.fetchOne(statement, arguments: [row])!
    }

    // MARK: Ending

    /// Where a fork entry ends a log; `nil` if none does.
    func last(of replica: ReplicaID) throws -> Int64? {
        let statement = try db.cachedStatement(
            sql: "SELECT e.last FROM log_end e JOIN replica r ON r.id = e.replica WHERE r.hash = ?")
        return try Int64.fetchOne(statement, arguments: [replica.blob])
    }

    /// Ends a log, unless it ends there or before already.
    func end(_ end: LogEnd) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO log_end (replica, last) VALUES (?, ?)
                ON CONFLICT (replica) DO UPDATE SET last = min(last, excluded.last)
                """
        ).execute(arguments: [replica(end.replica), end.last])
    }

    /// Takes the end of a log, beyond `sequence`, away and returns it: to be logged again under another replica ID.
    func removeTail(of replica: ReplicaID, after sequence: Int64) throws -> [(row: Int64, id: EntryID, recorded: Timestamp)] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT e.id, e.hash, l.recorded FROM log l JOIN entry e ON e.id = l.entry JOIN replica r ON r.id = l.replica
                WHERE r.hash = ? AND l.seq > ? ORDER BY l.seq
                """, arguments: [replica.blob, sequence])
        try db.execute(
            sql: "DELETE FROM log WHERE replica = (SELECT id FROM replica WHERE hash = ?) AND seq > ?",
            arguments: [replica.blob, sequence])
        return rows.map { ($0[0], EntryID(blob: $0[1]), Timestamp(milliseconds: $0[2])) }
    }

    // MARK: Reading

    /// Calls `body` with the entries `first…last` of one log, in order, until it returns `false`.
    func forEach(of replica: ReplicaID, _ range: ClosedRange<Int64>, _ body: (LogEntry) throws -> Bool) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT l.seq, l.recorded, e.kind, e.bytes, v.text, e.id FROM log l JOIN replica r ON r.id = l.replica
                JOIN entry e ON e.id = l.entry LEFT JOIN revision v ON v.id = e.id
                WHERE r.hash = ? AND l.seq BETWEEN ? AND ? ORDER BY l.seq
                """, arguments: [replica.blob, range.lowerBound, range.upperBound])
        while let row = try rows.next() {
            let text: Int64? = row[4]
            let needsText = try text.map { try !isHeldByParents(text: $0, revision: row[5]) } ?? false
            let entry = LogEntry(
                replica: replica, sequence: row[0], recorded: Timestamp(milliseconds: row[1]),
                kind: (row[2] as String?).map { EntryKind(rawValue: $0) } ?? .revision, bytes: try EntryStore(db: db).unpack(row[3]),
                text: needsText ? try TextStore(db: db).encoded(id: text!) : nil)
            guard try body(entry) else { return }
        }
    }

    /// Whoever holds the parents has their texts already.
    private func isHeldByParents(text: Int64, revision: Int64) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "SELECT EXISTS (SELECT 1 FROM parent p JOIN revision v ON v.id = p.parent WHERE p.child = ? AND v.text = ?)")
        return try Bool.fetchOne(statement, arguments: [revision, text])!
    }
}
