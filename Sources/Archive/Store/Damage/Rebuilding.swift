import Foundation
import GRDB

extension Archive {
    /// Drops the derived tables and computes them again from the entries. What is damaged, and what rests on it, is left out. Rows of
    /// what this file remembers that cannot be used are forgotten.
    ///
    /// Where SQLite's structures are damaged, the derived tables and all indexes are taken out of the schema as they are: to delete
    /// their rows could free pages that belong to others. The file is then written anew.
    /// - Returns: what is damaged. All texts and entries are read for that.
    public func rebuild(progress: (Int) -> Void = { _ in }) throws -> [DamagedItem] {
        let (isWhole, damaged) = try rebuildDerived(progress: progress) { reader in
            try reader.noteDamagedContents()
            return reader.damage.flatMap { reader.items(damagedBy: $0) }
        }
        if !isWhole {
            try DatabaseFile.translatingErrors(path) {
                try database.writeWithoutTransaction { try $0.execute(sql: "VACUUM") }
            }
        }
        return damaged
    }
}

extension Archive {
    /// - Returns: whether SQLite's structures were sound before, and what `body` gives.
    private func rebuildDerived<Value>(progress: (Int) -> Void = { _ in }, _ body: (ArchiveReader) throws -> Value)
        throws -> (Bool, Value)
    {
        let isWhole = try read { try $0.isStructureSound() }
        let value = try write { writer in
            if isWhole {
                try LocalRows(db: writer.db).forgetInvalid()
                try writer.rebuild(progress: progress)
            } else {
                try writer.rebuildAside(progress: progress)
            }
            return try body(writer.unrefreshedReader)
        }
        return (isWhole, value)
    }

    /// Opens a copy of an archive in which everything that is derived is computed anew, to read it where the derived tables are damaged.
    /// The archive itself stays as it is: whether to write to a damaged file, its owner decides.
    /// - Throws: `ArchiveError` if the history cannot be read either, or there is no room for a copy.
    public static func openRecomputed(_ path: String, environment: Environment) throws -> Archive {
        let path = DatabaseFile.literal(path)
        let queue = try DatabaseFile.translatingErrors(path) {
            try ReadOnlyFile.changed(path, environment.schema) { copy, queue in
                var environment = environment
                environment.states = nil
                _ = try Archive(path: copy, environment: environment, database: queue).rebuildDerived { _ in }
            }
        }
        return Archive(
            path: path, environment: environment, database: queue, isReadOnly: true,
            changesInDamagedLog: try DatabaseFile.transactionsLost(path))
    }
}

extension Archive {
    /// Whether SQLite finds its own structures sound.
    public func isStructureSound() throws -> Bool { try read { try $0.isStructureSound() } }
}

extension ArchiveReader {
    /// Reads all texts and entries, and notes which are damaged.
    fileprivate func noteDamagedContents() throws {
        var verification = Verification(db: db)
        try verification.checkContents()
        for number in verification.damagedTexts.keys {
            if let hash = try? texts.hash(id: number) { known.damage.insert(.text(hash)) }
        }
        for case (let id?, _) in verification.damagedEntries.values { known.damage.insert(.entry(id)) }
    }

    func isStructureSound() throws -> Bool {
        do {
            return try String.fetchAll(db, sql: "PRAGMA integrity_check(1)") == ["ok"]
        } catch  where isDamage(error) {
            return false
        }
    }
}

extension ArchiveWriter {
    /// Rebuilds the derived tables and the indexes without touching the pages in which they were.
    fileprivate func rebuildAside(progress: (Int) -> Void) throws {
        let wanted = Schema.statements.filter { statement in
            Schema.subject(of: statement).map { $0.isIndex || DerivedRows.tables.contains($0.table) } ?? false
        }
        let tables = DerivedRows.tables.map { "'\($0)'" }.joined(separator: ", ")
        try db.execute(sql: "PRAGMA writable_schema = ON")
        try db.execute(
            sql: "DELETE FROM sqlite_schema WHERE tbl_name IN (\(tables)) OR type = 'index' AND sql IS NOT NULL")
        try db.execute(sql: "PRAGMA writable_schema = RESET")
        db.clearSchemaCache()
        for statement in wanted { try db.execute(sql: statement) }
        try LocalRows(db: db).forgetInvalid()
        try rebuild(progress: progress)
    }
}
