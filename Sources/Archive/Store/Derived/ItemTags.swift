import GRDB
import Prose

/// The tags of items as they are shown, to list by.
struct ItemTags {
    let db: Database

    /// - Parameter isNew: whether nothing is kept of the item yet.
    func set(_ tags: [ExactString], of item: Int64, isNew: Bool) throws {
        if !isNew { try db.cachedStatement(sql: "DELETE FROM tag WHERE item = ?").execute(arguments: [item]) }
        for tag in tags {
            // Another program may have written one twice.
            try db.cachedStatement(sql: "INSERT OR IGNORE INTO tag (item, tag) VALUES (?, ?)").execute(arguments: [
                item, tag.string,
            ])
        }
    }
}
