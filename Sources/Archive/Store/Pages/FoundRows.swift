import Foundation

/// A row of one of an archive's tables, known by its form: how many columns it has, and of what types.
///
/// That the form fits proves little, and need not: each text and entry is compared with its hash before it counts, each log with its
/// chain.
struct FoundRow {
    enum Table: String, CaseIterable {
        case entry, text
        case pack = "text_pack"
        case piece = "text_piece"
        case open = "text_open"
        case dictionary, replica, log, local, revision, remote

        /// All columns, the number of the row first.
        var columns: String {
            switch self {
            case .entry: "id, hash, kind, bytes"
            case .text: "number, hash"
            case .pack: "first, count, codec, piece, pieces"
            case .piece: "id, data"
            case .open: "first, count, data"
            case .dictionary: "number, id, data"
            case .replica: "id, hash"
            case .log: "replica, first, count, entry, recorded, times, chain"
            case .local: "key, value"
            case .revision: "id, item, text"
            case .remote: "id, name, url, token_file, proxy, ca_file, preferred, digest, reached"
            }
        }

        /// The column by which rows are ordered and that no two share; `nil` of a table without numbers of rows.
        var key: String? { self == .log || self == .local ? nil : String(columns.prefix { $0 != "," }) }

        var columnCount: Int { columns.split(separator: ",").count }
    }

    let table: Table
    /// In the order of `Table.columns`.
    let values: [StoredValue]

    /// The rows that a record can be: of a few bytes, it can be one of several tables.
    /// - Parameter number: the row's, if its table has such.
    static func candidates(_ record: [StoredValue], number: Int64?) -> [FoundRow] {
        guard let number else { return unnumbered(record).map { [FoundRow(table: $0, values: record)] } ?? [] }
        guard 1..<RowNumbers.end ~= number, record[0].isNull else { return [] }
        let values = [.integer(number)] + record.dropFirst()
        return numbered(Array(record.dropFirst())).map { FoundRow(table: $0, values: values) }
    }

    private static func unnumbered(_ record: [StoredValue]) -> Table? {
        switch record.count {
        case 2:
            record[0].text.map {
                ["archive", "replica", "merge", "waiting"].contains(String(decoding: $0, as: UTF8.self))
            } == true ? .local : nil
        case 7:
            record[..<5].allSatisfy { $0.integer != nil } && (record[5].isNull || record[5].blob != nil)
                && record[6].blob?.count == 32 ? .log : nil
        default: nil
        }
    }

    /// - Parameter columns: those behind the number.
    private static func numbered(_ columns: [StoredValue]) -> [Table] {
        switch columns.count {
        case 1:
            guard let bytes = columns[0].blob else { return [] }
            return bytes.count == 32 ? [.text, .piece] : bytes.count == 16 ? [.replica, .piece] : [.piece]
        case 2 where columns[0].integer != nil:
            guard let bytes = columns[1].blob else {
                return columns[1].isNull || columns[1].integer != nil ? [.revision] : []
            }
            return [bytes.starts(with: dictionaryMagic) ? .dictionary : .open]
        case 3:
            return columns[0].blob?.count == 32 && (columns[1].isNull || columns[1].text != nil)
                && columns[2].blob != nil ? [.entry] : []
        case 4: return columns.allSatisfy { $0.integer != nil } ? [.pack] : []
        case 8:
            return columns[..<2].allSatisfy { $0.text != nil }
                && [columns[2], columns[3], columns[4], columns[6]].allSatisfy { $0.isNull || $0.text != nil }
                && columns[5].integer != nil && (columns[7].isNull || columns[7].integer != nil) ? [.remote] : []
        default: return []
        }
    }

    /// What a zstd dictionary begins with.
    private static let dictionaryMagic: [UInt8] = [0x37, 0xA4, 0x30, 0xEC]
}

/// All rows that the pages of a file hold, wherever they hang: a page above them may be lost, or the file's header.
struct FoundRows {
    let file: PageFile

    /// Calls `body` with each row that a page lists.
    func forEach(_ body: (FoundRow) throws -> Void) rethrows {
        // The first holds the schema, which is known.
        for number in stride(from: 2, through: file.count, by: 1) {
            guard let bytes = file.page(number), let page = TreePage(bytes) else { continue }
            try Self.settled(page.cells.map { candidates($0, page) }.filter { !$0.isEmpty }).forEach(body)
        }
    }

    private func candidates(_ cell: TreePage.Cell, _ page: TreePage) -> [FoundRow] {
        file.record(cell, in: page).flatMap(StoredRecord.values).map { FoundRow.candidates($0, number: cell.row) } ?? []
    }

    /// A page is one table's: where the form of a row leaves open whose it is, the others of its page tell.
    private static func settled(_ found: [[FoundRow]]) -> [FoundRow] {
        let isPieces =
            found.contains { $0.count == 1 && $0[0].table == .piece }
            || Set(found.map { $0[0].table }).isSuperset(of: [.text, .replica])
        return found.map { rows in rows.count > 1 && isPieces ? rows[1] : rows[0] }
    }
}
