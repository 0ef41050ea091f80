import Foundation
import GRDB
import History
import Prose

extension ArchiveReader {
    /// The item that a person names: by the first hexadecimal digits of its ID (four or more), by its exact title, or
    /// by a part of the title that no other has.
    /// - Throws: `ArchiveError` that lists the candidates if the name fits several, and says so if it fits none.
    public func find(_ name: String, kind: ItemKind = .essay, deleted: Bool = false) throws -> ItemID {
        let byID = try itemsByIDPrefix(name, kind: kind, deleted: deleted)
        let byTitle = try itemsByTitle("i.title = ?", name, kind: kind, deleted: deleted)
        var candidates = Array(Set(byID + byTitle)).sorted()
        if candidates.isEmpty, !name.isEmpty {
            candidates = try itemsByTitle("instr(i.title, ?) > 0", name, kind: kind, deleted: deleted)
        }
        if candidates.count == 1 { return candidates[0] }
        guard candidates.isEmpty else { throw try ambiguous(name, candidates, kind: kind) }
        if !deleted, let gone = try? find(name, kind: kind, deleted: true) {
            throw try isDeleted(gone, kind: kind)
        }
        try requireListing(name, kind)
        throw ArchiveError(
            .notFound, "no \(kind.rawValue) is named '\(name)'", subject: name,
            remedy: Self.isShortPrefix(name) ? .giveDigits(Self.shortestPrefix) : .nameItem(kind))
    }

    /// To be called before it is said that there is no such item.
    /// - Throws: `ArchiveError` of code `corrupt` if the history has an item of this ID that the table of items lacks, or the table
    ///   has fewer essays than the totals say.
    private func requireListing(_ name: String, _ kind: ItemKind) throws {
        let sql = "SELECT count(*) FROM item WHERE kind = 'essay' AND deleted IN (0, 1)"
        if kind == .essay, let totals = try? Totals(db).counts, let listed = try Int.fetchOne(db, sql: sql),
            listed < totals.essays + totals.deleted
        {
            throw Self.damagedListing
        }
        guard let (low, high) = Self.bounds(ofPrefix: name.lowercased()) else { return }
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT hash, id FROM entry WHERE substr(hash, 1, 6) BETWEEN substr(?1, 1, 6) AND substr(?2, 1, 6) AND hash BETWEEN ?1 AND ?2
                    AND kind IS NULL AND id NOT IN (SELECT id FROM item) LIMIT 100
                """, arguments: [low, high])
        for row in rows {
            let revision = try entries.revision(row: row[1])
            if revision.item == nil, revision.kind == kind { throw Self.damagedListing }
        }
    }

    private static var damagedListing: ArchiveError {
        ArchiveError(.corrupt, "the table of items lacks some that the history has", damage: .rows("item"))
    }

    /// The least and the greatest hash that begin with these digits; `nil` if they are too few, or no digits.
    private static func bounds(ofPrefix prefix: String) -> (low: Data, high: Data)? {
        let digits = prefix.utf8.count
        guard digits >= shortestPrefix, digits <= 64,
            let low = Hex.decode(prefix + String(repeating: "0", count: 64 - digits)),
            let high = Hex.decode(prefix + String(repeating: "f", count: 64 - digits))
        else { return nil }
        return (Data(low), Data(high))
    }

    /// The error for a deleted item that is named where only others may be.
    package func isDeleted(_ item: ItemID, kind: ItemKind = .essay) throws -> ArchiveError {
        let id = item.hex.prefix(12)
        let title = kind == .essay ? try "'\(summary(item).title)' (\(id))" : "\(id)"
        return ArchiveError(
            .notFound, "the \(kind.rawValue) \(title) is deleted", subject: item.hex, remedy: .undelete(String(id)))
    }

    /// How many digits of an ID name an item or a revision.
    public static let shortestPrefix = 4

    /// Whether a name may be meant as the first digits of an ID, and has too few of them.
    static func isShortPrefix(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count < shortestPrefix
            && Hex.decode(String(repeating: "0", count: name.utf8.count % 2) + name.lowercased()) != nil
    }

    /// The titles of a kind's items, with their items.
    /// - Parameters:
    ///   - deleted: whether deleted ones count, too.
    ///   - isWanted: of which titles; there may be a million.
    public func titles(
        _ kind: ItemKind = .essay, deleted: Bool = false, where isWanted: (String) -> Bool
    ) throws -> [(item: ItemID, title: String)] {
        // An index has the titles; rows of the table, which lie in another order, are looked at only where a title is wanted.
        let rows = try Row.fetchCursor(
            db, sql: "SELECT id, title FROM item WHERE kind = ? AND title IS NOT NULL", arguments: [kind.rawValue])
        let statement = try db.cachedStatement(sql: "SELECT deleted FROM item WHERE id = ?")
        var titles: [(item: ItemID, title: String)] = []
        while let row = try rows.next() {
            let (id, title): (Int64, String) = (try row[0], try row[1])
            guard isWanted(title), try deleted || Bool.fetchOne(statement, arguments: [id]) == false else { continue }
            titles.append((try histories.itemID(row: id), title))
        }
        return titles
    }

    /// The revision of an item that a person names: by version number, or by the first digits of its ID.
    public func findRevision(_ name: String, in history: History) throws -> RevisionID {
        if let number = Int(name), number >= 1, number <= history.order.count,
            name.utf8.count < Self.shortestPrefix || Hex.decode(name) == nil
        {
            return history.order[number - 1]
        }
        let matches = history.order.filter { $0.hex.hasPrefix(name.lowercased()) }
        if matches.count == 1, name.utf8.count >= Self.shortestPrefix { return matches[0] }
        if let number = Int(name), number >= 1, number <= history.order.count { return history.order[number - 1] }
        let (count, title) = (
            history.order.count, history.order.last.flatMap { history[$0]?.fields[string: FieldKey.title] }
        )
        if let number = Int(name), number < 1 || number > count, name.utf8.count < Self.shortestPrefix {
            throw ArchiveError(
                .notFound,
                "\(title.map { "'\($0)'" } ?? "it") has only \(count == 1 ? "version 1" : "versions 1 to \(count)")",
                subject: name, remedy: .listVersions(of: history.item.short))
        }
        throw ArchiveError(
            matches.count > 1 ? .ambiguous : .notFound,
            matches.count > 1 ? "'\(name)' fits \(counted(matches.count, "version"))" : "there is no version '\(name)'",
            subject: name, remedy: .nameVersion(of: history.item.short, count: count, digits: Self.shortestPrefix))
    }

    func itemsByIDPrefix(_ prefix: String, kind: ItemKind, deleted: Bool) throws -> [ItemID] {
        guard let (low, high) = Self.bounds(ofPrefix: prefix.lowercased()) else { return [] }
        return try Data.fetchAll(
            db,
            sql: """
                SELECT e.hash FROM entry e JOIN item i ON i.id = e.id
                WHERE substr(e.hash, 1, 6) BETWEEN substr(?1, 1, 6) AND substr(?2, 1, 6) AND e.hash BETWEEN ?1 AND ?2
                    AND i.kind = ?3 AND i.deleted <= ?4
                """,
            arguments: [low, high, kind.rawValue, deleted]
        ).map { try ItemID(blob: $0) }
    }

    private func itemsByTitle(_ condition: String, _ title: String, kind: ItemKind, deleted: Bool) throws -> [ItemID] {
        try Data.fetchAll(
            db,
            sql: """
                SELECT e.hash FROM item i JOIN entry e ON e.id = i.id
                WHERE i.kind = ? AND i.deleted <= ? AND \(condition) ORDER BY e.hash LIMIT 1000
                """, arguments: [kind.rawValue, deleted, title]
        ).map { try ItemID(blob: $0) }
    }

    /// The error for a name that fits several items.
    package func ambiguous(_ name: String, _ candidates: [ItemID], kind: ItemKind = .essay) throws -> ArchiveError {
        // Nothing is left out for one line.
        let shown = candidates.count > 11 ? candidates.prefix(10) : candidates[...]
        let titles = try shown.map { try summary($0).title }
        let lines = zip(shown, titles).map { "\n  \($0.hex.prefix(12))  \($1)" }
        let more = candidates.count > shown.count ? "\n  and \(candidates.count - shown.count) more" : ""
        return ArchiveError(
            .ambiguous, "'\(name)' fits \(candidates.count) \(kind.rawValue)s:\(lines.joined())\(more)\n",
            subject: name, remedy: Set(titles.map { ExactString($0) }).count == 1 ? .nameItemByID : .nameItemExactly)
    }
}
