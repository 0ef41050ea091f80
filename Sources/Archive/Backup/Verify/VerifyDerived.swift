import GRDB
import History
import Prose

/// Compares the derived tables with the entries, as these are read in their order.
///
/// An item of one revision, as nearly all are, is compared at once. Items of several are noted, and their state is computed anew
/// at the end.
struct DerivedCheck {
    private let db: Database
    private let histories: HistoryStore
    private let characters: [Int32]
    private let damagedTexts: Set<Int64>
    private let revisions: TableReader<RevisionRow>
    private let items: TableReader<ItemRow>
    private let heads: TableReader<HeadRow>
    private let tags: TableReader<TagRow>
    private var runs: RunTimes
    /// The rows of items that have several revisions, or follow what has.
    private var others: Set<Int64> = []
    /// Essays met lately.
    private var recent: [ItemID: (row: Int64, versions: Int)] = [:]
    private var ends: [ReplicaID: Int64] = [:]
    /// What is wrong with a table.
    private(set) var problems: [String: String] = [:]

    private struct RevisionRow {
        let id, item: Int64
        let text: Int64?
    }

    private struct HeadRow {
        let item, revision: Int64
    }

    private struct TagRow {
        let item: Int64
        let tag: ExactString
    }

    init(_ db: Database, _ histories: HistoryStore, characters: [Int32], damagedTexts: Set<Int64>) {
        self.damagedTexts = damagedTexts
        (self.db, self.histories, self.characters) = (db, histories, characters)
        revisions = TableReader(db, "SELECT id, item, text FROM revision ORDER BY id", key: \.id) {
            RevisionRow(id: try $0[0], item: try $0[1], text: try $0[2])
        }
        items = TableReader(db, "SELECT \(ItemRow.columns) FROM item ORDER BY id", key: \.id) { try ItemRow($0) }
        heads = TableReader(db, "SELECT item, revision FROM head ORDER BY item, revision", key: \.item) {
            HeadRow(item: try $0[0], revision: try $0[1])
        }
        tags = TableReader(db, "SELECT item, tag FROM tag ORDER BY item", key: \.item) {
            TagRow(item: try $0[0], tag: ExactString(try $0[1] as String))
        }
        runs = RunTimes(db)
    }

    /// How many rows were compared.
    var count: Int { revisions.count + items.count + heads.count + tags.count }

    private mutating func note(_ table: String, _ what: String = "is not what the revisions say") {
        if problems[table] == nil { problems[table] = "the derived table '\(table)' \(what)" }
    }

    mutating func add(_ end: LogEnd) { ends[end.replica] = min(ends[end.replica] ?? .max, end.last) }

    // MARK: Revisions

    /// Compares the row of a revision.
    /// - Returns: the number of its text.
    mutating func check(
        _ revision: Revision, _ row: Int64, _ id: EntryID, text: (Int64) -> TextHash?, entry: (Int64) -> EntryID?
    ) -> Int64? {
        guard let derived = revisions.take(row).first else {
            note("revision")
            return revision.text.flatMap { try? histories.texts.id(of: $0) }
        }
        let number = derived.text.flatMap { text($0) == revision.text ? derived.text : nil }
        if revision.text != nil && number == nil || revision.text == nil && derived.text != nil { note("revision") }
        let root = revision.item?.root.entry ?? id
        if entry(derived.item) != root { note("revision") }
        if revision.item == nil { checkRoot(revision, row, id, number) } else { others.insert(derived.item) }
        return number ?? revision.text.flatMap { try? histories.texts.id(of: $0) }
    }

    private mutating func checkRoot(_ revision: Revision, _ row: Int64, _ id: EntryID, _ text: Int64?) {
        guard let item = items.take(row).first else { return note("item") }
        let heads = heads.take(row)
        let tags = tags.take(row)
        let recorded = runs.time(row)
        guard item.versions == 1, !isFollowed(revision, id) else {
            others.insert(row)
            return
        }
        remember(revision, row, id)
        // How long a text was that is damaged now, nobody can say.
        let isUnknown = text.map(damagedTexts.contains) ?? false
        let points =
            isUnknown
            ? item.characters
            : revision.kind == .source
                ? 0
                : text.flatMap { characters.indices.contains(Int($0)) ? Int(max(0, characters[Int($0)])) : nil } ?? 0
        let expected = ItemRow(
            id: row, state: revision, shown: row, text: text, characters: points, versions: 1,
            modified: revision.written ?? recorded,
            isDeleted: revision.isTombstone)
        if item != expected { note("item") }
        if Set(tags.map(\.tag)) != Set(expected.tags) { note("tag") }
        if heads.map(\.revision) != [row] { note("head") }
    }

    private mutating func remember(_ revision: Revision, _ row: Int64, _ id: EntryID) {
        guard revision.kind == .essay else { return }
        if recent.count >= 4096 { recent.removeAll(keepingCapacity: true) }
        recent[id.revision.asRoot] = (row, 1)
    }

    /// Whether the essay that a source was cut into may say what the source holds now.
    private func isFollowed(_ revision: Revision, _ id: EntryID) -> Bool {
        guard revision.kind == .source, let essay = SourceRecord(id: id.revision.asRoot, revision).followed else {
            return false
        }
        return recent[essay] == nil
    }

    // MARK: The rest

    /// Compares the items that have several revisions, and looks for rows of which there is no entry.
    /// - Parameter damaged: how many entries could not be compared with their rows.
    mutating func finish(damaged: Int) throws {
        for row in others.sorted() { try checkItem(row) }
        try checkEnds()
        checkTotals()
        let rest = [
            ("revision", revisions.finish()), ("item", items.finish()), ("head", heads.finish()),
            ("tag", tags.finish()),
        ]
        for (table, isReadable) in rest where !isReadable { note(table, "cannot be read to the end") }
        let extra = [
            ("revision", revisions.passed), ("item", items.passed), ("head", heads.passed), ("tag", tags.passed),
        ]
        // Rows of damaged entries are there rightly.
        for (table, count) in extra where count > 0 && damaged == 0 {
            note(table, "has rows for which there is no revision")
        }
    }

    private mutating func checkItem(_ row: Int64) throws {
        do {
            histories.known?.damage = []
            let expected = try histories.itemRow(row)
            // What the item shows rests on a damaged text.
            guard histories.known?.damage.isEmpty ?? true else { return }
            let found = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT \(ItemRow.columns) FROM item WHERE id = ?"), arguments: [row]
            ).map { try ItemRow($0) }
            if found != expected { note("item") }
            let tags = try String.fetchAll(
                db.cachedStatement(sql: "SELECT tag FROM tag WHERE item = ?"), arguments: [row])
            if Set(tags.map { ExactString($0) }) != Set(expected.tags) { note("tag") }
            let heads = try Int64.fetchAll(
                db.cachedStatement(sql: "SELECT revision FROM head WHERE item = ? ORDER BY revision"), arguments: [row])
            let wanted = try histories.history(row: row).heads.map { try histories.entries.row(of: $0.entry) ?? 0 }
                .sorted()
            if heads != wanted { note("head") }
        } catch let error as ArchiveError where error.damage == .rows("revision") {
            note("revision")
        } catch let error as ArchiveError where error.damage != nil {
            // The entry is named already, or its rows are not what it says.
            if case .entry(let id)? = error.damage,
                (try? histories.entries.row(of: id).map { try histories.entries.bytes(row: $0) }) != nil
            {
                note("revision")
            }
        } catch  where isDamage(error) {
            note("item", "cannot be compared: \(Verification.reason(error))")
        }
    }

    /// Compares the totals with the tables that they are of.
    private mutating func checkTotals() {
        do {
            if try Totals(db) != Totals.computed(db) { note("totals", "is not what the other derived tables come to") }
        } catch {
            note("totals", "cannot be compared: \(Verification.reason(error))")
        }
    }

    private mutating func checkEnds() throws {
        let rows = try Row.fetchAll(
            db, sql: "SELECT r.hash, e.last FROM log_end e LEFT JOIN replica r ON r.id = e.replica")
        let found = rows.map { (ReplicaID(bytes: $0[0] as [UInt8]), (try? $0[1] as Int64) ?? -1) }
        if found.count != ends.count || found.contains(where: { id, last in id.flatMap { ends[$0] } != last }) {
            note("log_end")
        }
    }
}

/// Reads a table in the order of a key beside another, row by row.
final class TableReader<Element> {
    private let rows: RowCursor?
    fileprivate let key: KeyPath<Element, Int64>
    private let decode: (Row) throws -> Element
    fileprivate var next: Element?
    private var isReadable = true
    /// How many rows were asked for.
    private(set) var count = 0
    /// How many were passed over, since nobody asked for their keys.
    private(set) var passed = 0

    init(_ db: Database, _ sql: String, key: KeyPath<Element, Int64>, decode: @escaping (Row) throws -> Element) {
        (self.key, self.decode) = (key, decode)
        rows = try? Row.fetchCursor(db, sql: sql)
        isReadable = rows != nil
        advance()
    }

    private func advance() {
        next = nil
        guard isReadable, let rows else { return }
        do {
            guard let row = try rows.next() else { return }
            next = try decode(row)
        } catch {
            isReadable = false
        }
    }

    /// The rows with a key that is above those asked for before.
    func take(_ wanted: Int64) -> [Element] {
        var found: [Element] = []
        while let element = next, element[keyPath: key] <= wanted {
            if element[keyPath: key] == wanted { found.append(element) } else { passed += 1 }
            advance()
        }
        count += found.count
        return found
    }

    /// Reads what is left.
    /// - Returns: whether all could be read.
    func finish() -> Bool {
        while next != nil {
            passed += 1
            advance()
        }
        return isReadable
    }
}

/// When entries were logged, asked for in their order.
private struct RunTimes {
    private struct Run {
        let entry, count, recorded: Int64
        let times: LogTimes
    }

    private let runs: TableReader<Run>
    /// Those that an entry asked for may be in.
    private var open: [Run] = []

    init(_ db: Database) {
        runs = TableReader(db, "SELECT entry, count, recorded, times FROM log ORDER BY entry", key: \.entry) { row in
            let count: Int64 = try row[1]
            guard 1...LogStore.longestRun ~= count else { throw ArchiveError.damagedRow }
            let recorded: Int64 = try row[2]
            return Run(
                entry: try row[0], count: count, recorded: recorded,
                times: LogTimes(first: Timestamp(milliseconds: recorded), others: try row[3], count: Int(count)))
        }
    }

    /// The first time that the entry was logged.
    mutating func time(_ row: Int64) -> Timestamp {
        open += runs.take(upTo: row)
        open.removeAll { $0.entry + $0.count <= row }
        return open.map { $0.times.all[Int(row - $0.entry)] }.min() ?? Timestamp(milliseconds: 0)
    }
}

extension TableReader {
    /// The rows with keys up to this one that were not taken before.
    func take(upTo last: Int64) -> [Element] {
        var found: [Element] = []
        while let key = nextKey, key <= last { found += take(key) }
        return found
    }

    private var nextKey: Int64? { next.map { $0[keyPath: key] } }
}
