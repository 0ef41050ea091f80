import Foundation
import GRDB
import History
import Prose

/// Names that begin as a person began one, for a shell to complete. By the indexes alone, whatever the archive's size.
extension ArchiveReader {
    /// Titles of essays, or the first digits of their IDs.
    /// - Returns: `limit` names at most; of no prefix the titles of the essays changed last. A title that several essays have, or
    ///   that holds a line break, names none, and is left out.
    public func essayNames(beginning prefix: String, limit: Int = 100) throws -> [String] {
        let titles: [String] =
            try prefix.isEmpty
            ? String.fetchAll(
                db,
                sql:
                    "SELECT title FROM item WHERE kind = 'essay' AND NOT deleted AND title IS NOT NULL ORDER BY modified DESC LIMIT ?",
                arguments: [limit])
            : String.fetchAll(
                db,
                sql:
                    "SELECT title FROM item WHERE kind = 'essay' AND title >= ? AND title < ? AND NOT deleted ORDER BY title LIMIT ?",
                arguments: [prefix, Self.end(of: prefix), limit])
        let counts = Dictionary(titles.map { (ExactString($0), 1) }, uniquingKeysWith: +)
        let unique = titles.filter { counts[ExactString($0)] == 1 && !$0.contains(where: \.isNewline) }
        return try unique + itemsByIDPrefix(prefix, kind: .essay, deleted: false).prefix(limit).map(\.short)
    }

    /// The first digits of annotations' IDs; of no prefix those of the annotations changed last.
    public func annotationNames(beginning prefix: String, limit: Int = 100) throws -> [String] {
        guard prefix.isEmpty else {
            return try itemsByIDPrefix(prefix, kind: .annotation, deleted: false).prefix(limit).map(\.short)
        }
        return try Data.fetchAll(
            db,
            sql: """
                SELECT e.hash FROM (SELECT id, modified FROM item WHERE kind = 'annotation' AND NOT deleted ORDER BY modified DESC LIMIT ?) i
                    JOIN entry e ON e.id = i.id ORDER BY i.modified DESC
                """, arguments: [limit]
        ).map { try ItemID(blob: $0).short }
    }

    /// Tags, in order.
    public func tagNames(beginning prefix: String, limit: Int = 100) throws -> [String] {
        // Of a tag that many essays have, the index is gone through once.
        let next = try db.cachedStatement(sql: "SELECT min(tag) FROM tag WHERE tag > ? AND tag < ?")
        var tags = try String.fetchAll(db, sql: "SELECT tag FROM tag WHERE tag = ? LIMIT 1", arguments: [prefix])
        var last = prefix
        while tags.count < limit, let tag = try String.fetchOne(next, arguments: [last, Self.end(of: prefix)]) {
            tags.append(tag)
            last = tag
        }
        return tags
    }

    /// The least text that comes after all that begin with a prefix, as SQLite orders them: byte by byte.
    private static func end(of prefix: String) -> String { prefix + "\u{10FFFF}" }
}
