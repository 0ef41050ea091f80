import Foundation
import GRDB
import Testing

@testable import Archive
@testable import History
@testable import Prose

/// Logs lie in the file as runs; none of that shows outside.
@Suite struct LogStoreTests {
    private func revisions(_ range: Range<Int>) -> [Revision] {
        range.map { Revision(kind: .essay, fields: [FieldKey.title: .text("第\($0)篇")]) }
    }

    private func runs(_ archive: Archive) throws -> [Int] {
        try archive.read { try Int.fetchAll($0.db, sql: "SELECT count FROM log ORDER BY replica, first") }
    }

    @Test func whatComesInOneTransactionIsOneRunOrAFew() throws {
        let archive = try Archive.scratch()
        try archive.write { writer in for revision in revisions(0..<150) { try writer.append(revision) } }
        #expect(try runs(archive) == [64, 64, 22])
        try archive.write { writer in for revision in revisions(150..<153) { try writer.append(revision) } }
        #expect(try runs(archive).reduce(0, +) == 153)
        #expect(try archive.verify().isSound)
    }

    @Test func everyPositionHasItsChainAndEveryRangeItsEntries() throws {
        let archive = try Archive.scratch()
        let all = revisions(0..<150)
        for part in [0..<1, 1..<70, 70..<150] {
            try archive.write { writer in for revision in all[part] { try writer.append(revision) } }
        }
        var position = LogPosition.start
        try archive.read { reader in
            let replica = try reader.replicaID
            #expect(try reader.chain(of: replica, at: 0) == .empty)
            for revision in all {
                position = position.appending(revision.id.entry)
                #expect(try reader.chain(of: replica, at: position.sequence) == position.chain)
            }
            #expect(try reader.chain(of: replica, at: 151) == nil)
            #expect(try reader.vector() == [replica: position])
            for range in [1...1, 1...150, 60...80, 64...65, 149...400, 151...160] as [ClosedRange<Int64>] {
                var entries: [LogEntry] = []
                try reader.forEachEntry(of: replica, in: range) {
                    entries.append($0)
                    return true
                }
                let expected = all.indices.filter { range.contains(Int64($0 + 1)) }
                #expect(
                    entries.map(\.id) == expected.map { all[$0].id.entry }
                        && entries.map(\.sequence) == expected.map { Int64($0 + 1) })
            }
        }
    }

    @Test(arguments: [0, 1, 63, 64, 65, 100, 149, 150] as [Int64])
    func aTailIsTakenAwayWhole(_ kept: Int64) throws {
        let archive = try Archive.scratch()
        let all = revisions(0..<150)
        try archive.write { writer in for revision in all { try writer.append(revision) } }
        try archive.write { writer in
            let replica = try writer.replicaID
            let before = try writer.logs.chain(replica, at: kept)
            let tail = try writer.logs.removeTail(of: replica, after: kept)
            #expect(tail.map(\.id) == all[Int(kept)...].map(\.id.entry))
            #expect(try writer.logs.position(replica) == LogPosition(sequence: kept, chain: before!))
            for entry in tail { #expect(try !writer.logs.isLogged(entry.row)) }
            if kept > 0 { #expect(try writer.logs.isLogged(writer.entries.row(of: all[0].id.entry)!)) }
            // What is logged again, elsewhere, is a run again.
            let other = try writer.logs.replica(writer.mintReplicaID())
            var end = LogPosition.start
            for entry in tail {
                end = try writer.logs.append((entry.row, entry.id), to: other, after: end, recorded: entry.recorded)
            }
        }
        #expect(try archive.verify().isSound)
    }

    /// Edits of many days lie in one run, each with its time; clocks may go back.
    @Test func eachEntryKeepsItsTime() throws {
        let times: [Int64] = [
            1_700_000_000_000, 1_700_000_000_000, 1_700_086_400_001, 1_600_000_000_000, 1_600_000_000_000,
            253_402_300_799_000, 0, 5,
        ]
        let archive = try Archive.scratch()
        try archive.write { writer in
            let replica = ReplicaID(bytes: [UInt8](repeating: 1, count: 16))!
            for (revision, time) in zip(revisions(0..<times.count), times) {
                let row = try writer.entries.insert(revision.id.entry, kind: .revision, bytes: revision.canonicalBytes)
                try writer.histories.derive(revision, row: row)
                writer.stale.insert(row)
                try writer.append((row, revision.id.entry), to: replica, recorded: Timestamp(milliseconds: time))
            }
        }
        #expect(try runs(archive) == [times.count])
        func logged() throws -> [Int64] {
            try archive.read { reader in
                var result: [Int64] = []
                for replica in try reader.vector().keys {
                    try reader.forEachEntry(of: replica, in: 1...100) {
                        result.append($0.recorded.milliseconds)
                        return true
                    }
                }
                return result
            }
        }
        #expect(try logged() == times)
        let recorded = try archive.read { (reader) throws in
            try revisions(0..<times.count).map { try reader.history($0.id.asRoot).nodes[$0.id]!.recorded.milliseconds }
        }
        #expect(recorded == times)
        try archive.write { writer in
            let replica = ReplicaID(bytes: [UInt8](repeating: 1, count: 16))!
            let tail = try writer.logs.removeTail(of: replica, after: 5)
            #expect(tail.map(\.recorded.milliseconds) == Array(times[5...]))
            for entry in tail { writer.unlogged[entry.row] = (entry.id, entry.recorded) }
        }
        #expect(try Array(logged().prefix(8)).sorted() == times.sorted())
        #expect(try archive.verify().isSound)
    }

    @Test func chainsKeptFromBeforeAreNotThoseOfALogThatChanged() throws {
        let archive = try Archive.scratch()
        try archive.write { writer in
            for revision in revisions(0..<20) { try writer.append(revision) }
            let replica = try writer.replicaID
            _ = try writer.logs.chain(replica, at: 12)
            for revision in revisions(20..<30) { try writer.append(revision) }
            var position = LogPosition.start
            for revision in revisions(0..<30) {
                position = position.appending(revision.id.entry)
                #expect(try writer.logs.chain(replica, at: position.sequence) == position.chain)
            }
        }
    }
}
