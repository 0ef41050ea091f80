import Files
import Foundation
import GRDB
import History

/// An archive that is made of the rows found in a damaged file, in a file of its own, so that it can be read as any other is; what is
/// wrong in it is found as everywhere, by hashes.
///
/// What SQLite can still read comes first, since it tells rows that hold from those that pages no longer in use have left; then all
/// pages are looked through, and what is missing is filled in.
struct FoundArchive {
    let queue: DatabaseQueue
    private let partial: PartialFile

    /// - Parameters:
    ///   - sqlite: the damaged file, if SQLite opens it.
    ///   - target: beside which the file stands while it is in use.
    /// - Throws: `ArchiveError` if the file cannot be read, or nothing can be written.
    init(_ path: String, sqlite: DatabaseQueue?, beside target: String) throws {
        partial = try PartialFile(for: target, ending: "found", isDatabase: true)
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { db in
            for setting in [
                "page_size = 16384", "journal_mode = OFF", "synchronous = OFF", "ignore_check_constraints = ON",
            ] {
                try db.execute(sql: "PRAGMA \(setting)")
            }
        }
        queue = try DatabaseQueue(path: partial.path, configuration: configuration)
        let file = try PageFile(path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: String(decoding: PackageResources.schema_sql, as: UTF8.self))
            try db.execute(sql: "BEGIN")
            try? sqlite?.tolerantRead { source in for table in FoundRow.Table.allCases { Self.copy(table, source, db) }
            }
            try FoundRows(file: file).forEach { try Self.insert($0, db) }
            try Self.nameTexts(db)
            try db.execute(sql: "COMMIT")
        }
        // Locks of the connection end with the first descriptor of the file that is closed.
        try? sqlite?.close()
        withExtendedLifetime(file) {}
    }

    /// Whether anything of an archive was found: an ID, or an entry or a text that has its hash.
    func holdsAnything() throws -> Bool {
        try queue.read { db in
            if (try? Identity(db: db).archive) != nil { return true }
            let entries = EntryStore(db: db)
            let rows = try Int64.fetchAll(db, sql: "SELECT id FROM entry LIMIT 1000")
            if rows.contains(where: { (try? entries.bytes(row: $0)) != nil }) { return true }
            let texts = TextStore(db: db, known: KnownRows())
            return try Int64.fetchAll(db, sql: "SELECT number FROM text LIMIT 1000").contains {
                (try? texts.bytes(id: $0)) != nil
            }
        }
    }

    /// Copies what SQLite can read of a table.
    private static func copy(_ table: FoundRow.Table, _ source: Database, _ target: Database) {
        func take(_ row: Row) throws {
            let values = try (0..<table.columnCount).map { StoredValue(try row[$0] as DatabaseValue) }
            // Through the same sieve as what is found in pages.
            let number = table.key == nil ? nil : values[0].integer
            let record = number == nil ? values : [.null] + values.dropFirst()
            if FoundRow.candidates(record, number: number).contains(where: { $0.table == table }) {
                try insert(FoundRow(table: table, values: values), target)
            }
        }
        guard let key = table.key else {
            let rows = try? Row.fetchCursor(source, sql: "SELECT \(table.columns) FROM \(table.rawValue)")
            while let row = try? rows?.next() { try? take(row) }
            return
        }
        let columns = table.columns.dropFirst(key.count + 1)
        try? TolerantScan(db: source, table: table.rawValue, key: key, columns: String(columns)).forEach(unreadable: {
            _ in
        }) { _, row in try take(row) }
    }

    /// Gives texts that packs hold, and whose hashes are lost, the hashes that they have: entries name texts by their numbers, and tell by
    /// their own hashes whether that is right.
    private static func nameTexts(_ db: Database) throws {
        let texts = TextStore(db: db, known: KnownRows())
        let named = try db.makeStatement(sql: "SELECT count(*) FROM text WHERE number BETWEEN ? AND ?")
        func name(_ pack: @autoclosure () throws -> OpenedPack, _ range: Range<Int64>) throws {
            guard try Int64.fetchOne(named, arguments: [range.lowerBound, range.upperBound - 1]) != Int64(range.count),
                let pack = try? pack()
            else { return }
            for number in pack.first..<pack.end {
                guard let bytes = try? texts.unchecked(number) else { continue }
                try insert(
                    FoundRow(table: .text, values: [.integer(number), .blob(TextHash(hashing: bytes).bytes)]), db)
            }
        }
        for row in try Row.fetchAll(db, sql: "SELECT first, count, codec, piece, pieces FROM text_pack ORDER BY first")
        {
            guard let stored = try? TextPacks.StoredPack(row) else { continue }
            try name(
                OpenedPack(
                    first: stored.first, count: Int(stored.count),
                    bytes: texts.packs.unpack(stored.codec, texts.packs.data(stored))), stored.range)
        }
        for row in try Row.fetchAll(db, sql: "SELECT first, count, data FROM text_open ORDER BY first") {
            guard let open = try? TextPacks.OpenRow(row) else { continue }
            try name(OpenedPack(first: open.range.lowerBound, count: open.range.count, bytes: row[2]), open.range)
        }
    }

    /// The first row with a key counts.
    private static func insert(_ row: FoundRow, _ db: Database) throws {
        let marks = row.values.map { _ in "?" }.joined(separator: ", ")
        let statement = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO \(row.table.rawValue) (\(row.table.columns)) VALUES (\(marks))")
        do {
            try statement.execute(arguments: StatementArguments(row.values.map(\.database)))
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            // A value that no column of the table holds.
        }
    }
}

extension StoredValue {
    init(_ value: DatabaseValue) {
        self =
            switch value.storage {
            case .null: .null
            case .int64(let number): .integer(number)
            case .double(let number): .real(number)
            case .string(let text): .text(Array(text.utf8))
            case .blob(let data): .blob([UInt8](data))
            }
    }

    var database: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let bytes): String(decoding: bytes, as: UTF8.self).databaseValue
        case .blob(let bytes): Data(bytes).databaseValue
        }
    }
}
