import Foundation
import GRDB

extension SearchIndex {
    /// Checks the index against the archive, after catching up: every document's tokens against its text.
    public func verify(into report: inout VerificationReport) throws {
        do {
            try check(into: &report)
        } catch let error as ArchiveError where error.code == .cannotWrite {
            // It can be made again at any time: that says nothing against the archive.
            report.problems.append(
                VerificationReport.Problem(what: "the search index cannot be checked: \(error.message)", item: "search index", mend: "archivectl rebuild"))
        }
    }

    private func check(into report: inout VerificationReport) throws {
        try catchUp()
        let essays = try archive.read { try $0.counts().essays }
        let (documents, isSound) = try withDatabase { queue in
            try queue.read { db in
                let documents = try Int.fetchOne(db, sql: "SELECT count(*) FROM document WHERE kind = \(DocumentKind.essay.rawValue)")!
                let isSound = try archive.read { try SegmentCheck(db: db, reader: $0).isSound() }
                return (documents, isSound)
            }
        }
        if documents != essays || !isSound {
            report.problems.append(
                VerificationReport.Problem(what: "the search index does not match the archive", item: "search index", mend: "archivectl rebuild"))
        }
        report.checked.append(("documents in the search index", documents))
    }
}

/// Enters every document anew and compares what comes out with what the segments hold.
private struct SegmentCheck {
    let db: Database
    let reader: ArchiveReader

    func isSound() throws -> Bool {
        do {
            var seen = DocumentSet()
            for segment in try SegmentStore(db: db).all() where try !isSound(segment, &seen) { return false }
            return try Int64.fetchAll(db, sql: "SELECT id FROM document").allSatisfy { seen.contains($0) }
        } catch is DamagedSegment {
            return false
        }
    }

    private func isSound(_ segment: Segment, _ seen: inout DocumentSet) throws -> Bool {
        let contents = try SegmentContents(segment)
        let tables = try segment.tables()
        for (index, document) in tables.documents.enumerated() {
            let id = Int64(document.id)
            guard let expected = try source(id) else { continue }
            var builder = SegmentBuilder()
            builder.enter(expected, id: id)
            let units = tables.unitRange(index)
            let places = tables.units[units.lowerBound]..<segment.places(ofUnit: units.upperBound - 1, in: tables).upperBound
            guard !seen.contains(id), builder.holds(contents, places) else { return false }
            seen.insert(id)
        }
        return true
    }

    /// What a document was made from; `nil` if it was replaced.
    private func source(_ id: Int64) throws -> SearchDocument? {
        guard let row = try Row.fetchOne(db.cachedStatement(sql: "SELECT item, revision FROM document WHERE id = ?"), arguments: [id]),
            let item = try reader.histories.row(of: ItemID(blob: row[0]))
        else { return nil }
        let revision = (row[1] as Data?).map { RevisionID(blob: $0) }
        return try DocumentSource(row: item, reader).documents(reader).first { $0.revision == revision }
    }
}
