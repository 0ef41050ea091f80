import Foundation
import GRDB
import History
import Prose

/// The files of an import that need not be read: they look as at their last import, and nothing is asked for that was not done then.
///
/// Of a million such files only the number is kept, unless they are to be listed.
struct UnchangedFiles {
    private(set) var count = 0
    /// The inputs that are to be read.
    private(set) var others: [ImportInput] = []
    /// What those of them that were imported before were then, by path.
    private(set) var known: [ExactString: KnownFile] = [:]

    private var listed: [(file: FoundFile, pieces: [ImportedPiece])] = []
    private let options: ImportOptions
    private let reader: ArchiveReader
    private let deleted: Set<Int64>
    private let conflicting: Set<Int64>

    /// - Parameters:
    ///   - report: is told of the files' essays.
    ///   - areListed: whether it lists them, rather than counting them only.
    init(
        _ inputs: [ImportInput], options: ImportOptions, areListed: Bool, report: inout ImportReport,
        reader: ArchiveReader
    ) throws {
        (self.options, self.reader) = (options, reader)
        deleted = try reader.essayRows(where: "deleted")
        conflicting = try reader.essayRows(where: "conflict")
        guard try reader.hasImportedFiles else {
            others = inputs
            return
        }
        for input in inputs {
            guard case .file(let file) = input, let before = try reader.importedFile(file.canonicalPath) else {
                others.append(input)
                continue
            }
            if try isUnchanged(file, since: before) {
                count += 1
                if areListed { listed.append((file, before.pieces)) } else { try add(before.pieces, to: &report) }
            } else {
                others.append(input)
                known[file.canonicalPath] = before
            }
        }
        try list(in: &report)
    }

    private func isUnchanged(_ file: FoundFile, since before: KnownFile) throws -> Bool {
        guard before.stamp == file.stamp, isDone(for: before) else { return false }
        if options.undelete, before.pieces.contains(where: { deleted.contains($0.essay) }) { return false }
        return try options.tags.isEmpty
            || before.pieces.allSatisfy { try reader.hasTags(options.tags, essay: $0.essay) }
    }

    private func isDone(for file: KnownFile) -> Bool {
        guard !options.asNew, !file.pieces.isEmpty else { return false }
        if let split = options.split, split != file.split ?? .auto { return false }
        if let encoding = options.encoding, let used = file.encoding, used != encoding.rawValue { return false }
        return true
    }

    private func add(_ pieces: [ImportedPiece], to report: inout ImportReport) throws {
        let gone = pieces.count { deleted.contains($0.essay) }
        try report.addUnchanged(essays: pieces.count - gone, deleted: gone, conflicts: Set(inConflict(pieces)))
    }

    private func inConflict(_ pieces: [ImportedPiece]) throws -> [ItemID] {
        try pieces.filter { conflicting.contains($0.essay) }.map {
            try reader.entries.id(row: $0.essay).revision.asRoot
        }
    }

    private mutating func list(in report: inout ImportReport) throws {
        let essays = try reader.essayRecords(listed.flatMap { $0.pieces.map(\.essay) })
        for (file, pieces) in listed {
            let items = try pieces.compactMap { piece in
                try essays[piece.essay].map { try reader.unchanged(piece, of: $0, source: file.path) }
            }
            report.add(ImportedSource(items: items, isNew: false), named: file.path)
            report.note(conflicting: try inConflict(pieces))
        }
        listed = []
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
        let columns =
            "SELECT i.id, e.hash, i.title, i.versions, i.shown, i.conflict, i.deleted FROM item i JOIN entry e ON e.id = i.id"
        var result: [Int64: EssayRecord] = [:]
        func add(_ row: Row) throws {
            result[try row[0]] = try EssayRecord(
                id: ItemID(blob: row[1]), title: row[2] as String? ?? "", versions: row[3], shown: row[4],
                isConflict: row[5],
                isDeleted: row[6])
        }
        if rows.count > 100 {
            let all = try Row.fetchCursor(db, sql: columns + " WHERE i.kind = 'essay'")
            while let row = try all.next() { try add(row) }
        } else {
            for row in Set(rows) {
                if let found = try Row.fetchOne(db.cachedStatement(sql: columns + " WHERE i.id = ?"), arguments: [row])
                {
                    try add(found)
                }
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
            version: isLast
                ? essay.versions : try history(essay.id).version(of: entries.id(row: piece.revision).revision) ?? 1,
            sections: try piece.sections ?? ImportedItem.sections(of: revision, self), range: piece.range,
            reason: "imported before", confidence: nil)
    }
}
