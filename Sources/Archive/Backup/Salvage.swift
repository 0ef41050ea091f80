import Files
import Foundation
import GRDB
import History
import Prose

/// What came of salvaging a damaged archive.
public struct SalvageReport: Sendable {
    /// Entries that are in the new archive.
    public internal(set) var entries = 0
    /// Texts that are.
    public internal(set) var texts = 0
    /// Revisions whose text is not.
    public internal(set) var textsMissing: [DamagedItem] = []
    /// Entries that are known to be missing: those that cannot be read, and those that rest on them.
    public internal(set) var entriesMissing = 0
    /// Whether there may have been more, of which nothing is left that could tell.
    public internal(set) var mayMissMore = false
    /// Texts that can be read, and whose entries cannot: they are files in `looseTextsFolder`.
    public internal(set) var looseTexts = 0
    /// `nil` if there are none.
    public internal(set) var looseTextsFolder: String?

    public var isComplete: Bool { textsMissing.isEmpty && entriesMissing == 0 && !mayMissMore }
}

extension Archive {
    /// Makes a new replica at `path` of everything that can be read in a damaged archive or backup. What is missing in it can be
    /// taken from a remote or another file (`RemoteRepair`, `repair`).
    /// - Parameter id: the archive's ID, for a file in which it cannot be read.
    /// - Throws: `ArchiveError` if nothing can be read, not even the ID (then `SalvageError`), or something is at `path`.
    public static func salvage(
        _ damaged: String, to path: String, id given: ArchiveID? = nil, environment: Environment
    ) throws -> (Archive, SalvageReport) {
        let (damaged, path) = (DatabaseFile.literal(damaged), DatabaseFile.literal(path))
        try DatabaseFile.requireFree(path, remedy: .chooseAnotherName)
        let replica = environment.newReplicaID()
        let source = try DatabaseFile.translatingErrors(damaged) { try SalvageSource(damaged, beside: path) }
        let id = try given ?? source.archiveID()
        var report = try SafeFile.makeDatabase(path) { temporary in
            let database = try DatabaseFile.fillEmpty(temporary, environment) {
                try Identity(db: $0).initialize(id, as: replica)
            }
            let archive = Archive(
                path: temporary, place: ReplicaState.place(of: path), environment: environment, database: database)
            try archive.record(replica)
            let report = try archive.take(source)
            // Times are those of the logs, which came after the entries.
            _ = try archive.rebuild()
            try archive.close()
            try DatabaseFile.requireNoCompanions(temporary)
            return report
        }
        let archive = try open(path, environment: environment)
        if report.entriesMissing > 0 || report.mayMissMore {
            let texts = try DatabaseFile.translatingErrors(path) {
                try LooseTexts(of: source.queue, without: archive).write(beside: path)
            }
            (report.looseTexts, report.looseTextsFolder) = (texts.count, texts.folder)
        }
        withExtendedLifetime(source) {}
        return (archive, report)
    }

    private func take(_ source: SalvageSource) throws -> SalvageReport {
        try source.queue.tolerantRead { db in
            try write { writer in
                var salvage = Salvage(ArchiveReader(db: db), writer)
                var report = try salvage.run()
                if source.isLogDamaged { report.mayMissMore = true }
                return report
            }
        }
    }
}

/// Why nothing is salvaged.
public enum SalvageError: Error {
    /// The file at this path does not tell which archive it is.
    case noArchiveID(String)
}

/// What is read of a damaged file: the file itself, where its structure is whole, else what its pages hold.
private struct SalvageSource {
    let queue: DatabaseQueue
    /// Whether the log held pages that are not what they were: changes may be lost without a trace.
    let isLogDamaged: Bool
    private let path: String
    private let found: FoundArchive?

    init(_ path: String, beside target: String) throws {
        self.path = path
        try DatabaseFile.requireFile(path)
        try DatabaseFile.requireReadableCompanions(of: path)
        let transactions = try DatabaseFile.transactions(path)
        try DatabaseFile.requireOwnLog(path, transactions.links)
        isLogDamaged = try transactions.lost > 0 && DatabaseFile.log(of: path)?.holdsAllPages() == false
        try DatabaseFile.requireNotLater(path)
        let opened = try? DatabaseFile.openBackup(path)
        // A header that says there is no log does not make one go away.
        let isLogRead =
            try DatabaseHeader(path: path)?.hasWriteAheadLog == true || DatabaseFile.transactions(path).read == 0
        if let opened, isLogRead, (try? opened.tolerantRead { try ArchiveReader(db: $0).isStructureSound() }) == true {
            (queue, found) = (opened, nil)
            return
        }
        let found = try FoundArchive(path, sqlite: isLogRead ? opened : nil, beside: target)
        guard try found.holdsAnything() else {
            throw ArchiveError(
                .badInput, "\(path) is not an archive, or nothing of one can be read in it",
                subject: path, remedy: .nameAnotherFile)
        }
        (queue, self.found) = (found.queue, found)
    }

    func archiveID() throws -> ArchiveID {
        do {
            return try queue.tolerantRead { try Identity(db: $0).archive }
        } catch  where isDamage(error) {
            throw SalvageError.noArchiveID(path)
        }
    }
}

/// Copies entries and texts one by one. The logs are taken over as far as they are whole; what stands behind a gap, the new
/// replica logs itself.
private struct Salvage {
    private let source: ArchiveReader
    private let target: ArchiveWriter
    private var report = SalvageReport()
    private var applied = ArchiveWriter.Applied()
    /// Entries whose parents were not there yet.
    private var waiting: [LogEntry] = []

    private typealias Logged = (row: Int64, id: EntryID, recorded: Timestamp)

    init(_ source: ArchiveReader, _ target: ArchiveWriter) {
        (self.source, self.target) = (source, target)
    }

    mutating func run() throws -> SalvageReport {
        try copyEntries()
        try copyLogs()
        copyRemotes()
        countMissing()
        report.textsMissing = try target.reader.lackingItems(limit: 1000)
        return report
    }

    private mutating func copyEntries() throws {
        let replica = try target.replicaID
        try TolerantScan(db: source.db, table: "entry", key: "id", columns: "hash, kind, bytes").forEach(unreadable: {
            _ in
        }) { _, row in
            guard let id = EntryID(bytes: row[1] as [UInt8]), let bytes = try? source.entries.unpack(row[3], of: id)
            else { return }
            let kind = ((try? row[2] as String?) ?? nil).map { EntryKind(rawValue: $0) } ?? .revision
            let entry = LogEntry(
                replica: replica, sequence: 1, recorded: target.recorded, kind: kind, bytes: bytes, text: nil)
            if try !copy(entry) { waiting.append(entry) }
        }
        var left = waiting.count + 1
        while waiting.count < left {
            left = waiting.count
            waiting = try waiting.filter { try !copy($0) }
        }
    }

    /// Entries have numbers one after another, and none is ever taken out: the highest says how many there were. Three tables know it.
    /// Where two of them agree, no row that told of a higher one is lost.
    private mutating func countMissing() {
        let sources = [
            "SELECT max(id) FROM entry",
            "SELECT max(entry + count - 1) FROM log WHERE count BETWEEN 1 AND \(LogStore.longestRun)",
            "SELECT max(id) FROM revision",
        ]
        var highest = sources.map { sql in (try? Int64.fetchOne(source.db, sql: sql)).flatMap(\.self) ?? 0 }.filter {
            $0 < RowNumbers.end
        }.sorted()
        // A number that is far from all others is damaged itself.
        if highest.count > 1, highest[highest.count - 1] > 2 * highest[highest.count - 2] + 1024 {
            highest.removeLast()
        }
        let last = max(highest.last ?? 0, Int64(report.entries))
        report.entriesMissing = Int(last) - report.entries
        report.mayMissMore = last > 0 && highest.filter { $0 == last }.count < 2
    }

    /// - Returns: whether what it rests on is there.
    private mutating func copy(_ entry: LogEntry) throws -> Bool {
        let revision = entry.kind == .revision ? try? Revision(canonicalBytes: entry.bytes) : nil
        if let revision {
            guard try revision.parents.allSatisfy({ try target.entries.row(of: $0.entry) != nil }) else { return false }
            if let hash = revision.text, let bytes = try? source.text(hash) {
                let base = try revision.parents.first.flatMap { try target.revision($0)?.text }
                _ = try target.insert(bytes, base: base)
                report.texts += 1
            }
        }
        guard let row = try target.store(entry, &applied) else { return false }
        if entry.kind == .fork, let end = LogEnd(bytes: entry.bytes) { try target.logs.end(end) }
        target.unlogged[row] = (entry.id, entry.recorded)
        report.entries += 1
        return true
    }

    private mutating func copyLogs() throws {
        let replicas = (try? Row.fetchAll(source.db, sql: "SELECT id, hash FROM replica")) ?? []
        for replica in replicas {
            guard let id = ReplicaID(bytes: replica[1] as [UInt8]), let row = try? replica[0] as Int64 else { continue }
            for entry in wholeBeginning(row) {
                try target.append((entry.row, entry.id), to: id, recorded: entry.recorded)
            }
        }
    }

    /// The entries of a log up to the last place where its chain is what they give.
    private func wholeBeginning(_ replica: Int64) -> [Logged] {
        var (entries, whole, end) = ([Logged](), 0, LogPosition.start)
        try? {
            let runs = try Row.fetchCursor(
                source.db,
                sql: "SELECT first, count, entry, recorded, times, chain FROM log WHERE replica = ? ORDER BY first",
                arguments: [replica])
            while let run = try runs.next() {
                let (first, count, start): (Int64, Int64, Int64) = (try run[0], try run[1], try run[2])
                guard first == end.sequence + 1, 1...LogStore.longestRun ~= count else { return }
                let times = try LogTimes(first: Timestamp(milliseconds: run[3]), others: run[4], count: Int(count)).all
                for offset in 0..<count {
                    let id = try source.entries.id(row: start &+ offset)
                    guard let row = try target.entries.row(of: id) else { return }
                    entries.append((row, id, times[Int(offset)]))
                    end = end.appending(id)
                }
                if try end.chain == Chain(blob: run[5]) { whole = entries.count }
            }
        }()
        return Array(entries.prefix(whole))
    }

    private func copyRemotes() {
        for remote in (try? source.remotes()) ?? [] {
            try? target.addRemote(remote.name, remote.address, isPreferred: remote.isPreferred)
        }
    }
}
