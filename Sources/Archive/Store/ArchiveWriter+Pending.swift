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
            for hash in try Data.fetchAll(
                db.cachedStatement(sql: "SELECT hash FROM replica WHERE id IN (SELECT replica FROM pending)")) {
                while try applyPending(of: ReplicaID(blob: hash), &applied) { isProgress = true }
            }
        }
    }

    /// Applies those waiting entries of a log whose turn it is; whether there was one.
    private func applyPending(of replica: ReplicaID, _ applied: inout Applied) throws -> Bool {
        let log = try knownLog(replica)
        // Of a log that has ended, nothing waits for its turn.
        let turn = log.last == nil ? log.end.sequence + 1 : Int64.max
        let due = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT seq, previous, hash FROM pending WHERE replica = ? AND seq <= ? ORDER BY seq"),
            arguments: [log.row, turn])
        var isProgress = false
        for row in due {
            let key: StatementArguments = [log.row, row[0] as Int64, row[1] as Data, row[2] as Data]
            guard let (entry, position) = try pending(replica, key) else { continue }
            let isHeld = try logs.holds(position.appending(entry.id), of: replica)
            guard try isHeld || take(entry, after: position, &applied) else { continue }
            try db.cachedStatement(sql: "DELETE FROM pending WHERE replica = ? AND seq = ? AND previous = ? AND hash = ?")
                .execute(arguments: key)
            isProgress = true
        }
        return isProgress
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
