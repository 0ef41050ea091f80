import Foundation
import GRDB
import History
import Prose

/// Received entries that wait for others.
///
/// Each waits for one thing at a time, which its row names in `needs`, and is tried again when that has come:
///
/// 1. its turn (NULL), which comes as soon as its log is held up to the entry before, or goes on otherwise, or has ended;
/// 2. an entry or a text that it rests on (its hash), once its turn has come or somebody rests on it;
/// 3. that it came as it should be (`Mark.invalid`), or that a version of this program knows it: looked at once in each run.
///
/// What was woken has `Mark.due` and is tried before the transaction in which entries are applied ends. So what comes costs no
/// more where much else waits. What waits for its turn and is `wanted`, since an entry whose turn it is rests on it, is stored
/// out of turn, provided that its log is `reached`: held, or waiting, without a gap up to it.
extension ArchiveWriter {
    /// What waits, as far as a transaction needs to know it.
    struct Waiting {
        var isEmpty: Bool
        /// Bytes of the entries and their texts.
        var bytes: Int
        let bytesBefore: Int
    }

    private enum Mark {
        static let invalid = Data()
        static let due = Data([0])
    }

    private func look() throws -> Waiting {
        if let waiting { return waiting }
        let isEmpty = try !Bool.fetchOne(db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM pending)"))!
        let bytes = isEmpty ? 0 : try Identity(db: db).waiting
        let found = Waiting(isEmpty: isEmpty, bytes: bytes, bytesBefore: bytes)
        waiting = found
        return found
    }

    private var isAnythingWaiting: Bool { get throws { try !look().isEmpty } }

    func keepCountOfWaiting() throws {
        guard let waiting, waiting.bytes != waiting.bytesBefore else { return }
        try Identity(db: db).set(waiting: max(0, waiting.bytes))
    }

    // MARK: Coming and going

    /// Puts an entry among those that wait.
    /// - Parameter isValid: whether it lacks something or has to wait for its turn, rather than being no entry that can be applied.
    /// - Returns: `false` if too much waits already. Nothing is changed then.
    func postpone(_ entry: LogEntry, after position: LogPosition, to next: LogPosition, isValid: Bool) throws -> Bool {
        let log = try knownLog(entry.replica)
        // What is not valid may come once more as it should be.
        try db.cachedStatement(
            sql: "DELETE FROM pending WHERE replica = ? AND seq = ? AND chain = ? AND length(needs) = 0"
        )
        .execute(arguments: [log.row, next.sequence, next.chain.blob])
        let size = entry.bytes.count + (entry.text?.data.count ?? 0)
        guard try look().bytes + size <= environment.maximumWaiting else { return false }
        let isDue = position.sequence <= log.end.sequence || position.sequence >= log.last ?? .max
        let needs = isDue ? isValid ? try missing(to: entry) ?? Mark.due : Mark.invalid : nil
        let isReached = try isDue || isReached(position, log.row)
        try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO pending
                (replica, seq, previous, chain, hash, recorded, kind, bytes, text_hash, text_base, text_data, needs, wanted, reached)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)
                """
        ).execute(arguments: [
            log.row, entry.sequence, position.chain.blob, next.chain.blob, entry.id.blob, entry.recorded.milliseconds,
            entry.kind.rawValue, Data(entry.bytes), entry.text?.hash.blob, entry.text?.base?.blob,
            entry.text.map { Data($0.data) }, needs,
        ])
        guard db.changesCount > 0 else { return true }
        waiting!.isEmpty = false
        waiting!.bytes += size
        additions += 1
        let row = db.lastInsertedRowID
        if isReached { try reach(row, log.row) }
        if let needs, needs.count == 32 { try want(needs) }
        return true
    }

    /// To be called when an entry was taken in otherwise than by its turn among those that wait.
    func forgetWaiting(_ position: LogPosition, of replica: ReplicaID) throws {
        guard try isAnythingWaiting else { return }
        let find = try db.cachedStatement(sql: "SELECT id FROM pending WHERE replica = ? AND seq = ? AND chain = ?")
        for id in try Int64.fetchAll(find, arguments: [knownLog(replica).row, position.sequence, position.chain.blob]) {
            try remove(id)
        }
    }

    private func remove(_ id: Int64) throws {
        let size = try db.cachedStatement(
            sql: "SELECT length(bytes) + coalesce(length(text_data), 0) FROM pending WHERE id = ?")
        waiting!.bytes -= try Int.fetchOne(size, arguments: [id]) ?? 0
        try db.cachedStatement(sql: "DELETE FROM pending WHERE id = ?").execute(arguments: [id])
    }

    // MARK: Waking

    /// Wakes what waits for an entry or a text of this hash, which has just come.
    func wake(_ hash: Data) throws {
        guard try isAnythingWaiting else { return }
        try db.cachedStatement(sql: "UPDATE pending SET needs = ? WHERE needs = ?").execute(arguments: [Mark.due, hash])
    }

    /// Wakes those entries of a log, in whatever form of it, whose turn has come now that it is held up to a position.
    func wake(log: Int64, upTo end: LogPosition) throws {
        guard try isAnythingWaiting else { return }
        try db.cachedStatement(sql: "UPDATE pending SET needs = ? WHERE replica = ? AND seq <= ? AND needs IS NULL")
            .execute(arguments: [Mark.due, log, end.sequence + 1])
    }

    /// Wakes all entries of a log that wait for their turn, since it has ended or been cut off.
    func wakeAll(of replica: ReplicaID) throws {
        guard try isAnythingWaiting else { return }
        try db.cachedStatement(sql: "UPDATE pending SET needs = ? WHERE replica = ? AND needs IS NULL")
            .execute(arguments: [Mark.due, knownLog(replica).row])
    }

    /// Tries the entries again that were not valid: this version may know what the one before did not, and what is wrong is to be
    /// told in each run.
    public func retryInvalid() throws -> Applied {
        touched = []
        var applied = Applied()
        try db.cachedStatement(sql: "UPDATE pending SET needs = ? WHERE needs = ?").execute(arguments: [
            Mark.due, Mark.invalid,
        ])
        try applyPending(&applied)
        applied.items = touched
        return applied
    }

    // MARK: Trying

    /// Applies what was woken until nothing more can be applied.
    func applyPending(_ applied: inout Applied) throws {
        guard try isAnythingWaiting else { return }
        // First what has its turn: what is stored out of turn is the exception.
        let next = try db.cachedStatement(sql: "SELECT id FROM pending WHERE needs = ? ORDER BY wanted, id LIMIT 1")
        while let id = try Int64.fetchOne(next, arguments: [Mark.due]) { try attempt(id, &applied) }
        waiting = Waiting(
            isEmpty: try !Bool.fetchOne(db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM pending)"))!,
            bytes: waiting!.bytes,
            bytesBefore: waiting!.bytesBefore)
    }

    private func attempt(_ id: Int64, _ applied: inout Applied) throws {
        let (entry, position, isWanted) = try pending(id)
        let log = try knownLog(entry.replica)
        if try logs.holds(position.appending(entry.id), of: entry.replica) { return try remove(id) }
        let isDue = position.sequence <= log.end.sequence || position.sequence >= log.last ?? .max
        if isDue {
            if try take(entry, after: position, &applied) { return try remove(id) }
            try reach(id, log.row)
        } else if try !isWanted || store(entry, &applied) != nil {
            return try set(needs: nil, of: id)
        }
        let needs = applied.invalid[entry.id] == nil ? try missing(to: entry) ?? Mark.invalid : Mark.invalid
        try set(needs: needs, of: id)
        if needs.count == 32 { try want(needs) }
    }

    private func set(needs: Data?, of id: Int64) throws {
        try db.cachedStatement(sql: "UPDATE pending SET needs = ? WHERE id = ?").execute(arguments: [needs, id])
    }

    /// The hash of the first thing that an entry rests on and that is not here; `nil` if there is none.
    private func missing(to entry: LogEntry) throws -> Data? {
        guard entry.kind == .revision, let revision = try? Revision(canonicalBytes: entry.bytes) else { return nil }
        for parent in revision.parents where try entries.row(of: parent.entry) == nil { return parent.entry.blob }
        guard let hash = revision.text, try texts.id(of: hash) == nil else { return nil }
        // What does not come with its entry was lost: it is taken in without.
        guard let base = entry.text?.base, try texts.id(of: base) == nil else { return nil }
        return base.blob
    }

    private func pending(_ id: Int64) throws -> (LogEntry, LogPosition, isWanted: Bool) {
        let statement = try db.cachedStatement(
            sql: """
                SELECT p.seq, p.previous, p.recorded, p.kind, p.bytes, p.text_hash, p.text_base, p.text_data, p.wanted, r.hash
                FROM pending p JOIN replica r ON r.id = p.replica WHERE p.id = ?
                """)
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { throw ArchiveError.damagedRow }
        let text = try (row[5] as Data?).map {
            try EncodedText(
                hash: TextHash(blob: $0), base: (row[6] as Data?).map { try TextHash(blob: $0) }, data: row[7])
        }
        let sequence: Int64 = try row[0]
        guard RowNumbers.valid ~= sequence else { throw ArchiveError.damagedRow }
        let entry = try LogEntry(
            replica: ReplicaID(blob: row[9]), sequence: sequence, recorded: Timestamp(milliseconds: row[2]),
            kind: EntryKind(rawValue: row[3]), bytes: row[4], text: text)
        return try (entry, LogPosition(sequence: entry.sequence - 1, chain: Chain(blob: row[1])), row[8])
    }

    // MARK: Out of turn

    /// Has what has this hash, or a text of this hash, stored out of turn, if it waits for its turn: it stood in another log, which
    /// a fork has cut off before it, and was logged again. It stays in line, and becomes part of its log when its turn comes.
    private func want(_ hash: Data) throws {
        for column in ["hash", "text_hash"] {
            try db.cachedStatement(
                sql:
                    "UPDATE pending SET wanted = 1, needs = ?2 WHERE \(column) = ?1 AND reached = 1 AND needs IS NULL AND wanted = 0"
            ).execute(arguments: [hash, Mark.due])
        }
    }

    private func isReached(_ position: LogPosition, _ log: Int64) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "SELECT EXISTS (SELECT 1 FROM pending WHERE replica = ? AND seq = ? AND chain = ? AND reached = 1)")
        return try Bool.fetchOne(statement, arguments: [log, position.sequence, position.chain.blob])!
    }

    /// Marks an entry and those that follow it in its log as reached, and wants those on which others wait.
    private func reach(_ id: Int64, _ log: Int64) throws {
        let mark = try db.cachedStatement(sql: "UPDATE pending SET reached = 1 WHERE id = ? AND reached = 0")
        let row = try db.cachedStatement(sql: "SELECT chain, hash, text_hash FROM pending WHERE id = ?")
        let following = try db.cachedStatement(
            sql: "SELECT id FROM pending WHERE previous = ? AND replica = ? AND reached = 0")
        let isNeeded = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM pending WHERE needs = ?)")
        var open = [id]
        while let next = open.popLast() {
            try mark.execute(arguments: [next])
            guard db.changesCount > 0, let found = try Row.fetchOne(row, arguments: [next]) else { continue }
            for hash in try [found[1] as Data?, found[2] as Data?].compactMap(\.self)
            where try Bool.fetchOne(isNeeded, arguments: [hash])! {
                try want(hash)
            }
            open += try Int64.fetchAll(following, arguments: [try found[0] as Data, log])
        }
    }
}
