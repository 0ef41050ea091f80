import Foundation
import GRDB
import History
import Prose

/// Changes an archive within one transaction.
public final class ArchiveWriter {
    let db: Database
    let environment: Archive.Environment
    private let place: String?
    /// The replica ID that this transaction logs under, once it has logged something.
    private var own: ReplicaID?
    /// The logs that this transaction has looked at.
    private var knownLogs: [ReplicaID: KnownLog] = [:]
    private var knownID: ReplicaID?
    /// Items whose derived rows are out of date.
    var stale: Set<Int64> = []
    /// Texts of the run of entries that is being applied, made ready.
    var prepared: [TextHash: PreparedText] = [:]
    /// Items that the run of entries that is being applied has changed.
    var touched: Set<Int64> = []
    /// Entries, by row, that perhaps no log holds any more: those that none does are logged here before the commit.
    var unlogged: [Int64: (id: EntryID, recorded: Timestamp)] = [:]
    /// What waits in the archive, once it was looked at.
    var waiting: Waiting?
    /// How many entries this transaction has stored, appended to a log, or put among those that wait.
    var additions = 0

    init(db: Database, environment: Archive.Environment, place: String?) {
        self.db = db
        self.environment = environment
        self.place = place
    }

    /// The archive as the changes made so far leave it.
    public var reader: ArchiveReader {
        get throws {
            try refresh()
            return ArchiveReader(db: db, known: known)
        }
    }

    /// For reads that touch no derived row of an item that was changed in this transaction.
    var unrefreshedReader: ArchiveReader { ArchiveReader(db: db, known: known) }

    /// The revision of this ID; `nil` if the archive does not have it.
    public func revision(_ id: RevisionID) throws -> Revision? { try histories.revision(id) }
    /// The text of a revision; empty if it has none.
    public func text(of revision: Revision) throws -> [UInt8] { try unrefreshedReader.text(of: revision) }
    func holds(_ text: TextHash) throws -> Bool { try texts.id(of: text) != nil }
    func holds(_ revision: RevisionID) throws -> Bool { try entries.row(of: revision.entry) != nil }
    func contains(_ item: ItemID) throws -> Bool { try entries.row(of: item.root.entry) != nil }

    /// The time to write into revisions.
    public var now: Timestamp { environment.clock() }

    /// When this transaction logs what it logs: one time, since what is logged at one time lies together.
    private(set) lazy var recorded = environment.clock()

    let known = KnownRows()
    /// What compressing texts may take.
    var effort = TextCompression.Effort.thorough
    var logs: LogStore { LogStore(db: db, known: known) }
    var entries: EntryStore { EntryStore(db: db, known: known) }
    var histories: HistoryStore { HistoryStore(db: db, known: known) }
    var texts: TextStore { TextStore(db: db, known: known, effort: effort) }

    // MARK: Appending

    /// Stores a text that a revision will name. `base` is the text that it was made from.
    public func insert(_ text: [UInt8], base: TextHash? = nil) throws -> TextHash {
        let hash = TextHash(hashing: text)
        known.add(try texts.insert(text, base: base), hash)
        try wake(hash.blob)
        return hash
    }

    /// Stores a text that was made ready.
    /// - Parameter base: the text that it was made from, if any.
    public func insert(_ text: PreparedText, base: TextHash? = nil) throws -> TextHash {
        if let base, try texts.id(of: text.hash) == nil { return try insert(text.bytes(), base: base) }
        known.add(try texts.insert(text), text.hash)
        try wake(text.hash.blob)
        return text.hash
    }

    /// Appends a revision to the own log. Its parents and its text are held. A revision that is held already is not
    /// logged again.
    /// - Parameter characters: code points of its text, if known: spares counting them in a new item.
    /// - Throws: `ArchiveError` if it is longer than any segment may carry.
    @discardableResult
    public func append(_ revision: Revision, characters: Int? = nil) throws -> RevisionID {
        let bytes = revision.canonicalBytes
        let id = RevisionID(canonicalBytes: bytes)
        if try entries.row(of: id.entry) != nil { return id }
        guard bytes.count <= Revision.maximumSize else {
            throw ArchiveError(
                .badInput,
                "the \(revision.kind.rawValue)'s \(revision.kind == .essay ? "title" : "note") and other fields are \(bytes.count) bytes long, over the limit of \(Revision.maximumSize)",
                remedy: .shortenNote)
        }
        let row = try insert(id.entry, kind: .revision, bytes: bytes, parent: revision.parents.first)
        try log((row, id.entry), recorded: recorded)
        try settle(revision, row: row, histories.derive(revision, row: row), characters: characters, recorded: recorded)
        return id
    }

    /// Brings the derived row of an item up to date where a new revision alone says what it is, which spares reading the others;
    /// else marks it as out of date.
    /// - Parameter characters: code points of the text, if known.
    func settle(
        _ revision: Revision, row: Int64, _ derived: (item: Int64, text: Int64?, isOnlyHead: Bool), characters: Int?,
        recorded: Timestamp
    ) throws {
        if derived.item == row {
            guard let characters, try !isFollowed(revision, row: row) else { return try markStale(row, revision) }
            try histories.refreshRoot(revision, row: row, characters: characters, recorded: recorded)
        } else if derived.isOnlyHead, !stale.contains(derived.item) {
            try histories.advance(derived.item, to: revision, row: row, recorded: recorded)
        } else {
            try markStale(derived.item, revision)
        }
    }

    private func markStale(_ item: Int64, _ revision: Revision) throws {
        stale.insert(item)
        // What a source holds now may be said by its essay.
        if let source = revision.source, let row = try entries.row(of: source.root.entry), try histories.isRoot(row) {
            stale.insert(row)
        }
    }

    /// Whether newer forms of a source may have come before the source itself.
    private func isFollowed(_ revision: Revision, row: Int64) throws -> Bool {
        guard revision.kind == .source,
            let essay = SourceRecord(id: RevisionID(canonicalBytes: revision.canonicalBytes).asRoot, revision).followed,
            let essayRow = try entries.row(of: essay.root.entry)
        else { return false }
        return try !Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM item WHERE id = ? AND versions = 1)"),
            arguments: [essayRow])!
    }

    /// The first head of an item for which a condition holds.
    func head(of item: ItemID, where condition: (Revision) -> Bool) throws -> RevisionID? {
        let statement = try db.cachedStatement(sql: "SELECT revision FROM head WHERE item = ?")
        return try Int64.fetchAll(statement, arguments: [entries.row(of: item.root.entry)])
            .first { condition(try entries.revision(row: $0)) }.map { try entries.id(row: $0).revision }
    }

    /// The version number of a revision.
    func version(of revision: RevisionID, in item: ItemID) throws -> Int? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT versions FROM item WHERE id = ? AND shown = ? AND (SELECT count(*) FROM head WHERE item = item.id) = 1
                """)
        if let row = try entries.row(of: item.root.entry), !stale.contains(row),
            let newest = try Int.fetchOne(statement, arguments: [row, entries.row(of: revision.entry)])
        {
            return newest
        }
        return try reader.history(item).version(of: revision)
    }

    /// Appends an entry that is stored to the own log.
    func log(_ entry: (row: Int64, id: EntryID), recorded: Timestamp) throws {
        let replica = try own ?? openOwnLog()
        own = replica
        try append(entry, to: replica, recorded: recorded)
    }

    /// Appends an entry that is stored to a log.
    func append(_ entry: (row: Int64, id: EntryID), to replica: ReplicaID, recorded: Timestamp) throws {
        let log = try knownLog(replica)
        let end = try logs.append(entry, to: log.row, after: log.end, recorded: recorded)
        knownLogs[replica]!.end = end
        additions += 1
        try wake(log: log.row, upTo: end)
    }

    /// Stores an entry; the caller has seen that it is not held.
    func insert(_ id: EntryID, kind: EntryKind, bytes: [UInt8], parent: RevisionID? = nil) throws -> Int64 {
        let row = try entries.insert(id, kind: kind, bytes: bytes, parent: parent)
        additions += 1
        try wake(id.blob)
        return row
    }

    /// The ID to log under: another one if this file is a copy or was rolled back, or if the old ID's log has ended. What
    /// was logged under the old ID stays: it is a beginning of that log wherever the log goes on.
    private func openOwnLog() throws -> ReplicaID {
        let replica = try replicaID
        guard try knownLog(replica).last == nil else { return try mintReplicaID() }
        guard let place, let states = environment.states else { return replica }
        let end = try knownLog(replica).end
        if try ReplicaState.agrees(
            states.read(replica), place: place, end: end, chainAt: { try logs.chain(replica, at: $0) })
        {
            return replica
        }
        guard let earlier = try earlierID(at: place, states) else { return try mintReplicaID() }
        return try logOn(as: earlier)
    }

    /// An ID under which this machine logged in the file at this place before, when another machine has had the file since: the
    /// file's log of that ID ends exactly where this machine left it, so that nobody else can have gone on with it.
    private func earlierID(at place: String, _ states: any ReplicaStates) throws -> ReplicaID? {
        try states.replicas(at: place).sorted { $0.hex < $1.hex }.first { replica in
            guard let position = states.read(replica)?.position, position.sequence > 0 else { return false }
            return try logs.position(replica) == position && logs.last(of: replica) == nil
        }
    }

    // MARK: Known logs

    /// A log's row, where it ends here, and where a fork entry ends it for everybody.
    struct KnownLog {
        let row: Int64
        var end: LogPosition
        let last: Int64?
    }

    func knownLog(_ replica: ReplicaID) throws -> KnownLog {
        if let known = knownLogs[replica] { return known }
        let found = KnownLog(
            row: try logs.replica(replica), end: try logs.position(replica), last: try logs.last(of: replica))
        knownLogs[replica] = found
        return found
    }

    /// To be called when a log was changed otherwise than by `append`.
    func forget(_ replica: ReplicaID) { knownLogs[replica] = nil }

    /// The ID that this file logs under, unless it turns out to be a copy.
    var replicaID: ReplicaID {
        get throws {
            if let knownID { return knownID }
            let id = try Identity(db: db).replica
            knownID = id
            return id
        }
    }

    /// From here on this file logs under a new replica ID.
    @discardableResult
    func mintReplicaID() throws -> ReplicaID { try logOn(as: environment.newReplicaID()) }

    private func logOn(as id: ReplicaID) throws -> ReplicaID {
        try Identity(db: db).set(replica: id)
        (knownID, own) = (id, nil)
        return id
    }

    // MARK: Finishing

    private func refresh() throws {
        stale.formUnion(try itemsWithRepairedTexts())
        for item in stale.sorted() { try histories.refresh(row: item) }
        stale = []
        try known.totals.write(db)
    }

    /// Brings the derived tables up to date; returns the own log's new end, if it grew.
    func finish() throws -> (ReplicaID, LogPosition)? {
        try logWhatNoLogHolds()
        try refresh()
        try keepCountOfWaiting()
        return try own.map { ($0, try knownLog($0).end) }
    }

    /// Drops the derived tables and computes them again.
    public func rebuild(progress: (Int) -> Void = { _ in }) throws {
        for table in DerivedRows.tables.reversed() { try db.execute(sql: "DELETE FROM \(table)") }
        try histories.fill(progress: progress)
        try Identity(db: db).set(merge: TextMerge.algorithm)
    }

    /// Computes the rows of all items that have several heads again, by the present merge algorithm.
    func renewMerges() throws {
        stale.formUnion(try Int64.fetchAll(db, sql: "SELECT item FROM head GROUP BY item HAVING count(*) > 1"))
        try refresh()
        try Identity(db: db).set(merge: TextMerge.algorithm)
    }
}
