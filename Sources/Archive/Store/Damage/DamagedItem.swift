import GRDB
import History

/// Whose state is damaged: a version of an essay, an annotation, or an original.
public struct DamagedItem: Hashable, Sendable, CustomStringConvertible {
    /// `nil` if not even that can be read.
    public let kind: ItemKind?
    public let item: ItemID
    /// An essay's title or a source's file name.
    public let title: String
    /// The number of the version; `nil` of an item that is no essay.
    public let version: Int?
    public let revision: RevisionID

    public var description: String {
        let name = title.isEmpty ? item.short : "“\(title)” (\(item.short))"
        switch kind {
        case .essay?: return "version \(version.map(String.init) ?? "?") of \(name)"
        case .annotation?: return "the annotation \(item.short)"
        case .source?: return "the original \(name)"
        case let kind?: return "the \(kind.rawValue) \(item.short)"
        case nil: return "the item \(item.short)"
        }
    }
}

extension Digest {
    /// Enough digits to name an item.
    var short: String { String(hex.prefix(12)) }
}

extension ArchiveReader {
    /// Whose state is damaged by this. Reads the table of revisions, which may be damaged itself: what it does not say is left out.
    public func items(damagedBy damage: Damage, limit: Int = 100) -> [DamagedItem] {
        do {
            switch damage {
            case .text(let hash):
                guard let number = try texts.id(of: hash) else { return [] }
                return try Int64.fetchAll(
                    db, sql: "SELECT id FROM revision WHERE text = ? ORDER BY id LIMIT ?", arguments: [number, limit]
                )
                .compactMap(item(ofRevision:))
            case .entry(let id):
                guard let row = try entries.row(of: id) else { return [] }
                return [item(ofRevision: row)].compactMap(\.self)
            case .rows: return []
            }
        } catch {
            return []
        }
    }

    /// The item of a revision, given by its row; `nil` if nothing is known of it.
    func item(ofRevision row: Int64) -> DamagedItem? {
        guard let item = try? Int64.fetchOne(db, sql: "SELECT item FROM revision WHERE id = ?", arguments: [row]),
            let id = try? histories.itemID(row: item),
            let revision = try? entries.id(row: row).revision
        else { return nil }
        let found = try? Row.fetchOne(db, sql: "SELECT kind, title FROM item WHERE id = ?", arguments: [item])
        let kind = found.flatMap { try? $0[0] as String }.map { ItemKind(rawValue: $0) }
        let title = found.flatMap { try? $0[1] as String? } ?? ""
        return DamagedItem(
            kind: kind, item: id, title: title, version: kind == .essay ? version(row, revision, item) : nil,
            revision: revision)
    }

    /// The version's number; where the history cannot be read, its place in the order of arrival.
    private func version(_ row: Int64, _ revision: RevisionID, _ item: Int64) -> Int? {
        if let version = try? histories.history(row: item).version(of: revision) { return version }
        return try? Int.fetchOne(
            db, sql: "SELECT count(*) FROM revision WHERE item = ? AND id <= ?", arguments: [item, row])
    }

    /// An error about damage, with whose state is damaged in place of the hash, which says nothing to a person.
    func named(_ error: ArchiveError) -> ArchiveError {
        guard let damage = error.damage else { return error }
        let items = items(damagedBy: damage, limit: 3)
        guard let first = items.first else { return error }
        let what = if case .text = damage { "text" } else { "entry" }
        let reason = error.reason.map { "its \(what) \($0)" } ?? error.message
        let others = items.count > 1 ? "; others have the same \(what)" : ""
        return ArchiveError(
            error.code, "\(first) is damaged: \(reason)\(others)", subject: first.item.hex, remedy: error.remedy,
            damage: damage)
    }
}
