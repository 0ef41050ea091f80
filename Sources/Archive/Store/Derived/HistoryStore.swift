import Foundation
import GRDB
import History
import Prose

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
        try Bool.fetchOne(db.cachedStatement(sql: "SELECT kind IS NULL FROM entry WHERE id = ?"), arguments: [row])
            ?? false
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
    /// - Throws: `ArchiveError` of code `corrupt` if a revision of it is damaged or missing.
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
            let id = try RevisionID(blob: row[0])
            let replica = try (row[2] as Data?).map { try ReplicaID(blob: $0) }
            let recorded = try replica == nil ? Timestamp(milliseconds: 0) : LogTimes.time(in: row, at: 4)
            if nodes[id] == nil {
                nodes[id] = try History.Node(revision: entries.revision(row[1], id), dots: [:], recorded: recorded)
            }
            nodes[id]!.recorded = min(nodes[id]!.recorded, recorded)
            if let replica { nodes[id]!.dots[replica] = try row[3] }
        }
        let item = try itemID(row: row)
        try require(nodes, of: item)
        return History(item: item, nodes: nodes)
    }

    /// What `History` relies on; a damaged table may say anything.
    private func require(_ nodes: [RevisionID: History.Node], of item: ItemID) throws {
        let isWhole = nodes.allSatisfy { id, node in
            (node.revision.item ?? id.asRoot) == item && node.revision.parents.allSatisfy { nodes[$0] != nil }
        }
        guard nodes[item.root] != nil, isWhole else {
            // What is here as an entry is not lost: the table that says whose revisions they are is what is damaged.
            let missing = Set(nodes.values.flatMap(\.revision.parents) + [item.root]).filter { nodes[$0] == nil }
            let areHere = missing.allSatisfy { id in
                ((try? entries.row(of: id.entry)) ?? nil).flatMap { try? entries.bytes(row: $0) } != nil
            }
            throw ArchiveError(
                .corrupt, "revisions of the item \(item) are missing, or others are taken for them",
                damage: areHere ? .rows("revision") : .entry(item.root.entry))
        }
    }

    /// The current state of one item.
    func state(row: Int64) throws -> ItemState {
        try ItemState(history: history(row: row)) { try texts.bytes(of: $0) }
    }

    /// Whether all parents of a revision, which are held, are of the item and the kind that it names.
    func fits(_ revision: Revision) throws -> Bool {
        guard let item = revision.item else { return true }
        // By the root: the table of items is brought up to date later in the same transaction.
        guard let row = try entries.row(of: item.root.entry), try self.revision(item.root)?.kind == revision.kind else {
            return false
        }
        return try revision.parents.allSatisfy { try itemRow(ofRevision: $0) == row }
    }

    // MARK: Deriving

    /// Enters a revision, whose entry and parents are stored, into the derived tables.
    /// - Returns: its item's row, the number of its text, and whether it replaces all that the item had.
    @discardableResult
    func derive(_ revision: Revision, row: Int64) throws -> (item: Int64, text: Int64?, isOnlyHead: Bool) {
        let id = try entries.id(row: row).revision
        let itemID = revision.item ?? id.asRoot
        let text = try revision.text.flatMap { try texts.id(of: $0) }
        var item = row
        var parents: [Int64] = []
        for parent in revision.parents {
            let statement = try db.cachedStatement(sql: "SELECT id, item FROM revision WHERE id = ?")
            guard let row = try entries.row(of: parent.entry), let found = try Row.fetchOne(statement, arguments: [row])
            else {
                throw ArchiveError(.corrupt, "the parent \(parent) of a revision is not in the archive")
            }
            item = try found[1]
            parents.append(try found[0])
        }
        try db.cachedStatement(sql: "INSERT INTO revision (id, item, text) VALUES (?, ?, ?)")
            .execute(arguments: [row, item, text])
        for (parent, parentID) in zip(parents, revision.parents) {
            try db.cachedStatement(sql: "DELETE FROM head WHERE item = ? AND revision = ?").execute(arguments: [
                item, parent,
            ])
            if db.changesCount > 0 { known?.totals.remove(parentID, of: itemID) }
        }
        let heads = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM head WHERE item = ?)")
        let isOnlyHead = try !Bool.fetchOne(heads, arguments: [item])!
        // Parents come first always, so a revision that arrives has no successor yet.
        try db.cachedStatement(sql: "INSERT INTO head (item, revision) VALUES (?, ?)").execute(arguments: [item, row])
        known?.totals.insert(id, of: itemID)
        return (item, text, isOnlyHead)
    }

    /// The `item` row of a root that is its item's only revision, without reading anything back.
    func refreshRoot(_ revision: Revision, row: Int64, characters: Int, recorded: Timestamp) throws {
        try write(
            ItemRow(
                id: row, state: revision, shown: row, text: revision.text.flatMap { try texts.id(of: $0) },
                characters: characters, versions: 1,
                modified: revision.written ?? recorded, isDeleted: revision.isTombstone))
    }

    /// The `item` row after a revision that replaces all that the item had, without reading these back. The row was up to date.
    func advance(_ item: Int64, to revision: Revision, row: Int64, recorded: Timestamp) throws {
        guard
            let versions = try Int.fetchOne(
                db.cachedStatement(sql: "SELECT versions FROM item WHERE id = ?"), arguments: [item]),
            1..<ArchiveCounts.most ~= versions
        else {
            return try refresh(row: item)
        }
        let text = try revision.text.flatMap { try texts.id(of: $0) }
        let characters = try revision.kind == .source ? 0 : text.map(characters) ?? 0
        try write(
            ItemRow(
                id: item, state: revision, shown: row, text: text, characters: characters, versions: versions + 1,
                modified: revision.written ?? recorded, isDeleted: revision.isTombstone))
        guard let source = revision.source, let sourceRow = try entries.row(of: source.root.entry) else { return }
        guard try isRoot(sourceRow), case let root = try entries.revision(row: sourceRow), root.kind == .source,
            try SourceRecord(id: source, root).followed == itemID(row: item)
        else { return }
        try db.cachedStatement(sql: "UPDATE item SET text = ? WHERE id = ?").execute(arguments: [text, sourceRow])
    }

    /// Code points of a text; 0 if it is damaged or not here.
    private func characters(_ text: Int64) throws -> Int { CodePoints.count(try readable(texts.hash(id: text))) }

    /// A text; an empty one if it is damaged or not here.
    private func readable(_ text: TextHash) throws -> [UInt8] {
        do {
            return try texts.bytes(of: text)
        } catch  where isDamage(error) {
            known?.damage.insert(.text(text))
            return []
        }
    }

    /// Whether an entry founds an item.
    func isRoot(_ row: Int64) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM revision WHERE id = ?1 AND item = ?1)"),
            arguments: [row])!
    }

    /// The newest of the revisions that say what a source holds now: those of the essay that it was cut into, if it is one, that
    /// name it; `nil` if there is none.
    func newestForm(of source: SourceRecord) throws -> (id: RevisionID, revision: Revision)? {
        guard let essay = source.followed, let row = try entries.row(of: essay.root.entry), try isRoot(row) else {
            return nil
        }
        let history = try history(row: row)
        return history.order.last { history[$0]!.source == source.id }.map { ($0, history[$0]!) }
    }

    /// Computes the `item` row anew from the item's revisions. Of sides whose texts are damaged or not here, the texts count
    /// as empty until they are repaired.
    func refresh(row: Int64) throws { try write(itemRow(row)) }

    /// The `item` row as the item's revisions have it.
    func itemRow(_ row: Int64) throws -> ItemRow {
        let state = try ItemState(history: history(row: row), load: readable)
        let form =
            try state.kind == .source ? newestForm(of: SourceRecord(id: state.item, entries.revision(row: row))) : nil
        // An original need not be text.
        let text = try state.kind == .source ? [] : state.text(load: readable)
        return try ItemRow(
            id: row, state: Revision(kind: state.kind, fields: state.fields), shown: id(of: state.shown),
            text: (form?.revision.text ?? state.storedText).flatMap { try texts.id(of: $0) },
            characters: CodePoints.count(text),
            versions: state.history.nodes.count, modified: state.history.modified, isConflict: state.isConflict,
            isDeleted: state.isDeleted)
    }

    private func id(of revision: RevisionID?) throws -> Int64? {
        guard let revision else { return nil }
        return try entries.row(of: revision.entry)
    }

    private func write(_ row: ItemRow) throws {
        let before = try counts(row: row.id)
        // Not INSERT OR REPLACE: where there are foreign keys, SQLite copies each page that such a statement changes to a temporary file
        // first, which took half of the time of an import.
        if before != nil { try db.cachedStatement(sql: "DELETE FROM item WHERE id = ?").execute(arguments: [row.id]) }
        try db.cachedStatement(
            sql: "INSERT INTO item (\(ItemRow.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        .execute(arguments: row.arguments)
        try ItemTags(db: db).set(row.tags, of: row.id, isNew: before == nil)
        known?.totals.count(row.counts, insteadOf: before ?? ArchiveCounts())
    }

    /// What an item counts for by its row; `nil` if it has none yet.
    private func counts(row: Int64) throws -> ArchiveCounts? {
        let statement = try db.cachedStatement(sql: "SELECT kind, versions, conflict, deleted FROM item WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [row]).map {
            try ArchiveCounts(ItemKind(rawValue: $0[0]), versions: $0[1], isConflict: $0[2], isDeleted: $0[3])
        }
    }

    /// Fills the derived tables, which are empty, from the entries, in the order of their arrival. What is damaged, and what rests on
    /// it, is left out and noted in `known`. Annotations' places are found when they are asked for.
    func fill(progress: (Int) -> Void = { _ in }) throws {
        known?.totals.isPaused = true
        try forEachEntry(where: "kind = 'fork'") { id, bytes, _ in
            if let end = LogEnd(bytes: try entries.unpack(bytes, of: id)) { try LogStore(db: db).end(end) }
        }
        try forEachEntry(where: "kind IS NULL") { id, bytes, row in
            let revision = try entries.revision(bytes, id.revision)
            // One that is not here gets a number.
            if let text = revision.text, try texts.id(of: text) == nil { known?.add(try texts.reserve(text), text) }
            try derive(revision, row: row)
        }
        let items = try Int64.fetchAll(db, sql: "SELECT DISTINCT item FROM revision ORDER BY item")
        for (count, item) in items.enumerated() {
            do {
                try refresh(row: item)
            } catch  where isDamage(error) {
                known?.damage.insert(try .entry(entries.id(row: item)))
            }
            progress(count + 1)
        }
        known?.totals.forget()
        // Nothing is kept of nothing.
        let totals = try Totals.computed(db)
        if totals != Totals() { try totals.write(db) }
    }

    private func forEachEntry(where condition: String, _ body: (EntryID, [UInt8], Int64) throws -> Void) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT hash, bytes, id FROM entry WHERE \(condition) ORDER BY id")
        while let row = try rows.next() {
            guard let id = try? EntryID(blob: row[0]) else { continue }
            do {
                try body(id, row[1], row[2])
            } catch  where isDamage(error) {
                known?.damage.insert(.entry(id))
            }
        }
    }
}
