import Archive
import Foundation
import TestSupport
import Testing

@testable import History
@testable import Sync

/// Remotes that hold names and understand nothing.
@Suite struct ObjectExchangeTests {
    /// Two machines that share a remote, with an essay each.
    private func pair(_ remote: any Remote = MemoryRemote()) throws -> (Machine, Machine) {
        let id = ArchiveID.random()
        let (a, b) = (try Machine(id).connect("r", remote), try Machine(id).connect("r", remote))
        try a.essay("甲")
        try b.essay("乙")
        for machine in [a, b, a] { try machine.sync("r") }
        return (a, b)
    }

    @Test func machinesThatShareAFolderConverge() throws {
        let folder = try TemporaryFolder()
        let (a, b) = try pair(FolderRemote(path: folder.path))
        let item = try a.essay("丙")
        try a.sync("r")
        try b.sync("r")
        try b.edit(item, "丙，改过。")
        try b.sync("r")
        try a.sync("r")
        try expectEqual([a, b], titles: ["甲", "乙", "丙"])
        #expect(try FolderRemote(path: folder.path).list("heads/").count == 2, "a head a log")
    }

    /// Puts a segment on a remote as a version to come may write it.
    private func putLater(_ remote: MemoryRemote, _ id: ArchiveID) throws -> ReplicaID {
        let payload: [UInt8] = [1, 2, 3]
        let header = SegmentHeader(
            archive: id, replica: .random(), first: 1, last: 1, previous: .empty,
            chain: LogPosition.start.appending(EntryID(hashing: [1])).chain,
            payload: payload)
        let line = String(decoding: header.encode(), as: UTF8.self).replacing("\"zstd\"", with: "\"age\"")
        try remote.put(header.name.path, Array(line.utf8) + payload)
        try remote.put(header.name.headPath, [])
        return header.replica
    }

    @Test func whatALaterVersionWroteHoldsUpNothingElse() throws {
        let remote = MemoryRemote()
        let (a, b) = try pair(remote)
        let log = try putLater(remote, a.archive.read { try $0.archiveID })
        try a.essay("丙")
        for machine in [a, b] {
            let report = try machine.sync("r")
            #expect(report.pushed + report.pulled == 1 && report.isRemoteIncomplete)
            #expect(report.notes.count == 1 && report.holdsLaterFormat)
        }
        try expectEqual([a, b], titles: ["甲", "乙", "丙"])
        // Nobody is asked to send again what is there.
        #expect(try !remote.list("heads/").contains { $0.hasSuffix(".wanted") })
        let problems = try RemoteVerification(a.archive, remote: "r", remote).run(repairs: true).problems
        #expect(
            problems.contains { $0.repair == .update } && remote.content.keys.contains { $0.hasPrefix("log/\(log)") })
    }

    @Test func aRemoteOfALaterVersionIsNotCloned() throws {
        let remote = MemoryRemote()
        _ = try putLater(remote, .random())
        #expect(throws: MalformedMessage.self) { try SyncEngine.open(remote) }
    }

    @Test func progressTellsHowMuchIsLeft() throws {
        let folder = try TemporaryFolder()
        let (a, b) = try pair(FolderRemote(path: folder.path))
        for text in ["丙", "丁", "戊"] { try a.essay(text) }
        try a.sync("r")
        try b.essay("己")
        var left: [Int] = []
        _ = try SyncEngine(b.archive, remote: "r", exchange: FolderRemote(path: folder.path)).run {
            left.append($0.remaining)
        }
        #expect(left == [1, 0])
    }

    @Test func anIdleSyncIsOneListOfHeads() throws {
        let remote = MemoryRemote()
        let (a, _) = try pair(remote)
        var operations: [MemoryRemote.Operation] = []
        remote.fault = {
            operations.append($0)
            return nil
        }
        let report = try a.sync("r")
        #expect(operations == [.list("heads/")])
        #expect(report.pulled == 0 && report.pushed == 0 && report.notes.isEmpty)
    }

    @Test func aDrySyncCountsAndChangesNothing() throws {
        let remote = MemoryRemote()
        let (a, b) = try pair(remote)
        try a.essay("丙")
        try b.essay("丁")
        try b.essay("戊")
        try b.sync("r")
        let before = remote.content
        let preview = try a.preview("r")
        #expect(preview.toSend == 1 && preview.toReceive == 2)
        #expect(try remote.content == before && a.titles.count == 3)
    }

    @Test func anArchiveIsRelayedBetweenRemotesAndARemoteRebuilt() throws {
        let id = ArchiveID.random()
        let (first, second) = (MemoryRemote(), MemoryRemote())
        let a = try Machine(id).connect("first", first)
        let b = try Machine(id).connect("first", first).connect("second", second)
        let c = try Machine(id).connect("second", second)
        try a.essay("甲")
        try c.essay("丙")
        try a.sync("first")
        try c.sync("second")
        for remote in ["first", "second", "first"] { try b.sync(remote) }
        try a.sync("first")
        try c.sync("second")
        try expectEqual([a, b, c], titles: ["甲", "丙"])
        // All files lost: whoever syncs next fills it again, other replicas' logs included.
        first.content = [:]
        let report = try a.sync("first")
        #expect(report.pushed == 2 && report.notes.count == 1)
        let d = try Machine(id).connect("first", first)
        try d.sync("first")
        try expectEqual([a, d], titles: ["甲", "丙"])
    }

    @Test func aRemoteSetBackIsFilledAgainAndNeverObeyed() throws {
        let remote = MemoryRemote()
        let (a, b) = try pair(remote)
        let old = remote.content
        try a.essay("丙")
        try a.sync("r")
        remote.content = old
        #expect(try b.sync("r").notes.isEmpty)
        let report = try a.sync("r")
        #expect(report.pushed == 1 && report.notes.contains { $0.contains("set back") })
        try b.sync("r")
        try expectEqual([a, b], titles: ["甲", "乙", "丙"])
    }

    @Test func lostHeadsAreFoundAgainFromTheSegments() throws {
        let remote = MemoryRemote()
        let (a, b) = try pair(remote)
        for name in remote.content.keys where name.hasPrefix("heads/") { remote.content[name] = nil }
        let segments = remote.content
        try b.essay("丙")
        try b.sync("r")
        #expect(segments.allSatisfy { remote.content[$0.key] == $0.value } && remote.content.count == 5)
        try a.sync("r")
        try expectEqual([a, b], titles: ["甲", "乙", "丙"])
    }

    @Test func aNewcomerFindsALogWhoseHeadIsLostAndGivesItOne() throws {
        let remote = MemoryRemote()
        let (a, b) = try pair(remote)
        let head = try #require(remote.content.keys.first { $0.hasPrefix("heads/\((try? b.replica)!.hex)") })
        remote.content[head] = nil
        let c = try Machine(try a.archive.read { try $0.archiveID }).connect("r", remote)
        try c.sync("r")
        try expectEqual([a, b, c], titles: ["甲", "乙"])
        #expect(remote.content[head] != nil)
    }

    @Test func anArchiveIsKnownByWhateverSegmentIsReadable() throws {
        let remote = MemoryRemote()
        let (a, _) = try pair(remote)
        try a.essay("丙")
        try a.sync("r")
        let id = try a.archive.read { try $0.archiveID }
        let sound = remote.content
        let segments = sound.keys.filter { $0.hasPrefix("log/") }.sorted()
        for kept in segments {
            remote.content = sound.filter { !$0.key.hasPrefix("log/") || $0.key == kept }
            #expect(try SyncEngine.open(remote).archive == id)
        }
        // Nothing can be read: that is not nothing, and whoever holds it is asked.
        remote.content = sound.mapValues { Array($0.dropLast(5)) }
        #expect(throws: RemoteError.self) { try SyncEngine.open(remote) }
        #expect(remote.content.keys.contains { $0.hasSuffix(".wanted") })
        for name in segments { remote.content[name] = nil }
        #expect(throws: RemoteError.self) { try SyncEngine.open(remote) }
        try a.sync("r")
        #expect(try SyncEngine.open(remote).archive == id)
    }

    @Test func aWatchSeesWhatComesDuringItsFirstRunAndWhatComesLate() throws {
        let remote = MemoryRemote()
        let (a, b) = try pair(remote)
        let changes = FolderChanges(remote, policy: RetryPolicy(tries: .max, base: 0, longest: 0))
        try a.essay("丙")
        try a.sync("r")
        #expect(try waitFor { try changes.isNew() }, "it came after the watch began")
        let gap = try #require(
            remote.content.first { $0.key.hasPrefix("log/\((try? a.replica)!.hex)") && $0.key.contains("0002-") })
        remote.content[gap.key] = nil
        try b.sync("r")
        #expect(try waitFor { try changes.isNew() }, "somebody asks")
        // No name of a head changes when the segment comes at last.
        remote.content[gap.key] = gap.value
        #expect(try waitFor { try changes.isNew() }, "as long as something is missing")
        try b.sync("r")
        try a.sync("r")
        try expectEqual([a, b], titles: ["甲", "乙", "丙"])
    }

    /// Asks for up to some seconds.
    private func waitFor(_ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<500 {
            if try condition() { return true }
            _ = RetryingRemote.sleep(0.01)
        }
        return false
    }

    @Test func aDamagedOrLostSegmentIsReportedAndSentAgainByWhoeverHoldsIt() throws {
        for isLost in [false, true] {
            let remote = MemoryRemote()
            let (a, b) = try pair(remote)
            try a.essay("丙")
            try a.sync("r")
            let name = try #require(
                remote.content.keys.first { $0.hasPrefix("log/\((try? a.replica)!.hex)") && $0.contains("0002-") })
            remote.content[name] = isLost ? nil : Array(remote.content[name]!.dropLast(3))
            let report = try b.sync("r")
            #expect(report.pulled == 0 && (isLost || report.notes.contains { $0.contains("damaged") }))
            #expect(try a.sync("r").pushed == 1)
            #expect(try b.sync("r").pulled == 1)
            try expectEqual([a, b], titles: ["甲", "乙", "丙"])
        }
    }

    @Test func lookingChangesNothingWhereAllIsDamaged() throws {
        let remote = MemoryRemote()
        let (a, _) = try pair(remote)
        for name in remote.content.keys where name.hasPrefix("log/") { remote.content[name] = [0] }
        let before = remote.content
        let c = try Machine(a.archive.read { try $0.archiveID }).connect("r", remote)
        #expect(try c.preview("r").toReceive == 2)
        #expect(try !RemoteVerification(c.archive, remote: "r", remote).run().isSound)
        #expect(remote.content == before)
    }

    @Test func anOldListTakesNothingFromAnybody() throws {
        // b reads the list of a's log as it was before a's last two segments, and finds no way to a's head.
        let remote = MemoryRemote()
        let (a, b) = try pair(remote)
        for title in ["丙", "丁"] {
            try a.essay(title)
            try a.sync("r")
        }
        let log = "log/\(try a.replica.hex)/"
        let segments = remote.content.filter { $0.key.hasPrefix("log/") }
        remote.fault = { operation in operation == .list(log) ? .stale(6) : nil }
        #expect(try b.sync("r").notes.contains { $0.contains("lacks entries") })
        remote.fault = { _ in nil }
        let wanted = try #require(remote.content.keys.first { $0.hasSuffix(".wanted") })
        #expect(remote.content[String(wanted.dropLast(".wanted".count))] != nil, "the head is still there")
        // a is lost for ever: what it left can be found.
        let c = try Machine(try a.archive.read { try $0.archiveID }).connect("r", remote)
        for machine in [b, c] { try machine.sync("r") }
        try expectEqual([b, c], titles: ["甲", "乙", "丙", "丁"])
        // Whoever holds it sees that all is there, and says so by taking the question away.
        #expect(remote.content.filter { $0.key.hasPrefix("log/") } == segments && !remote.content.keys.contains(wanted))
    }

    @Test func whatNobodyHoldsIsAskedForOnceAndKeptFindable() throws {
        let remote = MemoryRemote()
        let (a, b) = try pair(remote)
        try a.essay("丙")
        try a.sync("r")
        let gap = try #require(
            remote.content.first { $0.key.hasPrefix("log/\((try? a.replica)!.hex)") && $0.key.contains("0002-") })
        remote.content[gap.key] = nil
        try b.sync("r")
        let before = remote.content
        try b.sync("r")
        #expect(remote.content == before)
        // It turns up again from an old copy of the folder.
        remote.content[gap.key] = gap.value
        try b.sync("r")
        try expectEqual([a, b], titles: ["甲", "乙", "丙"])
    }

    @Test func aSecondAttemptSendsTheSameSegment() throws {
        let remote = MemoryRemote()
        let (a, b) = try pair(remote)
        try a.essay("丙")
        remote.fault = { if case .put(let name) = $0, name.hasPrefix("heads/") { .lost } else { nil } }
        #expect(throws: RemoteError.self) { try a.sync("r") }
        let sent = remote.content
        try a.essay("丁")
        remote.fault = { _ in nil }
        try a.sync("r")
        #expect(
            remote.content.filter { $0.key.hasPrefix("log/") }.count == sent.filter { $0.key.hasPrefix("log/") }.count
                + 1)
        #expect(sent.allSatisfy { $0.key.hasPrefix("heads/") || remote.content[$0.key] == $0.value })
        try b.sync("r")
        try expectEqual([a, b], titles: ["甲", "乙", "丙", "丁"])
    }

    @Test func segmentsWithOtherCutsAreReadAsWell() throws {
        // As another replica might have compacted them: one long segment in place of three, and one that overlaps.
        let remote = MemoryRemote()
        let id = ArchiveID.random()
        let a = try Machine(id).connect("r", remote)
        for title in ["一", "二", "三", "四"] {
            try a.essay(title)
            try a.sync("r")
        }
        let (replica, end) = try #require(try a.vector.first)
        let entries = try a.archive.read { reader in
            var entries: [LogEntry] = []
            try reader.forEachEntry(of: replica, in: 1...end.sequence) {
                entries.append($0)
                return true
            }
            return entries
        }
        let whole = LogSegment(archive: id, entries, after: .start)
        let middle = LogSegment(archive: id, Array(entries[1...2]), after: LogPosition.start.appending(entries[0].id))
        for kept in [[whole], [middle, whole]] {
            let other = MemoryRemote()
            for segment in kept { other.content[segment.header.name.path] = segment.bytes }
            let b = try Machine(id).connect("r", other)
            try b.sync("r")
            try expectEqual([a, b], titles: ["一", "二", "三", "四"])
        }
    }

    @Test func anotherArchivesFolderIsRefusedAndLeftAlone() throws {
        let remote = MemoryRemote()
        _ = try pair(remote)
        let before = remote.content
        let other = try Machine(.random()).connect("r", remote)
        try other.essay("别的")
        #expect(throws: RemoteError.self) { try other.sync("r") }
        #expect(remote.content == before)
        #expect(try other.titles == ["别的"])
    }

    @Test func aRunCutShortAtAnyOperationIsGoneOnWithByTheNext() throws {
        for isEffective in [false, true] {
            for cut in 0..<40 {
                let remote = MemoryRemote()
                let (a, b) = try pair(remote)
                try a.essay("丙")
                try b.essay("丁")
                var operations = 0
                remote.fault = { _ in
                    operations += 1
                    return operations == cut + 1 ? (isEffective ? .answerLost : .lost) : nil
                }
                for machine in [a, b, a] { _ = try? machine.sync("r") }
                let isOver = operations <= cut
                remote.fault = { _ in nil }
                for machine in [a, b, a] { try machine.sync("r") }
                try expectEqual([a, b], titles: ["甲", "乙", "丙", "丁"])
                if isOver { break }
            }
        }
    }
}
