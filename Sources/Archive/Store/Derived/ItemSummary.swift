import Foundation
import GRDB
import History
import Prose

/// An item in a listing.
public struct ItemSummary: Hashable, Sendable {
    /// Identifies the item in every replica.
    public let id: ItemID
    /// The title; empty if it has none.
    public let title: String
    /// The number of the shown version; `nil` for a clean merge that is not written.
    public let version: Int?
    /// How many versions there are.
    public let versions: Int
    /// Unicode code points of the text.
    public let characters: Int
    /// Annotations on it that are not deleted.
    public let annotations: Int
    /// As the fields say.
    public let author: String?
    /// The date, as the fields say: a year, a month or a day.
    public let date: String?
    /// The tags.
    public let tags: [String]
    /// Whether changes made on several machines could not be merged.
    public let isConflict: Bool
    /// Whether it was deleted. Its revisions are still there.
    public let isDeleted: Bool
    /// When it was last changed.
    public let modified: Timestamp
}

/// How essays stood at a moment.
public struct EssayStanding: Sendable {
    /// The newest item's row.
    let last: Int64
    /// The rows of those that are deleted.
    let deleted: Set<Int64>
}

/// How a listing is sorted.
public enum ItemOrder: String, Sendable, CaseIterable {
    /// What was changed last first.
    case modified
    /// By the bytes of the title.
    case title
    /// The latest date first, as the field says; what has none comes last.
    case date
}

/// Which items a listing holds.
public struct ItemFilter: Sendable {
    /// Of this kind.
    public var kind = ItemKind.essay
    /// Also those that are deleted.
    public var includesDeleted = false
    /// Those alone whose changes could not be merged.
    public var onlyConflicts = false
    /// With this tag.
    public var tag: String?
    /// Part of the title.
    public var title: String?
    /// Part of the author, as the field says.
    public var author: String?
    /// How they are sorted.
    public var order = ItemOrder.modified
    /// At most so many.
    public var limit: Int?
    public init() {}

    /// Whether all items of the kind pass.
    fileprivate var isOfAll: Bool { !onlyConflicts && tag == nil && title == nil && author == nil && limit == nil }
}

extension ArchiveReader {
    /// The items that pass the filter, in its order.
    public func items(_ filter: ItemFilter = ItemFilter()) throws -> [ItemSummary] {
        var items: [ItemSummary] = []
        try forEachItem(filter) { items.append($0) }
        return items
    }

    /// Calls `body` with the items that pass the filter, in its order; there may be more of them than memory holds.
    public func forEachItem(_ filter: ItemFilter = ItemFilter(), _ body: (ItemSummary) throws -> Void) throws {
        // Not a variable alone, for which SQLite would compile the statement anew with every value.
        var conditions = ["i.kind = CAST(? AS TEXT)"]
        var arguments: StatementArguments = [filter.kind.rawValue]
        if !filter.includesDeleted { conditions.append("NOT i.deleted") }
        if filter.onlyConflicts { conditions.append("i.conflict") }
        for (column, part) in [("title", filter.title), ("author", filter.author)] {
            guard let part else { continue }
            // A value of another type is damage, which is said as the row is read, rather than no match.
            // Without regard to case, which is looked at only where there is any: most titles have none.
            let isCased = part.lowercased() != part.uppercased()
            let value = isCased ? "\(DatabaseFunction.lowercase.name)(i.\(column))" : "i.\(column)"
            conditions.append("(instr(\(value), ?) > 0 OR typeof(i.\(column)) NOT IN ('text', 'null'))")
            arguments += [isCased ? part.lowercased() : part]
        }
        if let tag = filter.tag {
            conditions.append("i.id IN (SELECT item FROM tag WHERE tag = ?)")
            arguments += [tag]
        }
        let condition = " WHERE \(conditions.joined(separator: " AND "))"
        var seen: [Int64] = []
        defer { if filter.isOfAll { noteMissing(seen.count, filter) } }
        do {
            let statement = try db.cachedStatement(
                sql: Self.summaries + condition + " ORDER BY \(filter.order.columns) LIMIT \(filter.limit ?? -1)")
            let rows = try Row.fetchCursor(statement, arguments: arguments)
            while let row = try rows.next() {
                seen.append(try row[12])
                if let item = try readable(row) { try body(item) }
            }
        } catch  where isDamage(error) {
            try readableItems(condition, arguments, filter, without: Set(seen)).forEach(body)
        }
    }

    /// A row of which the kind or another column is damaged is in no listing of its kind: the number of all says that it is missing.
    private func noteMissing(_ listed: Int, _ filter: ItemFilter) {
        guard filter.kind == .essay, known.damage.isEmpty, let counts = try? counts(),
            listed != counts.essays + (filter.includesDeleted ? counts.deleted : 0)
        else { return }
        known.damage.insert(.rows("item"))
    }

    /// A row of a listing; `nil` if it is damaged, or what it is about.
    private func readable(_ row: Row) throws -> ItemSummary? {
        do {
            return try passingOver(nil) { try summary(row) }
        } catch  where isDamage(error) {
            known.damage.insert(.rows("item"))
            return nil
        }
    }

    /// The items whose rows can be read, one by one, in the order of the filter, except those that were listed before.
    private func readableItems(
        _ condition: String, _ arguments: StatementArguments, _ filter: ItemFilter, without seen: Set<Int64>
    ) throws -> ArraySlice<ItemSummary> {
        known.damage.insert(.rows("item"))
        var items: [ItemSummary] = []
        try TolerantScan(db: db, table: "item", key: "id", columns: "kind").forEach(unreadable: { _ in }) { id, _ in
            guard !seen.contains(id) else { return }
            for summaries in [Self.summaries, Self.plainSummaries] {
                do {
                    let statement = try db.cachedStatement(
                        sql: summaries + condition + " AND i.id = CAST(? AS INTEGER)")
                    if let row = try Row.fetchOne(statement, arguments: arguments + [id]), let item = try readable(row)
                    {
                        items.append(item)
                    }
                    break
                } catch  where isDamage(error) {}
            }
        }
        return items.sorted(by: filter.order.areInOrder).prefix(filter.limit.map { max(0, $0 - seen.count) } ?? .max)
    }

    public func summary(_ item: ItemID) throws -> ItemSummary {
        guard let entry = try entries.row(of: item.root.entry),
            let row = try Row.fetchOne(db.cachedStatement(sql: Self.summaries + " WHERE i.id = ?"), arguments: [entry])
        else {
            throw ArchiveError(.notFound, "there is no item \(item)")
        }
        return try summary(row)
    }

    public func counts() throws -> ArchiveCounts { try totals().counts }

    /// What is kept of the archive as a whole; computed anew if that is damaged.
    func totals() throws -> Totals {
        do {
            return try Totals(db)
        } catch  where isDamage(error) {
            known.damage.insert(.rows("totals"))
            return try Totals.computed(db)
        }
    }

    /// How many of the items, given by their rows, show a merge of several heads.
    public func countMerged(_ rows: Set<Int64>) throws -> Int {
        let statement = try db.cachedStatement(sql: "SELECT shown IS NULL FROM item WHERE id = ?")
        return try rows.count { try Bool.fetchOne(statement, arguments: [$0]) ?? false }
    }

    /// Those of the essays, given by their rows, that are there because a change was made beside a deletion.
    public func revived(_ rows: Set<Int64>) throws -> [ItemID] {
        let statement = try db.cachedStatement(
            sql:
                "SELECT kind = 'essay' AND NOT deleted AND (SELECT count(*) FROM head WHERE item = ?1) > 1 FROM item WHERE id = ?1"
        )
        return try rows.filter { try Bool.fetchOne(statement, arguments: [$0]) ?? false }.sorted()
            .map { try histories.state(row: $0) }.filter(\.isRevived).map(\.item)
    }

    /// Which essays are here and which of them are deleted, to tell later what was deleted since.
    public func standing() throws -> EssayStanding {
        EssayStanding(
            last: try Int64.fetchOne(db, sql: "SELECT max(id) FROM item") ?? 0,
            deleted: Set(try Int64.fetchAll(db, sql: "SELECT id FROM item WHERE kind = 'essay' AND deleted")))
    }

    /// Those of the items, given by their rows, that are essays which were there and are deleted now.
    public func deleted(_ rows: Set<Int64>, since before: EssayStanding) throws -> [ItemSummary] {
        let statement = try db.cachedStatement(sql: "SELECT kind = 'essay' AND deleted FROM item WHERE id = ?")
        return try rows.filter { row in
            try row <= before.last && !before.deleted.contains(row)
                && Bool.fetchOne(statement, arguments: [row]) ?? false
        }.sorted().map { try summary(histories.itemID(row: $0)) }
    }

    private static let summaries = """
        SELECT e.hash, i.title, i.versions, i.characters, i.conflict, i.deleted, i.modified, i.shown,
            (SELECT count(*) FROM item a WHERE a.target = e.hash AND NOT a.deleted), i.author, i.date,
            (SELECT json_group_array(t.tag) FROM tag t WHERE t.item = i.id), i.id FROM item i JOIN entry e ON e.id = i.id
        """
    /// The same without what stands in other rows, for an archive in which these cannot be read.
    private static let plainSummaries = """
        SELECT e.hash, i.title, i.versions, i.characters, i.conflict, i.deleted, i.modified, i.shown, 0, i.author, i.date, '[]', i.id
        FROM item i JOIN entry e ON e.id = i.id
        """

    private func summary(_ row: Row) throws -> ItemSummary {
        let id = try ItemID(blob: row[0])
        // GRDB makes texts of bytes.
        for column in [1, 9, 10] {
            switch (try row[column] as DatabaseValue).storage {
            case .null, .string: break
            default: throw ArchiveError.damagedRow
            }
        }
        return try ItemSummary(
            id: id, title: row[1] as String? ?? "", version: version(row, of: id), versions: row[2], characters: row[3],
            annotations: row[8], author: row[9], date: row[10], tags: Self.tags(row[11]), isConflict: row[4],
            isDeleted: row[5],
            modified: Timestamp(milliseconds: row[6]))
    }

    private static func tags(_ array: String) -> [String] {
        array == "[]" ? [] : (try? JSONDecoder().decode([String].self, from: Data(array.utf8))) ?? []
    }

    private func version(_ row: Row, of item: ItemID) throws -> Int? {
        guard try (row[7] as Int64?) != nil else { return nil }
        // A single head descends from all other revisions, so it is the last.
        guard try row[4] else { return try row[2] }
        let state = try state(item)
        return state.shown.flatMap { state.history.version(of: $0) }
    }
}

extension ItemOrder {
    fileprivate var columns: String {
        switch self {
        case .modified: "i.modified DESC, e.hash"
        case .title: "i.title, e.hash"
        case .date: "i.date DESC, i.modified DESC, e.hash"
        }
    }

    /// The same order of items that were read one by one.
    fileprivate func areInOrder(_ left: ItemSummary, _ right: ItemSummary) -> Bool {
        switch self {
        case .modified: (right.modified, left.id) < (left.modified, right.id)
        case .title: (ExactString(left.title), left.id) < (ExactString(right.title), right.id)
        case .date:
            (ExactString(right.date ?? ""), right.modified, left.id) < (
                ExactString(left.date ?? ""), left.modified, right.id
            )
        }
    }
}
