import GRDB

/// Which revisions have a text, in one transaction that asks that of many texts. An index on disk would make every archive larger
/// for what is rarely asked; looking through all revisions for each text would take as long as texts times revisions.
final class RevisionsByText {
    /// The newest row of a text, and for each row the one before it that has the same text.
    private var newest: [Int64: Int64] = [:]
    private var previous: [Int64: Int64] = [:]
    private var last: Int64 = 0

    /// The rows of the revisions that have a text.
    func rows(of text: Int64, in db: Database) throws -> [Int64] {
        try catchUp(db)
        guard let first = newest[text] else { return [] }
        return Array(sequence(first: first) { self.previous[$0] })
    }

    /// Adds what was written since the last time.
    private func catchUp(_ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "SELECT id, text FROM revision WHERE id > ? AND text IS NOT NULL ORDER BY id")
        let rows = try Row.fetchCursor(statement, arguments: [last])
        while let row = try rows.next() {
            let (id, text): (Int64, Int64) = (try row[0], try row[1])
            previous[id] = newest.updateValue(id, forKey: text)
            last = id
        }
    }
}
