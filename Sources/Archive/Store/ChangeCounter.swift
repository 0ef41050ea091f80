import GRDB

extension Archive {
    /// A number that is another one when a connection other than this archive's own has changed the file since it was last
    /// asked for: another process, say. Costs next to nothing.
    public func changeCounter() throws -> Int {
        // SQLite's PRAGMA data_version says so of one connection; a queue has one.
        try DatabaseFile.translatingErrors(path) {
            try database.unsafeRead { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
        }
    }
}
