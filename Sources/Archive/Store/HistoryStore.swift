import Foundation
import GRDB

/// The revisions of items, read out of the entries, and what is derived from them.
struct HistoryStore {
    let db: Database
    var known: KnownRows?

    var texts: TextStore { TextStore(db: db, known: known) }
    var entries: EntryStore { EntryStore(db: db, known: known) }

    // MARK: Reading

    func revision(_ id: RevisionID) throws -> Revision? {
        guard let row = try entries.row(of: id.entry), try isRevision(row) else { return nil }
        return try entries.revision(row: row)
    }

    private func isRevision(_ row: Int64) throws -> Bool {
        try Bool.fetchOne(db.cachedStatement(sql: "SELECT kind IS NULL FROM entry WHERE id = ?"), arguments: [row])!
    }

    /// The row of the item's root; `nil` if there is no such item here.
    func row(of item: ItemID) throws -> Int64? {
        guard let row = try entries.row(of: item.root.entry) else { return nil }
        return try Int64.fetchOne(db.cachedStatement(sql: "SELECT id FROM item WHERE id = ?"), arguments: [row])
    }

    /// The row of the item that a revision belongs to.
    func itemRow(ofRevision id: RevisionID) throws -> Int64? {
        guard let row = try entries.row(of: id.entry) else { return nil }
        return try Int64.fetchOne(db.cachedStatement(sql: "SELECT item FROM revision WHERE id = ?"), arguments: [row])
    }

    func itemID(row: Int64) throws -> ItemID { try entries.id(row: row).revision.asRoot }

    /// Everything held of one item.
    func history(row: Int64) throws -> History {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT e.hash, e.bytes, r.hash, e.id - l.entry + l.first, \(LogTimes.columns) FROM revision v JOIN entry e ON e.id = v.id
                    LEFT JOIN log l ON \(LogStore.holds("e.id")) LEFT JOIN replica r ON r.id = l.replica WHERE v.item = ?
                    """), arguments: [row])
        var nodes: [RevisionID: History.Node] = [:]
        // Most revisions of an item take their fields from the same one.
        let entries = EntryStore(db: db, known: known ?? KnownRows())
        for row in rows {
            let id = RevisionID(blob: row[0])
            let recorded = row[2] == nil ? Timestamp(milliseconds: 0) : LogTimes.time(in: row, at: 4)
            if nodes[id] == nil {
                nodes[id] = History.Node(revision: try Revision(canonicalBytes: entries.unpack(row[1])), dots: [:], recorded: recorded)
            }
            nodes[id]!.recorded = min(nodes[id]!.recorded, recorded)
            if let replica = row[2] as Data? { nodes[id]!.dots[ReplicaID(blob: replica)] = try row.sound(3) }
        }
        return History(item: try itemID(row: row), nodes: nodes)
    }

    /// The current state of one item.
    func state(row: Int64) throws -> ItemState {
        try ItemState(history: history(row: row)) { try texts.bytes(of: $0) }
    }

    /// Whether all parents of a revision, which are held, are of the item and the kind that it names.
    func fits(_ revision: Revision) throws -> Bool {
        guard let item = revision.item else { return true }
        // By the root: the table of items is brought up to date later in the same transaction.
        guard let row = try entries.row(of: item.root.entry), try self.revision(item.root)?.kind == revision.kind else { return false }
        return try revision.parents.allSatisfy { try itemRow(ofRevision: $0) == row }
    }

    // MARK: Deriving

    /// Enters a revision, whose entry and parents are stored, into the derived tables.
    /// - Returns: its item's row, and whether it replaces all that the item had.
    @discardableResult
    func derive(_ revision: Revision, row: Int64) throws -> (item: Int64, isOnlyHead: Bool) {
        let id = try entries.id(row: row).revision
        let itemID = revision.item ?? id.asRoot
        var item = row
        var parents: [Int64] = []
        for parent in revision.parents {
            let statement = try db.cachedStatement(sql: "SELECT id, item FROM revision WHERE id = ?")
            guard let row = try entries.row(of: parent.entry), let found = try Row.fetchOne(statement, arguments: [row]) else {
                throw ArchiveError(.corrupt, "the parent \(parent) of a revision is not in the archive")
            }
            item = found[1]
            parents.append(found[0])
        }
        try db.cachedStatement(sql: "INSERT INTO revision (id, item, text) VALUES (?, ?, ?)")
            .execute(arguments: [row, item, try revision.text.flatMap { try texts.id(of: $0) }])
        for (parent, parentID) in zip(parents, revision.parents) {
            try db.cachedStatement(sql: "DELETE FROM head WHERE item = ? AND revision = ?").execute(arguments: [item, parent])
            if db.changesCount > 0 { known?.totals.remove(parentID, of: itemID) }
        }
        let heads = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM head WHERE item = ?)")
        let isOnlyHead = try !Bool.fetchOne(heads, arguments: [item])!
        // Parents come first always, so a revision that arrives has no successor yet.
        try db.cachedStatement(sql: "INSERT INTO head (item, revision) VALUES (?, ?)").execute(arguments: [item, row])
        known?.totals.insert(id, of: itemID)
        return (item, isOnlyHead)
    }

    /// The `item` row of a root that is its item's only revision, without reading anything back.
    func refreshRoot(_ revision: Revision, row: Int64, characters: Int, recorded: Timestamp) throws {
        try write(
            row: row, revision: revision, shown: row, text: revision.text.flatMap { try texts.id(of: $0) },
            characters: characters, versions: 1, modified: revision.written ?? recorded, isConflict: false,
            isDeleted: revision.isTombstone)
    }

    /// The `item` row after a revision that replaces all that the item had, without reading these back. The row was up to date.
    func advance(_ item: Int64, to revision: Revision, row: Int64, recorded: Timestamp) throws {
        let versions = try Int.fetchOne(db.cachedStatement(sql: "SELECT versions FROM item WHERE id = ?"), arguments: [item])!
        let text = try revision.text.flatMap { try texts.id(of: $0) }
        let characters = try revision.kind == .source ? 0 : text.map { CodePoints.count(try texts.bytes(id: $0)) } ?? 0
        try write(
            row: item, revision: revision, shown: row, text: text, characters: characters, versions: versions + 1,
            modified: revision.written ?? recorded, isConflict: false, isDeleted: revision.isTombstone)
        guard let source = revision.source, let sourceRow = try entries.row(of: source.root.entry) else { return }
        guard try isRoot(sourceRow), case let root = try entries.revision(row: sourceRow), root.kind == .source,
            try SourceRecord(id: source, root).followed == itemID(row: item)
        else { return }
        try db.cachedStatement(sql: "UPDATE item SET text = ? WHERE id = ?").execute(arguments: [text, sourceRow])
    }

    /// Whether an entry founds an item.
    func isRoot(_ row: Int64) throws -> Bool {
        try Bool.fetchOne(db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM revision WHERE id = ?1 AND item = ?1)"), arguments: [row])!
    }

    /// The newest of the revisions that say what a source holds now: those of the essay that it was cut into, if it is one, that
    /// name it; `nil` if there is none.
    func newestForm(of source: SourceRecord) throws -> (id: RevisionID, revision: Revision)? {
        guard let essay = source.followed, let row = try entries.row(of: essay.root.entry) else { return nil }
        let history = try history(row: row)
        return history.order.last { history[$0]!.source == source.id }.map { ($0, history[$0]!) }
    }

    /// Computes the `item` row anew from the item's revisions.
    func refresh(row: Int64) throws {
        let state = try state(row: row)
        let form = try state.kind == .source ? newestForm(of: SourceRecord(id: state.item, entries.revision(row: row))) : nil
        // An original need not be text.
        let text = try state.kind == .source ? [] : state.text(load: texts.bytes(of:))
        try write(
            row: row, revision: Revision(kind: state.kind, fields: state.fields), shown: id(of: state.shown),
            text: (form?.revision.text ?? state.storedText).flatMap { try texts.id(of: $0) }, characters: CodePoints.count(text),
            versions: state.history.nodes.count, modified: state.history.modified, isConflict: state.isConflict,
            isDeleted: state.isDeleted)
    }

    private func id(of revision: RevisionID?) throws -> Int64? {
        guard let revision else { return nil }
        return try entries.row(of: revision.entry)
    }

    private func write(
        row: Int64, revision: Revision, shown: Int64?, text: Int64?, characters: Int, versions: Int, modified: Timestamp,
        isConflict: Bool, isDeleted: Bool
    ) throws {
        let before = try counts(row: row)
        let fields = revision.fields
        let title = fields[string: FieldKey.title] ?? fields[string: FieldKey.name]
        let target = (fields[string: FieldKey.essay] ?? fields[string: FieldKey.replaces]).flatMap { ItemID(hex: $0) }
        let isEssay = revision.kind == .essay
        // Not INSERT OR REPLACE: where there are foreign keys, SQLite copies each page that such a statement changes to a temporary file
        // first, which took half of the time of an import.
        if before != nil { try db.cachedStatement(sql: "DELETE FROM item WHERE id = ?").execute(arguments: [row]) }
        try db.cachedStatement(
            sql: """
                INSERT INTO item
                (id, kind, title, shown, text, target, author, date, characters, versions, modified, conflict, deleted)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            row, revision.kind.rawValue, title, shown, text, target?.blob, isEssay ? fields[string: FieldKey.author] : nil,
            isEssay ? fields[string: FieldKey.date] : nil, characters, versions, modified.milliseconds, isConflict, isDeleted,
        ])
        try ItemTags(db: db).set(fields.tags, of: row, isNew: before == nil)
        known?.totals.count(
            ArchiveCounts(revision.kind, versions: versions, isConflict: isConflict, isDeleted: isDeleted),
            insteadOf: before ?? ArchiveCounts())
    }

    /// What an item counts for by its row; `nil` if it has none yet.
    private func counts(row: Int64) throws -> ArchiveCounts? {
        let statement = try db.cachedStatement(sql: "SELECT kind, versions, conflict, deleted FROM item WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [row]).map {
            ArchiveCounts(ItemKind(rawValue: $0[0]), versions: $0[1], isConflict: $0[2], isDeleted: $0[3])
        }
    }

    /// Empties the derived tables and fills them again from the entries, in the order of their arrival. Annotations' places, which
    /// are found when they are asked for, are only dropped.
    func rebuild(progress: (Int) -> Void = { _ in }) throws {
        known?.totals.isPaused = true
        for table in ["anchor", "totals", "tag", "item", "head", "revision", "log_end"] { try db.execute(sql: "DELETE FROM \(table)") }
        for row in try Int64.fetchAll(db, sql: "SELECT id FROM entry WHERE kind = 'fork' ORDER BY id") {
            if let end = LogEnd(bytes: try entries.bytes(row: row)) { try LogStore(db: db).end(end) }
        }
        let rows = try Row.fetchCursor(db, sql: "SELECT id, bytes FROM entry WHERE kind IS NULL ORDER BY id")
        while let row = try rows.next() {
            try derive(try Revision(canonicalBytes: entries.unpack(row[1])), row: row[0])
        }
        let items = try Int64.fetchAll(db, sql: "SELECT DISTINCT item FROM revision ORDER BY item")
        for (count, item) in items.enumerated() {
            try refresh(row: item)
            progress(count + 1)
        }
        known?.totals.forget()
        // Nothing is kept of nothing.
        let totals = try Totals.computed(db)
        if totals != Totals() { try totals.write(db) }
    }
}
