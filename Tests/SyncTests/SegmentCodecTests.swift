import Archive
import History
import Testing

@testable import Sync

/// Another codec than zstd, passed in: two that have it synchronize, and one that has it not is told so and keeps what it had.
@Suite struct SegmentCodecTests {
    /// The entries as they are, each byte changed by a key.
    private struct Masked: SegmentCodec {
        let name = "masked"
        let key: UInt8

        func pack(_ content: [UInt8]) -> [UInt8] { content.map { $0 ^ key } }

        func unpack(_ payload: [UInt8], limit: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
            guard payload.count <= limit else { throw ArchiveError(.corrupt, "too long") }
            // In small pieces, in the middle of lines and characters.
            for start in stride(from: 0, to: payload.count, by: 7) {
                try payload[start..<min(start + 7, payload.count)].map { $0 ^ key }.withUnsafeBytes(body)
            }
        }
    }

    private let id = ArchiveID(bytes: Array(repeating: 7, count: 16))!

    private func sync(_ machine: Machine, _ remote: any Remote, _ codec: any SegmentCodec) throws -> SyncReport {
        try machine.connect("r", remote)
        return try SyncEngine(machine.archive, remote: "r", exchange: remote, codec: codec).run()
    }

    @Test(arguments: [true, false]) func `two machines with the same codec hold the same`(isHub: Bool) throws {
        let remote: any Remote = isHub ? MemoryHub() : MemoryRemote()
        let (a, b) = (try Machine(id), try Machine(id))
        let essay = try a.essay("第一句。第二句。")
        _ = try sync(a, remote, Masked(key: 0x5A))
        _ = try sync(b, remote, Masked(key: 0x5A))
        try b.edit(essay, "第一句改了。第二句。")
        _ = try sync(b, remote, Masked(key: 0x5A))
        _ = try sync(a, remote, Masked(key: 0x5A))
        try expectEqual([a, b], titles: ["第一句。第二句。"])
        let verified = try RemoteVerification(a.archive, remote: "r", remote, codec: Masked(key: 0x5A)).run()
        #expect(verified.isSound, "\\(verified.problems)")
    }

    @Test func `a machine without the codec takes nothing, and says that a later version may`() throws {
        let remote = MemoryHub()
        let (a, b) = (try Machine(id), try Machine(id))
        _ = try a.essay("甲的文。")
        _ = try b.essay("乙的文。")
        _ = try sync(a, remote, Masked(key: 0x5A))
        let report = try sync(b, remote, .zstd)
        #expect(report.holdsLaterFormat && report.notes.contains { $0.contains("masked") }, "\\(report.notes)")
        #expect(try b.titles == ["乙的文。"])
    }

    @Test func `another key is damage, of which nothing is applied`() throws {
        let remote = MemoryHub()
        let (a, b) = (try Machine(id), try Machine(id))
        _ = try a.essay("甲的文。")
        _ = try sync(a, remote, Masked(key: 0x5A))
        _ = try? sync(b, remote, Masked(key: 0x11))
        #expect(try b.titles.isEmpty)
    }
}
