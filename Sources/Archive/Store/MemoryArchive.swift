import GRDB

extension Archive {
    /// An archive that lives as long as this object.
    public static func inMemory(id: ArchiveID = .random(), environment: Environment) throws -> Archive {
        let queue = try DatabaseFile.inMemory(environment)
        let archive = Archive(path: nil, environment: environment, database: queue)
        try archive.found(id)
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
    package static func inMemory(_ database: DatabaseQueue, id: ArchiveID?, place: String, environment: Environment) throws -> Archive {
        let archive = Archive(path: nil, place: place, environment: environment, database: database)
        if let id {
            try database.empty()
            try archive.found(id)
        }
        return archive
    }

    /// Goes on under a new replica ID, as a restored backup does.
    package func beginIncarnation() throws {
        try database.write { _ = try Identity(db: $0).mint(environment.newReplicaID()) }
    }
}

extension DatabaseQueue {
    fileprivate func empty() throws {
        try writeWithoutTransaction { db in
            // Without foreign keys SQLite empties a table without looking at its rows.
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            try db.inTransaction {
                for table in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'") {
                    try db.execute(sql: "DELETE FROM \(table)")
                }
                return .commit
            }
            try db.execute(sql: "PRAGMA foreign_keys = ON")
        }
    }
}
