import Archive
import GRDB

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
    private(set) var database: DatabaseQueue
    private(set) var archive: Archive
    /// How many of the file's entries the ledger has seen.
    var noted: Int64 = 0
    /// Heads that an editor on this machine was opened with and has not been saved yet.
    var openEditor: (item: ItemID, heads: [RevisionID])?

    /// - Parameter id: the archive to begin a new replica of; `nil` to take the database as it is.
    init(_ name: String, on machine: Machine, place: String, database: DatabaseQueue, id: ArchiveID?, dice: Dice) throws {
        self.name = name
        self.machine = machine
        self.place = place
        self.database = database
        let states = FusedStates(machine: machine, fuse: fuse)
        let environment = Archive.Environment(states: states, clock: { machine.now() }, random: { dice.next() })
        archive = try Archive.inMemory(database, id: id, place: place, environment: environment)
        database.add(transactionObserver: fuse, extent: .observerLifetime)
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
        } catch where fuse.isBurnt {
            return false
        }
    }
}

/// A machine's folder of states, as a process sees it.
private struct FusedStates: ReplicaStates, @unchecked Sendable {
    let machine: Machine
    let fuse: Fuse

    func read(_ replica: ReplicaID) -> ReplicaState? { machine.states[replica] }

    func write(_ state: ReplicaState, of replica: ReplicaID) throws {
        try fuse.burn()
        machine.states[replica] = state
    }
}

/// Databases in memory, which are used again: to make one takes longer than a short schedule.
public final class Databases {
    private var free: [DatabaseQueue] = []

    public init() {}

    func take() throws -> DatabaseQueue { try free.popLast() ?? Archive.memoryDatabase() }
    func give(_ database: DatabaseQueue) { free.append(database) }
}
