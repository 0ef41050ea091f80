import Foundation
import GRDB
import History

/// Reads from one moment of an archive.
public struct ArchiveReader {
    let db: Database
    let known: KnownRows

    init(db: Database, known: KnownRows = KnownRows()) {
        self.db = db
        self.known = known
    }

    var logs: LogStore { LogStore(db: db, known: known) }
    var entries: EntryStore { EntryStore(db: db, known: known) }
    var histories: HistoryStore { HistoryStore(db: db, known: known) }
    var texts: TextStore { TextStore(db: db, known: known) }

    // MARK: Identity and logs

    public var archiveID: ArchiveID { get throws { try Identity(db: db).archive } }
    /// The replica ID that this file logs under, unless it turns out to be a copy.
    public var replicaID: ReplicaID { get throws { try Identity(db: db).replica } }

    /// How far each log is held.
    public func vector() throws -> ArchiveVector { try logs.vector() }

    /// How far one log is held.
    public func end(of replica: ReplicaID) throws -> LogPosition { try logs.position(replica) }

    /// Whether the log of a replica is held here and is on this chain.
    public func holds(_ position: LogPosition, of replica: ReplicaID) throws -> Bool {
        try logs.holds(position, of: replica)
    }

    /// A number that grows with each entry that arrives here, in whatever log.
    public func lastEntry() throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(id) FROM entry")) ?? 0
    }

    /// Whether a log had nothing here when `lastEntry` was this.
    public func isLogEmpty(_ replica: ReplicaID, upTo entry: Int64) throws -> Bool {
        guard let first = try logs.chain(replica, at: 1) else { return true }
        return try logs.row(at: LogPosition(sequence: 1, chain: first), of: replica)! > entry
    }

    /// How many received entries wait for others.
    public func pendingCount() throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM pending"))!
    }

    /// Whether received entries wait since they are not valid, as far as this version knows.
    public func hasInvalidEntries() throws -> Bool {
        try Bool.fetchOne(db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM pending WHERE needs = x'')"))!
    }

    /// Where fork entries end logs.
    public func logEnds() throws -> [LogEnd] {
        try Row.fetchAll(
            db, sql: "SELECT r.hash, e.last FROM log_end e JOIN replica r ON r.id = e.replica ORDER BY r.hash"
        )
        .map { row in
            let last: Int64 = try row[1]
            guard 0..<RowNumbers.end ~= last else { throw ArchiveError.damagedRow }
            return try LogEnd(replica: ReplicaID(blob: row[0]), last: last)
        }
    }

    /// The chain of a log up to an entry; `nil` if the log is not held that far.
    public func chain(of replica: ReplicaID, at sequence: Int64) throws -> Chain? {
        try logs.chain(replica, at: sequence)
    }

    /// Calls `body` with entries of one log, in order, until it returns `false`.
    public func forEachEntry(of replica: ReplicaID, in range: ClosedRange<Int64>, _ body: (LogEntry) throws -> Bool)
        throws
    {
        try logs.forEach(of: replica, range, body)
    }

    /// The same up to the first entry that is damaged, which is noted in `damage`.
    public func forEachSoundEntry(
        of replica: ReplicaID, in range: ClosedRange<Int64>, _ body: (LogEntry) throws -> Bool
    ) throws {
        do {
            try logs.forEach(of: replica, range, body)
        } catch let error where isDamage(error) {
            if let damage = (error as? ArchiveError)?.damage { known.damage.insert(damage) }
        }
    }

    /// Whether a position is one of a log; not if that cannot be read.
    public func isAt(_ position: LogPosition, of replica: ReplicaID) throws -> Bool {
        do {
            return try logs.holds(position, of: replica)
        } catch  where isDamage(error) {
            return false
        }
    }

    /// How many texts that entries name never came whole, or were found damaged.
    public func lackingCount() throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM lacking JOIN text USING (number)"))!
    }

    /// Whose texts these are, as far as `limit`.
    public func lackingItems(limit: Int) throws -> [DamagedItem] {
        try lackingTexts(limit: limit).flatMap { items(damagedBy: .text($0.hash), limit: 1) }
    }

    /// The same texts. A damaged row, which names none, is passed by.
    func lackingTexts(limit: Int = .max) throws -> [(number: Int64, hash: TextHash)] {
        let sql = "SELECT number, hash FROM lacking JOIN text USING (number) ORDER BY number LIMIT ?"
        return try Row.fetchAll(db, sql: sql, arguments: [limit]).compactMap { row in
            guard let hash = TextHash(bytes: row[1] as [UInt8]) else { return nil }
            return (try row[0], hash)
        }
    }

    /// The hash of all items' heads, as docs/data-model.md says. Two replicas that hold the same revisions give the same.
    public func stateHash() throws -> String { try totals().sum.hash }

    // MARK: Damage

    /// What was found damaged by these reads, and passed over.
    public var damage: Set<Damage> { known.damage }

    /// The same in words, for people.
    public func describedDamage() -> [String] {
        var seen: Set<String> = []
        let described = damage.flatMap { damage -> [String] in
            switch damage {
            case .rows(let table): ["part of the table '\(table)' cannot be read"]
            case .text(let hash): Self.described(items(damagedBy: damage), else: "the text \(hash)")
            case .entry(let id): Self.described(items(damagedBy: damage), else: "the entry \(id)")
            }
        }
        return described.filter { seen.insert($0).inserted }.sorted()
    }

    private static func described(_ items: [DamagedItem], else name: String) -> [String] {
        items.isEmpty ? ["\(name) is damaged or missing"] : items.map { "\($0) is damaged or missing" }
    }

    /// Runs a read; where that meets damage, notes it and returns `fallback`.
    func passingOver<Value>(_ fallback: @autoclosure () -> Value, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as ArchiveError where error.damage != nil {
            known.damage.insert(error.damage!)
            return fallback()
        }
    }

    // MARK: Items

    /// The revision of this ID; `nil` if the archive does not have it.
    public func revision(_ id: RevisionID) throws -> Revision? { try histories.revision(id) }

    /// Whether the archive has the item, deleted or not.
    public func contains(_ item: ItemID) throws -> Bool { try histories.row(of: item) != nil }

    /// All revisions of an item.
    public func history(_ item: ItemID) throws -> History { try histories.history(row: row(item)) }

    /// The current state of an item.
    public func state(_ item: ItemID) throws -> ItemState { try histories.state(row: row(item)) }

    /// An item's state as it was when `heads` were all that was known of it.
    /// - Throws: `ArchiveError` if one of them is no revision of the item.
    public func state(_ state: ItemState, at heads: [RevisionID]) throws -> ItemState {
        guard !heads.isEmpty, heads.allSatisfy({ state.history[$0] != nil }) else {
            throw ArchiveError(
                .notFound, "a base that was named is not a version of this \(state.kind.rawValue)",
                remedy: .listVersions(of: state.item.short))
        }
        if Set(heads) == Set(state.heads) { return state }
        return try ItemState(history: state.history.known(to: heads)) { try texts.bytes(of: $0) }
    }

    /// A text by its hash.
    public func text(_ hash: TextHash) throws -> [UInt8] { try texts.bytes(of: hash) }

    /// The text of a state.
    public func text(of state: ItemState) throws -> [UInt8] { try state.text { try texts.bytes(of: $0) } }

    /// The text of a revision; empty if it has none.
    public func text(of revision: Revision) throws -> [UInt8] {
        try revision.text.map { try texts.bytes(of: $0) } ?? []
    }

    /// Bytes of the text of a revision, 0 if it has none; `nil` if it is damaged or not here.
    public func textSize(of revision: Revision) throws -> Int? {
        guard let hash = revision.text else { return 0 }
        do {
            return try texts.id(of: hash).map { try texts.size(id: $0) }
        } catch  where isDamage(error) {
            return nil
        }
    }

    private func row(_ item: ItemID) throws -> Int64 {
        guard let row = try histories.row(of: item) else {
            throw ArchiveError(.notFound, "there is no item \(item)")
        }
        return row
    }
}
