import Archive
import Foundation
import Testing

@testable import History
@testable import Sync

/// The vectors in docs/sync-protocol.md, which a script in another language checks too.
@Suite struct DocumentedVectorTests {
    private func vectors() throws -> [[String: Any]] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../docs/sync-protocol.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let block = try #require(
            text.components(separatedBy: "```vectors\n").last?.components(separatedBy: "```").first)
        return try block.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test func allHold() throws {
        let vectors = try vectors()
        #expect(vectors.count == 7)
        for vector in vectors {
            if let header = vector["segment"] as? String {
                try checkSegment(header, vector)
            } else if let line = vector["header"] as? String {
                let header = try SegmentHeader(line: Array(line.utf8))
                #expect(header.encode() == Array(line.utf8) + [10] && header.name.path == vector["name"] as? String)
            } else if let expected = vector["digest"] as? String {
                #expect(try archiveVector(vector["vector"] as! String).digest.hex == expected)
            } else {
                let bytes = Array((vector["fork"] as! String).utf8)
                let end = try #require(LogEnd(bytes: bytes))
                #expect(end.bytes == bytes && EntryID(hashing: bytes).hex == vector["id"] as? String)
                #expect(end.replica.hex == vector["replica"] as? String && end.last == Int64(vector["last"] as! Int))
            }
        }
    }

    private func archiveVector(_ text: String) throws -> ArchiveVector {
        let members = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [Any]])
        return try ArchiveVector(
            uniqueKeysWithValues: members.map { key, pair in
                let position = LogPosition(
                    sequence: Int64(pair[0] as! Int), chain: try #require(Chain(hex: pair[1] as! String)))
                return (try #require(ReplicaID(hex: key)), position)
            })
    }

    private func checkSegment(_ line: String, _ vector: [String: Any]) throws {
        let header = try SegmentHeader(line: Array(line.utf8))
        #expect(header.encode() == Array(line.utf8) + [10])
        #expect(header.name.path == vector["name"] as? String && header.name.headPath == vector["head"] as? String)
        let payload = bytes(hex: vector["payload"] as! String)
        let segment = LogSegment(header: header, payload: payload)
        #expect(segment.isIntact && RemoteName(header.name.path) == .segment(header.name))
        let entries = try ZstdCodec().decode(segment)
        #expect(entries.map(\.id.hex) == vector["entries"] as? [String])
        #expect(entries.map(\.kind) == [.revision, .revision, .fork])
        #expect(entries.map(\.recorded.milliseconds) == [1_700_000_000_000, 1_700_000_000_001, 1_700_000_000_002])
        // Written again they are the same bytes, in whatever frame.
        #expect(
            try Zstd.decompress(ZstdCodec().encode(entries), limit: 1 << 20)
                == Zstd.decompress(payload, limit: 1 << 20))
        // And an archive takes them: the text, its splices, the end of a log.
        let archive = try Archive.inMemory(id: header.archive, environment: .init(stateDirectory: nil))
        try archive.write { _ = try $0.apply(entries, after: header.start) }
        #expect(try archive.read { try $0.vector() } == [header.replica: header.end])
        #expect(try archive.read { try $0.logEnds().map(\.last) } == [5])
        let item = entries[0].id.revision.asRoot
        #expect(
            try archive.read { String(decoding: try $0.text(of: $0.state(item)), as: UTF8.self) } == "读书使人充实，讨论使人机敏。\n")
    }

    private func bytes(hex: String) -> [UInt8] {
        stride(from: 0, to: hex.utf8.count, by: 2).map { offset in
            let start = hex.index(hex.startIndex, offsetBy: offset)
            return UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16)!
        }
    }
}
