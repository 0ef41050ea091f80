import Foundation
import GRDB

/// An item in a listing.
public struct ItemSummary: Hashable, Sendable {
    public let id: ItemID
    public let title: String
    /// The number of the shown version; `nil` for a clean merge that is not written.
    public let version: Int?
    public let versions: Int
    /// Unicode code points of the text.
    public let characters: Int
    /// Annotations on it that are not deleted.
    public let annotations: Int
    public let isConflict: Bool
    public let isDeleted: Bool
    public let modified: Timestamp
}

/// How many of each there are in an archive; deleted ones are not counted.
public struct ArchiveCounts: Sendable {
    public let essays: Int
    /// Versions of essays, those of deleted ones included.
    public let versions: Int
    public let annotations: Int
    public let sources: Int
    public let conflicts: Int
    public let deleted: Int
}

/// How essays stood at a moment.
public struct EssayStanding: Sendable {
    /// The newest item's row.
    let last: Int64
    /// The rows of those that are deleted.
    let deleted: Set<Int64>
}

/// Which items a listing holds.
public struct ItemFilter: Sendable {
    public var kind = ItemKind.essay
    public var includesDeleted = false
    public var onlyConflicts = false
    public var tag: String?
    /// Part of the title.
    public var title: String?
    public init() {}
}

extension ArchiveReader {
    /// The items that pass the filter, the one modified last first.
    public func items(_ filter: ItemFilter = ItemFilter()) throws -> [ItemSummary] {
        // Not a variable alone, for which SQLite would compile the statement anew with every value.
        var conditions = ["i.kind = CAST(? AS TEXT)"]
        var arguments: StatementArguments = [filter.kind.rawValue]
        if !filter.includesDeleted { conditions.append("NOT i.deleted") }
        if filter.onlyConflicts { conditions.append("i.conflict") }
        if let title = filter.title {
            conditions.append("instr(i.title, ?) > 0")
            arguments += [title]
        }
        let statement = try db.cachedStatement(
            sql: Self.summaries + " WHERE \(conditions.joined(separator: " AND ")) ORDER BY i.modified DESC, e.hash")
        let rows = try Row.fetchAll(statement, arguments: arguments)
        guard let tag = filter.tag.map({ ExactString($0) }) else { return try rows.map(summary) }
        return try rows.map(summary).filter { try state($0.id).fields.tags.contains(tag) }
    }

    public func summary(_ item: ItemID) throws -> ItemSummary {
        guard let entry = try entries.row(of: item.root.entry),
            let row = try Row.fetchOne(db.cachedStatement(sql: Self.summaries + " WHERE i.id = ?"), arguments: [entry])
        else {
            throw ArchiveError(.notFound, "there is no item \(item)")
        }
        return try summary(row)
    }

    public func counts() throws -> ArchiveCounts {
        let statement = try db.cachedStatement(
            sql: """
                SELECT count(*) FILTER (WHERE kind = 'essay' AND NOT deleted), sum(versions) FILTER (WHERE kind = 'essay'),
                    count(*) FILTER (WHERE kind = 'annotation' AND NOT deleted), count(*) FILTER (WHERE kind = 'source'),
                    count(*) FILTER (WHERE conflict), count(*) FILTER (WHERE kind = 'essay' AND deleted)
                FROM item
                """)
        let row = try Row.fetchOne(statement)!
        return ArchiveCounts(
            essays: row[0], versions: row[1] ?? 0, annotations: row[2], sources: row[3], conflicts: row[4], deleted: row[5])
    }

    /// How many of the items, given by their rows, show a merge of several heads.
    public func countMerged(_ rows: Set<Int64>) throws -> Int {
        let statement = try db.cachedStatement(sql: "SELECT shown IS NULL FROM item WHERE id = ?")
        return try rows.count { try Bool.fetchOne(statement, arguments: [$0]) ?? false }
    }

    /// Those of the essays, given by their rows, that are there because a change was made beside a deletion.
    public func revived(_ rows: Set<Int64>) throws -> [ItemID] {
        let statement = try db.cachedStatement(
            sql: "SELECT kind = 'essay' AND NOT deleted AND (SELECT count(*) FROM head WHERE item = ?1) > 1 FROM item WHERE id = ?1")
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
            try row <= before.last && !before.deleted.contains(row) && Bool.fetchOne(statement, arguments: [row]) ?? false
        }.sorted().map { try summary(histories.itemID(row: $0)) }
    }

    private static let summaries = """
        SELECT e.hash, i.title, i.versions, i.characters, i.conflict, i.deleted, i.modified, i.shown,
            (SELECT count(*) FROM item a WHERE a.target = e.hash AND NOT a.deleted) FROM item i JOIN entry e ON e.id = i.id
        """

    private func summary(_ row: Row) throws -> ItemSummary {
        let id = ItemID(blob: row[0])
        return ItemSummary(
            id: id, title: row[1] ?? "", version: try version(row, of: id), versions: row[2], characters: row[3],
            annotations: row[8], isConflict: row[4], isDeleted: row[5], modified: Timestamp(milliseconds: row[6]))
    }

    private func version(_ row: Row, of item: ItemID) throws -> Int? {
        guard row[7] != nil else { return nil }
        // A single head descends from all other revisions, so it is the last.
        guard row[4] else { return row[2] }
        let state = try state(item)
        return state.shown.flatMap { state.history.version(of: $0) }
    }
}
