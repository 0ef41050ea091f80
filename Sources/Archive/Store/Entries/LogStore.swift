import Foundation
import GRDB
import History
import Prose

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
            let last: Int64 = try row[1]
            guard RowNumbers.valid ~= last else { throw ArchiveError.damagedRow }
            try vector[ReplicaID(blob: row[0])] = LogPosition(sequence: last, chain: Chain(blob: row[2]))
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
        for hash in try Data.fetchAll(
            statement, arguments: [run.entry + Int64(chains.count), run.entry + run.count - 1])
        {
            chain = try chain.appending(EntryID(blob: hash))
            chains.append(chain)
        }
        known?.chains.add(chains, run.replica, run.first)
        guard wanted < chains.count else { throw Self.gap(run) }
        return chains[wanted]
    }

    private func previousChain(_ run: Run) throws -> Chain {
        let statement = try db.cachedStatement(
            sql: "SELECT chain FROM log WHERE replica = ? AND first < ? ORDER BY first DESC LIMIT 1")
        return try Data.fetchOne(statement, arguments: [run.replica, run.first]).map { try Chain(blob: $0) } ?? .empty
    }

    private static func gap(_ run: Run) -> ArchiveError {
        ArchiveError(.corrupt, "entries of a log are missing from number \(run.first) on")
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

        var last: Int64 { first + count - 1 }

        /// From the columns replica, first, count, entry, chain.
        init(_ row: Row) throws {
            (replica, first, count, entry) = (try row[0], try row[1], try row[2], try row[3])
            chain = try Chain(blob: row[4])
            // Of a damaged row, these may be any numbers.
            guard RowNumbers.valid ~= first, 1...LogStore.longestRun ~= count, RowNumbers.valid ~= entry else {
                throw ArchiveError.damagedRow
            }
        }
    }

    /// The run that an entry of a log is in, or the last if the log is not held that far.
    private func run(of replica: ReplicaID, at sequence: Int64) throws -> Run? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT l.replica, l.first, l.count, l.entry, l.chain FROM log l JOIN replica r ON r.id = l.replica
                WHERE r.hash = ? AND l.first <= ? ORDER BY l.first DESC LIMIT 1
                """)
        return try Row.fetchOne(statement, arguments: [replica.blob, sequence]).map { try Run($0) }
    }

    /// - Throws: `ArchiveError` of code `corrupt` if an entry of a log, or its chain, is damaged. Reads the log's entries.
    func requireSound(_ replica: ReplicaID) throws {
        let entries = EntryStore(db: db, known: known)
        let rows = try Row.fetchAll(
            db,
            sql:
                "SELECT l.replica, l.first, l.count, l.entry, l.chain FROM log l JOIN replica r ON r.id = l.replica WHERE r.hash = ? ORDER BY l.first",
            arguments: [replica.blob])
        var end = LogPosition.start
        for row in rows {
            let run = try Run(row)
            guard run.first == end.sequence + 1 else { throw Self.gap(run) }
            for entry in run.entry..<run.entry + run.count {
                end = end.appending(EntryID(hashing: try entries.bytes(row: entry)))
            }
            guard end.chain == run.chain else {
                throw ArchiveError(.corrupt, "the chain of the log \(replica) is damaged up to entry \(run.last)")
            }
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
        let update = try db.cachedStatement(
            sql: "UPDATE log SET count = count + 1, times = ?, chain = ? WHERE replica = ? AND first = ?")
        if let run = try Row.fetchOne(last, arguments: [replica]),
            case (let first, let count, let start) = (try run[0] as Int64, try run[1] as Int64, try run[4] as Int64),
            1..<Self.longestRun ~= count,
            start &+ count == entry.row, first &+ count == next.sequence
        {
            var times = try LogTimes(first: Timestamp(milliseconds: run[2]), others: run[3], count: Int(count))
            times.append(recorded)
            try update.execute(arguments: [times.others, next.chain.blob, replica, first])
        } else {
            try db.cachedStatement(
                sql: "INSERT INTO log (replica, first, count, entry, recorded, chain) VALUES (?, ?, 1, ?, ?, ?)"
            )
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
    static func holds(_ entry: String) -> String {
        "l.entry BETWEEN \(entry) - \(longestRun - 1) AND \(entry) AND l.entry + l.count > \(entry)"
    }

    // MARK: Ending

    /// Takes the end of a log, beyond `sequence`, away and returns it: to be logged again under another replica ID.
    func removeTail(of replica: ReplicaID, after sequence: Int64) throws -> [(
        row: Int64, id: EntryID, recorded: Timestamp
    )] {
        var tail: [(row: Int64, id: EntryID, recorded: Timestamp)] = []
        try forEachRow(of: replica, (sequence + 1)...(.max)) { row, entry in
            tail.append((entry, try EntryStore(db: db, known: known).id(row: entry), try LogTimes.time(in: row, at: 1)))
            return true
        }
        let kept = try run(of: replica, at: sequence).map { run in (run, try chain(run, at: min(sequence, run.last))) }
        known?.chains.forget()
        try db.cachedStatement(
            sql: "DELETE FROM log WHERE replica = (SELECT id FROM replica WHERE hash = ?) AND first > ?"
        )
        .execute(arguments: [replica.blob, sequence])
        if let (run, chain) = kept, run.last > sequence {
            let count = sequence - run.first + 1
            let old = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT recorded, times FROM log WHERE replica = ? AND first = ?"),
                arguments: [run.replica, run.first])!
            let times = try LogTimes(first: Timestamp(milliseconds: old[0]), others: old[1], count: Int(run.count))
                .prefix(Int(count))
            try db.cachedStatement(
                sql: "UPDATE log SET count = ?, times = ?, chain = ? WHERE replica = ? AND first = ?"
            )
            .execute(arguments: [count, times.others, chain.blob, run.replica, run.first])
        }
        return tail
    }

    // MARK: Reading

    /// Calls `body` with the entries `first…last` of one log, in order, until it returns `false`. The text of one that is damaged
    /// or not here is left out, and noted in `known`.
    /// - Throws: `ArchiveError` of code `corrupt` where an entry is damaged.
    func forEach(of replica: ReplicaID, _ range: ClosedRange<Int64>, _ body: (LogEntry) throws -> Bool) throws {
        let entries = EntryStore(db: db, known: known)
        var expected = range.lowerBound
        try forEachRow(of: replica, range) { row, entry in
            let id = try entries.id(row: entry)
            let bytes = try entries.unpack(row[5], of: id)
            let kind = try (row[4] as String?).map { EntryKind(rawValue: $0) } ?? .revision
            let sequence: Int64 = try row[0]
            guard sequence == expected else { throw ArchiveError.damagedRow }
            expected &+= 1
            return try body(
                LogEntry(
                    replica: replica, sequence: sequence, recorded: LogTimes.time(in: row, at: 1), kind: kind,
                    bytes: bytes,
                    text: text(kind, bytes, id)))
        }
    }

    /// The text that goes with an entry; none with a revision whose parent has it.
    private func text(_ kind: EntryKind, _ bytes: [UInt8], _ id: EntryID) throws -> EncodedText? {
        let texts = TextStore(db: db, known: known)
        switch kind {
        case .revision:
            // Not from the derived table, which may be damaged or of another version.
            guard let revision = try? Revision(canonicalBytes: bytes), let hash = revision.text else { return nil }
            guard let number = try texts.id(of: hash) else {
                known?.damage.insert(.text(hash))
                return nil
            }
            return try isHeldByParents(text: hash, revision) ? nil : texts.encoded(id: number)
        case .text:
            return try TextNotice(bytes: bytes).flatMap { try texts.id(of: $0.hash) }.flatMap {
                try texts.whole(id: $0)
            }
        default:
            return nil
        }
    }

    /// Calls `body` with (sequence number, the three columns of a time, kind, bytes) of a log's entries and their rows.
    private func forEachRow(of replica: ReplicaID, _ range: ClosedRange<Int64>, _ body: (Row, Int64) throws -> Bool)
        throws
    {
        let sql = """
            SELECT e.id - l.entry + l.first, \(LogTimes.columns), e.kind, e.bytes, e.id
            FROM log l JOIN replica r ON r.id = l.replica
            JOIN entry e ON e.id BETWEEN l.entry + max(0, ?2 - l.first) AND l.entry + min(l.count - 1, ?3 - l.first)
            WHERE r.hash = ?1 AND l.first BETWEEN ?2 - \(Self.longestRun - 1) AND ?3 ORDER BY l.first, e.id
            """
        let arguments: StatementArguments = [replica.blob, range.lowerBound, range.upperBound]
        // A few, as after a change: read at once, by a statement that is compiled already.
        if range.upperBound - range.lowerBound < Self.few {
            for row in try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments) {
                guard try body(row, row[6]) else { return }
            }
            return
        }
        // Not the cached statement itself: `body` may read another range in the midst of this one.
        let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
        while let row = try rows.next() { guard try body(row, row[6]) else { return } }
    }

    /// Whoever holds the parents has their texts already.
    private func isHeldByParents(text: TextHash, _ revision: Revision) throws -> Bool {
        let entries = EntryStore(db: db, known: known)
        return try revision.parents.contains { parent in
            guard let row = try entries.row(of: parent.entry) else { return false }
            return try entries.revision(row: row).text == text
        }
    }
}
