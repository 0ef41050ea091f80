import Foundation
import GRDB
import History

/// The versions of the archive file's schema that this program knows. The file names its own in `PRAGMA user_version`.
package struct Schema: Sendable {
    /// The first version that was released. No file is older.
    static let oldest = 7

    /// The steps from the oldest version to the present one, in order.
    let migrations: [Migration]

    package init(migrations: [Migration]) { self.migrations = migrations }

    package static let present = Schema(migrations: Migration.released)

    /// The version that new files have, and that all others are brought to.
    package var version: Int { Self.oldest + migrations.count }

    /// What a file of an older version is to go through.
    func steps(from version: Int) -> ArraySlice<Migration> { migrations[(version - Self.oldest)...] }

    /// Whether a file of this version can be brought to the present one.
    func isOlder(_ version: Int) -> Bool { Self.oldest..<self.version ~= version }

    /// - Throws: `ArchiveError` if a file is of a version that this program can neither read nor bring to its own.
    func requireKnown(_ version: Int, _ path: String) throws {
        if Self.oldest...self.version ~= version { return }
        // A number that was never given may be damage.
        let salvageable = DatabaseFile.isLaidOutAsArchive(path) ? path : nil
        guard version > self.version else {
            throw ArchiveError(
                .badInput, "\(path) has schema \(version), which was never released", subject: path,
                remedy: .useItsWriter(salvaging: salvageable))
        }
        throw newer(version, path, .updateOrReadOnly(salvaging: salvageable))
    }

    private func newer(_ version: Int, _ path: String, _ remedy: Remedy) -> ArchiveError {
        ArchiveError(
            .badInput,
            "\(path) was written by a newer version of this program: it has schema \(version), and this one knows \(self.version)",
            subject: path, remedy: remedy)
    }

    // MARK: Files of later versions

    /// - Throws: `ArchiveError` unless a file of a later version has every table and column that this program reads. What it has
    ///   beyond them is passed over.
    func requireReadable(_ db: Database, _ version: Int, _ path: String) throws {
        guard version > self.version else { return try requireKnown(version, path) }
        guard try Self.columns.isSubset(of: Self.columns(db)) else {
            throw newer(version, path, .updateToRead)
        }
    }

    /// The columns of all tables of the present version, each with its table.
    static var columns: Set<String> {
        get throws {
            let empty = try DatabaseQueue()
            try empty.write { try $0.execute(sql: definitions) }
            return try empty.read(columns)
        }
    }

    static func columns(_ db: Database) throws -> Set<String> {
        let names =
            "SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'"
        return try Set(String.fetchAll(db, sql: names))
    }

    // MARK: Definitions

    /// The statements that make a file of the present version.
    static var definitions: String { String(decoding: PackageResources.schema_sql, as: UTF8.self) }

    /// Those of them that make tables and indexes.
    static var statements: [String] {
        // Comments may have semicolons in them.
        let lines = definitions.split(separator: "\n").map {
            $0.split(separator: "--", maxSplits: 1, omittingEmptySubsequences: false)[0]
        }
        return lines.joined(separator: "\n").split(separator: ";").map(String.init).filter { $0.contains("CREATE") }
    }

    /// What a statement of `statements` makes, and for which table.
    static func subject(of statement: String) -> (isIndex: Bool, table: String)? {
        let words = statement.split { $0.isWhitespace || $0 == "(" }
        guard words.count > 2, words[0] == "CREATE" else { return nil }
        if words[1] == "TABLE" { return (false, String(words[2])) }
        guard let on = words.firstIndex(of: "ON"), on + 1 < words.count else { return nil }
        return (true, String(words[on + 1]))
    }
}
