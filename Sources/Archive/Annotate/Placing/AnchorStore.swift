import Foundation
import GRDB
import History
import Prose

/// Where annotations' passages were found, kept so that it need not be computed again. What is kept names what it was computed
/// of: if anything of that is another, it is computed anew, whoever changed it and by whatever version of this program.
struct AnchorStore {
    /// Where a passage is in the current text.
    struct Place: Equatable, Sendable {
        let state: AnchorState
        /// Unicode code points; `nil` for an orphan.
        let range: Range<Int>?
        let section: String?
    }

    /// A place, of the annotation in this row, with the digest of all that it was computed of.
    struct Record: Sendable {
        let annotation: Int64
        let basis: Data
        let place: Place
    }

    static let basisLength = 16

    let db: Database

    /// The place of an annotation, if it was computed of just this.
    func place(of annotation: Int64, basis: Data) throws -> Place? {
        do {
            return try stored(annotation, basis)
        } catch  where isDamage(error) {
            // It is computed anew.
            return nil
        }
    }

    private func stored(_ annotation: Int64, _ basis: Data) throws -> Place? {
        let statement = try db.cachedStatement(
            sql: "SELECT state, start, length, section FROM anchor WHERE annotation = ? AND basis = ?")
        guard let row = try Row.fetchOne(statement, arguments: [annotation, basis]),
            let state = AnchorState(rawValue: try row[0])
        else { return nil }
        let range = try (row[1] as Int?).map { start -> Range<Int> in
            let length: Int = try row[2]
            guard start >= 0, length >= 0, case (let end, false) = start.addingReportingOverflow(length) else {
                throw ArchiveError.damagedRow
            }
            return start..<end
        }
        return Place(state: state, range: range, section: try row[3])
    }

    func keep(_ records: [Record]) throws {
        let statement = try db.cachedStatement(
            sql:
                "INSERT OR REPLACE INTO anchor (annotation, basis, state, start, length, section) VALUES (?, ?, ?, ?, ?, ?)"
        )
        for record in records {
            let place = record.place
            try statement.execute(arguments: [
                record.annotation, record.basis, place.state.rawValue, place.range?.lowerBound, place.range?.count,
                place.section,
            ])
        }
    }
}

extension Archive {
    /// Runs reads that place annotations, and keeps the places that had to be computed for the next time, if the file can be written
    /// at once: whoever may only read it computes them each time.
    public func readKeepingAnchors<Value>(_ body: (ArchiveReader) throws -> Value) throws -> Value {
        let (value, computed) = try read { reader in (try body(reader), reader.known.anchors) }
        if !computed.isEmpty, !isReadOnly { try? keep(computed) }
        return value
    }

    private func keep(_ records: [AnchorStore.Record]) throws {
        try database.writeWithoutTransaction { db in
            // Nobody waits for what is only to save time later.
            try db.execute(sql: "PRAGMA busy_timeout = 0")
            defer { try? db.execute(sql: "PRAGMA busy_timeout = \(Int(environment.busyTimeout * 1000))") }
            try db.inTransaction(.immediate) {
                try AnchorStore(db: db).keep(records)
                return .commit
            }
        }
    }
}
