import Foundation
import GRDB
import History

/// What is known of the archive as a whole without reading it.
struct Totals: Equatable {
    var counts = ArchiveCounts()
    var sum = StateSum()

    init() {}

    /// The totals as they are kept; of an empty archive nothing is.
    init(_ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "SELECT essays, versions, annotations, sources, conflicts, deleted, heads FROM totals")
        guard let row = try Row.fetchOne(statement) else { return }
        counts = try ArchiveCounts(
            essays: row[0], versions: row[1], annotations: row[2], sources: row[3], conflicts: row[4],
            deleted: row[5])
        guard let sum = StateSum(bytes: row[6]), counts.isPossible else { throw ArchiveError.damagedRow }
        self.sum = sum
    }

    /// Computes the totals from the other derived tables. Of a damaged row, whatever its number, the sum is one.
    static func computed(_ db: Database) throws -> Totals {
        var totals = Totals()
        let statement = try db.cachedStatement(
            sql: """
                SELECT count(*) FILTER (WHERE kind = 'essay' AND NOT deleted),
                    sum(max(0, min(versions, \(ArchiveCounts.most)))) FILTER (WHERE kind = 'essay'),
                    count(*) FILTER (WHERE kind = 'annotation' AND NOT deleted), count(*) FILTER (WHERE kind = 'source'),
                    count(*) FILTER (WHERE conflict), count(*) FILTER (WHERE kind = 'essay' AND deleted)
                FROM item
                """)
        if let row = try Row.fetchOne(statement) {
            totals.counts = try ArchiveCounts(
                essays: row[0], versions: row[1] as Int? ?? 0, annotations: row[2], sources: row[3], conflicts: row[4],
                deleted: row[5])
        }
        let heads = try Row.fetchCursor(
            db,
            sql: "SELECT i.hash, h.hash FROM head JOIN entry i ON i.id = head.item JOIN entry h ON h.id = head.revision"
        )
        while let head = try heads.next() { try totals.sum.add(ItemID(blob: head[0]), RevisionID(blob: head[1])) }
        return totals
    }

    func write(_ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO totals (id, essays, versions, annotations, sources, conflicts, deleted, heads)
                VALUES (1, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            counts.essays, counts.versions, counts.annotations, counts.sources, counts.conflicts, counts.deleted,
            Data(sum.bytes),
        ])
    }
}
