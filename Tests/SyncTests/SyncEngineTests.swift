import Archive
import Foundation
import TestSupport
import Testing

@testable import History
@testable import Sync

@Suite struct SyncEngineTests {
    private func machine(_ id: ArchiveID) throws -> Archive {
        let archive = try Archive.inMemory(id: id, environment: .init(stateDirectory: nil))
        try archive.write { try $0.addRemote("hub", RemoteAddress(url: "memory:")) }
        return archive
    }

    private func essay(_ archive: Archive, _ text: String) throws -> ItemID {
        try archive.write { try $0.create([FieldKey.title: .text(text)], text: Array(text.utf8), author: Author("甲")) }
            .asRoot
    }

    private func hash(_ archive: Archive) throws -> String { try archive.read { try $0.stateHash() } }

    private func apply(_ segment: LogSegment, to archive: Archive) throws -> Int {
        try archive.write { try $0.apply(ZstdCodec().decode(segment), after: segment.header.start).count }
    }

    @Test func segmentsHoldWhatTheySay() throws {
        let archive = try machine(.random())
        let tail = String(repeating: "后面还有许多不变的话。", count: 20)
        let id = try essay(archive, "一些文字。" + tail)
        try archive.write { _ = try $0.revise(id, author: Author("乙")) { $0.text = Array("一些别的文字。\(tail)".utf8) } }
        let segment = try archive.read { reader in
            let (replica, end) = try #require(try reader.vector().first)
            return try #require(try SegmentCutter(reader, remote: "hub").segment(of: replica, after: .start, upTo: end))
        }
        let entries = try ZstdCodec().decode(segment)
        #expect(entries.count == 2 && segment.header.last == 2 && segment.isIntact)
        #expect(entries[1].text?.base == entries[0].text?.hash, "an edit travels as splices")
        // Entries that do not give the header's chain are refused, whatever else agrees.
        let header = SegmentHeader(
            archive: segment.header.archive, replica: segment.header.replica, first: 1, last: 1, previous: .empty,
            chain: segment.header.chain, payload: ZstdCodec().encode([entries[0]]))
        #expect(throws: SegmentError.self) {
            try ZstdCodec().decode(LogSegment(header: header, payload: ZstdCodec().encode([entries[0]])))
        }
        for cut in stride(from: 0, to: segment.payload.count, by: 7) {
            #expect(throws: (any Error).self) {
                try ZstdCodec().decode(LogSegment(header: segment.header, payload: Array(segment.payload.prefix(cut))))
            }
        }
    }

    @Test func aLogWaitsForWhatItRestsOn() throws {
        let id = ArchiveID.random()
        let (a, b, c) = (try machine(id), try machine(id), try machine(id))
        let hub = MemoryHub()
        let item = try essay(a, "甲写的。")
        _ = try SyncEngine(a, remote: "hub", exchange: hub).run()
        _ = try SyncEngine(b, remote: "hub", exchange: hub).run()
        try b.write { _ = try $0.revise(item, author: Author("乙")) { $0.text = Array("乙改的。".utf8) } }
        _ = try SyncEngine(b, remote: "hub", exchange: hub).run()
        // In the wrong order: first the edit, whose parent is not here.
        let segments = hub.segments
        #expect(segments.count == 2)
        #expect(try apply(segments[1], to: c) == 0)
        #expect(try c.read { try $0.counts().essays } == 0)
        #expect(try apply(segments[0], to: c) == 2)
        #expect(try hash(c) == hash(b))
        #expect(try c.read { try $0.vector() } == b.read { try $0.vector() })
        // Again, and nothing happens.
        for segment in segments { #expect(try apply(segment, to: c) == 0) }
        #expect(try c.verify().isSound)
    }

    @Test func aForgedTextIsNeverTakenForTheOneThatAnEntryNames() throws {
        let id = ArchiveID.random()
        let (a, b) = (try machine(id), try machine(id))
        _ = try essay(a, "甲写的。")
        let entry = try a.read { reader in
            var found: [LogEntry] = []
            try reader.forEachEntry(of: reader.replicaID, in: 1...1) {
                found.append($0)
                return true
            }
            return found[0]
        }
        let forged = LogEntry(
            replica: entry.replica, sequence: 1, recorded: entry.recorded, kind: .revision, bytes: entry.bytes,
            text: EncodedText(hash: entry.text!.hash, base: nil, data: Array("别的话。".utf8)))
        #expect(try b.write { try $0.apply([forged], after: .start) }.invalid.isEmpty)
        let hash = try #require(entry.text?.hash)
        #expect(try b.read { try $0.counts().essays == 1 && $0.lackingCount() == 1 })
        #expect { try b.read { try $0.text(hash) } } throws: { ($0 as? ArchiveError)?.damage == .text(hash) }
        #expect(try !b.verify().isSound)
        // What comes later and has the hash takes its place.
        #expect(try b.write { try $0.apply([textEntry(hash, entry.text)], after: .start) }.count == 1)
        #expect(try b.read { try $0.text(hash) } == Array("甲写的。".utf8))
        #expect(try b.verify().isSound)
    }

    /// The log of a replica that answers who lacks a text.
    private func textEntry(_ hash: TextHash, _ text: EncodedText?) -> LogEntry {
        let notice = TextNotice(.text, hash)
        return LogEntry(
            replica: .random(), sequence: 1, recorded: .now(), kind: notice.kind, bytes: notice.bytes, text: text)
    }

    @Test func oneReplicaIDUsedTwiceIsHealedWithoutLossOrDoubling() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.path
        // Without a state file a copy cannot tell that it is one; the hub's vector does.
        let environment = Archive.Environment(stateDirectory: nil)
        let original = try Archive.create(folder + "/a.db", environment: environment)
        try original.write { try $0.addRemote("hub", RemoteAddress(url: "memory:")) }
        _ = try essay(original, "共同的。")
        let hub = MemoryHub()
        _ = try SyncEngine(original, remote: "hub", exchange: hub).run()
        try original.close()
        try FileManager.default.copyItem(atPath: folder + "/a.db", toPath: folder + "/b.db")
        let archives = try ["/a.db", "/b.db"].map { try Archive.open(folder + $0, environment: environment) }
        for (index, archive) in archives.enumerated() { _ = try essay(archive, "各自的\(index)。") }
        #expect(try archives[0].read { try $0.replicaID } == archives[1].read { try $0.replicaID })
        var notes: [String] = []
        for archive in archives + archives {
            notes += try SyncEngine(archive, remote: "hub", exchange: hub).run().notes
        }
        #expect(notes.count == 1, "the second to push goes on under a new ID")
        #expect(try hash(archives[0]) == hash(archives[1]))
        for archive in archives {
            #expect(try archive.read { try $0.counts().essays } == 3)
            #expect(try archive.verify().isSound)
        }
    }

    @Test func anotherArchiveIsRefused() throws {
        let hub = MemoryHub()
        let (a, b) = (try machine(.random()), try machine(.random()))
        for archive in [a, b] { _ = try essay(archive, "文。") }
        _ = try SyncEngine(a, remote: "hub", exchange: hub).run()
        let before = try hash(b)
        #expect(throws: RemoteError.self) { _ = try SyncEngine(b, remote: "hub", exchange: hub).run() }
        #expect(try hash(b) == before)
    }
}
