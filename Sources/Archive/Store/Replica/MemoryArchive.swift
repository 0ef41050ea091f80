import GRDB
import History
import Synchronization

extension Archive {
    /// An archive that lives as long as this object.
    public static func inMemory(id: ArchiveID = .random(), environment: Environment) throws -> Archive {
        let queue = try DatabaseFile.inMemory(environment)
        let archive = Archive(path: nil, environment: environment, database: queue)
        try archive.initializeIdentity(id)
        return archive
    }

    /// A database in memory with the schema and nothing in it.
    package static func memoryDatabase() throws -> DatabaseQueue {
        try DatabaseFile.inMemory(Environment(states: nil))
    }

    /// An archive in a database in memory that others may have been in before, which is faster than to make one.
    /// - Parameters:
    ///   - id: to empty the database and begin a new replica of this archive; `nil` to take it as it is.
    ///   - place: what stands for the file's path in the replica's state.
    package static func inMemory(_ database: DatabaseQueue, id: ArchiveID?, place: String, environment: Environment)
        throws -> Archive
    {
        let archive = Archive(path: nil, place: place, environment: environment, database: database)
        if let id {
            try database.empty()
            try archive.initializeIdentity(id)
        }
        return archive
    }
}

// Both leave the connections' cached statements as they are. To set a pragma, foreign keys for example, or to copy by SQLite's
// backup makes SQLite compile all of them anew, which takes longer than all the rest.
extension DatabaseQueue {
    fileprivate func empty() throws { try write { try $0.empty() } }

    /// Makes the content of `target`, which has the same schema, that of this database.
    package func copy(to target: DatabaseQueue) throws {
        let tables = try unsafeRead { db in
            try db.tables().map { ($0, try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM \($0)"))) }
        }
        try target.write { db in
            try db.empty()
            for (table, rows) in tables {
                for row in rows {
                    let values = repeatElement("?", count: row.count).joined(separator: ", ")
                    try db.cachedStatement(sql: "INSERT INTO \(table) VALUES (\(values))")
                        .execute(arguments: StatementArguments(row.databaseValues))
                }
            }
        }
    }
}

extension Database {
    /// The tables, which are the same in all archives; each refers to itself and those before it only.
    fileprivate static let tables = Mutex<[String]>([])

    fileprivate func tables() throws -> [String] {
        try Self.tables.withLock { tables in
            if tables.isEmpty {
                tables = try String.fetchAll(
                    self,
                    sql:
                        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid"
                )
            }
            return tables
        }
    }

    fileprivate func empty() throws {
        for table in try tables().reversed() { try cachedStatement(sql: "DELETE FROM \(table)").execute() }
    }
}
