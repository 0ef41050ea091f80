import Archive
import Foundation
import TestSupport
import Testing

@testable import History
@testable import Prose
@testable import Sync

/// One replica ID that two files use: each case is detected, explained and healed without loss or doubling, on remotes of
/// either kind and in either order of pushing.
@Suite struct ForkTests {
    enum Kind: CaseIterable { case hub, names, folder }

    private let remotes = try! TemporaryFolder()

    private func remote(_ kind: Kind) throws -> any Remote {
        switch kind {
        case .hub: return MemoryHub()
        case .names: return MemoryRemote()
        case .folder:
            let path = "\(remotes.path)/\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            return FolderRemote(path: path)
        }
    }

    /// A replica in a file, opened as if on a machine that keeps no state: its copies cannot know that they are copies.
    private func file(_ folder: TemporaryFolder, _ name: String, id: ArchiveID? = nil) throws -> Machine {
        let path = "\(folder.path)/\(name).db"
        let environment = Archive.Environment(stateDirectory: nil)
        return Machine(
            try id.map { try Archive.create(path, id: $0, environment: environment) }
                ?? Archive.open(path, environment: environment))
    }

    /// The file `name` as a second file.
    private func copy(_ folder: TemporaryFolder, _ name: String, to other: String) throws -> Machine {
        let backup = folder.path + "/backup.db"
        _ = try Archive.open("\(folder.path)/\(name).db", environment: .init(stateDirectory: nil)).backup(
            to: backup, overwrites: true)
        // It is only read where it was made.
        try? FileManager.default.removeItem(atPath: "\(folder.path)/\(other).db")
        try FileManager.default.moveItem(atPath: backup, toPath: "\(folder.path)/\(other).db")
        return try file(folder, other)
    }

    /// Lets everybody sync with everything that it knows until nothing moves any more.
    private func settle(_ machines: [(Machine, [String])]) throws {
        for _ in 0..<8 {
            var moved = 0
            for (machine, remotes) in machines {
                for remote in remotes {
                    let report = try machine.sync(remote)
                    moved += report.pushed + report.pulled
                }
            }
            if moved == 0 { return }
        }
        Issue.record("machines sync for ever")
    }

    @Test(arguments: Kind.allCases, [false, true])
    func aCopiedFileGoesOnUnderAnotherID(kind: Kind, isCopyFirst: Bool) throws {
        let folder = try TemporaryFolder()
        let remote = try remote(kind)
        let a = try file(folder, "a", id: .random()).connect("r", remote)
        try a.essay("共同")
        try a.sync("r")
        let b = try copy(folder, "a", to: "b").connect("r", remote)
        #expect(try a.replica == b.replica)
        try a.essay("甲一")
        try a.essay("甲二")
        try b.essay("乙一")
        for machine in isCopyFirst ? [b, a] : [a, b] { try machine.sync("r") }
        try settle([(a, ["r"]), (b, ["r"])])
        let second = isCopyFirst ? a : b
        #expect(second.notes.count == 1 && second.notes[0].contains("copy") && (isCopyFirst ? b : a).notes.isEmpty)
        #expect(try a.replica != b.replica)
        try expectEqual([a, b], titles: ["共同", "甲一", "甲二", "乙一"])
        #expect(try a.archive.read { try $0.logEnds() }.isEmpty, "nobody else saw two forms of the log")
    }

    @Test(arguments: Kind.allCases, Kind.allCases)
    func divergentFormsOnTwoRemotesAreEndedWhereTheyParted(first: Kind, second: Kind) throws {
        let folder = try TemporaryFolder()
        let (one, two) = (try remote(first), try remote(second))
        let a = try file(folder, "a", id: .random()).connect("one", one)
        try a.essay("共同")
        try a.sync("one")
        let b = try copy(folder, "a", to: "b").connect("two", two)
        let r = try a.replica
        try a.essay("甲一")
        try b.essay("乙一")
        try b.essay("乙二")
        // Both forms are published, each on a remote of its own.
        try a.sync("one")
        try b.sync("two")
        let id = try a.archive.read { try $0.archiveID }
        let reader = try Machine(id).connect("one", one).connect("two", two)
        try reader.sync("one")
        try reader.sync("two")
        #expect(reader.notes.contains { $0.contains("two files used the replica ID") })
        #expect(try reader.archive.read { try $0.logEnds() } == [LogEnd(replica: r, last: 1)])
        #expect(try reader.titles == ["共同", "甲一", "乙一", "乙二"].sorted(), "one sync with each is enough to have both")
        try settle([(reader, ["one", "two"]), (a, ["one"]), (b, ["two"])])
        try expectEqual([reader, a, b], titles: ["共同", "甲一", "乙一", "乙二"])
        #expect(try a.vector[r]?.sequence == 1)
        #expect(try Set([a.replica, b.replica, r]).count == 3, "both holders go on under IDs of their own")
        // And all is quiet afterwards, for newcomers too.
        try a.essay("后来")
        try settle([(a, ["one"]), (reader, ["one", "two"]), (b, ["two"])])
        let late = try Machine(id).connect("two", two)
        try late.sync("two")
        try settle([(late, ["two"])])
        try expectEqual([reader, a, b, late], titles: ["共同", "甲一", "乙一", "乙二", "后来"])
        let report = try reader.sync("one")
        #expect(report.requests == 1 && report.pulled == 0 && report.pushed == 0)
    }

    @Test func bothFormsInOneFolderAreEndedWhereTheyParted() throws {
        // Two machines that put their forms into one folder at once: neither saw the other's.
        let folder = try TemporaryFolder()
        let remote = MemoryRemote()
        let a = try file(folder, "a", id: .random()).connect("r", remote)
        let item = try a.essay("共同")
        try a.sync("r")
        let b = try copy(folder, "a", to: "b").connect("r", remote)
        try a.essay("甲一")
        try b.edit(item, "共同，乙改。")
        let before = remote.content
        try a.sync("r")
        let after = remote.content
        remote.content = before
        try b.sync("r")
        remote.content.merge(after) { $1 }
        let id = try a.archive.read { try $0.archiveID }
        let c = try Machine(id).connect("r", remote)
        try c.sync("r")
        #expect(try c.archive.read { try $0.logEnds().map(\.last) } == [1])
        try settle([(a, ["r"]), (b, ["r"]), (c, ["r"])])
        try expectEqual([a, b, c], titles: ["共同", "甲一"])
        #expect(try c.archive.read { try String(decoding: $0.text(of: $0.state(item)), as: UTF8.self) } == "共同，乙改。")
    }

    @Test(arguments: Kind.allCases)
    func aWholeMachineRolledBackTakesItsOwnPastBack(kind: Kind) throws {
        let folder = try TemporaryFolder()
        let remote = try remote(kind)
        let a = try file(folder, "a", id: .random()).connect("r", remote)
        try a.essay("共同")
        try a.sync("r")
        // The image of the machine, taken now and put back later.
        let old = try copy(folder, "a", to: "image").connect("r", remote)
        let r = try a.replica
        try a.essay("失而复得")
        try a.sync("r")
        try old.essay("回滚之后")
        try old.sync("r")
        #expect(old.notes.contains { $0.contains("set back") })
        #expect(try old.replica != r)
        let witness = try Machine(try old.archive.read { try $0.archiveID }).connect("r", remote)
        try settle([(witness, ["r"]), (old, ["r"])])
        try expectEqual([old, witness], titles: ["共同", "失而复得", "回滚之后"])
    }

    @Test(arguments: Kind.allCases)
    func aRemoteThatWentBackMeetsAReplicaThatWentOn(kind: Kind) throws {
        // The remote loses what a third machine took from it; both logs are whole again afterwards.
        let (old, new) = (try remote(kind), try remote(kind))
        let id = ArchiveID.random()
        let a = try Machine(id).connect("r", old)
        let b = try Machine(id).connect("r", old)
        try a.essay("一")
        try a.sync("r")
        try b.sync("r")
        for machine in [a, b] { try machine.connect("r", new) }
        try b.essay("二")
        try b.sync("r")
        #expect(b.notes.contains { $0.contains("set back") })
        try a.sync("r")
        try expectEqual([a, b], titles: ["一", "二"])
    }

    @Test func theLowestEndOfALogWins() throws {
        // Three files with one ID part at two places; readers meet the later parting first.
        let folder = try TemporaryFolder()
        let remotes = (0..<3).map { _ in MemoryRemote() }
        let a = try file(folder, "a", id: .random()).connect("0", remotes[0])
        try a.essay("一")
        let c = try copy(folder, "a", to: "c").connect("2", remotes[2])
        try a.essay("二")
        let b = try copy(folder, "a", to: "b").connect("1", remotes[1])
        try a.essay("三甲")
        try b.essay("三乙")
        try c.essay("二丙")
        try a.sync("0")
        try b.sync("1")
        try c.sync("2")
        let id = try a.archive.read { try $0.archiveID }
        let reader = try Machine(id)
        for (number, remote) in remotes.enumerated() { try reader.connect("\(number)", remote) }
        try reader.sync("0")
        try reader.sync("1")
        #expect(try reader.archive.read { try $0.logEnds().map(\.last) } == [2])
        try reader.sync("2")
        #expect(try reader.archive.read { try $0.logEnds().map(\.last) } == [1])
        try settle([(reader, ["0", "1", "2"]), (a, ["0"]), (b, ["1"]), (c, ["2"])])
        try expectEqual([reader, a, b, c], titles: ["一", "二", "三甲", "三乙", "二丙"])
        #expect(try reader.archive.read { try $0.logEnds().map(\.last) } == [1])
    }

    @Test func anEndMetBeforeWhatLiesBeyondItLosesNothing() throws {
        // Somebody hears of the end first, and only then of what the ended log holds beyond: it is taken in all the same.
        let id = ArchiveID.random()
        let (a, b) = (try Machine(id), try Machine(id))
        try a.essay("一")
        try a.essay("二")
        let r = try a.replica
        let entries = try a.archive.read { reader in
            var entries: [LogEntry] = []
            try reader.forEachEntry(of: r, in: 1...2) {
                entries.append($0)
                return true
            }
            return entries
        }
        let end = LogEnd(replica: r, last: 1)
        let fork = LogEntry(
            replica: .random(), sequence: 1, recorded: Timestamp(milliseconds: 0), kind: .fork, bytes: end.bytes,
            text: nil)
        _ = try b.archive.write { try $0.apply([fork], after: .start) }
        _ = try b.archive.write { try $0.apply(entries, after: .start) }
        #expect(try b.titles == ["一", "二"].sorted())
        #expect(try b.vector[r]?.sequence == 1)
        // Whoever the ended log belonged to logs the rest again, once.
        _ = try a.archive.write { try $0.apply([fork], after: .start) }
        #expect(try a.vector[r]?.sequence == 1 && a.replica != r)
        #expect(try a.stateHash == b.stateHash)
        let vector = try b.vector
        _ = try b.archive.write { try $0.apply(entries, after: .start) }
        #expect(try b.vector == vector)
        #expect(try a.archive.verify().isSound && b.archive.verify().isSound)
        try b.archive.write { try $0.rebuild() }
        #expect(try b.archive.read { try $0.logEnds() } == [end])
    }

    /// An essay, an edit of it, a tag that rests on the edit, and so many other essays; and the heads of the first.
    private func log(others: Int = 0) throws -> (entries: [LogEntry], heads: [RevisionID]) {
        let a = try Machine(.random())
        let item = try a.essay("甲")
        try a.archive.write { writer in
            _ = try writer.revise(item, author: Author("王")) { $0.text = Array("乙".utf8) }
            _ = try writer.revise(item, author: Author("王")) { $0.fields.tags = ["标签"] }
        }
        for _ in 0..<others { try a.essay("丙") }
        var entries: [LogEntry] = []
        return try a.archive.read { reader in
            try reader.forEachEntry(of: reader.replicaID, in: 1...Int64(3 + others)) {
                entries.append($0)
                return true
            }
            return (entries, try reader.state(item).heads)
        }
    }

    private func swapped(_ entries: [LogEntry], into log: ReplicaID) -> [LogEntry] {
        entries.enumerated().map { index, entry in
            LogEntry(
                replica: log, sequence: Int64(index + 1), recorded: entry.recorded, kind: entry.kind,
                bytes: entry.bytes, text: entry.text)
        }
    }

    /// A fork cut `edit` off its log; it was logged again after `tag`, which rests on it.
    @Test func whatALogHoldsBeforeWhatItRestsOnIsTakenIn() throws {
        let (entries, heads) = try log()
        let (root, edit, tag) = (entries[0], entries[1], entries[2])
        let item = root.id.revision.asRoot
        let other = ReplicaID.random()
        let swapped = swapped([tag, edit], into: other)
        // At once, and each by itself.
        for runs in [[swapped], swapped.map { [$0] }] {
            let reader = try Machine(.random())
            try reader.archive.write { writer in
                try writer.apply([root], after: .start)
                var position = LogPosition.start
                for run in runs {
                    try writer.apply(run, after: position)
                    position = run.reduce(position) { $0.appending($1.id) }
                }
            }
            #expect(try reader.archive.read { try $0.pendingCount() } == 0)
            #expect(try reader.archive.read { try $0.state(item).heads } == heads)
            #expect(try reader.vector[other]?.sequence == 2 && reader.vector[reader.replica] == nil)
        }
    }

    /// The same, while another form of the log waits as well, which goes on from the same place.
    @Test func whatALogRestsOnIsFoundInEachOfItsForms() throws {
        let (entries, heads) = try log(others: 20)
        let (root, edit, tag) = (entries[0], entries[1], entries[2])
        let item = root.id.revision.asRoot
        let replica = ReplicaID.random()
        // Some of them are looked at before `edit`, and some after.
        for other in entries[3...] {
            let reader = try Machine(.random())
            try reader.archive.write { writer in
                try writer.apply([root], after: .start)
                try writer.apply(swapped([tag, other], into: replica), after: .start)
                try writer.apply(swapped([tag, edit], into: replica), after: .start)
            }
            #expect(try reader.archive.read { try $0.pendingCount() } == 0)
            #expect(try reader.archive.read { try $0.state(item).heads } == heads)
            #expect(try reader.titles == ["丙", "甲"])
            #expect(try reader.archive.read { try $0.logEnds() } == [LogEnd(replica: replica, last: 1)])
            #expect(try reader.archive.verify().isSound)
        }
    }
}
