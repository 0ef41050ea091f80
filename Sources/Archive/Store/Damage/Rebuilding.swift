import Foundation
import GRDB

extension Archive {
    /// Drops the derived tables and computes them again from the entries. What is damaged, and what rests on it, is left out.
    ///
    /// Where SQLite's structures are damaged, the derived tables and all indexes are taken out of the schema as they are: to delete
    /// their rows could free pages that belong to others. The file is then written anew.
    /// - Returns: what is damaged, as far as it was met.
    public func rebuild(progress: (Int) -> Void = { _ in }) throws -> [DamagedItem] {
        let isWhole = try read { try $0.isStructureSound() }
        let damaged = try write { writer in
            if isWhole { try writer.rebuild(progress: progress) } else { try writer.rebuildAside(progress: progress) }
            let reader = writer.unrefreshedReader
            return reader.damage.flatMap { reader.items(damagedBy: $0) }
        }
        if !isWhole { try DatabaseFile.translatingErrors(path) { try database.writeWithoutTransaction { try $0.execute(sql: "VACUUM") } } }
        return damaged
    }
}

extension Archive {
    /// Whether SQLite finds its own structures sound.
    public func isStructureSound() throws -> Bool { try read { try $0.isStructureSound() } }
}

extension ArchiveReader {
    func isStructureSound() throws -> Bool {
        do {
            return try String.fetchAll(db, sql: "PRAGMA integrity_check(1)") == ["ok"]
        } catch where isDamage(error) {
            return false
        }
    }
}

extension ArchiveWriter {
    /// Rebuilds the derived tables and the indexes without touching the pages in which they were.
    fileprivate func rebuildAside(progress: (Int) -> Void) throws {
        let lines = String(decoding: PackageResources.schema_sql, as: UTF8.self).split(separator: "\n")
        // Comments may have semicolons in them.
        let statements = lines.map { $0.split(separator: "--", maxSplits: 1, omittingEmptySubsequences: false)[0] }.joined(separator: "\n").split(separator: ";")
        let derived = Set(DerivedRows.tables)
        let wanted = statements.filter { statement in
            let words = statement.split(whereSeparator: \.isWhitespace)
            guard words.count > 2, words[0] == "CREATE" else { return false }
            return words[1] == "INDEX" || words[1] == "TABLE" && derived.contains(String(words[2]))
        }
        let tables = DerivedRows.tables.map { "'\($0)'" }.joined(separator: ", ")
        try db.execute(sql: "PRAGMA writable_schema = ON")
        try db.execute(sql: "DELETE FROM sqlite_schema WHERE tbl_name IN (\(tables)) OR type = 'index' AND sql IS NOT NULL")
        try db.execute(sql: "PRAGMA writable_schema = RESET")
        db.clearSchemaCache()
        for statement in wanted { try db.execute(sql: String(statement)) }
        try rebuild(progress: progress)
    }
}
