import Foundation
import GRDB

/// The replicas' logs.
///
/// The table holds *runs*: entries that lie one after another in the table of entries and are numbered one after another.
struct LogStore {
    let db: Database
    var known: KnownRows?

    /// The most entries of a run. Which run an entry is in is found among that many.
    static let longestRun: Int64 = 64
    /// So many entries may be in memory at once: the largest there can be are then no more than a segment may hold.
    private static let few: Int64 = 4

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
        let statement = try db.cachedStatement(
            sql: """
                SELECT r.hash, l.first + l.count - 1, l.chain FROM replica r
                JOIN log l ON l.replica = r.id AND l.first = (SELECT max(first) FROM log WHERE replica = r.id)
                """)
        return try Row.fetchAll(statement).reduce(into: [:]) { vector, row in
            vector[ReplicaID(blob: row[0])] = LogPosition(sequence: row[1], chain: Chain(blob: row[2]))
        }
    }

    func position(_ replica: ReplicaID) throws -> LogPosition {
        guard let run = try run(of: replica, at: .max) else { return .start }
        return LogPosition(sequence: run.last, chain: run.chain)
    }

    /// The chain of a log up to an entry; `nil` if the log is not held that far.
    func chain(_ replica: ReplicaID, at sequence: Int64) throws -> Chain? {
        if sequence == 0 { return .empty }
        guard let run = try run(of: replica, at: sequence), sequence <= run.last else { return nil }
        return try chain(run, at: sequence)
    }

    private func chain(_ run: Run, at sequence: Int64) throws -> Chain {
        if sequence == run.last { return run.chain }
        let wanted = Int(sequence - run.first)
        var chains = known?.chains.of(run.replica, run.first) ?? []
        if wanted < chains.count { return chains[wanted] }
        var chain = try chains.last ?? previousChain(run)
        let statement = try db.cachedStatement(sql: "SELECT hash FROM entry WHERE id BETWEEN ? AND ? ORDER BY id")
        for hash in try Data.fetchAll(statement, arguments: [run.entry + Int64(chains.count), run.entry + run.count - 1]) {
            chain = chain.appending(EntryID(blob: hash))
            chains.append(chain)
        }
        known?.chains.add(chains, run.replica, run.first)
        guard wanted < chains.count else { throw Self.gap(run) }
        return chains[wanted]
    }

    private func previousChain(_ run: Run) throws -> Chain {
        let statement = try db.cachedStatement(
            sql: "SELECT chain FROM log WHERE replica = ? AND first < ? ORDER BY first DESC LIMIT 1")
        return try Data.fetchOne(statement, arguments: [run.replica, run.first]).map { Chain(blob: $0) } ?? .empty
    }

    private static func gap(_ run: Run) -> ArchiveError {
        ArchiveError(.corrupt, "entries of a log are missing from number \(run.first) on", advice: "`archivectl verify` says what else is missing")
    }

    /// Whether a log holds this position.
    func holds(_ position: LogPosition, of replica: ReplicaID) throws -> Bool {
        try chain(replica, at: position.sequence) == position.chain
    }

    /// The row of the entry that ends a log there; `nil` if the log does not hold this position.
    func row(at position: LogPosition, of replica: ReplicaID) throws -> Int64? {
        guard let run = try run(of: replica, at: position.sequence), position.sequence <= run.last,
            try chain(run, at: position.sequence) == position.chain
        else { return nil }
        return run.entry + position.sequence - run.first
    }

    // MARK: Runs

    private struct Run {
        let replica, first, count, entry: Int64
        /// After its last entry.
        let chain: Chain

        /// Of a damaged row, any number.
        var last: Int64 { first &+ count &- 1 }
    }

    /// The run that an entry of a log is in, or the last if the log is not held that far.
    private func run(of replica: ReplicaID, at sequence: Int64) throws -> Run? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT l.replica, l.first, l.count, l.entry, l.chain FROM log l JOIN replica r ON r.id = l.replica
                WHERE r.hash = ? AND l.first <= ? ORDER BY l.first DESC LIMIT 1
                """)
        return try Row.fetchOne(statement, arguments: [replica.blob, sequence]).map {
            Run(replica: $0[0], first: $0[1], count: $0[2], entry: $0[3], chain: Chain(blob: $0[4]))
        }
    }

    // MARK: Appending

    /// Appends to a log; returns its new end.
    @discardableResult
    func append(
        _ entry: (row: Int64, id: EntryID), to replica: Int64, after position: LogPosition, recorded: Timestamp
    ) throws -> LogPosition {
        let next = position.appending(entry.id)
        let last = try db.cachedStatement(
            sql: "SELECT first, count, recorded, times, entry FROM log WHERE replica = ? ORDER BY first DESC LIMIT 1")
        let update = try db.cachedStatement(sql: "UPDATE log SET count = count + 1, times = ?, chain = ? WHERE replica = ? AND first = ?")
        if let run = try Row.fetchOne(last, arguments: [replica]), run[1] < Self.longestRun, run[4] + run[1] == entry.row,
            run[0] + run[1] == next.sequence {
            var times = LogTimes(first: Timestamp(milliseconds: run[2]), others: run[3], count: run[1])
            times.append(recorded)
            try update.execute(arguments: [times.others, next.chain.blob, replica, run[0] as Int64])
        } else {
            try db.cachedStatement(sql: "INSERT INTO log (replica, first, count, entry, recorded, chain) VALUES (?, ?, 1, ?, ?, ?)")
                .execute(arguments: [replica, next.sequence, entry.row, recorded.milliseconds, next.chain.blob])
        }
        return next
    }

    /// Whether any log holds the entry.
    func isLogged(_ row: Int64) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM log l WHERE \(Self.holds("?1")))")
        return try Bool.fetchOne(statement, arguments: [row])!
    }

    /// The condition that a row `l` of the table of logs holds an entry.
    static func holds(_ entry: String) -> String { "l.entry BETWEEN \(entry) - \(longestRun - 1) AND \(entry) AND l.entry + l.count > \(entry)" }

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
        var tail: [(row: Int64, id: EntryID, recorded: Timestamp)] = []
        try forEachRow(of: replica, (sequence + 1)...(.max)) { row, entry in
            tail.append((entry, try EntryStore(db: db, known: known).id(row: entry), LogTimes.time(in: row, at: 1)))
            return true
        }
        let kept = try run(of: replica, at: sequence).map { run in (run, try chain(run, at: min(sequence, run.last))) }
        known?.chains.forget()
        try db.cachedStatement(sql: "DELETE FROM log WHERE replica = (SELECT id FROM replica WHERE hash = ?) AND first > ?")
            .execute(arguments: [replica.blob, sequence])
        if let (run, chain) = kept, run.last > sequence {
            let count = sequence - run.first + 1
            let old = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT recorded, times, count FROM log WHERE replica = ? AND first = ?"), arguments: [run.replica, run.first])!
            let times = LogTimes(first: Timestamp(milliseconds: old[0]), others: old[1], count: old[2]).prefix(Int(count))
            try db.cachedStatement(sql: "UPDATE log SET count = ?, times = ?, chain = ? WHERE replica = ? AND first = ?")
                .execute(arguments: [count, times.others, chain.blob, run.replica, run.first])
        }
        return tail
    }

    // MARK: Reading

    /// Calls `body` with the entries `first…last` of one log, in order, until it returns `false`.
    func forEach(of replica: ReplicaID, _ range: ClosedRange<Int64>, _ body: (LogEntry) throws -> Bool) throws {
        let entries = EntryStore(db: db, known: known)
        try forEachRow(of: replica, range) { row, entry in
            let bytes = try entries.unpack(row[5])
            let text: Int64? = row[6]
            let needsText = try text.map { try !isHeldByParents(text: $0, revision: bytes) } ?? false
            return try body(
                LogEntry(
                    replica: replica, sequence: row.sound(0), recorded: LogTimes.time(in: row, at: 1),
                    kind: (row[4] as String?).map { EntryKind(rawValue: $0) } ?? .revision, bytes: bytes,
                    text: needsText ? try TextStore(db: db, known: known).encoded(id: text!) : nil))
        }
    }

    /// Calls `body` with (sequence number, the three columns of a time, kind, bytes, text) of a log's entries and their rows.
    private func forEachRow(of replica: ReplicaID, _ range: ClosedRange<Int64>, _ body: (Row, Int64) throws -> Bool) throws {
        let sql = """
            SELECT e.id - l.entry + l.first, \(LogTimes.columns), e.kind, e.bytes, v.text, e.id
            FROM log l JOIN replica r ON r.id = l.replica
            JOIN entry e ON e.id BETWEEN l.entry + max(0, ?2 - l.first) AND l.entry + min(l.count - 1, ?3 - l.first)
            LEFT JOIN revision v ON v.id = e.id
            WHERE r.hash = ?1 AND l.first BETWEEN ?2 - \(Self.longestRun - 1) AND ?3 ORDER BY l.first, e.id
            """
        let arguments: StatementArguments = [replica.blob, range.lowerBound, range.upperBound]
        // A few, as after a change: read at once, by a statement that is compiled already.
        if range.upperBound - range.lowerBound < Self.few {
            for row in try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments) { guard try body(row, row[7]) else { return } }
            return
        }
        // Not the cached statement itself: `body` may read another range in the midst of this one.
        let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
        while let row = try rows.next() { guard try body(row, row[7]) else { return } }
    }

    /// Whoever holds the parents has their texts already.
    private func isHeldByParents(text: Int64, revision: [UInt8]) throws -> Bool {
        let entries = EntryStore(db: db, known: known)
        let statement = try db.cachedStatement(sql: "SELECT text = ? FROM revision WHERE id = ?")
        return try Revision(canonicalBytes: revision).parents.contains { parent in
            try Bool.fetchOne(statement, arguments: [text, entries.row(of: parent.entry)]) ?? false
        }
    }
}
