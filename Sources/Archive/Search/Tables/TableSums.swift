import Foundation
import GRDB

/// The sums of the tables that say which documents there are, which were replaced, and what they have.
struct TableSums: Equatable {
    /// What a sum is of.
    enum Part: String, CaseIterable {
        case documents, annotations, stale, attributes, unread, logs
        /// Kept by `SegmentStore`, which changes the table.
        case segments
    }

    private var sums = Dictionary(uniqueKeysWithValues: Part.allCases.map { ($0, RowSum()) })

    subscript(_ part: Part) -> RowSum {
        get { sums[part]! }
        set { sums[part] = newValue }
    }

    init() {}

    static let table = """
        -- What the rows of the tables above come to (RowSum.swift).
        CREATE TABLE sum (
            part TEXT PRIMARY KEY,
            count INTEGER NOT NULL,
            sum INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    // MARK: As they are kept

    /// - Throws: `DamagedSegment` if one is missing.
    init(_ db: Database) throws {
        for part in Part.allCases { sums[part] = try Self.kept(part, db) }
    }

    /// What one part comes to.
    /// - Throws: `DamagedSegment` if that is missing.
    static func kept(_ part: Part, _ db: Database) throws -> RowSum {
        let statement = try db.cachedStatement(sql: "SELECT count, sum FROM sum WHERE part = ?")
        guard let row = try Row.fetchOne(statement, arguments: [part.rawValue]) else { throw DamagedSegment() }
        return RowSum(count: try row[0], sum: UInt64(bitPattern: try row[1]))
    }

    /// Writes all but that of the segments.
    func write(_ db: Database) throws {
        for part in Part.allCases where part != .segments { try Self.write(self[part], of: part, db) }
    }

    static func write(_ sum: RowSum, of part: Part, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO sum (part, count, sum) VALUES (?, ?, ?)")
            .execute(arguments: [part.rawValue, sum.count, Int64(bitPattern: sum.sum)])
    }

    // MARK: As the rows give them

    /// Reads all rows.
    /// - Throws: `DamagedSegment` or `DatabaseError` if a document is not as it was written.
    static func computed(_ db: Database) throws -> TableSums {
        var sums = TableSums()
        let documents = try Row.fetchCursor(db, sql: "SELECT id, checksum, \(DocumentRow.columns) FROM document")
        while let row = try documents.next() {
            let document = try DocumentRow(row, from: 2)
            let checksum = try document.checksum(id: row[0])
            guard try row[1] == Int64(bitPattern: checksum) else { throw DamagedSegment() }
            sums[.documents].add(checksum)
            if document.kind == DocumentKind.annotation.rawValue {
                sums[.annotations].add(RowSum.checksum(ofDocument: try row[0]))
            }
        }
        sums[.segments] = try SegmentStore(db: db).sum()
        try sum("SELECT id FROM stale", db) { sums[.stale].add(RowSum.checksum(ofDocument: try $0[0])) }
        try sum("SELECT field, value, document FROM attribute", db) {
            sums[.attributes].add(attribute(try $0[0], try $0[1], try $0[2]))
        }
        try sum("SELECT id, item FROM unread", db) { sums[.unread].add(unread(try $0[0], try $0[1])) }
        try sum("SELECT replica, last, chain FROM log", db) { sums[.logs].add(log(try $0[0], try $0[1], try $0[2])) }
        return sums
    }

    private static func sum(_ sql: String, _ db: Database, _ body: (Row) throws -> Void) throws {
        let rows = try Row.fetchCursor(db, sql: sql)
        while let row = try rows.next() { try body(row) }
    }

    // MARK: Rows

    static func attribute(_ field: String, _ value: String, _ document: Int64) -> UInt64 {
        checksum(Array("\(field)\0\(value)".utf8), at: document)
    }
    static func unread(_ document: Int64, _ item: Data) -> UInt64 { checksum(Array(item), at: document) }
    static func log(_ replica: Data, _ last: Int64, _ chain: Data) -> UInt64 {
        checksum(Array(replica + chain), at: last)
    }

    private static func checksum(_ bytes: [UInt8], at place: Int64) -> UInt64 {
        bytes.withUnsafeBytes { RowChecksum.of($0, at: UInt64(bitPattern: place)) }
    }
}
