import GRDB
import History

/// Where fork entries end logs.
extension LogStore {
    /// Where a fork entry ends a log; `nil` if none does.
    func last(of replica: ReplicaID) throws -> Int64? {
        let statement = try db.cachedStatement(
            sql: "SELECT e.last FROM log_end e JOIN replica r ON r.id = e.replica WHERE r.hash = ?")
        guard let last = try Int64.fetchOne(statement, arguments: [replica.blob]) else { return nil }
        guard 0..<RowNumbers.end ~= last else { throw ArchiveError.damagedRow }
        return last
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
}
