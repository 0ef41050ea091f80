import Foundation
import GRDB

/// Changes an archive within one transaction.
public final class ArchiveWriter {
    let db: Database
    let environment: Archive.Environment
    private let place: String?
    /// The own log, once something is appended.
    private var own: (replica: ReplicaID, row: Int64, end: LogPosition)?
    /// Items whose derived rows are out of date.
    private var stale: Set<Int64> = []

    init(db: Database, environment: Archive.Environment, place: String?) {
        self.db = db
        self.environment = environment
        self.place = place
    }

    /// The archive as the changes made so far leave it.
    public var reader: ArchiveReader {
        get throws {
            try refresh()
            return ArchiveReader(db: db)
        }
    }

    /// For reads that touch no derived row of an item that was changed in this transaction.
    var unrefreshedReader: ArchiveReader { ArchiveReader(db: db) }

    public func revision(_ id: RevisionID) throws -> Revision? { try histories.revision(id) }
    public func text(of revision: Revision) throws -> [UInt8] { try unrefreshedReader.text(of: revision) }
    func holds(_ text: TextHash) throws -> Bool { try texts.id(of: text) != nil }
    func contains(_ item: ItemID) throws -> Bool { try entries.row(of: item.root.entry) != nil }

    /// The time to write into revisions.
    public var now: Timestamp { environment.clock() }

    private let known = KnownRows()
    private var logs: LogStore { LogStore(db: db) }
    var entries: EntryStore { EntryStore(db: db, known: known) }
    private var histories: HistoryStore { HistoryStore(db: db, known: known) }
    private var texts: TextStore { TextStore(db: db) }

    // MARK: Appending

    /// Stores a text that a revision will name. `base` is the text that it was made from.
    public func insert(_ text: [UInt8], base: TextHash? = nil) throws -> TextHash {
        let hash = TextHash(hashing: text)
        known.add(try texts.insert(text, base: base), hash)
        return hash
    }

    /// Stores a text that was made ready.
    /// - Parameter base: the text that it was made from, if any.
    public func insert(_ text: PreparedText, base: TextHash? = nil) throws -> TextHash {
        if let base, try texts.id(of: text.hash) == nil { return try insert(text.bytes(), base: base) }
        known.add(try texts.insert(text), text.hash)
        return text.hash
    }

    /// Appends a revision to the own log. Its parents and its text are held. A revision that is held already is not
    /// logged again.
    /// - Parameter characters: code points of its text, if known: spares counting them in a new item.
    @discardableResult
    public func append(_ revision: Revision, characters: Int? = nil) throws -> RevisionID {
        let bytes = revision.canonicalBytes
        let id = RevisionID(canonicalBytes: bytes)
        if try entries.row(of: id.entry) != nil { return id }
        let recorded = environment.clock()
        let row = try entries.insert(id.entry, kind: .revision, bytes: bytes)
        try log((row, id.entry), recorded: recorded)
        let item = try histories.derive(revision, row: row)
        if item == row, let characters, revision.kind != .annotation {
            try histories.refreshRoot(revision, row: row, characters: characters, recorded: recorded)
        } else {
            stale.insert(item)
        }
        return id
    }

    private func log(_ entry: (row: Int64, id: EntryID), recorded: Timestamp) throws {
        var own = try own ?? openOwnLog()
        own.end = try logs.append(entry, to: own.row, after: own.end, recorded: recorded)
        self.own = own
    }

    /// The own log's end, under a new replica ID if this file is a copy or was rolled back. What was logged under the
    /// old ID stays: it is a beginning of that log wherever the log goes on.
    private func openOwnLog() throws -> (replica: ReplicaID, row: Int64, end: LogPosition) {
        let identity = Identity(db: db)
        var replica = try identity.replica
        if let place, let states = environment.states {
            let end = try logs.position(replica)
            let agrees = try ReplicaState.agrees(states.read(replica), place: place, end: end) { try logs.chain(replica, at: $0) }
            if !agrees { replica = try identity.mint(environment.newReplicaID()) }
        }
        return (replica, try logs.replica(replica), try logs.position(replica))
    }

    /// Ends the own log at `sequence`, up to which everybody agrees about it, and logs the rest under a new replica ID:
    /// what heals one ID that two files used.
    public func forkOwnLog(after sequence: Int64) throws {
        let identity = Identity(db: db)
        let tail = try logs.removeTail(of: identity.replica, after: sequence)
        let replica = try identity.mint(environment.newReplicaID())
        var end = LogPosition.start
        let row = try logs.replica(replica)
        for entry in tail {
            end = try logs.append((entry.row, entry.id), to: row, after: end, recorded: entry.recorded)
        }
        own = (replica, row, end)
    }

    // MARK: Applying

    /// Applies entries of other replicas' logs. Those that go on where their log is held are applied as soon as their
    /// parents and base text are here; until then they wait in the archive. Entries held already change nothing.
    /// - Returns: how many entries became part of the archive, and the rows of the items that they are of.
    @discardableResult
    public func apply(_ entries: [LogEntry]) throws -> (count: Int, items: Set<Int64>) {
        let before = stale
        stale = []
        defer { stale.formUnion(before) }
        if entries.count >= TextDictionary.leastSamples {
            try trainDictionary(entries.compactMap { $0.text?.base == nil ? $0.text?.data : nil })
        }
        let count = try applyAll(entries)
        return (count, stale)
    }

    private func applyAll(_ entries: [LogEntry]) throws -> Int {
        var ends: [ReplicaID: LogPosition] = [:]
        var applied = 0
        for entry in entries {
            let end = try ends[entry.replica] ?? logs.position(entry.replica)
            ends[entry.replica] = end
            guard entry.sequence > end.sequence else { continue }
            if entry.sequence == end.sequence + 1, try isReady(entry) {
                ends[entry.replica] = try apply(entry, after: end)
                applied += 1
            } else {
                try postpone(entry)
            }
        }
        return try applied + applyPending(&ends)
    }

    /// Goes through what waits until nothing more can be applied.
    private func applyPending(_ ends: inout [ReplicaID: LogPosition]) throws -> Int {
        var applied = 0
        var progress = true
        while progress {
            progress = false
            for replica in try Data.fetchAll(db, sql: "SELECT hash FROM replica WHERE id IN (SELECT replica FROM pending)") {
                let id = ReplicaID(blob: replica)
                while let entry = try nextPending(of: id, after: ends[id] ?? logs.position(id)), try isReady(entry) {
                    ends[id] = try apply(entry, after: ends[id] ?? logs.position(id))
                    applied += 1
                    progress = true
                }
            }
        }
        return applied
    }

    private func isReady(_ entry: LogEntry) throws -> Bool {
        guard entry.kind == .revision else { return true }
        let revision = try Revision(canonicalBytes: entry.bytes)
        let hasParents = try revision.parents.allSatisfy { try entries.row(of: $0.entry) != nil }
        guard hasParents, let hash = revision.text, try texts.id(of: hash) == nil else { return hasParents }
        guard let text = entry.text, text.hash == hash else { return false }
        return try text.base.map { try texts.id(of: $0) != nil } ?? true
    }

    private func apply(_ entry: LogEntry, after end: LogPosition) throws -> LogPosition {
        let id = entry.id
        var row = try entries.row(of: id)
        if row == nil {
            row = try entries.insert(id, kind: entry.kind, bytes: entry.bytes)
            if entry.kind == .revision { try applyRevision(entry, row: row!) }
        } else if let item = try histories.itemRow(ofRevision: id.revision) {
            // It may now be known to have been logged earlier than we thought.
            stale.insert(item)
        }
        return try logs.append((row!, id), to: logs.replica(entry.replica), after: end, recorded: entry.recorded)
    }

    private func applyRevision(_ entry: LogEntry, row: Int64) throws {
        let revision = try Revision(canonicalBytes: entry.bytes)
        if let text = entry.text {
            guard text.hash == revision.text else {
                throw ArchiveError(.badInput, "a received revision came with a text that is not its own")
            }
            try texts.insert(text)
        }
        let item = try histories.derive(revision, row: row)
        let itemID = try histories.itemID(row: item)
        guard revision.item ?? entry.id.revision.asRoot == itemID, try histories.revision(itemID.root)?.kind == revision.kind else {
            throw ArchiveError(.badInput, "a received revision has parents of another item")
        }
        stale.insert(item)
    }

    // MARK: Pending entries

    private func postpone(_ entry: LogEntry) throws {
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO pending (replica, seq, recorded, kind, bytes, text_hash, text_base, text_data)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                logs.replica(entry.replica), entry.sequence, entry.recorded.milliseconds, entry.kind.rawValue,
                Data(entry.bytes), entry.text?.hash.blob, entry.text?.base?.blob, entry.text.map { Data($0.data) },
            ])
    }

    /// Takes the next entry of a log out of those that wait, leaving it there until it is applied.
    private func nextPending(of replica: ReplicaID, after end: LogPosition) throws -> LogEntry? {
        let row = try logs.replica(replica)
        try db.execute(sql: "DELETE FROM pending WHERE replica = ? AND seq <= ?", arguments: [row, end.sequence])
        let statement = try db.cachedStatement(sql: "SELECT * FROM pending WHERE replica = ? AND seq = ?")
        guard let found = try Row.fetchOne(statement, arguments: [row, end.sequence + 1]) else { return nil }
        let text = (found[5] as Data?).map {
            EncodedText(hash: TextHash(blob: $0), base: (found[6] as Data?).map { TextHash(blob: $0) }, data: found[7])
        }
        return LogEntry(
            replica: replica, sequence: found[1], recorded: Timestamp(milliseconds: found[2]),
            kind: EntryKind(rawValue: found[3]), bytes: found[4], text: text)
    }

    // MARK: Finishing

    private func refresh() throws {
        for item in stale.sorted() { try histories.refresh(row: item) }
        stale = []
    }

    /// Brings the derived tables up to date; returns the own log's new end, if it grew.
    func finish() throws -> (ReplicaID, LogPosition)? {
        try refresh()
        return own.map { ($0.replica, $0.end) }
    }

    /// Drops the derived tables and computes them again.
    public func rebuild(progress: (Int) -> Void = { _ in }) throws {
        try histories.rebuild(progress: progress)
    }
}
