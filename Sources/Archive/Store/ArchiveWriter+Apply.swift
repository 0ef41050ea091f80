import Foundation
import GRDB
import History
import Prose

/// Applying entries of other replicas' logs.
///
/// 1. An entry becomes part of its log when it is the next one there, on the same chain, and its parents and its text's
///    base are here; until then it waits in the archive.
/// 2. An entry that is on no chain of ours (its log has ended, or two files went on under one ID) is taken in as soon as
///    its parents are here, and logged under the own ID unless some log holds it.
/// 3. An entry that waits for its turn is taken in if one whose turn it is rests on it: what was logged again after a fork may
///    come later than what rests on it.
/// 4. An entry that is not valid (no revision, a text that does not have its hash, parents of another item) waits like one that
///    lacks something, and its log with it; all other logs go on.
/// 5. Entries that are held change nothing. So nothing is lost and nothing doubled, in whatever order entries come.
extension ArchiveWriter {
    /// What came of applying entries.
    public struct Applied: Sendable {
        /// How many entries became part of the archive.
        public var count = 0
        /// The rows of the items that they are of.
        public var items: Set<Int64> = []
        /// Logs that two files went on with, and were ended.
        public var forks: [LogEnd] = []
        /// Whether this archive goes on under a new replica ID because another file used the old one.
        public var tookNewReplicaID = false
        /// Entries that are not valid, and what is wrong with each.
        public var invalid: [EntryID: String] = [:]
        /// How many entries were new here in any way: stored, appended to their log, or put among those that wait.
        public var additions = 0
        /// Whether entries were left out since too much waits already (`Archive.Environment.maximumWaiting`). Everything before the
        /// first of them counts.
        public var isCrowded = false

        public init() {}

        /// Adds what came of applying what follows.
        public mutating func add(_ next: Applied) {
            count += next.count
            additions += next.additions
            items.formUnion(next.items)
            forks += next.forks
            tookNewReplicaID = tookNewReplicaID || next.tookNewReplicaID
            invalid.merge(next.invalid) { $1 }
            isCrowded = isCrowded || next.isCrowded
        }
    }

    /// Applies a run of one log.
    /// - Parameter start: the position before the first entry.
    @discardableResult
    public func apply(_ entries: [LogEntry], after start: LogPosition) throws -> Applied {
        touched = []
        var applied = Applied()
        let before = additions
        guard let replica = entries.first?.replica else { return applied }
        if entries.count >= TextDictionary.leastSamples {
            try prepare(entries.compactMap { $0.text?.base == nil ? $0.text?.data : nil })
        }
        defer { prepared = [:] }
        var position = start
        for entry in entries {
            let next = position.appending(entry.id)
            if try isHeld(next, of: replica) {
            } else if try take(entry, after: position, &applied) {
                try forgetWaiting(next, of: replica)
            } else if try !postpone(entry, after: position, to: next, isValid: applied.invalid[entry.id] == nil) {
                applied.isCrowded = true
                break
            }
            position = next
        }
        try applyPending(&applied)
        applied.items = touched
        applied.additions = additions - before
        return applied
    }

    /// Whether a log is held here as far as this position, but on another chain. Where the two parted is learnt only from
    /// what comes before.
    public func contradicts(_ position: LogPosition, of replica: ReplicaID) throws -> Bool {
        try position.sequence <= knownLog(replica).end.sequence && !logs.holds(position, of: replica)
    }

    private func isHeld(_ position: LogPosition, of replica: ReplicaID) throws -> Bool {
        try position.sequence <= knownLog(replica).end.sequence && logs.holds(position, of: replica)
    }

    /// Takes an entry in that its log does not hold; `false` if it must wait.
    func take(_ entry: LogEntry, after position: LogPosition, _ applied: inout Applied) throws -> Bool {
        let replica = entry.replica
        guard try position.sequence < knownLog(replica).last ?? .max else {
            return try takeBesideItsLog(entry, &applied)
        }
        let end = try knownLog(replica).end
        if position.sequence > end.sequence { return false }
        if position != end {
            guard try logs.holds(position, of: replica) else { return try takeBesideItsLog(entry, &applied) }
            // Here the two parted.
            try logs.requireSound(replica)
            guard try replica == replicaID, try !isPublished(replica, beyond: position.sequence) else {
                try fork(LogEnd(replica: replica, last: position.sequence), &applied)
                return try takeBesideItsLog(entry, &applied)
            }
        }
        if try replica == replicaID { try leaveOwnLog(after: position.sequence, &applied) }
        guard let row = try store(entry, &applied) else { return false }
        try append((row, entry.id), to: replica, recorded: entry.recorded)
        if entry.kind == .fork, let end = LogEnd(bytes: entry.bytes) { try self.end(end, &applied) }
        return true
    }

    private func takeBesideItsLog(_ entry: LogEntry, _ applied: inout Applied) throws -> Bool {
        guard let row = try store(entry, &applied) else { return false }
        unlogged[row] = (entry.id, entry.recorded)
        if entry.kind == .fork, let end = LogEnd(bytes: entry.bytes) { try self.end(end, &applied) }
        return true
    }

    // MARK: Storing

    /// Makes many whole texts ready to be stored, on all processors.
    private func prepare(_ whole: [[UInt8]]) throws {
        effort = .quick
        let compression = TextCompression(dictionary: try trainDictionary(whole), effort: .quick)
        let texts = concurrentMap(whole) { PreparedText($0, compression) }
        prepared = Dictionary(texts.map { ($0.hash, $0) }) { first, _ in first }
    }

    /// Stores an entry unless it is held; `nil` if what it rests on is not here yet, or if it is not valid.
    func store(_ entry: LogEntry, _ applied: inout Applied) throws -> Int64? {
        if let row = try entries.row(of: entry.id) {
            // It may now be known to have been logged earlier than we thought.
            try markStale(row)
            return row
        }
        guard entry.kind == .revision else {
            applied.count += 1
            let row = try insert(entry.id, kind: entry.kind, bytes: entry.bytes)
            if let notice = TextNotice(bytes: entry.bytes), notice.kind == entry.kind { try heed(notice, entry.text) }
            return row
        }
        guard let revision = try admit(entry, reject: { applied.invalid[entry.id] = $0 }) else { return nil }
        let row = try insert(entry.id, kind: entry.kind, bytes: entry.bytes, parent: revision.parents.first)
        try store(revision, entry, row: row)
        applied.count += 1
        return row
    }

    /// Reads an entry's revision and stores its text; `nil` if what they rest on is not here yet, or if it is not valid. A text that
    /// came damaged, or not at all, is noted as lacking.
    private func admit(_ entry: LogEntry, reject: (String) -> Void) throws -> Revision? {
        do {
            let revision = try Revision(canonicalBytes: entry.bytes)
            guard try isReady(revision, entry.text) else { return nil }
            guard try histories.fits(revision) else {
                throw RevisionError(reason: "its parents are not of its item and kind")
            }
            if let text = revision.text { try admit(text, entry.text) }
            return revision
        } catch let error where error is RevisionError || error is CanonicalError {
            reject("\(error)")
        }
        return nil
    }

    private func admit(_ hash: TextHash, _ text: EncodedText?) throws {
        if let text, text.hash == hash {
            do {
                // Found by the hash that the bytes have.
                if text.base == nil, let ready = prepared[hash] {
                    _ = try insert(ready)
                    return
                }
                known.add(try texts.insert(text), hash)
                return try wake(hash.blob)
            } catch let error as ArchiveError where error.code == .badInput {
            } catch is SpliceError {}
        }
        guard try texts.id(of: hash) == nil else { return }
        known.add(try texts.reserve(hash), hash)
        // What rests on it waits no longer: it will not come by itself.
        try wake(hash.blob)
    }

    private func isReady(_ revision: Revision, _ text: EncodedText?) throws -> Bool {
        guard try revision.parents.allSatisfy({ try entries.row(of: $0.entry) != nil }) else { return false }
        // A base that is not known yet comes with another log. What does not come with any was lost.
        guard let base = text?.base, let hash = revision.text, try texts.id(of: hash) == nil else { return true }
        return try texts.id(of: base) != nil
    }

    private func store(_ revision: Revision, _ entry: LogEntry, row: Int64) throws {
        let derived = try histories.derive(revision, row: row)
        let isWhole = revision.kind == .essay && entry.text?.base == nil
        let isHere = try derived.text.map { try !texts.lacks($0) } ?? true
        let characters =
            revision.kind == .source ? 0 : isWhole && isHere ? entry.text.map { CodePoints.count($0.data) } : nil
        try settle(revision, row: row, derived, characters: characters, recorded: entry.recorded)
        touched.insert(derived.item)
    }

    private func markStale(_ row: Int64) throws {
        let statement = try db.cachedStatement(sql: "SELECT item FROM revision WHERE id = ?")
        guard let item = try Int64.fetchOne(statement, arguments: [row]) else { return }
        stale.insert(item)
        touched.insert(item)
    }

    // MARK: Forks

    /// Whether some remote was seen to hold our log beyond this entry.
    private func isPublished(_ replica: ReplicaID, beyond sequence: Int64) throws -> Bool {
        let statement = try db.cachedStatement(
            sql:
                "SELECT s.seq, s.chain FROM remote_log s JOIN replica r ON r.id = s.replica WHERE r.hash = ? AND s.seq > ?"
        )
        return try Row.fetchAll(statement, arguments: [replica.blob, sequence]).contains { row in
            try logs.holds(LogPosition(sequence: row[0], chain: Chain(blob: row[1])), of: replica)
        }
    }

    /// Ends a log that two files went on with, and says so to everybody.
    private func fork(_ end: LogEnd, _ applied: inout Applied) throws {
        try self.end(end, &applied)
        applied.forks.append(end)
        let id = EntryID(hashing: end.bytes)
        let row = try entries.row(of: id) ?? insert(id, kind: .fork, bytes: end.bytes)
        unlogged[row] = (id, recorded)
    }

    private func end(_ end: LogEnd, _ applied: inout Applied) throws {
        try logs.end(end)
        forget(end.replica)
        try wakeAll(of: end.replica)
        if try end.replica == replicaID {
            try leaveOwnLog(after: end.last, &applied)
        } else {
            try removeTail(of: end.replica, after: end.last)
        }
    }

    /// Leaves the own replica ID to the other file that uses it. What is here beyond `sequence` is logged under a new ID.
    private func leaveOwnLog(after sequence: Int64, _ applied: inout Applied) throws {
        try removeTail(of: replicaID, after: sequence)
        try mintReplicaID()
        applied.tookNewReplicaID = true
    }

    private func removeTail(of replica: ReplicaID, after sequence: Int64) throws {
        for entry in try logs.removeTail(of: replica, after: sequence) {
            unlogged[entry.row] = (entry.id, entry.recorded)
            try markStale(entry.row)
        }
        forget(replica)
        try wakeAll(of: replica)
    }

    /// Logs under the own ID what is held and stands in no log.
    func logWhatNoLogHolds() throws {
        // By row: in the order in which they came, parents first.
        for (row, entry) in unlogged.sorted(by: { $0.key < $1.key }) where try !logs.isLogged(row) {
            try log((row, entry.id), recorded: entry.recorded)
            try markStale(row)
        }
        unlogged = [:]
    }
}
