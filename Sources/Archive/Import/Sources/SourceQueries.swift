import Foundation
import GRDB
import History
import Prose

/// A file as it was when it was imported last.
struct KnownFile {
    let stamp: FileStamp
    /// The row of the source.
    let source: Int64
    /// The row of the revision that says what it held; `nil` if the source does.
    let form: Int64?
    let split: SplitMode?
    let encoding: String?
    let pieces: [ImportedPiece]
}

extension ArchiveReader {
    /// Whether anything was imported from a file yet.
    var hasImportedFiles: Bool {
        get throws { try Int.fetchOne(db, sql: "SELECT 1 FROM imported LIMIT 1") != nil }
    }

    /// The file of an earlier import at a path, with the source that it was and its pieces.
    func importedFile(_ path: ExactString) throws -> KnownFile? {
        let columns =
            "SELECT device, inode, size, modified, changed, source, form, split, encoding, pieces FROM imported WHERE path = ?"
        guard let row = try Row.fetchOne(db.cachedStatement(sql: columns), arguments: [path.string]) else { return nil }
        return try KnownFile(
            stamp: FileStamp(device: row[0], inode: row[1], size: row[2], modified: row[3], changed: row[4]),
            source: row[5], form: row[6],
            split: (row[7] as String?).flatMap { SplitMode($0) }, encoding: row[8], pieces: ImportedPiece.list(row[9]))
    }

    /// The same of several paths, by path.
    func importedFiles(_ paths: some Sequence<ExactString>) throws -> [ExactString: KnownFile] {
        var result: [ExactString: KnownFile] = [:]
        for path in paths { result[path] = try importedFile(path) }
        return result
    }

    /// The original bytes of a source or of a later form of it, by the row of its revision: their hash and number.
    func original(row: Int64) throws -> (hash: TextHash, size: Int)? {
        let statement = try db.cachedStatement(sql: "SELECT text FROM revision WHERE id = ?")
        guard let text = try Int64?.fetchOne(statement, arguments: [row]) ?? nil else { return nil }
        return (try texts.hash(id: text), try texts.size(id: text))
    }

    /// A source by its row.
    /// - Parameter form: the row of the revision of which form is meant; `nil`: its first.
    func source(row: Int64, form: Int64? = nil) throws -> SourceRecord {
        let first = SourceRecord(id: try entries.id(row: row).revision.asRoot, try entries.revision(row: row))
        return try form.map { try self.form(entries.id(row: $0).revision, entries.revision(row: $0), of: first) }
            ?? first
    }

    private func form(_ id: RevisionID, _ revision: Revision, of source: SourceRecord) throws -> SourceRecord {
        source.at(id, revision, size: try revision.text.flatMap(size) ?? 0)
    }

    /// A source as it was last imported.
    private func newest(_ source: SourceRecord) throws -> SourceRecord {
        try histories.newestForm(of: source).map { try form($0.id, $0.revision, of: source) } ?? source
    }

    /// A source as it was last imported.
    /// - Throws: `ArchiveError` if there is no such item, or it is none.
    public func source(_ id: ItemID) throws -> SourceRecord {
        guard let root = try revision(id.root), root.kind == .source else {
            throw ArchiveError(.notFound, "there is no source \(id)")
        }
        return try newest(SourceRecord(id: id, root))
    }

    /// The sources whose original bytes are these now, in an order that is the same on all machines.
    func sources(original: TextHash) throws -> [SourceRecord] {
        guard let text = try texts.id(of: original) else { return [] }
        let statement = try db.cachedStatement(
            sql:
                "SELECT i.id FROM item i JOIN entry e ON e.id = i.id WHERE i.kind = 'source' AND i.text = ? ORDER BY e.hash"
        )
        return try Int64.fetchAll(statement, arguments: [text]).map { try newest(source(row: $0)) }
    }

    /// The forms of sources that have these bytes, whether they are the newest or not, in an order that is the same on all machines.
    /// Looks through all revisions once in a transaction, where the archive has such a text.
    func formerSources(original: TextHash) throws -> [SourceRecord] {
        guard let text = try texts.id(of: original) else { return [] }
        let rows = try known.revisionsByText.rows(of: text, in: db).map {
            (row: $0, id: try entries.id(row: $0).revision)
        }
        return try rows.sorted { $0.id < $1.id }.compactMap { row, id -> SourceRecord? in
            let revision = try entries.revision(row: row)
            if revision.kind == .source { return SourceRecord(id: id.asRoot, revision) }
            guard let source = revision.source, let root = try self.revision(source.root), root.kind == .source,
                case let first = SourceRecord(id: source, root), first.followed == revision.item
            else { return nil }
            return try form(id, revision, of: first)
        }
    }

    func sources(name: String) throws -> [SourceRecord] {
        try Int64.fetchAll(
            db.cachedStatement(
                sql: "SELECT id FROM item WHERE kind = 'source' AND title = ? ORDER BY id DESC LIMIT 16"),
            arguments: [name]
        ).map { try newest(source(row: $0)) }
    }

    /// The same without those of which a condition holds for some file here that was imported as one. A great many files may have
    /// one name, so only what is left is read.
    func sources(name: String, unless condition: (String) -> Bool) throws -> [SourceRecord] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT i.id, f.path FROM (SELECT id FROM item WHERE kind = 'source' AND title = ? ORDER BY id DESC LIMIT 16) i
                LEFT JOIN imported f ON f.source = i.id
                """)
        var (found, excluded): ([Int64], Set<Int64>) = ([], [])
        for row in try Row.fetchAll(statement, arguments: [name]) {
            let id: Int64 = try row[0]
            if !found.contains(id) { found.append(id) }
            if !excluded.contains(id), let path = try row[1] as String?, condition(path) { excluded.insert(id) }
        }
        return try found.filter { !excluded.contains($0) }.map { try newest(source(row: $0)) }
    }

    /// The sources that an essay was cut from, older forms included, the newest first. Looks through all sources' records.
    public func sources(of essay: ItemID) throws -> [SourceRecord] {
        guard let row = try entries.row(of: essay.root.entry) else { return [] }
        let (stored, plain) = EntryCoding.forms(of: .entry(row), hash: essay.bytes)
        return try Int64.fetchAll(
            db,
            sql: """
                SELECT e.id FROM item i JOIN entry e ON e.id = i.id
                WHERE i.kind = 'source' AND (instr(e.bytes, ?) > 0 OR instr(e.bytes, ?) > 0) ORDER BY e.id DESC
                """, arguments: [Data(stored), Data(plain)]
        ).map { try source(row: $0) }.filter { $0.cuts.contains { $0.essay == essay } }.flatMap(forms)
    }

    /// The original that became a version of an essay.
    /// - Throws: `ArchiveError` if there is no such version, or it was not imported.
    public func source(of essay: ItemID, version: String) throws -> SourceRecord {
        let revision = try findRevision(version, in: history(essay))
        if let source = try sources(of: essay).first(where: { $0.cuts.contains { $0.revision == revision } }) {
            return source
        }
        throw ArchiveError(
            .notFound, "the version '\(version)' was written here, not imported",
            subject: version, remedy: .showVersion(version, of: essay.short))
    }

    /// All forms of a source, the newest first.
    private func forms(of source: SourceRecord) throws -> [SourceRecord] {
        guard let essay = source.followed, try contains(essay) else { return [source] }
        let history = try history(essay)
        return try history.order.reversed().filter { history[$0]!.source == source.id }.map {
            try form($0, history[$0]!, of: source)
        } + [source]
    }

    /// Whether another source took the place of this one.
    func isReplaced(_ source: ItemID) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM item WHERE target = ? AND kind = 'source')"),
            arguments: [source.blob])!
    }

    /// Whether this is what the source's file held when it was last imported.
    public func isCurrent(_ source: SourceRecord) throws -> Bool {
        guard try !isReplaced(source.id) else { return false }
        return try histories.newestForm(of: source)?.id == source.form
    }

    /// Bytes of a text.
    public func size(of text: TextHash) throws -> Int? {
        try texts.id(of: text).map(texts.size(id:))
    }

    /// The files on this machine that were last imported as this source, in whatever form.
    func paths(of source: ItemID) throws -> [String] {
        try String.fetchAll(
            db.cachedStatement(sql: "SELECT path FROM imported WHERE source = ? ORDER BY path"),
            arguments: [entries.row(of: source.root.entry)])
    }

    /// The files on this machine that were this source, in this form, when they were imported last.
    public func paths(of source: SourceRecord) throws -> [String] {
        try String.fetchAll(
            db.cachedStatement(sql: "SELECT path FROM imported WHERE source = ? AND form IS ? ORDER BY path"),
            arguments: [entries.row(of: source.id.root.entry), source.form.flatMap { try entries.row(of: $0.entry) }])
    }

    public func essaysInConflict() throws -> Set<ItemID> {
        let rows = try Data.fetchAll(
            db, sql: "SELECT e.hash FROM item i JOIN entry e ON e.id = i.id WHERE i.kind = 'essay' AND i.conflict")
        return Set(try rows.map { try ItemID(blob: $0) })
    }

    /// The essay that has this title now, and this text, with the revision that says so.
    func essay(title: String, text: TextHash) throws -> (ItemID, RevisionID)? {
        guard let text = try texts.id(of: text) else { return nil }
        let statement = try db.cachedStatement(
            sql: """
                SELECT e.hash, s.hash FROM item i JOIN entry e ON e.id = i.id JOIN entry s ON s.id = i.shown
                WHERE i.kind = 'essay' AND i.title = ? AND i.text = ? AND NOT i.conflict AND NOT i.deleted ORDER BY i.id
                """)
        return try Row.fetchOne(statement, arguments: [title, text]).map {
            (try ItemID(blob: $0[0]), try RevisionID(blob: $0[1]))
        }
    }
}

extension ArchiveWriter {
    func importedSource(_ path: ExactString) throws -> SourceRecord? {
        let statement = try db.cachedStatement(sql: "SELECT source, form FROM imported WHERE path = ?")
        return try Row.fetchOne(statement, arguments: [path.string]).map {
            try unrefreshedReader.source(row: $0[0], form: $0[1])
        }
    }

    func isDeleted(_ item: ItemID) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT deleted FROM item WHERE id = ?")
        return try Bool.fetchOne(statement, arguments: [entries.row(of: item.root.entry)]) ?? false
    }

    /// Notes a file as it is now, with what it was imported as.
    func remember(
        _ file: FoundFile, source: ItemID, form: RevisionID?, split: SplitMode?, encoding: TextEncoding?,
        pieces: [ImportedPiece]
    ) throws {
        let stamp = file.stamp
        // In two steps, for the reason that HistoryStore.swift gives.
        try db.cachedStatement(sql: "DELETE FROM imported WHERE path = ?").execute(arguments: [
            file.canonicalPath.string
        ])
        try db.cachedStatement(
            sql: """
                INSERT INTO imported (path, device, inode, size, modified, changed, source, form, split, encoding, pieces)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            file.canonicalPath.string, stamp.device, stamp.inode, stamp.size, stamp.modified, stamp.changed,
            entries.row(of: source.root.entry),
            form.flatMap { try entries.row(of: $0.entry) }, split.flatMap { $0 == .auto ? nil : $0.description },
            encoding?.rawValue,
            Data(ImportedPiece.bytes(pieces)),
        ])
    }

    /// Forgets that a file was imported as a source; not if it was imported as another since.
    func forget(_ path: ExactString, source: ItemID) throws {
        try db.cachedStatement(sql: "DELETE FROM imported WHERE path = ? AND source = ?")
            .execute(arguments: [path.string, entries.row(of: source.root.entry)])
    }
}

extension ArchiveReader {
    /// The source that a person names: by its ID or file name, or by the essay that was cut from it. Of several forms of one
    /// file the newest is meant.
    /// - Throws: `ArchiveError` that lists the candidates if several fit, and says so if none does.
    public func findSource(_ name: String) throws -> SourceRecord {
        let named = try sources(named: UnicodeForm.composed(name))
        let essay: ItemID?
        do {
            essay = try find(name, deleted: true)
        } catch let error as ArchiveError where error.code == .notFound || !named.isEmpty {
            essay = nil
        }
        var candidates = named
        if candidates.isEmpty, let essay {
            // The newest form of each: older ones bear the same ID.
            var seen: Set<ItemID> = []
            candidates = try sources(of: essay).filter { seen.insert($0.id).inserted }
        }
        let current = try candidates.filter { try !isReplaced($0.id) }
        if candidates.count > 1, !current.isEmpty { candidates = current }
        if candidates.count == 1 { return candidates[0] }
        guard candidates.isEmpty else {
            let lines = candidates.prefix(20).map { "\n  \($0.id.hex.prefix(12))  \($0.name)" }.joined()
            throw ArchiveError(
                .ambiguous, "'\(name)' fits \(candidates.count) sources:\(lines)\n", subject: name,
                remedy: .nameSourceExactly)
        }
        if let essay {
            throw ArchiveError(
                .notFound, "'\(name)' was written here, not imported", subject: name, remedy: .showEssay(essay.short))
        }
        throw ArchiveError(
            .notFound, "no source or essay is named '\(name)'", subject: name, remedy: .nameSource)
    }

    private func sources(named name: String) throws -> [SourceRecord] {
        let byName = try sources(name: name)
        guard byName.isEmpty, name.utf8.count >= 4, name.utf8.count <= 64,
            Hex.decode(name.lowercased() + (name.utf8.count.isMultiple(of: 2) ? "" : "0")) != nil
        else { return byName }
        return try (try? find(name, kind: .source)).map { [try source($0)] } ?? []
    }
}
