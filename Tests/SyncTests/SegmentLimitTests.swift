import Archive
import TestSupport
import Testing

@testable import History
@testable import Prose
@testable import Sync

/// What goes beyond a segment's limits is refused, holds up its own log, and nothing else.
@Suite struct SegmentLimitTests {
    enum Excess: String, CaseIterable { case entry, text, content, entries, headLine }

    private let id = ArchiveID.random()
    private let log = ReplicaID.random()

    private func entry(_ bytes: [UInt8], sequence: Int64 = 1, text: EncodedText? = nil) -> LogEntry {
        LogEntry(
            replica: log, sequence: sequence, recorded: Timestamp(milliseconds: 0), kind: EntryKind(rawValue: "later"),
            bytes: bytes, text: text)
    }

    /// A segment whose payload tells what `lines` say, each with so many bytes behind it; nothing of it was ever in memory as entries.
    private func segment(_ excess: Excess) -> LogSegment {
        var content: [UInt8] = []
        var end = LogPosition.start
        func add(_ bytes: [UInt8], _ line: String) {
            content += Array(line.utf8) + [10] + bytes + [10]
            end = end.appending(EntryID(hashing: bytes))
        }
        let zeros = { (count: Int) in [UInt8](repeating: 0, count: count) }
        func line(_ count: Int) -> String { "{\"bytes\":\(count),\"kind\":\"later\",\"recorded\":1}" }
        switch excess {
        case .entry: add(zeros(SegmentLimits.entry), line(SegmentLimits.entry))
        case .text:
            content +=
                Array("{\"bytes\":1,\"kind\":\"later\",\"recorded\":1,\"text\":\(SegmentLimits.entry)}\n".utf8)
                + zeros(SegmentLimits.entry + 1) + [10]
            end = end.appending(EntryID(hashing: [0]))
        case .content: for _ in 0..<5 { add(zeros(13 << 20), line(13 << 20)) }
        case .entries:
            for number in 0...SegmentLimits.entries { add(Array("\(number)".utf8), line("\(number)".utf8.count)) }
        case .headLine: add([1], "{\"bytes\":1,\"kind\":\"\(String(repeating: "k", count: 5000))\",\"recorded\":1}")
        }
        let payload = Zstd.compress(content)
        #expect(payload.count < 1 << 20)
        let header = SegmentHeader(
            archive: id, replica: log, first: 1, last: min(end.sequence, Int64(SegmentLimits.entries)),
            previous: .empty, chain: end.chain, payload: payload)
        return LogSegment(header: header, payload: payload)
    }

    @Test(arguments: Excess.allCases, [false, true]) func `holds up no other log`(_ excess: Excess, onHub: Bool) throws
    {
        let remote: any Remote = onHub ? MemoryHub() : MemoryRemote()
        let (a, b) = (try Machine(id).connect("r", remote), try Machine(id).connect("r", remote))
        try a.essay("甲")
        try a.sync("r")
        let segment = segment(excess)
        if let hub = remote as? MemoryHub {
            _ = try hub.sync(SyncRequest(archive: id, budget: 0), segments: [segment])
        } else {
            try remote.put(segment.header.name.path, segment.bytes)
            try remote.put(segment.header.name.headPath, [])
        }
        let report = try b.sync("r")
        #expect(report.pulled == 1 && report.isRemoteIncomplete)
        #expect(
            report.notes.contains { $0.contains("not used") && ($0.contains("than") || $0.contains("no head line")) },
            "\(report.notes)")
        let waiting = try b.archive.read { try $0.pendingCount() }
        #expect(try b.titles == ["甲"] && waiting == 0)
        #expect(try b.vector.count == 1)
    }

    @Test func `the longest entry travels, even if nothing in it compresses`() throws {
        var generator = SeededGenerator(seed: 9)
        let bytes = (0..<SegmentLimits.entry / 8).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
        let longest = entry(Array(bytes.prefix(SegmentLimits.entry - 100)))
        let segment = LogSegment(archive: id, [longest], after: .start)
        #expect(try SegmentHeader(line: segment.header.encode()) == segment.header)
        #expect(try ZstdCodec().decode(segment) == [longest])
        let a = try Machine(id).connect("r", MemoryRemote())
        let applied = try a.archive.write { try $0.apply([longest], after: .start) }
        #expect(applied.count == 1)
        #expect(try a.sync("r").pushed == 1)
    }

    @Test func `a segment that is longer than what is held at once is applied in parts, or not at all`() throws {
        let entries = (1...5).map { entry([UInt8](repeating: UInt8($0), count: 9 << 20), sequence: Int64($0)) }
        let segment = LogSegment(archive: id, entries, after: .start)
        let a = try Machine(id)
        let remote = MemoryRemote()
        try a.connect("r", remote)
        try remote.put(segment.header.name.path, segment.bytes)
        try remote.put(segment.header.name.headPath, [])
        #expect(try a.sync("r").pulled == 5)
        #expect(try a.vector == [log: segment.header.end])
        // The same, with another chain at its end.
        let wrong = SegmentHeader(
            archive: id, replica: .random(), first: 1, last: 5, previous: .empty, chain: Chain(hashing: [1]),
            payload: segment.payload)
        try remote.put(wrong.name.path, LogSegment(header: wrong, payload: segment.payload).bytes)
        try remote.put(wrong.name.headPath, [])
        #expect(try a.sync("r").pulled == 0)
        #expect(try a.vector.count == 1)
    }

    @Test func `no more entries are put into a segment than it may have`() throws {
        let a = try Machine(id)
        let count = SegmentLimits.entries + 10
        let entries = (1...count).map { entry(Array("\($0)".utf8), sequence: Int64($0)) }
        let applied = try a.archive.write { try $0.apply(entries, after: .start) }
        #expect(applied.count == count)
        let remote = MemoryRemote()
        try a.connect("r", remote)
        #expect(try a.sync("r").pushed == count)
        #expect(remote.content.keys.filter { $0.hasPrefix("log/") }.count == 2)
        let b = try Machine(id).connect("r", remote)
        #expect(try b.sync("r").pulled == count && b.vector == a.vector)
    }
}
