import GRDB
import History

/// The rows of tables that are neither history nor derived from it: what this file remembers of remotes, of files, of what waits and
/// what is lacking. A damaged one can be forgotten always: it is learnt anew, from the next synchronization or import.
struct LocalRows {
    /// A table, and what holds of each of its rows.
    private struct Table {
        let name: String
        let valid: String
    }

    let db: Database

    private static let replicas = "(SELECT id FROM replica WHERE typeof(hash) = 'blob' AND length(hash) = 16)"
    private static let remotes = "(SELECT id FROM remote)"
    private static let entries = "(SELECT id FROM entry)"

    private static func isHash(_ column: String) -> String { "typeof(\(column)) = 'blob' AND length(\(column)) = 32" }
    private static func isHashOrNull(_ column: String) -> String { "(\(column) IS NULL OR \(isHash(column)))" }
    private static func isNumber(_ column: String) -> String {
        "typeof(\(column)) = 'integer' AND \(column) BETWEEN 0 AND \(RowNumbers.end - 1)"
    }

    /// What waits comes first: where it is forgotten, remotes are asked for it again.
    private static let tables = [
        Table(
            name: "pending",
            valid: """
                \(isNumber("id")) AND replica IN \(replicas) AND \(isNumber("seq")) AND seq > 0
                AND \(["previous", "chain", "hash"].map(isHash).joined(separator: " AND "))
                AND \(["text_hash", "text_base"].map(isHashOrNull).joined(separator: " AND "))
                AND typeof(recorded) = 'integer' AND typeof(kind) = 'text' AND typeof(bytes) = 'blob' AND typeof(text_data) IN ('blob', 'null')
                AND typeof(needs) IN ('blob', 'null') AND wanted IN (0, 1) AND reached IN (0, 1)
                """),
        Table(
            name: "remote_log",
            valid:
                "remote IN \(remotes) AND replica IN \(replicas) AND \(isNumber("seq")) AND \(isHash("chain")) AND taken IN (0, 1)"
        ),
        Table(
            name: "remote_cut",
            valid: "remote IN \(remotes) AND replica IN \(replicas) AND \(isNumber("seq")) AND seq > 0"),
        Table(name: "lacking", valid: "number IN (SELECT number FROM text)"),
        Table(
            name: "imported",
            valid: """
                typeof(path) = 'text' AND source IN \(entries) AND (form IS NULL OR form IN \(entries)) AND typeof(pieces) = 'blob'
                AND \(["device", "inode", "size", "modified", "changed"].map { "typeof(\($0)) = 'integer'" }.joined(separator: " AND "))
                AND typeof(split) IN ('text', 'null') AND typeof(encoding) IN ('text', 'null')
                """),
    ]

    /// The tables that have invalid rows, and how many.
    func invalid() throws -> [(table: String, count: Int)] {
        try Self.tables.compactMap { table in
            let count =
                try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table.name) WHERE (\(table.valid)) IS NOT 1") ?? 0
            return count > 0 ? (table.name, count) : nil
        }
    }

    /// Takes invalid rows out.
    func forgetInvalid() throws {
        for table in Self.tables {
            try db.execute(sql: "DELETE FROM \(table.name) WHERE (\(table.valid)) IS NOT 1")
            if db.changesCount > 0, ["pending", "remote_log"].contains(table.name) { try forgetRemotes() }
        }
        // It is counted anew.
        try db.execute(
            sql:
                "DELETE FROM local WHERE key = 'waiting' AND NOT (typeof(value) = 'integer' AND value BETWEEN 0 AND \(RowNumbers.end - 1))"
        )
        try db.execute(sql: "UPDATE remote SET preferred = 0 WHERE preferred NOT IN (0, 1)")
        try db.execute(sql: "UPDATE remote SET reached = NULL WHERE reached NOT BETWEEN 0 AND \(RowNumbers.end - 1)")
        // A replica that has no log here, and that nothing speaks of any more.
        try db.execute(
            sql: "DELETE FROM replica WHERE id NOT IN \(Self.replicas) AND id NOT IN (SELECT replica FROM log)")
    }

    /// Forgets what remotes hold, so that they are asked for everything: what waited came from one of them.
    private func forgetRemotes() throws {
        try db.execute(sql: "DELETE FROM remote_log")
        try db.execute(sql: "UPDATE remote SET digest = NULL")
    }
}

extension Verification {
    /// What this file remembers.
    mutating func checkLocalRows() throws {
        for (table, count) in try LocalRows(db: db).invalid() {
            note(
                "\(count == 1 ? "a row" : "\(count) rows") of what this file remembers (the table '\(table)') cannot be used",
                table, .rebuild)
        }
        for row in try Row.fetchAll(
            db,
            sql:
                "SELECT id, EXISTS (SELECT 1 FROM log WHERE replica = replica.id) FROM replica WHERE NOT (typeof(hash) = 'blob' AND length(hash) = 16)"
        ) {
            let hasLog = (try? row[1] as Bool) ?? true
            note("a replica's ID cannot be read", "replica", hasLog ? VerificationReport.Repair.salvage : .rebuild)
        }
        for name in try unusableRemotes() {
            note("what is known of the remote '\(name)' cannot be used", "remote", .rebuild)
        }
    }

    private func unusableRemotes() throws -> [String] {
        let sql =
            "SELECT name FROM remote WHERE preferred NOT IN (0, 1) OR reached NOT BETWEEN 0 AND \(RowNumbers.end - 1)"
        return try Row.fetchAll(db, sql: sql).map { (try? $0[0] as String) ?? "?" }
    }
}
