import Files
import Foundation
import GRDB

extension SearchIndex {
    /// Checks the index, if there is one that is of this archive, against the checksums that it was written with. It is neither
    /// made nor changed, and that it is behind the archive is no problem.
    public func verify(into report: inout VerificationReport) throws {
        if let file, let status = try FileStatus.of(file.path, followingLinks: true), status.kind != .regular {
            return report.add(foreign(file))
        }
        guard let isSound = try isSound(&report), !isSound else { return }
        guard let file, !file.isRecognized else {
            return report.add(
                VerificationReport.Problem(what: "the search index is damaged", item: "search index", repair: .rebuild))
        }
        report.add(foreign(file))
    }

    private func foreign(_ file: SearchIndexFile) -> VerificationReport.Problem {
        VerificationReport.Problem(
            what: "\(file.path) is no search index, or one whose beginning is destroyed", item: "search index",
            repair: .moveAwayFromIndex)
    }

    /// `nil` if there is nothing to check.
    private func isSound(_ report: inout VerificationReport) throws -> Bool? {
        do {
            guard
                let documents = try reading({ queue in
                    try queue.read { db in try archive.read { try Self.check(db, $0) } }
                })
            else { return nil }
            guard let count = documents else { return false }
            report.checked.append(("documents in the search index", count))
            return true
        } catch  where error is DamagedSegment || isDamage(error) {
            return false
        } catch let error as DatabaseError
            where error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_READONLY
        {
            return nil
        }
    }

    /// How many essays the index has; `.some(nil)` if it is damaged, `nil` if it is of another version or file and will be made again.
    private static func check(_ db: Database, _ reader: ArchiveReader) throws -> Int?? {
        // Another database may stand in its place.
        guard try db.tableExists("meta") else { return .some(nil) }
        let found = try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'version'")
        guard found == version, try !isForeign(db, reader) else { return .none }
        let problems = try String.fetchAll(db, sql: "PRAGMA integrity_check(1)")
        guard problems == ["ok"] else { return .some(nil) }
        try SegmentStore(db: db).check()
        guard try TableSums(db) == TableSums.computed(db), try holdsAllDocuments(db) else { return .some(nil) }
        let documents =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM document WHERE kind = \(DocumentKind.essay.rawValue)") ?? 0
        let isBehind = try isBehind(db, reader)
        guard try isBehind || documents == reader.counts().essays else { return .some(nil) }
        return .some(documents)
    }

    /// Whether each document is in a segment.
    private static func holdsAllDocuments(_ db: Database) throws -> Bool {
        var seen = DocumentSet()
        for segment in try SegmentStore(db: db).all() {
            for document in try segment.tables().documents { seen.insert(Int64(document.id)) }
        }
        return try Int64.fetchAll(db, sql: "SELECT id FROM document").allSatisfy { seen.contains($0) }
    }
}
