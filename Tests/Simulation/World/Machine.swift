import Archive
import GRDB
import History
import Prose

/// A computer: its clock, and its folder of replica states.
final class Machine: @unchecked Sendable {
    // A schedule is single-threaded.
    let number: Int
    var states: [ReplicaID: ReplicaState] = [:]
    private var milliseconds: Int64 = 1_700_000_000_000

    init(number: Int) { self.number = number }

    func now() -> Timestamp {
        milliseconds += 1
        return Timestamp(milliseconds: milliseconds)
    }

    /// Sets the clock by up to ten years, forward or back.
    func jump(_ dice: Dice) { milliseconds += Int64(dice.roll(-315_360_000..<315_360_000)) * 1000 }
}

/// A replica's file on a machine, and the process that has it open.
final class Replica {
    let name: String
    let machine: Machine
    /// The file's path.
    let place: String
    let fuse = Fuse()
    let file: MemoryFile
    let archive: Archive
    var database: DatabaseQueue { file.database }
    /// How many of the file's entries the ledger has seen.
    var noted: Int64 = 0
    /// Heads that an editor on this machine was opened with and has not been saved yet.
    var openEditor: (item: ItemID, heads: [RevisionID])?

    /// - Parameter id: the archive to begin a new replica of; `nil` to take the file as it is.
    init(_ name: String, on machine: Machine, place: String, file: MemoryFile, id: ArchiveID?, dice: Dice) throws {
        self.name = name
        self.machine = machine
        self.place = place
        self.file = file
        let states = FusedStates(machine: machine, fuse: fuse)
        let environment = Archive.Environment(states: states, clock: { machine.now() }, random: { dice.next() })
        file.fuse = nil
        archive = try Archive.inMemory(file.database, id: id, place: place, environment: environment)
        file.fuse = fuse
    }

    /// Runs what a process does, and starts the process again if it died.
    /// - Parameter fuse: after how many places to die it does so; `nil` if it does not.
    /// - Returns: whether it came to its end.
    func process(fuse steps: Int?, _ body: () throws -> Void) throws -> Bool {
        if let steps { fuse.light(steps: steps) }
        defer { fuse.reset() }
        do {
            try body()
            return true
        } catch  where fuse.isBurnt {
            return false
        }
    }
}

/// A machine's folder of states, as a process sees it.
private struct FusedStates: ReplicaStates, @unchecked Sendable {
    let machine: Machine
    let fuse: Fuse

    func read(_ replica: ReplicaID) -> ReplicaState? { machine.states[replica] }

    func replicas(at place: String) -> [ReplicaID] { machine.states.filter { $0.value.place == place }.map(\.key) }

    func write(_ state: ReplicaState, of replica: ReplicaID) throws {
        try fuse.burn()
        machine.states[replica] = state
    }
}

/// A database in memory that stands for a file.
final class MemoryFile: TransactionObserver, @unchecked Sendable {
    // A schedule is single-threaded.
    let database: DatabaseQueue
    /// What burns down as the process commits that has the file open.
    weak var fuse: Fuse?

    init() throws {
        database = try Archive.memoryDatabase()
        // Once and for all: with every observer that comes or goes GRDB forgets the statements that delete.
        database.add(transactionObserver: self, extent: .observerLifetime)
    }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseWillCommit() throws { try fuse?.burn() }
    func databaseDidCommit(_ db: Database) {}
    func databaseDidRollback(_ db: Database) {}
}

/// Files in memory, which are used again: to make one takes longer than a short schedule.
public final class Files {
    private var free: [MemoryFile] = []

    public init() {}

    func take() throws -> MemoryFile { try free.popLast() ?? MemoryFile() }

    func take(copyOf original: MemoryFile) throws -> MemoryFile {
        let file = try take()
        file.fuse = nil
        try original.database.copy(to: file.database)
        return file
    }

    func give(_ file: MemoryFile) { free.append(file) }
}
