import Foundation
import GRDB
import History
import Prose

/// Checks everything in an archive that can be checked: SQLite's own structures, each text and entry against its hash,
/// each log against its chain, and each derived row against what the entries say.
///
/// Reads one moment of the archive, each row once, and holds a few bytes for each text and each item that has several versions,
/// nothing else that grows. Whatever cannot be read is noted, and the rest is checked all the same.
struct Verification {
    let db: Database
    let known = KnownRows()
    var report = VerificationReport()
    /// Code points of each text; 0 of one that is damaged.
    var characters: [Int32] = []
    /// Why a text is not sound.
    var damagedTexts: [Int64: String] = [:]
    /// Entries that are not sound, by row.
    var damagedEntries: [Int64: (id: EntryID?, reason: String)] = [:]
    /// The rows of revisions that name a damaged text.
    var revisionsOfDamagedTexts: [Int64: [Int64]] = [:]

    init(db: Database) { self.db = db }

    var texts: TextStore { TextStore(db: db, known: known) }
    var entries: EntryStore { EntryStore(db: db, known: known) }
    var histories: HistoryStore { HistoryStore(db: db, known: known) }

    mutating func run(progress: (String) -> Void) throws {
        progress("file")
        try guarding("the file's structure") { try $0.checkFile() }
        checkIdentity()
        try guarding("what this file remembers") { try $0.checkLocalRows() }
        progress("texts")
        try guarding("the texts") { try $0.checkTexts() }
        progress("entries and derived tables")
        try guarding("the entries") { try $0.checkEntries() }
        progress("annotations' places")
        try guarding("the annotations' places") { try $0.checkAnchors() }
        progress("logs")
        try guarding("the logs") { try $0.checkLogs() }
        nameDamage()
    }

    /// Checks the texts and entries alone.
    mutating func checkContents() throws {
        try guarding("the texts") { try $0.checkTexts() }
        try guarding("the entries") { try $0.checkEntries() }
    }

    /// Runs a part of the check; that it cannot go on is one more problem.
    private mutating func guarding(_ part: String, _ body: (inout Verification) throws -> Void) throws {
        do {
            try body(&self)
        } catch  where isDamage(error) {
            note("\(part) cannot be read to the end: \(Self.reason(error))", part, .salvage)
        }
    }

    static func reason(_ error: any Error) -> String {
        switch error {
        case let error as ArchiveError: error.message
        case let error as DatabaseError: error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        case is RowDecodingError: "a row holds something else than it should"
        default: "\(error)"
        }
    }

    mutating func note(
        _ what: String, _ item: String, _ repair: VerificationReport.Repair, _ subjects: [DamagedItem] = []
    ) {
        report.add(VerificationReport.Problem(what: what, item: item, repair: repair, subjects: subjects))
    }

    // MARK: The file

    private mutating func checkFile() throws {
        for (problem, count) in StructureProblems.kinds(
            try String.fetchAll(db, sql: "PRAGMA integrity_check(1000)").filter { $0 != "ok" })
        {
            note(
                "SQLite: \(problem)\(count > 1 ? ", and \(count - 1) more of this kind" : "")", "file",
                .rebuildOrSalvage)
        }
        for row in try Row.fetchAll(
            db, sql: "SELECT \"table\", count(*) FROM pragma_foreign_key_check GROUP BY 1 ORDER BY 1")
        {
            let count = (try? row[1] as Int) ?? 1
            note(
                "\(count == 1 ? "a row refers to one that is" : "\(count) rows refer to others that are") not there",
                (try? row[0] as String) ?? "?", .rebuild)
        }
    }

    private mutating func checkAnchors() throws {
        for annotation in try ArchiveReader(db: db, known: known).wrongAnchors() {
            note("the annotation's place that is kept is not the one that its texts give", annotation.hex, .rebuild)
        }
    }

    private mutating func checkIdentity() {
        let identity = Identity(db: db)
        if (try? identity.hasUsableNumbers) != true {
            note("what this file remembers of itself (the table 'local') cannot be used", "local", .rebuild)
        }
        for (name, isThere) in [
            ("archive", (try? identity.archive) != nil), ("replica", (try? identity.replica) != nil),
        ] where !isThere {
            note("the \(name)'s ID cannot be read", name, .salvage)
        }
    }

    // MARK: Logs

    private mutating func checkLogs() throws {
        var count = 0
        var last: (replica: Int64, position: LogPosition)?
        let runs = try Row.fetchCursor(
            db,
            sql:
                "SELECT l.replica, r.hash, l.first, l.count, l.entry, l.chain FROM log l LEFT JOIN replica r ON r.id = l.replica ORDER BY 1, 3"
        )
        while let run = try runs.next() {
            let (replica, first, length): (Int64, Int64, Int64) = (try run[0], try run[2], try run[3])
            let before = last?.replica == replica ? last!.position : .start
            let hashes = try Data.fetchAll(
                db.cachedStatement(sql: "SELECT hash FROM entry WHERE id BETWEEN ?1 AND ?1 + ?2 - 1 ORDER BY id"),
                arguments: [try run[4] as Int64, min(max(length, 0), LogStore.longestRun)])
            let chain = hashes.reduce(before.chain) { chain, hash in
                EntryID(bytes: hash).map { chain.appending($0) } ?? .empty
            }
            let stored = Chain(bytes: (try? run[5] as Data) ?? Data())
            let end = LogPosition(sequence: first &+ length &- 1, chain: stored ?? .empty)
            if first != before.sequence &+ 1 || Int64(hashes.count) != length || chain != stored {
                let name = (try? run[1] as Data?).flatMap { ReplicaID(bytes: $0) }?.hex ?? "?"
                note("the log's chain is broken between the entries \(first) and \(end.sequence)", name, .salvage)
            }
            count += hashes.count
            last = (replica, end)
        }
        report.checked.append(("log entries", count))
    }

    // MARK: Naming

    /// Says of each damaged text and entry whose it is.
    private mutating func nameDamage() {
        let reader = ArchiveReader(db: db, known: known)
        for (number, reason) in damagedTexts.sorted(by: { $0.key < $1.key }) {
            let hash = try? texts.hash(id: number)
            let subjects = (revisionsOfDamagedTexts[number] ?? []).compactMap { reader.item(ofRevision: $0) }
            let whose =
                subjects.isEmpty ? "" : "\(subjects[0])\(subjects.count > 1 ? " and \(subjects.count - 1) more" : ""): "
            note("\(whose)the text \(reason)", hash?.hex ?? "text number \(number)", .copies, subjects)
        }
        for (row, (id, reason)) in damagedEntries.sorted(by: { $0.key < $1.key }) {
            let subject = reader.item(ofRevision: row)
            note(
                "\(subject.map { "\($0): " } ?? "")the entry \(reason)", id?.hex ?? "entry number \(row)", .copies,
                [subject].compactMap(\.self))
        }
    }
}

/// The derived tables.
enum DerivedRows {
    static let tables = ["log_end", "revision", "head", "item", "tag", "totals", "anchor"]
}

extension Archive {
    /// Checks the whole archive, as it is at one moment, while others may read and write. Nothing is changed.
    /// - Parameter limit: the most problems that are listed one by one; of more, the number is given.
    public func verify(listing limit: Int = VerificationReport.most, progress: (String) -> Void = { _ in }) throws
        -> VerificationReport
    {
        let lost = try path.map { try DatabaseFile.transactionsLost($0) } ?? 0
        return try read { reader in
            var verification = Verification(db: reader.db)
            verification.report = VerificationReport(listing: limit)
            if lost > 0 {
                verification.note(
                    "the write-ahead log is damaged: SQLite would lose \(counted(lost, "change")) that it holds",
                    "\(path!)-wal", .salvage)
            }
            try verification.run(progress: progress)
            return verification.report
        }
    }
}
