import GRDB

/// Reads a table in the order of its integer key, and goes on behind pages that SQLite cannot read.
struct TolerantScan {
    let db: Database
    let table: String
    /// The integer key, by which rows are ordered.
    let key: String
    /// What is read, after the key.
    let columns: String
    var condition = "1"

    /// No key is larger.
    private static let last: Int64 = 1 << 48

    /// Calls `body` with each row that can be read: the key, then the columns.
    /// - Parameter unreadable: called where rows are missing for that, with the bounds between which their keys lie.
    func forEach(unreadable: (ClosedRange<Int64>) -> Void, _ body: (_ key: Int64, _ row: Row) throws -> Void) throws {
        // Not the smallest integer: SQLite has keys below 0, an archive has not.
        var position: Int64 = -1
        while position < Self.last {
            var failure: (any Error)?
            do {
                let rows = try Row.fetchCursor(
                    db,
                    sql: "SELECT \(key), \(columns) FROM \(table) WHERE \(key) > ? AND \(condition) ORDER BY \(key)",
                    arguments: [position])
                while let row = try Self.next(rows, &failure) {
                    guard let number: Int64 = try? row[0], number > position, number < Self.last else {
                        return unreadable(position + 1...Self.last)
                    }
                    position = number
                    try body(number, row)
                }
            } catch  where failure != nil {
            }
            guard failure != nil else { return }
            let next = try nextReadable(after: position)
            unreadable(position + 1...max(position + 1, next))
            position = next
        }
    }

    private static func next(_ rows: RowCursor, _ failure: inout (any Error)?) throws -> Row? {
        do {
            return try rows.next()
        } catch  where isDamage(error) {
            failure = error
            throw error
        }
    }

    /// The least key behind which, as far as is seen, rows can be read again: by steps that double, then halve.
    private func nextReadable(after position: Int64) throws -> Int64 {
        var (low, step): (Int64, Int64) = (position, 1)
        while try !isReadable(after: low + step) {
            low += step
            step *= 2
            guard low + step < Self.last else { return Self.last }
        }
        var high = low + step
        while high - low > 1 {
            let middle = (low + high) / 2
            if try isReadable(after: middle) { high = middle } else { low = middle }
        }
        return high
    }

    private func isReadable(after position: Int64) throws -> Bool {
        do {
            _ = try Row.fetchOne(
                db, sql: "SELECT \(key), \(columns) FROM \(table) WHERE \(key) > ? ORDER BY \(key) LIMIT 1",
                arguments: [position])
            return true
        } catch  where isDamage(error) {
            return false
        }
    }
}
