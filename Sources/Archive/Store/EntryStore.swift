import Foundation
import GRDB

/// The entries that logs name, each stored once by its hash.
struct EntryStore {
    let db: Database
    var known: KnownRows?

    // MARK: Reading

    /// The row of an entry; `nil` if it is not held.
    func row(of id: EntryID) throws -> Int64? {
        if let row = known?.entries[id] { return row }
        let statement = try db.cachedStatement(sql: "SELECT id FROM entry WHERE substr(hash, 1, 6) = substr(?1, 1, 6) AND hash = ?1")
        let row = try Int64.fetchOne(statement, arguments: [id.blob])
        if let row { known?.add(row, id) }
        return row
    }

    func id(row: Int64) throws -> EntryID {
        let statement = try db.cachedStatement(sql: "SELECT hash FROM entry WHERE id = ?")
        guard let hash = try Data.fetchOne(statement, arguments: [row]) else { throw Self.missing(row) }
        return EntryID(blob: hash)
    }

    func bytes(row: Int64) throws -> [UInt8] {
        try unpack(packed(row: row))
    }

    func revision(row: Int64) throws -> Revision { try Revision(canonicalBytes: bytes(row: row)) }

    /// The bytes out of the column's value.
    func unpack(_ packed: [UInt8]) throws -> [UInt8] { try EntryCoding.unpack(packed, fields: fields(row:), hash: hash) }

    private func hash(_ reference: EntryCoding.Reference) throws -> [UInt8] {
        switch reference {
        case .entry(let row): try id(row: row).bytes
        case .text(let number): try TextStore(db: db, known: known).hash(id: number).bytes
        }
    }

    /// The member `fields` that stands in an entry, rather than being taken from another.
    private func fields(row: Int64) throws -> [UInt8] {
        if let fields = known?.fields[row] { return fields }
        let bytes = try EntryCoding.unpack(packed(row: row), fields: { _ in throw EntryCoding.damaged }, hash: hash)
        guard let place = EntryCoding.fields(in: bytes) else { throw EntryCoding.damaged }
        known?.add(fields: Array(bytes[place]), row)
        return Array(bytes[place])
    }

    /// The row in which the fields of a revision stand, and the bytes that they are.
    private func fields(of revision: RevisionID) throws -> EntryCoding.HeldFields? {
        guard let row = try row(of: revision.entry) else { return nil }
        if let standing = try EntryCoding.fieldsReference(packed(row: row)) {
            return EntryCoding.HeldFields(row: standing, bytes: try fields(row: standing))
        }
        let bytes = try unpack(packed(row: row))
        return EntryCoding.fields(in: bytes).map { EntryCoding.HeldFields(row: row, bytes: Array(bytes[$0])) }
    }

    private func packed(row: Int64) throws -> [UInt8] {
        let statement = try db.cachedStatement(sql: "SELECT bytes FROM entry WHERE id = ?")
        guard let packed = try Row.fetchOne(statement, arguments: [row]) else { throw Self.missing(row) }
        return packed[0]
    }

    private static func missing(_ row: Int64) -> ArchiveError {
        ArchiveError(.corrupt, "entry number \(row) is not in the archive", advice: "`archivectl verify` says what else is missing")
    }

    // MARK: Writing

    /// Stores an entry; the caller has seen that it is not held.
    /// - Parameter parent: a revision that it replaces, whose fields most likely are its own.
    func insert(_ id: EntryID, kind: EntryKind, bytes: [UInt8], parent: RevisionID? = nil) throws -> Int64 {
        let packed = try EntryCoding.pack(bytes, fields: parent.flatMap { try fields(of: $0) }) { hash in
            // A hash names an entry or a text; of what is not here, it is kept as it stands.
            if let entry = try self.row(of: EntryID(bytes: hash)!) { return .entry(entry) }
            let text = TextHash(bytes: hash)!
            return try TextStore(db: db, known: known).id(of: text).map { .text($0) }
        }
        try db.cachedStatement(sql: "INSERT INTO entry (hash, kind, bytes) VALUES (?, ?, ?)")
            .execute(arguments: [id.blob, kind == .revision ? nil : kind.rawValue, Data(packed)])
        let row = db.lastInsertedRowID
        known?.add(row, id)
        return row
    }
}
