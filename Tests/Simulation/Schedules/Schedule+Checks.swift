import Archive
import Foundation
import GRDB
import History
import Sync

/// The end of a schedule: faults stop, everybody synchronizes, and then every promise is looked at.
extension Schedule {
    /// More rounds than it takes to carry a change from one end of the network to the other and back.
    private static let rounds = 16

    func heal() throws {
        network.isFaulty = false
        say("healing")
        try connectAll()
        try comeToRest()
        // Whoever knows all heads looks no further; a newcomer sees what they promise in vain, and finds what never got a head. What
        // is sent again for the one may lead a second one further.
        for _ in 0..<Self.rounds {
            let names = namesOfOthers
            for number in remotes.indices where remotes[number].isHollow || remotes[number].isHiding {
                live(.newcomer)
                try readAsNewcomer(number)
            }
            // A newcomer may have been the first to see that two files used one ID: all are to know.
            try comeToRest()
            if namesOfOthers == names { return }
        }
        throw Violation("newcomers find something new without end")
    }

    /// The names on the remotes, but for those of logs in which newcomers logged again what a fork had cut off.
    private var namesOfOthers: [[String]] {
        remotes.map {
            $0.names.filter { name in RemoteName(name).map { !newcomers.contains($0.segment.replica) } ?? true }
        }
    }

    /// Everybody synchronizes with all remotes until nothing moves any more: until each has done so with each of its remotes, and
    /// neither of the two was changed by that, or by another since.
    private func comeToRest() throws {
        for _ in 0..<Self.rounds {
            var isQuiet = true
            for (index, replica) in replicas.enumerated() {
                for number in try remotes(of: replica)
                where try rest[Pair(replica: index, remote: number)] != rest(replica, number) {
                    let before = try rest(replica, number)
                    isQuiet = false
                    let report = try sync(replica, number)!
                    // Notes may go on: of a torn segment that nobody holds, for example.
                    guard report.pushed + report.pulled == 0, try rest(replica, number) == before else { continue }
                    rest[Pair(replica: index, remote: number)] = before
                }
            }
            if isQuiet { return }
        }
        throw Violation("the replicas do not come to rest")
    }

    /// A replica, by its place among all, and the number of a remote.
    struct Pair: Hashable {
        let replica, remote: Int
    }

    /// What a replica holds, and how often a remote was changed. An entry that another log holds already comes without being
    /// counted, and is still to be passed on; so is a segment that lay there already when its head came, or was repaired.
    struct Rest: Equatable {
        let vector: ArchiveVector
        let entries: Int64
        let pending: Int
        let changes: Int
    }

    private func rest(_ replica: Replica, _ number: Int) throws -> Rest {
        try replica.archive.read {
            try Rest(
                vector: $0.vector(), entries: $0.lastEntry(), pending: $0.pendingCount(),
                changes: remotes[number].changes)
        }
    }

    /// Somebody who holds nothing reads a remote, and asks for what its heads do not lead to.
    @discardableResult
    private func readAsNewcomer(_ number: Int) throws -> View {
        let file = try files.take()
        defer { files.give(file) }
        let clone = try Replica(
            "clone", on: Machine(number: -1), place: "/clone.db", file: file, id: archiveID, dice: dice)
        try connect(clone, number)
        let connection = remotes[number].connection(network, clone.fuse)
        _ = try SyncEngine(clone.archive, remote: "\(number)", exchange: connection).run()
        return try clone.archive.read { reader in
            var view = try View(reader)
            let id = try reader.replicaID
            newcomers.insert(id)
            // What a fork cut off a log may come to it before the log in which it stands again: then it logged that, too.
            if mayFork { view.vector[id] = nil }
            return view
        }
    }

    /// Sees to it that every remote and every replica can be reached from every other.
    private func connectAll() throws {
        for number in remotes.indices where try !replicas.contains(where: { try remotes(of: $0).contains(number) }) {
            try connect(replicas[0], number)
        }
        var reached: Set<Int> = Set(try remotes(of: replicas[0]))
        var far = Array(replicas.dropFirst())
        while !far.isEmpty {
            if let index = try far.firstIndex(where: { try !reached.isDisjoint(with: remotes(of: $0)) }) {
                reached.formUnion(try remotes(of: far.remove(at: index)))
            } else {
                try connect(far[0], reached.min()!)
            }
        }
    }

    func check() throws {
        let views = try replicas.map { replica in try replica.archive.read { try View($0) } }
        let stranded = try replicas.reduce(into: Set<RevisionID>()) {
            try $0.formUnion(waitingForEver(on: $1).map(\.revision))
        }
        let expected = ledger.expected.subtracting(stranded)
        for (replica, view) in zip(replicas, views) {
            if let difference = view.difference(from: views[0], exceptTimes: isRolledBack) {
                throw Violation("\(replica.name) and \(replicas[0].name) differ in \(difference)")
            }
            let held = try holdings(replica.database)
            let missing = expected.subtracting(held)
            guard missing.isEmpty else {
                throw Violation("\(replica.name) lacks \(missing.count) revisions, one is \(missing.min()!)")
            }
            try checkLogs(replica)
        }
        for number in remotes.indices { try checkRemote(number, expected, view: views[0]) }
        let witness = replicas[dice.roll(replicas.count)]
        try checkMeaning(witness)
        if dice.chance(12) { try checkSoundness(witness) }
        if dice.chance(25) { try checkOrder(witness, view: views[0]) }
    }

    /// No log names a revision twice, and none was forked that a machine knew of.
    private func checkLogs(_ replica: Replica) throws {
        try replica.database.unsafeRead { db in
            let doubled = try Int.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT count(*) - count(DISTINCT l.replica || '/' || e.id) FROM log l
                        JOIN entry e ON e.id BETWEEN l.entry AND l.entry + l.count - 1
                        """))!
            guard doubled == 0 else { throw Violation("\(doubled) entries stand twice in one log on \(replica.name)") }
        }
        let forks = try replica.archive.read { try $0.logEnds() }
        guard mayFork || forks.isEmpty else { throw Violation("two files used one replica ID: \(forks)") }
    }

    /// What waits for ever on a replica, and can. Nothing waits for what is there.
    private func waitingForEver(on replica: Replica) throws -> Set<EntryID> {
        let waiting = try replica.database.unsafeRead { db in
            let statement = try db.cachedStatement(
                sql: "SELECT r.hash, p.seq, p.previous, p.bytes FROM pending p JOIN replica r ON r.id = p.replica")
            return try Row.fetchAll(statement).map { row in
                let before = LogPosition(sequence: row[1] - 1, chain: Chain(bytes: row[2] as Data)!)
                return Waiting(log: ReplicaID(bytes: row[0] as Data)!, before: before, bytes: Array(row[3] as Data))
            }
        }
        var lost: Set<EntryID> = []
        for _ in waiting {
            lost.formUnion(try waiting.filter { try isLost($0, lost) }.map(\.id))
            // A log waits as a whole: what comes behind such an entry in it waits with it.
            let ends = Set(
                waiting.filter { lost.contains($0.id) }.map { Place(log: $0.log, end: $0.before.appending($0.id)) })
            lost.formUnion(waiting.filter { ends.contains(Place(log: $0.log, end: $0.before)) }.map(\.id))
        }
        guard waiting.allSatisfy({ lost.contains($0.id) }) else {
            throw Violation("\(waiting.count) entries wait for ever on \(replica.name)")
        }
        return lost
    }

    private struct Waiting {
        let log: ReplicaID
        let before: LogPosition
        let bytes: [UInt8]

        var id: EntryID { EntryID(hashing: bytes) }
        var parents: [RevisionID] { (try? Revision(canonicalBytes: bytes))?.parents ?? [] }
    }

    private struct Place: Hashable {
        let log: ReplicaID
        let end: LogPosition
    }

    /// Whether an entry waits for what nobody has any more, the beginning of its log or what it rests on: a late part of a log
    /// whose machine is gone, on a remote that lost the rest.
    /// - Parameter lost: entries that are known to wait so.
    private func isLost(_ entry: Waiting, _ lost: Set<EntryID>) throws -> Bool {
        let stored = remotes.flatMap(\.stored)
        let known = try holdings().union(revisions(in: stored))
        guard entry.parents.allSatisfy({ known.contains($0) && !lost.contains($0.entry) }) else { return true }
        if try replicas.contains(where: { try $0.archive.read { try $0.holds(entry.before, of: entry.log) } }) {
            return false
        }
        var reached: Set<LogPosition> = [.start]
        for segment in stored.filter({ $0.header.replica == entry.log }).sorted(by: {
            $0.header.first < $1.header.first
        }) {
            let places = try ZstdCodec().decode(segment).reduce(into: [segment.header.start]) {
                $0.append($0.last!.appending($1.id))
            }
            if let first = places.firstIndex(where: reached.contains) { reached.formUnion(places[first...]) }
        }
        return !reached.contains(entry.before)
    }

    /// A remote holds everything; who clones from it gets the same archive.
    private func checkRemote(_ number: Int, _ expected: Set<RevisionID>, view: View) throws {
        let missing = expected.subtracting(try holdings(remotes[number]))
        guard missing.isEmpty else {
            throw Violation("the remote \(number) lacks \(missing.count) revisions, one is \(missing.min()!)")
        }
        guard dice.chance(10) else { return }
        live(.clone)
        let difference = try readAsNewcomer(number).difference(from: view, exceptTimes: isRolledBack)
        if let difference { throw Violation("a clone from the remote \(number) has another \(difference)") }
    }

    private func checkSoundness(_ replica: Replica) throws {
        live(.soundness)
        let problems = try replica.archive.verify().problems
        guard problems.isEmpty else { throw Violation("verify finds on \(replica.name): \(problems)") }
    }

    /// The same entries, in whatever order and however cut, give the same archive.
    private func checkOrder(_ replica: Replica, view: View) throws {
        live(.order)
        var runs: [(start: LogPosition, entries: [LogEntry])] = []
        try replica.archive.read { reader in
            for (log, end) in try reader.vector().sorted(by: { $0.key < $1.key }) {
                var (start, position) = (LogPosition.start, LogPosition.start)
                var run: [LogEntry] = []
                try reader.forEachEntry(of: log, in: 1...end.sequence) { entry in
                    run.append(entry)
                    position = position.appending(entry.id)
                    if dice.chance(40) {
                        runs.append((start, run))
                        (start, run) = (position, [])
                    }
                    return true
                }
                if !run.isEmpty { runs.append((start, run)) }
            }
        }
        let file = try files.take()
        defer { files.give(file) }
        let other = try Replica(
            "order", on: Machine(number: -1), place: "/order.db", file: file, id: archiveID, dice: dice)
        for run in dice.shuffled(runs) { _ = try other.archive.write { try $0.apply(run.entries, after: run.start) } }
        let difference = try other.archive.read { try View($0) }.difference(from: view, exceptTimes: isRolledBack)
        if let difference { throw Violation("in another order the same entries give another \(difference)") }
    }
}

/// What an archive shows.
struct View {
    let stateHash: String
    let viewHash: String
    var vector: ArchiveVector
    let items: [ItemSummary]

    init(_ reader: ArchiveReader) throws {
        stateHash = try reader.stateHash()
        viewHash = try reader.viewHash()
        vector = try reader.vector()
        items = try [ItemKind.essay, .annotation, .source].flatMap { kind in
            var filter = ItemFilter()
            filter.kind = kind
            filter.includesDeleted = true
            return try reader.items(filter).sorted { $0.id < $1.id }
        }
    }

    func difference(from other: View, exceptTimes: Bool) -> String? {
        if stateHash != other.stateHash { return "state hash" }
        if viewHash != other.viewHash { return "view hash" }
        if vector != other.vector { return "vector" }
        if items.map(\.modified) != other.items.map(\.modified), !exceptTimes { return "times" }
        return zip(items, other.items).allSatisfy(Self.areAlike) ? nil : "listing"
    }

    private static func areAlike(_ one: ItemSummary, _ other: ItemSummary) -> Bool {
        one.id == other.id && one.title == other.title && one.version == other.version && one.versions == other.versions
            && one.characters == other.characters && one.annotations == other.annotations
            && one.isConflict == other.isConflict
            && one.isDeleted == other.isDeleted
    }
}
