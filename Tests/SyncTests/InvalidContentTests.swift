import Archive
import Testing

@testable import History
@testable import Prose
@testable import Sync

/// What another program may write by mistake: it holds up its own log, and no other.
@Suite struct InvalidContentTests {
    enum Defect: String, CaseIterable {
        case payload, chain, count, later, noKind, spacing, foreignParent, hiddenRevision, hiddenFork
    }

    private let id = ArchiveID.random()
    private let log = ReplicaID.random()

    private func entry(_ json: String, sequence: Int64 = 1, kind: EntryKind = .revision, text: EncodedText? = nil)
        -> LogEntry
    {
        LogEntry(
            replica: log, sequence: sequence, recorded: Timestamp(milliseconds: 0), kind: kind, bytes: Array(json.utf8),
            text: text)
    }

    /// The only segment of a log with this defect. `item` is an essay that the readers hold, and `held` its text.
    private func segment(_ defect: Defect, item: ItemID, held: TextHash) throws -> LogSegment {
        let entry =
            switch defect {
            case .payload, .chain, .count: entry("{\"fields\":{\"title\":\"丙\"},\"kind\":\"essay\",\"v\":1}")
            case .later: entry("{\"kind\":\"essay\",\"v\":2}")
            case .noKind: entry("{\"v\":1}")
            case .spacing: entry("{\"kind\": \"essay\",\"v\":1}")
            case .foreignParent:
                entry("{\"item\":\"\(item.hex)\",\"kind\":\"annotation\",\"parents\":[\"\(item.hex)\"],\"v\":1}")
            case .hiddenRevision: entry("{\"kind\":\"essay\",\"v\":1}", kind: EntryKind(rawValue: "note"))
            case .hiddenFork:
                entry(
                    String(decoding: LogEnd(replica: log, last: 0).bytes, as: UTF8.self),
                    kind: EntryKind(rawValue: "note"))
            }
        let payload = defect == .payload ? Array("no frame".utf8) : ZstdCodec().encode([entry])
        let header = SegmentHeader(
            archive: id, replica: log, first: 1, last: defect == .count ? 2 : 1, previous: LogPosition.start.chain,
            chain: LogPosition.start.appending(defect == .chain ? EntryID(hashing: [1]) : entry.id).chain,
            payload: payload)
        return LogSegment(header: header, payload: payload)
    }

    private func put(_ segment: LogSegment, on remote: any Remote) throws {
        if let hub = remote as? MemoryHub {
            let end = segment.header.last
            _ = try hub.sync(SyncRequest(archive: id, vector: [log: end]), segments: [segment])
            #expect(hub.vector[log]?.sequence == end)
        } else {
            try remote.put(segment.header.name.path, segment.bytes)
            try remote.put(segment.header.name.headPath, [])
        }
    }

    @Test(arguments: Defect.allCases, [false, true]) func `holds up no other log`(_ defect: Defect, onHub: Bool) throws
    {
        let remote: any Remote = onHub ? MemoryHub() : MemoryRemote()
        let (a, b) = (try Machine(id).connect("r", remote), try Machine(id).connect("r", remote))
        let item = try a.essay("甲")
        try a.sync("r")
        try put(segment(defect, item: item, held: TextHash(hashing: Array("甲".utf8))), on: remote)
        try b.essay("乙")
        let report = try b.sync("r")
        #expect(report.pulled == 1 && report.pushed == 1 && report.isRemoteIncomplete)
        #expect(report.notes.contains { $0.contains("not valid") || $0.contains("not used") }, "\(report.notes)")
        try a.sync("r")
        for machine in [a, b] {
            #expect(try machine.titles == ["乙", "甲"])
            #expect(try machine.archive.verify().isSound)
            // As often as one likes, with news or without.
            try machine.essay("丁")
            #expect(try machine.sync("r").pushed == 1)
        }
        #expect(try a.sync("r").pulled == 1)
        #expect(try a.stateHash == b.stateHash)
    }

    /// No hash covers the line before an entry.
    @Test func `an entry that came under a wrong kind comes as it should be later`() throws {
        let remote = MemoryRemote()
        let a = try Machine(id).connect("r", remote)
        try put(segment(.hiddenRevision, item: RevisionID(hashing: []).asRoot, held: TextHash(hashing: [])), on: remote)
        #expect(try a.sync("r").pulled == 0)
        let good = entry("{\"kind\":\"essay\",\"v\":1}")
        let child = entry(
            "{\"item\":\"\(good.id.hex)\",\"kind\":\"essay\",\"parents\":[\"\(good.id.hex)\"],\"v\":1}", sequence: 2)
        let payload = ZstdCodec().encode([good, child])
        let header = SegmentHeader(
            archive: id, replica: log, first: 1, last: 2, previous: LogPosition.start.chain,
            chain: LogPosition.start.appending(good.id).appending(child.id).chain, payload: payload)
        try put(LogSegment(header: header, payload: payload), on: remote)
        #expect(try a.sync("r").pulled == 2)
        #expect(try a.titles == [""] && a.archive.verify().isSound)
    }

    /// RFC 8878, section 3.1.1.1.1: a frame need not say how large its content is; those that are written as a stream do not.
    @Test func `a frame that does not say its size is read`() throws {
        let good = try segment(.noKind, item: RevisionID(hashing: []).asRoot, held: TextHash(hashing: []))
        let content = try Zstd.decompress(good.payload, limit: 1 << 20)
        func frame(_ blocks: [[UInt8]]) -> [UInt8] {
            // A window of 1 MiB, and raw blocks.
            [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x50]
                + blocks.enumerated().flatMap { number, block in
                    let head = block.count << 3 | (number == blocks.count - 1 ? 1 : 0)
                    return [UInt8(head & 0xFF), UInt8(head >> 8 & 0xFF), UInt8(head >> 16)] + block
                }
        }
        let halves = [Array(content.prefix(20)), Array(content.dropFirst(20))]
        #expect(try Zstd.decompress(frame(halves), limit: content.count) == content)
        #expect(throws: ArchiveError.self) { try Zstd.decompress(frame(halves), limit: content.count - 1) }
        #expect(throws: ArchiveError.self) { try Zstd.decompress(frame(halves) + [0], limit: content.count) }
        #expect(throws: ArchiveError.self) {
            try Zstd.decompress(Array(frame(halves).dropLast()), limit: content.count)
        }
        #expect(try Zstd.decompress(frame([[]]), limit: 10).isEmpty)
    }
}
