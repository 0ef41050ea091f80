import Files
import Foundation
import GRDB
import History

/// Brings an archive file of an older schema to the present one.
///
/// The change is one transaction, in which the result is read whole and checked before it is committed: a process that is killed,
/// or a full disk, leaves the file as it was. Before that, the file is copied to `<archive>.v<old version>`, where it stays until
/// the change is committed; for good if the archive turns out to be damaged.
struct ArchiveMigration {
    let path: String
    let environment: Archive.Environment
    /// Whether the file is copied first. Not where it is a copy itself.
    var keepsCopy = true

    private var schema: Schema { environment.schema }

    /// - Parameter progress: called with the number of items whose derived rows are computed.
    /// - Returns: `nil` if the file has the present schema, or one of which no step is known.
    /// - Throws: `ArchiveError`; the file is then as it was.
    func run(progress: (Int) -> Void = { _ in }) throws -> MigrationReport? {
        guard let header = DatabaseHeader(path: path), schema.isOlder(header.userVersion) else { return nil }
        return try DatabaseFile.translatingErrors(path) {
            var configuration = DatabaseFile.configuration(environment)
            // Tables are dropped in whichever order.
            configuration.foreignKeysEnabled = false
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let report = try queue.writeWithoutTransaction { db in
                var report: MigrationReport?
                try db.inTransaction(.immediate) {
                    report = try change(db, progress)
                    return .commit
                }
                return report
            }
            try queue.close()
            if let report, report.keptCopy == nil, keepsCopy { unlink(copyPath(report.from)) }
            return report
        }
    }

    private func copyPath(_ version: Int) -> String { "\(path).v\(version)" }

    /// Makes all changes in a transaction in which nobody else writes.
    private func change(_ db: Database, _ progress: (Int) -> Void) throws -> MigrationReport? {
        // The header told of the last checkpoint; another process may have been faster.
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version")!
        guard schema.isOlder(version) else { return nil }
        if keepsCopy { try copy(version) }
        let ends = try logEnds(db)
        for step in schema.steps(from: version) { try step.change(db) }
        try remakeDerivedTables(db)
        try ArchiveWriter(db: db, environment: environment, place: nil).rebuild(progress: progress)
        try Identity(db: db).renewLink()
        try db.execute(sql: "PRAGMA user_version = \(schema.version)")
        guard try logEnds(db) == ends else {
            throw ArchiveError(
                .failed, "\(path) was not brought to schema \(schema.version): its logs would not end as they did")
        }
        return MigrationReport(
            from: version, to: schema.version, keptCopy: try !keepsCopy || isSound(db) ? nil : copyPath(version))
    }

    private func isSound(_ db: Database) throws -> Bool {
        var verification = Verification(db: db)
        try verification.run { _ in }
        return verification.report.isSound
    }

    private func remakeDerivedTables(_ db: Database) throws {
        for table in DerivedRows.tables.reversed() { try db.execute(sql: "DROP TABLE IF EXISTS \(table)") }
        for statement in Schema.statements
        where Schema.subject(of: statement).map({ DerivedRows.tables.contains($0.table) }) ?? false {
            try db.execute(sql: statement)
        }
    }

    /// Where each log ends. They say what is before: each end names a chain over all entries.
    private func logEnds(_ db: Database) throws -> Set<[String]> {
        let last = "SELECT max(first) FROM log m WHERE m.replica = l.replica"
        let rows = try Row.fetchAll(
            db,
            sql:
                "SELECT hex(r.hash), l.first + l.count - 1, hex(l.chain) FROM log l JOIN replica r ON r.id = l.replica WHERE l.first = (\(last))"
        )
        return try Set(rows.map { row in [try row[0], String(try row[1] as Int), try row[2]] })
    }

    // MARK: The copy

    /// Copies the file as it was committed last.
    private func copy(_ version: Int) throws {
        let source = try DatabaseQueue(path: path, configuration: readOnly)
        let archive = try source.tolerantRead { try Identity(db: $0).archive }
        let leftover = SafeFile.Replaceable.file { _ in try requireCopy(copyPath(version), of: archive) }
        try SafeFile.makeDatabase(copyPath(version), replacing: leftover) { temporary in
            let target = try DatabaseQueue(path: temporary, configuration: Configuration())
            try source.backup(to: target)
            // One file: it may stay.
            try target.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try target.close()
        }
        try source.close()
    }

    /// - Throws: `ArchiveError` unless a file is what a migration of this archive that was cut off left behind.
    private func requireCopy(_ file: String, of archive: ArchiveID) throws {
        guard let header = DatabaseHeader(path: file), header.applicationID == DatabaseFile.applicationID,
            try DatabaseQueue(path: file, configuration: readOnly).tolerantRead({ try Identity(db: $0).archive })
                == archive
        else {
            throw ArchiveError(
                .cannotWrite, "\(file) stands where the archive is to be copied before its schema is changed",
                subject: file, remedy: .moveAway(file))
        }
    }

    private var readOnly: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        return configuration
    }
}
