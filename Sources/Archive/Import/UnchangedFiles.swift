import Foundation
import GRDB

/// The files of an import that need not be read: they look as at their last import, and nothing is asked for that was not done then.
struct UnchangedFiles {
    /// The inputs that are to be read.
    private(set) var others: [ImportInput] = []
    private var files: [(file: FoundFile, known: KnownFile)] = []

    var count: Int { files.count }

    init(_ inputs: [ImportInput], known: [ExactString: KnownFile], options: ImportOptions, reader: ArchiveReader) throws {
        let deleted = options.undelete ? try reader.essayRows(where: "deleted") : []
        for input in inputs {
            if case .file(let file) = input, let found = known[file.canonicalPath], found.stamp == file.stamp,
                Self.isDone(options, for: found), !found.pieces.contains(where: { deleted.contains($0.essay) }),
                try options.tags.isEmpty || found.pieces.allSatisfy({ try reader.hasTags(options.tags, essay: $0.essay) })
            {
                files.append((file, found))
            } else {
                others.append(input)
            }
        }
    }

    private static func isDone(_ options: ImportOptions, for file: KnownFile) -> Bool {
        guard !options.asNew, !file.pieces.isEmpty else { return false }
        if let split = options.split, split != file.split ?? .auto { return false }
        if let encoding = options.encoding, let used = file.encoding, used != encoding.rawValue { return false }
        return true
    }

    /// Counts the files' essays, and lists them if they are to be listed.
    func add(to report: inout ImportReport, areListed: Bool, reader: ArchiveReader) throws {
        let deleted = try reader.essayRows(where: "deleted")
        let conflicting = try reader.essayRows(where: "conflict")
        let essays = try areListed ? reader.essayRecords(files.flatMap { $0.known.pieces.map(\.essay) }) : [:]
        for (file, known) in files {
            let inConflict = try known.pieces.filter { conflicting.contains($0.essay) }.map { try reader.entries.id(row: $0.essay).revision.asRoot }
            guard areListed else {
                let gone = known.pieces.count { deleted.contains($0.essay) }
                report.addUnchanged(essays: known.pieces.count - gone, deleted: gone, conflicts: Set(inConflict))
                continue
            }
            let items = try known.pieces.compactMap { piece in
                try essays[piece.essay].map { try reader.unchanged(piece, of: $0, source: file.path) }
            }
            report.add(ImportedSource(items: items, isNew: false), named: file.path)
            report.note(conflicting: inConflict)
        }
    }
}

/// What of an essay a listing of unchanged pieces says.
private struct EssayRecord {
    let id: ItemID
    let title: String
    let versions: Int
    /// The row of the revision that is shown.
    let shown: Int64?
    let isConflict: Bool
    let isDeleted: Bool
}

extension ArchiveReader {
    fileprivate func essayRows(where condition: String) throws -> Set<Int64> {
        try Set(Int64.fetchAll(db, sql: "SELECT id FROM item WHERE kind = 'essay' AND \(condition)"))
    }

    /// Whether an essay, given by its row, has tags.
    fileprivate func hasTags(_ tags: [ExactString], essay: Int64) throws -> Bool {
        let held = try Set(histories.state(row: essay).fields.tags)
        return tags.allSatisfy(held.contains)
    }

    /// Essays by their rows: all of the archive if many are asked for.
    fileprivate func essayRecords(_ rows: [Int64]) throws -> [Int64: EssayRecord] {
        let columns = "SELECT i.id, e.hash, i.title, i.versions, i.shown, i.conflict, i.deleted FROM item i JOIN entry e ON e.id = i.id"
        var result: [Int64: EssayRecord] = [:]
        func add(_ row: Row) throws {
            result[try row[0]] = try EssayRecord(
                id: ItemID(blob: row[1]), title: row[2] as String? ?? "", versions: row[3], shown: row[4], isConflict: row[5],
                isDeleted: row[6])
        }
        if rows.count > 100 {
            let all = try Row.fetchCursor(db, sql: columns + " WHERE i.kind = 'essay'")
            while let row = try all.next() { try add(row) }
        } else {
            for row in Set(rows) {
                if let found = try Row.fetchOne(db.cachedStatement(sql: columns + " WHERE i.id = ?"), arguments: [row]) { try add(found) }
            }
        }
        return result
    }

    /// A piece of a file that was not read again.
    fileprivate func unchanged(_ piece: ImportedPiece, of essay: EssayRecord, source: String) throws -> ImportedItem {
        // The revision that is shown alone is the last, and the only one is the first.
        let isLast = !essay.isConflict && essay.shown == piece.revision
        let revision = isLast && piece.sections != nil ? nil : try entries.revision(row: piece.revision)
        return ImportedItem(
            id: essay.id, title: isLast ? essay.title : revision?.fields[string: FieldKey.title] ?? "",
            status: essay.isDeleted ? .deleted : .unchanged, source: source,
            version: isLast ? essay.versions : try history(essay.id).version(of: entries.id(row: piece.revision).revision) ?? 1,
            sections: try piece.sections ?? ImportedItem.sections(of: revision, self), range: piece.range, reason: "imported before", confidence: nil)
    }
}
