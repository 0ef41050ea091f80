import Archive
import TestSupport
import Testing

@testable import History
@testable import Prose
@testable import Sync

/// Entries that came before what they rest on.
@Suite struct WaitingTests {
    /// Logs that each have one entry, an essay's version: each rests on the one before.
    private func chain(_ count: Int) -> [LogEntry] {
        var entries: [LogEntry] = []
        var root = ""
        for number in 0..<count {
            let parent = entries.last.map { "\"parents\":[\"\($0.id.hex)\"]," } ?? ""
            let item = root.isEmpty ? "" : "\"item\":\"\(root)\","
            let json = "{\"fields\":{\"title\":\"第\(number)版\"},\(item)\"kind\":\"essay\",\(parent)\"v\":1}"
            entries.append(
                LogEntry(
                    replica: .random(), sequence: 1, recorded: Timestamp(milliseconds: 0), kind: .revision,
                    bytes: Array(json.utf8), text: nil))
            if root.isEmpty { root = entries[0].id.hex }
        }
        return entries
    }

    private func archive(_ change: (inout Archive.Environment) -> Void = { _ in }) throws -> Archive {
        var environment = Archive.Environment(stateDirectory: nil)
        change(&environment)
        return try Archive.inMemory(id: .random(), environment: environment)
    }

    @Test(arguments: [false, true])
    func `logs that wait for each other are applied when the first comes, in whatever order`(isShuffled: Bool) throws {
        let entries = chain(200)
        let archive = try archive()
        var generator = SeededGenerator(seed: 5)
        let order = isShuffled ? entries.dropFirst().shuffled(using: &generator) : Array(entries.dropFirst().reversed())
        for entry in order {
            let applied = try archive.write { try $0.apply([entry], after: .start) }
            #expect(applied.count == 0 && applied.additions == 1)
        }
        #expect(try archive.read { try $0.pendingCount() } == 199)
        #expect(try archive.write { try $0.apply([entries[0]], after: .start) }.count == 200)
        #expect(try archive.read { try $0.pendingCount() } == 0)
        #expect(try archive.verify().isSound)
    }

    @Test func `a log whose beginning comes last is applied as a whole`() throws {
        let entries = chain(100)
        let log = ReplicaID.random()
        let archive = try archive()
        var positions = [LogPosition.start]
        for entry in entries { positions.append(positions.last!.appending(entry.id)) }
        for number in (0..<100).reversed() {
            let entry = LogEntry(
                replica: log, sequence: Int64(number + 1), recorded: entries[number].recorded, kind: .revision,
                bytes: entries[number].bytes, text: nil)
            let applied = try archive.write { try $0.apply([entry], after: positions[number]) }
            #expect(applied.count == (number == 0 ? 100 : 0))
        }
        #expect(try archive.read { try $0.vector() } == [log: positions[100]])
    }

    /// What is over the limit is not taken, and nothing of it is lost.
    @Test func `what would have to wait beyond the limit is left out, and can come later`() throws {
        let entries = chain(50)
        let archive = try archive { $0.maximumWaiting = 20 * entries[1].bytes.count }
        var left: [LogEntry] = []
        for entry in entries.dropFirst().reversed() {
            if try archive.write({ try $0.apply([entry], after: .start) }).isCrowded { left.append(entry) }
        }
        #expect((20...35).contains(left.count))
        #expect(try archive.read { try $0.pendingCount() } == 49 - left.count)
        try archive.write { _ = try $0.apply([entries[0]], after: .start) }
        for entry in left.reversed() {
            let applied = try archive.write { try $0.apply([entry], after: .start) }
            #expect(!applied.isCrowded)
        }
        #expect(try archive.read { try $0.pendingCount() } == 0)
        #expect(try archive.verify().isSound)
        // There is as much room as before.
        let others = chain(20).dropFirst()
        let crowded = try archive.write { writer in
            try others.filter { try writer.apply([$0], after: .start).isCrowded }
        }
        #expect(crowded.isEmpty)
    }

    /// Hostile logs take up all the room there is for waiting; others that need some get on without.
    @Test(arguments: [false, true])
    func `a remote that fills the room for waiting keeps nobody from what can be applied`(isHub: Bool) throws {
        let id = ArchiveID.random()
        let remote: any Remote = isHub ? MemoryHub() : MemoryRemote()
        let (a, b) = (try Machine(id).connect("r", remote), try Machine(id).connect("r", remote))
        var environment = Archive.Environment(stateDirectory: nil)
        environment.maximumWaiting = 2000
        let small = Machine(try Archive.inMemory(id: id, environment: environment))
        try small.connect("r", remote)
        let hostile = chain(60).dropFirst()
        for entry in hostile {
            let segment = LogSegment(archive: id, [entry], after: .start)
            if let hub = remote as? MemoryHub {
                _ = try hub.sync(SyncRequest(archive: id, budget: 0), segments: [segment])
            } else {
                try remote.put(segment.header.name.path, segment.bytes)
                try remote.put(segment.header.name.headPath, [])
            }
        }
        // Each change of the one rests on the last of the other.
        let item = try a.essay("甲")
        for round in 0..<10 {
            try a.edit(item, "甲\(round)")
            try a.sync("r")
            try b.sync("r")
            try b.edit(item, "乙\(round)")
            try b.sync("r")
            try a.sync("r")
        }
        let report = try small.sync("r")
        #expect(report.isRemoteIncomplete && report.notes.contains { $0.contains("waits") })
        #expect(try small.stateHash == a.stateHash)
        // It is no different in the next run, and what is new comes.
        try a.essay("丙")
        try a.sync("r")
        #expect(try small.sync("r").pulled == 1)
        #expect(try small.archive.verify().isSound)
    }
}
