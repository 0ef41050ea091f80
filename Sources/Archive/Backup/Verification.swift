import Foundation
import GRDB

/// What `verify` found.
public struct VerificationReport: Sendable {
    public struct Problem: Hashable, Sendable {
        /// What is wrong, in a sentence.
        public let what: String
        /// To what.
        public let item: String
        /// What mends it.
        public let mend: String

        package init(what: String, item: String, mend: String) {
            self.what = what
            self.item = item
            self.mend = mend
        }
    }

    package init() {}

    /// How many of each kind were checked.
    public package(set) var checked: [(what: String, count: Int)] = []
    public package(set) var problems: [Problem] = []
    public var isSound: Bool { problems.isEmpty }
}

/// Checks everything in an archive that can be checked: SQLite's own structures, each text and entry against its hash,
/// each log against its chain, and each derived row against what the entries say.
struct Verification {
    private static let mendRestore = "restore a backup or clone from a remote; this replica's later revisions are in the file still"
    private static let mendRebuild = "archivectl rebuild"

    let db: Database
    private let known = KnownRows()
    var report = VerificationReport()

    init(db: Database) { self.db = db }

    mutating func run(progress: (String) -> Void) throws {
        progress("file")
        try checkFile()
        progress("texts")
        try checkTexts()
        progress("entries")
        try checkEntries()
        progress("logs")
        try checkLogs()
        progress("derived tables")
        try checkDerived()
    }

    private mutating func note(_ what: String, _ item: String, _ mend: String) {
        report.problems.append(VerificationReport.Problem(what: what, item: item, mend: mend))
    }

    private mutating func checkFile() throws {
        for problem in try String.fetchAll(db, sql: "PRAGMA integrity_check(20)") where problem != "ok" {
            note("SQLite: \(problem)", "file", Self.mendRestore)
        }
        for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
            note("a row refers to one that is not there", row[0] as String? ?? "?", Self.mendRebuild)
        }
    }

    private mutating func checkTexts() throws {
        let texts = TextStore(db: db, known: known)
        var count = 0
        var next: Int64 = 1
        var seen: Set<TextHash> = []
        try texts.check { numbers, hashes, problems in
            for problem in problems { note(problem, "text", Self.mendRestore) }
            guard let numbers else { return }
            let first = numbers.lowerBound
            count += numbers.count
            if first != next { note("texts \(next) to \(first - 1) are missing", "texts", Self.mendRestore) }
            next = numbers.upperBound
            for (offset, hash) in hashes.enumerated() {
                if !seen.insert(hash).inserted { note("a text is there twice", hash.hex, Self.mendRestore) }
                if (try? texts.id(of: hash)) != first + Int64(offset) { note("a text is not found by its hash", hash.hex, Self.mendRestore) }
            }
        }
        report.checked.append(("texts", count))
    }

    private mutating func checkEntries() throws {
        var count = 0
        let texts = TextStore(db: db, known: known)
        let entries = EntryStore(db: db, known: known)
        let rows = try Row.fetchCursor(db, sql: "SELECT hash, kind, bytes FROM entry ORDER BY id")
        while let row = try rows.next() {
            count += 1
            let id = EntryID(blob: row[0])
            do {
                let bytes = try entries.unpack(row[2])
                guard EntryID(hashing: bytes) == id else {
                    note("an entry does not have its hash", id.hex, Self.mendRestore)
                    continue
                }
                if let kind = row[1] as String? {
                    if let own = EntryKind(of: bytes), own.rawValue != kind { note("a \(own.rawValue) stands as an entry of kind '\(kind)'", id.hex, Self.mendRestore) }
                    continue
                }
                if let text = try Revision(canonicalBytes: bytes).text, try texts.id(of: text) == nil {
                    note("the text of a revision is missing", id.hex, Self.mendRestore)
                }
            } catch {
                note("\(error)", id.hex, Self.mendRestore)
            }
        }
        report.checked.append(("revisions", count))
        // No index makes sure of it: they hold the hashes' beginnings only.
        for hash in try Data.fetchAll(db, sql: "SELECT hash FROM entry GROUP BY hash HAVING count(*) > 1") {
            note("an entry is there twice", Hex.encode(hash), Self.mendRestore)
        }
    }

    private mutating func checkLogs() throws {
        var count = 0
        var last: (replica: Int64, position: LogPosition)?
        let runs = try Row.fetchCursor(
            db, sql: "SELECT l.replica, r.hash, l.first, l.count, l.entry, l.chain FROM log l LEFT JOIN replica r ON r.id = l.replica ORDER BY 1, 3")
        while let run = try runs.next() {
            let (replica, first, length): (Int64, Int64, Int64) = (run[0], run[2], run[3])
            let before = last?.replica == replica ? last!.position : .start
            let hashes = try Data.fetchAll(
                db.cachedStatement(sql: "SELECT hash FROM entry WHERE id BETWEEN ?1 AND ?1 + ?2 - 1 ORDER BY id"), arguments: [run[4], length])
            let chain = hashes.reduce(before.chain) { $0.appending(EntryID(blob: $1)) }
            let end = LogPosition(sequence: first &+ length &- 1, chain: Chain(blob: run[5]))
            if first != before.sequence + 1 || Int64(hashes.count) != length || chain != end.chain {
                let name = (run[1] as Data?).map { ReplicaID(blob: $0).hex } ?? "?"
                note("the log's chain is broken between the entries \(first) and \(end.sequence)", name, Self.mendRestore)
            }
            count += hashes.count
            last = (replica, end)
        }
        report.checked.append(("log entries", count))
    }

    /// Computes the derived tables again and compares; what was there comes back when the caller rolls back.
    private mutating func checkDerived() throws {
        for annotation in try ArchiveReader(db: db, known: known).wrongAnchors() {
            note("the annotation's place that is kept is not the one that its texts give", annotation.hex, Self.mendRebuild)
        }
        let before = try DerivedRows.all(db)
        do {
            try HistoryStore(db: db, known: known).rebuild()
        } catch {
            note("the derived tables cannot be computed: \(error)", "derived", Self.mendRestore)
            return
        }
        let after = try DerivedRows.all(db)
        for (table, rows) in before.sorted(by: { $0.key < $1.key }) where rows != after[table] {
            note("the derived table '\(table)' is not what the revisions say", table, Self.mendRebuild)
        }
        report.checked.append(("derived rows", before.values.reduce(0) { $0 + $1.count }))
    }
}

/// The rows of the derived tables, to compare.
enum DerivedRows {
    static let tables = ["log_end", "revision", "head", "item", "tag", "totals"]

    static func all(_ db: Database) throws -> [String: [[DatabaseValue]]] {
        try tables.reduce(into: [:]) { result, table in
            result[table] = try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { Array($0.databaseValues) }
        }
    }
}

extension Archive {
    /// Checks the whole archive. Nothing is changed.
    public func verify(progress: (String) -> Void = { _ in }) throws -> VerificationReport {
        try DatabaseFile.translatingErrors(path) {
            try database.writeWithoutTransaction { db in
                var report = VerificationReport()
                try db.inTransaction(.immediate) {
                    var verification = Verification(db: db)
                    try verification.run(progress: progress)
                    report = verification.report
                    return .rollback
                }
                return report
            }
        }
    }
}
