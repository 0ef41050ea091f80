import Foundation
import GRDB

/// The revisions of items, read out of the entries, and what is derived from them.
struct HistoryStore {
    let db: Database
    var known: KnownRows?

    var texts: TextStore { TextStore(db: db) }
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
                    SELECT e.hash, e.bytes, r.hash, l.seq, l.recorded FROM revision v JOIN entry e ON e.id = v.id
                    LEFT JOIN log l ON l.entry = e.id LEFT JOIN replica r ON r.id = l.replica WHERE v.item = ?
                    """), arguments: [row])
        var nodes: [RevisionID: History.Node] = [:]
        for row in rows {
            let id = RevisionID(blob: row[0])
            let recorded = Timestamp(milliseconds: row[4] ?? 0)
            if nodes[id] == nil {
                nodes[id] = History.Node(revision: try Revision(canonicalBytes: entries.unpack(row[1])), dots: [:], recorded: recorded)
            }
            nodes[id]!.recorded = min(nodes[id]!.recorded, recorded)
            if let replica = row[2] as Data? { nodes[id]!.dots[ReplicaID(blob: replica)] = row[3] }
        }
        return History(item: try itemID(row: row), nodes: nodes)
    }

    /// The current state of one item.
    func state(row: Int64) throws -> ItemState {
        try ItemState(history: history(row: row)) { try texts.bytes(of: $0) }
    }

    // MARK: Deriving

    /// Enters a revision, whose entry and parents are stored, into the derived tables; returns its item's row.
    func derive(_ revision: Revision, row: Int64) throws -> Int64 {
        var item = row
        var depth: Int64 = 0
        var parents: [Int64] = []
        for parent in revision.parents {
            let statement = try db.cachedStatement(sql: "SELECT id, item, depth FROM revision WHERE id = ?")
            guard let row = try entries.row(of: parent.entry), let found = try Row.fetchOne(statement, arguments: [row]) else {
                throw ArchiveError(.corrupt, "the parent \(parent) of a revision is not in the archive")
            }
            item = found[1]
            depth = max(depth, found[2] + 1)
            parents.append(found[0])
        }
        try db.cachedStatement(sql: "INSERT INTO revision (id, item, depth, text) VALUES (?, ?, ?, ?)")
            .execute(arguments: [row, item, depth, try revision.text.flatMap { try texts.id(of: $0) }])
        for parent in parents {
            try db.cachedStatement(sql: "INSERT INTO parent (child, parent) VALUES (?, ?)").execute(arguments: [row, parent])
            try db.cachedStatement(sql: "DELETE FROM head WHERE item = ? AND revision = ?").execute(arguments: [item, parent])
        }
        // Parents come first always, so a revision that arrives has no successor yet.
        try db.cachedStatement(sql: "INSERT INTO head (item, revision) VALUES (?, ?)").execute(arguments: [item, row])
        return item
    }

    /// The `item` row of a root that is its item's only revision, without reading anything back.
    func refreshRoot(_ revision: Revision, row: Int64, characters: Int, recorded: Timestamp) throws {
        try write(
            row: row, revision: revision, shown: row, text: revision.text.flatMap { try texts.id(of: $0) },
            characters: characters, versions: 1, modified: revision.written ?? recorded, isConflict: false,
            isDeleted: revision.isTombstone)
    }

    /// Computes the `item` row anew from the item's revisions.
    func refresh(row: Int64) throws {
        let state = try state(row: row)
        // An original need not be text.
        let text = try state.kind == .source ? [] : ArchiveReader(db: db).text(of: state)
        try write(
            row: row, revision: Revision(kind: state.kind, fields: state.fields), shown: id(of: state.shown),
            text: state.storedText.flatMap { try texts.id(of: $0) }, characters: CodePoints.count(text),
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
        let title = revision.fields[string: FieldKey.title] ?? revision.fields[string: FieldKey.name]
        let target = (revision.fields[string: FieldKey.essay] ?? revision.fields[string: FieldKey.replaces]).flatMap { ItemID(hex: $0) }
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO item
                (id, kind, title, shown, text, target, characters, versions, modified, conflict, deleted)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            row, revision.kind.rawValue, title, shown, text, target?.blob, characters, versions, modified.milliseconds,
            isConflict, isDeleted,
        ])
    }

    /// Empties the derived tables and fills them again from the entries, in the order of their arrival.
    func rebuild(progress: (Int) -> Void = { _ in }) throws {
        for table in ["item", "head", "parent", "revision", "log_end"] { try db.execute(sql: "DELETE FROM \(table)") }
        for row in try Int64.fetchAll(db, sql: "SELECT id FROM entry WHERE kind = 'fork' ORDER BY id") {
            if let end = LogEnd(bytes: try entries.bytes(row: row)) { try LogStore(db: db).end(end) }
        }
        let rows = try Row.fetchCursor(db, sql: "SELECT id, bytes FROM entry WHERE kind IS NULL ORDER BY id")
        while let row = try rows.next() {
            _ = try derive(try Revision(canonicalBytes: entries.unpack(row[1])), row: row[0])
        }
        let items = try Int64.fetchAll(db, sql: "SELECT DISTINCT item FROM revision ORDER BY item")
        for (count, item) in items.enumerated() {
            try refresh(row: item)
            progress(count + 1)
        }
    }
}
