import Foundation
import GRDB

/// What a source's revision says of how it was cut.
struct SourceRecord {
    struct Cut {
        let essay: ItemID
        let revision: RevisionID
        let range: Range<Int>
    }

    let id: ItemID
    let original: TextHash?
    let name: String
    let split: SplitMode?
    let cuts: [Cut]

    init(id: ItemID, _ revision: Revision) {
        self.id = id
        original = revision.text
        name = revision.fields[string: FieldKey.name] ?? ""
        split = revision.fields[string: FieldKey.split].flatMap { SplitMode($0) }
        cuts = (revision.fields[FieldKey.cuts]?.array ?? []).compactMap { value in
            guard let parts = value.array, parts.count == 4, let essay = parts[0].string.flatMap({ ItemID(hex: $0) }),
                let revision = parts[1].string.flatMap({ RevisionID(hex: $0) }), let start = parts[2].integer,
                let end = parts[3].integer, start >= 0, start <= end
            else { return nil }
            return Cut(essay: essay, revision: revision, range: Int(start)..<Int(end))
        }
    }

    /// The canonical form of cuts.
    static func value(_ cuts: [Cut]) -> CanonicalValue {
        .array(
            cuts.map {
                .array([
                    .text($0.essay.hex), .text($0.revision.hex), .integer(Int64($0.range.lowerBound)),
                    .integer(Int64($0.range.upperBound)),
                ])
            })
    }
}

extension ArchiveReader {
    /// The files of earlier imports, by path. `nil` as `paths` means all.
    func importedFiles(_ paths: [String]?) throws -> [String: (stamp: FileStamp, source: Int64)] {
        let columns = "SELECT path, device, inode, size, modified, source FROM imported"
        var result: [String: (FileStamp, Int64)] = [:]
        func add(_ row: Row) {
            result[row[0]] = (FileStamp(device: row[1], inode: row[2], size: row[3], modified: row[4]), row[5])
        }
        if let paths {
            for path in paths {
                if let row = try Row.fetchOne(db.cachedStatement(sql: columns + " WHERE path = ?"), arguments: [path]) { add(row) }
            }
        } else {
            let rows = try Row.fetchCursor(db, sql: columns)
            while let row = try rows.next() { add(row) }
        }
        return result
    }

    func source(row: Int64) throws -> SourceRecord {
        SourceRecord(id: try entries.id(row: row).revision.asRoot, try entries.revision(row: row))
    }

    /// The sources with these original bytes, or with this file name.
    func sources(original: TextHash) throws -> [SourceRecord] {
        guard let text = try texts.id(of: original) else { return [] }
        return try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM item WHERE kind = 'source' AND text = ? ORDER BY id"), arguments: [text]
        ).map(source(row:))
    }

    func sources(name: String) throws -> [SourceRecord] {
        try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM item WHERE kind = 'source' AND title = ? ORDER BY id DESC LIMIT 16"), arguments: [name]
        ).map(source(row:))
    }
}

extension ArchiveWriter {
    func importedSource(_ path: String) throws -> SourceRecord? {
        let statement = try db.cachedStatement(sql: "SELECT source FROM imported WHERE path = ?")
        return try Int64.fetchOne(statement, arguments: [path]).map(unrefreshedReader.source(row:))
    }

    func sources(original: TextHash) throws -> [SourceRecord] { try unrefreshedReader.sources(original: original) }
    func sources(name: String) throws -> [SourceRecord] { try unrefreshedReader.sources(name: name) }

    /// Whether a later form of the source is in the archive.
    func isReplaced(_ source: SourceRecord) throws -> Bool {
        try sources(name: source.name).contains { other in
            try revision(other.id.root)?.fields[string: FieldKey.replaces] == source.id.hex
        }
    }

    func isDeleted(_ item: ItemID) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT deleted FROM item WHERE id = ?")
        return try Bool.fetchOne(statement, arguments: [entries.row(of: item.root.entry)]) ?? false
    }

    func remember(_ path: String, _ stamp: FileStamp, source: ItemID) throws {
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO imported (path, device, inode, size, modified, source)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            path, stamp.device, stamp.inode, stamp.size, stamp.modified, entries.row(of: source.root.entry),
        ])
    }
}
