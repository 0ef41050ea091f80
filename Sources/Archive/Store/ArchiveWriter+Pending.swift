import Foundation
import GRDB

/// Received entries that wait for others.
extension ArchiveWriter {
    func postpone(_ entry: LogEntry, after position: LogPosition) throws {
        try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO pending (replica, seq, previous, hash, recorded, kind, bytes, text_hash, text_base, text_data)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            knownLog(entry.replica).row, entry.sequence, position.chain.blob, entry.id.blob, entry.recorded.milliseconds,
            entry.kind.rawValue, Data(entry.bytes), entry.text?.hash.blob, entry.text?.base?.blob, entry.text.map { Data($0.data) },
        ])
    }

    /// Goes through what waits until nothing more can be applied.
    func applyPending(_ applied: inout Applied) throws {
        var isProgress = true
        while isProgress {
            isProgress = false
            for replica in try waitingLogs() {
                while try applyPending(of: replica, &applied) { isProgress = true }
            }
            if !isProgress { isProgress = try takeOutOfTurn(&applied) }
        }
    }

    private func waitingLogs() throws -> [ReplicaID] {
        let statement = try db.cachedStatement(sql: "SELECT hash FROM replica WHERE id IN (SELECT replica FROM pending) ORDER BY hash")
        return try Data.fetchAll(statement).map { ReplicaID(blob: $0) }
    }

    /// The keys of those waiting entries of a log whose turn it is.
    private func due(of replica: ReplicaID) throws -> [StatementArguments] {
        let log = try knownLog(replica)
        // Of a log that has ended, nothing waits for its turn.
        let turn = log.last == nil ? log.end.sequence + 1 : Int64.max
        let statement = try db.cachedStatement(
            sql: "SELECT replica, seq, previous, hash FROM pending WHERE replica = ? AND seq <= ? ORDER BY seq")
        return try Row.fetchAll(statement, arguments: [log.row, turn]).map { [$0[0] as Int64, $0[1] as Int64, $0[2] as Data, $0[3] as Data] }
    }

    /// Applies those waiting entries of a log whose turn it is; whether there was one.
    private func applyPending(of replica: ReplicaID, _ applied: inout Applied) throws -> Bool {
        var isProgress = false
        for key in try due(of: replica) {
            guard let (entry, position) = try pending(replica, key) else { continue }
            let isHeld = try logs.holds(position.appending(entry.id), of: replica)
            guard try isHeld || take(entry, after: position, &applied) else { continue }
            try db.cachedStatement(sql: "DELETE FROM pending WHERE replica = ? AND seq = ? AND previous = ? AND hash = ?")
                .execute(arguments: key)
            isProgress = true
        }
        return isProgress
    }

    // MARK: Out of turn

    private typealias Place = (replica: ReplicaID, key: StatementArguments)

    /// Takes in an entry that waits for its turn, while an entry whose turn it is rests on it: that stood in another log, which
    /// a fork has cut off before it, and was logged again. It stays in line, and becomes part of its log when its turn comes.
    /// - Returns: whether there was one.
    private func takeOutOfTurn(_ applied: inout Applied) throws -> Bool {
        var open: [Place] = []
        var inLine: [Data: Place] = [:]
        for replica in try waitingLogs() {
            open += try due(of: replica).map { (replica, $0) }
            for (hashes, key) in try line(of: replica) { for hash in hashes { inLine[hash] = (replica, key) } }
        }
        var seen: Set<Data> = []
        while let place = open.popLast() {
            guard let entry = try pending(place.replica, place.key)?.0 else { continue }
            for hash in try missing(to: entry) where seen.insert(hash).inserted {
                guard let needed = inLine[hash], let (entry, _) = try pending(needed.replica, needed.key) else { continue }
                if try store(entry, &applied) != nil { return true }
                open.append(needed)
            }
        }
        return false
    }

    /// The waiting entries that go on with a log without a gap, in whatever form if there are several: the hashes of each and of its
    /// text.
    private func line(of replica: ReplicaID) throws -> [(hashes: [Data], key: StatementArguments)] {
        let end = try knownLog(replica).end
        var reached: Set = [end]
        let statement = try db.cachedStatement(
            sql: "SELECT replica, seq, previous, hash, text_hash FROM pending WHERE replica = ? AND seq > ? ORDER BY seq")
        return try Row.fetchAll(statement, arguments: [knownLog(replica).row, end.sequence]).compactMap { row in
            let (previous, hash) = (row[2] as Data, row[3] as Data)
            let position = LogPosition(sequence: row[1] - 1, chain: Chain(blob: previous))
            guard reached.contains(position) else { return nil }
            reached.insert(position.appending(EntryID(blob: hash)))
            return ([hash] + [row[4] as Data?].compactMap(\.self), [row[0] as Int64, row[1] as Int64, previous, hash])
        }
    }

    /// The hashes of what an entry rests on and is not here.
    private func missing(to entry: LogEntry) throws -> [Data] {
        guard entry.kind == .revision, let revision = try? Revision(canonicalBytes: entry.bytes) else { return [] }
        let parents = try revision.parents.filter { try entries.row(of: $0.entry) == nil }.map(\.entry.blob)
        return try parents + [entry.text?.base].compactMap(\.self).filter { try texts.id(of: $0) == nil }.map(\.blob)
    }

    private func pending(_ replica: ReplicaID, _ key: StatementArguments) throws -> (LogEntry, LogPosition)? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT seq, previous, recorded, kind, bytes, text_hash, text_base, text_data FROM pending
                WHERE replica = ? AND seq = ? AND previous = ? AND hash = ?
                """)
        guard let row = try Row.fetchOne(statement, arguments: key) else { return nil }
        let text = (row[5] as Data?).map {
            EncodedText(hash: TextHash(blob: $0), base: (row[6] as Data?).map { TextHash(blob: $0) }, data: row[7])
        }
        let entry = LogEntry(
            replica: replica, sequence: row[0], recorded: Timestamp(milliseconds: row[2]), kind: EntryKind(rawValue: row[3]),
            bytes: row[4], text: text)
        return (entry, LogPosition(sequence: entry.sequence - 1, chain: Chain(blob: row[1])))
    }
}
