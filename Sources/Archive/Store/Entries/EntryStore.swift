import Foundation
import GRDB
import History

/// The entries that logs name, each stored once by its hash.
struct EntryStore {
    let db: Database
    var known: KnownRows?

    // MARK: Reading

    /// The row of an entry; `nil` if it is not held.
    func row(of id: EntryID) throws -> Int64? {
        if let row = known?.entries[id] { return row }
        let statement = try db.cachedStatement(
            sql: "SELECT id FROM entry WHERE substr(hash, 1, 6) = substr(?1, 1, 6) AND hash = ?1")
        let row = try Int64.fetchOne(statement, arguments: [id.blob])
        if let row { known?.add(row, id) }
        return row
    }

    func id(row: Int64) throws -> EntryID {
        let statement = try db.cachedStatement(sql: "SELECT hash FROM entry WHERE id = ?")
        guard let hash = try Data.fetchOne(statement, arguments: [row]) else { throw Self.missing(row) }
        return try EntryID(blob: hash)
    }

    /// An entry's bytes, after a comparison with its hash.
    /// - Throws: `ArchiveError` of code `corrupt` that names the entry if it is damaged.
    func bytes(row: Int64) throws -> [UInt8] {
        let statement = try db.cachedStatement(sql: "SELECT hash, bytes FROM entry WHERE id = ?")
        guard let found = try Row.fetchOne(statement, arguments: [row]) else { throw Self.missing(row) }
        return try unpack(found[1], of: EntryID(blob: found[0]))
    }

    /// - Throws: `ArchiveError` of code `corrupt` that names the entry if it is damaged, or no revision.
    func revision(row: Int64) throws -> Revision { try Self.revision(bytes(row: row)) }

    /// A revision out of the column's value, after a comparison with its ID.
    func revision(_ packed: [UInt8], _ id: RevisionID) throws -> Revision {
        try Self.revision(unpack(packed, of: id.entry))
    }

    private static func revision(_ bytes: [UInt8]) throws -> Revision {
        do {
            return try Revision(canonicalBytes: bytes)
        } catch {
            throw ArchiveError.damaged(entry: EntryID(hashing: bytes), "is \(error)")
        }
    }

    /// The bytes out of the column's value, after a comparison with their hash.
    /// - Throws: `ArchiveError` of code `corrupt` that names the entry if it is damaged.
    func unpack(_ packed: [UInt8], of id: EntryID) throws -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try unpack(packed)
        } catch  where isDamage(error) {
            throw ArchiveError.damaged(entry: id, "cannot be read")
        }
        guard EntryID(hashing: bytes) == id else { throw ArchiveError.damaged(entry: id) }
        return bytes
    }

    private func unpack(_ packed: [UInt8]) throws -> [UInt8] {
        try EntryCoding.unpack(packed, fields: fields(row:), hash: hash)
    }

    private func hash(_ reference: EntryCoding.Reference) throws -> [UInt8] {
        switch reference {
        case .entry(let row): try id(row: row).bytes
        case .text(let number): try TextStore(db: db, known: known).hash(id: number).bytes
        }
    }

    /// The member `fields` that stands in an entry, rather than being taken from another.
    func fields(row: Int64) throws -> [UInt8] {
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
        let bytes = try bytes(row: row)
        return EntryCoding.fields(in: bytes).map { EntryCoding.HeldFields(row: row, bytes: Array(bytes[$0])) }
    }

    /// The same; `nil` if that revision is damaged: nothing new is to rest on it.
    private func soundFields(of revision: RevisionID) throws -> EntryCoding.HeldFields? {
        do {
            guard let held = try fields(of: revision), RowNumbers.valid ~= held.row,
                try row(of: revision.entry).map({ try bytes(row: $0) }) != nil
            else { return nil }
            return held
        } catch  where isDamage(error) {
            return nil
        }
    }

    private func packed(row: Int64) throws -> [UInt8] {
        let statement = try db.cachedStatement(sql: "SELECT bytes FROM entry WHERE id = ?")
        guard let packed = try Row.fetchOne(statement, arguments: [row]) else { throw Self.missing(row) }
        return packed[0]
    }

    private static func missing(_ row: Int64) -> ArchiveError {
        ArchiveError(.corrupt, "entry number \(row) is not in the archive")
    }

    // MARK: Writing

    /// Stores an entry; the caller has seen that it is not held.
    /// - Parameter parent: a revision that it replaces, whose fields most likely are its own.
    func insert(_ id: EntryID, kind: EntryKind, bytes: [UInt8], parent: RevisionID? = nil) throws -> Int64 {
        let packed = try EntryCoding.pack(bytes, fields: parent.flatMap { try soundFields(of: $0) }) { hash in
            // A hash names an entry or a text; of what is not here, it is kept as it stands.
            // So is that of a damaged row, whose number no reference can hold.
            if let entry = try self.row(of: EntryID(bytes: hash)!), RowNumbers.valid ~= entry { return .entry(entry) }
            let text = TextHash(bytes: hash)!
            return try TextStore(db: db, known: known).id(of: text).flatMap { RowNumbers.valid ~= $0 ? .text($0) : nil }
        }
        try db.cachedStatement(sql: "INSERT INTO entry (hash, kind, bytes) VALUES (?, ?, ?)")
            .execute(arguments: [id.blob, kind == .revision ? nil : kind.rawValue, Data(packed)])
        let row = db.lastInsertedRowID
        try RowNumbers.check(row, of: "entry")
        known?.add(row, id)
        return row
    }
}
