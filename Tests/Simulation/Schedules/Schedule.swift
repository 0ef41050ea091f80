import Archive
import Foundation
import GRDB
import History
import Sync

/// Replicas of one archive and the remotes between them, which live through random steps and are then let heal. Everything
/// follows from the seed.
public final class Schedule {
    let seed: UInt64
    let dice: Dice
    let network: Network
    let files: Files
    let originals: Originals
    let trace: ((String) -> Void)?
    let archiveID: ArchiveID

    var machines: [Machine] = []
    var replicas: [Replica] = []
    var remotes: [any SimulatedRemote] = []
    var ledger = Ledger()
    /// Copies of files that somebody kept: backups, and images of whole machines.
    var backups: [Backup] = []
    private var replicasMade = 0
    /// Whose change is being made.
    var actor = ""
    let habits: Habits
    /// How it was when a synchronization in the end had nothing to do.
    var rest: [Pair: Rest] = [:]
    /// What happened so far.
    public private(set) var lived: Set<Kind> = []
    /// Whether a machine forgot how far a log of its own came. Only then two files may use one replica ID.
    var mayFork = false
    /// The replica IDs of those who came to read a remote when all was over.
    var newcomers: Set<ReplicaID> = []
    /// Whether a machine was set back with all that it knew. An import that it makes then can be the same entry at the same place
    /// as one that it made before, recorded at another time: the chain does not cover that.
    var isRolledBack = false

    /// A copy of a file, with the machine's states as they were.
    struct Backup {
        let file: MemoryFile
        let place: String
        let machine: Machine
        let states: [ReplicaID: ReplicaState]
    }

    /// - Parameters:
    ///   - files: where to take files from and give them back to.
    ///   - trace: takes a line for each step.
    public init(seed: UInt64, files: Files, originals: Originals, trace: ((String) -> Void)? = nil) throws {
        self.seed = seed
        self.files = files
        self.originals = originals
        self.trace = trace
        dice = Dice(seed: seed)
        network = Network(dice: dice)
        habits = Habits(dice)
        var dice = dice
        archiveID = .random(using: &dice)
    }

    deinit {
        for file in replicas.map(\.file) + backups.map(\.file) { files.give(file) }
    }

    /// Lives through the schedule and checks that every promise was kept.
    /// - Throws: a `Violation`, or whatever error a step ended with that it should not have.
    public func run() throws {
        try begin()
        try crowd()
        for _ in 0..<dice.roll(3..<4 + dice.roll(40)) { try step() }
        try heal()
        try check()
    }

    func say(_ line: @autoclosure () -> String) { trace?(line()) }

    func live(_ kind: Kind) { lived.insert(kind) }

    // MARK: Beginning

    private func begin() throws {
        let count = 2 + dice.weighted([45, 30, 15, 6, 4])
        remotes = (0..<1 + dice.weighted([50, 35, 15])).map { _ in
            dice.chance(60) ? hub() as any SimulatedRemote : SimulatedStorage()
        }
        for _ in 0..<count {
            let replica = try add(on: machine(), file: files.take(), id: archiveID)
            for number in remotes.indices where remotes.count == 1 || dice.chance(60) { try connect(replica, number) }
        }
        for replica in replicas where try remotes(of: replica).isEmpty {
            try connect(replica, dice.roll(remotes.count))
        }
        for remote in remotes { live(remote is SimulatedHub ? .hub : .storage) }
        say("\(count) replicas; \(remotes.map { $0 is SimulatedHub ? "hub" : "storage" })")
    }

    /// Some hubs tell of few logs in an answer, as if there were thousands.
    private func hub() -> SimulatedHub {
        SimulatedHub(mostLogs: dice.pick([1, 2, 3, VectorLimits.logs, VectorLimits.logs])!)
    }

    func machine() -> Machine {
        machines.append(Machine(number: machines.count))
        return machines[machines.count - 1]
    }

    func add(on machine: Machine, place: String? = nil, file: MemoryFile, id: ArchiveID?) throws -> Replica {
        let name = "r\(replicasMade)"
        replicasMade += 1
        let replica = try Replica(name, on: machine, place: place ?? "/\(name).db", file: file, id: id, dice: dice)
        replicas.append(replica)
        return replica
    }

    func connect(_ replica: Replica, _ number: Int) throws {
        try replica.archive.write { try $0.addRemote("\(number)", RemoteAddress(url: "memory:\(number)")) }
    }

    /// The numbers of the remotes that a replica knows.
    func remotes(of replica: Replica) throws -> [Int] {
        try replica.database.unsafeRead {
            try String.fetchAll($0.cachedStatement(sql: "SELECT name FROM remote ORDER BY id")).map { Int($0)! }
        }
    }

    // MARK: Steps

    private func step() throws {
        let replica = replicas[dice.roll(replicas.count)]
        switch dice.weighted(habits.steps) {
        case 0: try change(replica)
        case 1: try sync(replica, dice.pick(remotes(of: replica))!)
        case 2:
            replica.machine.jump(dice)
            live(.clock)
        case 3: if network.deliverEcho() { live(.echo) }
        default: try mishap(replica)
        }
    }

    /// How long a process lives, if it does not come to its end.
    func fuse(_ percent: Int, steps: Int) -> Int? { network.happens(percent) ? dice.roll(steps) : nil }

    // MARK: Synchronizing

    /// One run of synchronization. That it does not come to its end is as it may be, while there are faults.
    @discardableResult
    func sync(_ replica: Replica, _ number: Int) throws -> SyncReport? {
        var report: SyncReport?
        let liar = (remotes[number] as? SimulatedHub).flatMap { network.happens(4) ? LyingHub($0, dice) : nil }
        if liar != nil { live(.lie) }
        let steps = fuse(10, steps: 16)
        let failure = steps == nil && network.happens(10) ? workMeanwhile(replica) : { nil }
        defer { network.meanwhile = nil }
        let connection: any Remote = liar ?? remotes[number].connection(network, replica.fuse)
        do {
            let isDone = try replica.process(fuse: steps) {
                report = try SyncEngine(
                    replica.archive, remote: "\(number)", exchange: connection,
                    mostLogs: dice.pick([2, VectorLimits.logs])!
                ).run()
            }
            say("\(replica.name) syncs with \(number): \(isDone ? describe(report!) : "crash")")
            if !isDone {
                mayFork = true
                live(.crash)
            }
        } catch let error as RemoteError where network.isFaulty {
            live(.failure)
            say("\(replica.name) syncs with \(number): \(error)")
        }
        if let failure = failure() { throw failure }
        guard liar?.isTrusted != false else { throw Violation("\(replica.name) listens to a hub that lies for ever") }
        try note(replica, isNew: false)
        return report
    }

    private func describe(_ report: SyncReport) -> String {
        "pushed \(report.pushed), pulled \(report.pulled)" + report.notes.map { "; \($0)" }.joined()
    }

    // MARK: What is where

    /// Takes down what came into a replica's file since it was last looked at.
    func note(_ replica: Replica, isNew: Bool) throws {
        let rows = try replica.database.unsafeRead { db in
            let statement = try db.cachedStatement(
                sql: "SELECT id, hash FROM entry WHERE id > ? AND kind IS NULL ORDER BY id")
            return try Row.fetchAll(statement, arguments: [replica.noted])
        }
        for row in rows {
            replica.noted = row[0]
            let id = RevisionID(bytes: row[1] as Data)!
            try ledger.note(id, isNew: isNew) { try replica.archive.read { try $0.revision(id)!.parents } }
        }
    }

    /// Everything that a file holds, applied or waiting.
    func holdings(_ database: DatabaseQueue) throws -> Set<RevisionID> {
        try database.unsafeRead { db in
            let hashes = try Data.fetchAll(db.cachedStatement(sql: "SELECT hash FROM entry"))
            var held = Set(hashes.compactMap { RevisionID(bytes: $0) })
            for bytes in try Data.fetchAll(db.cachedStatement(sql: "SELECT bytes FROM pending")) {
                held.insert(RevisionID(hashing: Array(bytes)))
            }
            return held
        }
    }

    func holdings(_ remote: any SimulatedRemote) throws -> Set<RevisionID> { try revisions(in: remote.segments) }

    func revisions(in segments: [LogSegment]) throws -> Set<RevisionID> {
        try segments.reduce(into: []) { held, segment in
            for entry in try ZstdCodec().decode(segment) { held.insert(entry.id.revision) }
        }
    }

    /// What is held by a file or a remote, or by any.
    func holdings() throws -> Set<RevisionID> {
        var held: Set<RevisionID> = []
        for replica in replicas { held.formUnion(try holdings(replica.database)) }
        for remote in remotes { held.formUnion(try holdings(remote)) }
        return held
    }
}
