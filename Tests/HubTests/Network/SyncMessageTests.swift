import Archive
import Foundation
import Testing

@testable import History
@testable import Sync

@Suite struct SyncMessageTests {
    private static let archive = ArchiveID(hex: "000102030405060708090a0b0c0d0e0f")!
    private static let replica = ReplicaID(hex: "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")!

    @Test func `a header is the documented line`() throws {
        let chain = Chain.empty.appending(EntryID(hashing: [1]))
        let header = SegmentHeader(
            archive: Self.archive, replica: Self.replica, first: 1, last: 1, previous: .empty, chain: chain,
            payload: [1, 2, 3])
        let expected =
            "{\"archive\":\"000102030405060708090a0b0c0d0e0f\",\"chain\":\"\(chain.hex)\",\"codec\":\"zstd\",\"first\":1,"
            + "\"format\":1,\"last\":1,\"length\":3,\"previous\":\"\(String(repeating: "0", count: 64))\","
            + "\"replica\":\"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff\","
            + "\"sha256\":\"039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81\"}\n"
        #expect(String(decoding: header.encode(), as: UTF8.self) == expected)
        #expect(try SegmentHeader(line: header.encode()) == header)
        #expect(
            header.name.path == "log/f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff/0000000000000001-0000000000000001-\(chain.hex)-"
                + "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81")
        #expect(SegmentName(replica: Self.replica, file: header.name.file) == header.name)
    }

    /// What to change in a good header, to what, and a word of the error.
    static let damages: [(String, String, String)] = [
        ("\"first\":1", "\"first\":0", "first"), ("\"last\":2", "\"last\":0", "last"),
        ("\"length\":100", "\"length\":0", "length"),
        ("\"length\":100", "\"length\":16777217", "longer"), ("\"format\":1", "\"format\":2", "format"),
        ("\"codec\":\"zstd\",", "", "codec"), ("\"last\":2", "\"last\":65537", "entries"),
        ("\"first\":1", "\"first\":2", "previous"),
        ("\"sha256\":\"", "\"sha256\":\"0", "sha256"),
        ("{", "{ ", "canonical"), ("\"first\":1,", "\"first\":1,\"first\":1,", "canonical"),
    ]

    @Test(arguments: damages)
    func `a wrong header is refused and the error says where`(part: String, replacement: String, word: String) throws {
        var log = TestLog(archive: Self.archive)
        let line = String(decoding: log.segment(entries: 2).header.encode(), as: UTF8.self)
        let range = try #require(line.firstRange(of: part))
        let damaged = line.replacingCharacters(in: range, with: replacement)
        let error = #expect(throws: MalformedMessage.self) { try SegmentHeader(line: Array(damaged.utf8)) }
        #expect(error?.description.contains(word) == true, "\(error as Any)")
    }

    @Test func `keys and codecs that are not known are kept`() throws {
        var log = TestLog(archive: Self.archive)
        let segment = log.segment(entries: 2)
        let line = String(decoding: segment.header.encode(), as: UTF8.self)
            .replacingOccurrences(of: "\"codec\":\"zstd\"", with: "\"cipher\":{\"name\":\"none\"},\"codec\":\"later\"")
        let header = try SegmentHeader(line: Array(line.utf8))
        #expect(header.encode() == Array(line.utf8) && header.codec == "later" && header.name == segment.header.name)
        let error = #expect(throws: SegmentError.self) {
            try ZstdCodec().decode(LogSegment(header: header, payload: segment.payload))
        }
        #expect(error?.isOfLaterFormat == true && "\(error!)".contains("this version cannot read"))
    }

    @Test func `a message that names more logs than a line may is refused`() throws {
        let position = LogPosition(sequence: 7, chain: Chain.empty.appending(EntryID(hashing: [1])))
        func vector(_ count: Int) -> ArchiveVector {
            Dictionary(uniqueKeysWithValues: (0..<count).map { _ in (ReplicaID.random(), position) })
        }
        let (most, more) = (vector(VectorLimits.logs), vector(VectorLimits.logs + 1))
        let response = SyncResponse(
            archive: Self.archive, digest: .random(), vector: most, more: true, isPartial: true, refused: most)
        #expect(response.encode().count <= SyncMessageReader.maximumLine)
        #expect(try SyncResponse(line: response.encode()) == response)
        for line in [
            SyncResponse(archive: nil, digest: .random(), vector: more).encode(),
            SyncRequest(archive: nil, vector: more.mapValues(\.sequence)).encode(),
        ] {
            let error = #expect(throws: MalformedMessage.self) {
                if line.starts(with: "{\"digest".utf8) {
                    _ = try SyncResponse(line: line)
                } else {
                    _ = try SyncRequest(line: line)
                }
            }
            #expect(error?.isTooLarge == true)
        }
    }

    @Test func `a request asks for so many logs, and for those that are missing first`() {
        let position = LogPosition(sequence: 7, chain: Chain.empty.appending(EntryID(hashing: [1])))
        let seen = Dictionary(uniqueKeysWithValues: (0..<20).map { _ in (ReplicaID.random(), position) })
        let ahead = Dictionary(uniqueKeysWithValues: (0..<20).map { _ in (ReplicaID.random(), Int64(3)) })
        let request = SyncRequest(archive: nil, holding: ahead, seen: seen, most: 8)
        #expect(request.vector.count == 8 && request.vector.allSatisfy { seen[$0.key] != nil && $0.value == 0 })
        #expect(
            SyncRequest(archive: nil, holding: ahead.merging(seen.mapValues(\.sequence)) { $1 }, seen: seen, most: 8)
                .vector.count == 8)
    }

    @Test func `a file name of any other form is no segment's`() {
        var log = TestLog(archive: Self.archive)
        let file = log.segment(entries: 5).header.name.file
        #expect(SegmentName(replica: log.replica, file: file) != nil)
        let wrong = [
            String(file.dropLast()), file + "0", file.uppercased(), "9" + file.dropFirst(), "+" + file.dropFirst(),
            "../" + file.dropFirst(3),
            "0000000000000000" + file.dropFirst(16), "",
        ]
        for name in wrong where name != file {
            #expect(SegmentName(replica: log.replica, file: name) == nil, "\(name)")
        }
    }

    @Test func `requests and responses survive the wire`() throws {
        let position = LogPosition(sequence: 7, chain: Chain.empty.appending(EntryID(hashing: [1])))
        let requests = [
            SyncRequest(archive: nil),
            SyncRequest(archive: Self.archive, budget: 5, seen: .random(), vector: [Self.replica: 0]),
        ]
        for request in requests { #expect(try SyncRequest(line: request.encode()) == request) }
        let responses = [
            SyncResponse(archive: nil, digest: .random()),
            SyncResponse(
                archive: Self.archive, digest: .random(), vector: [Self.replica: position], more: true, isPartial: true,
                refused: [Self.replica: .start, .random(): position]),
        ]
        for response in responses { #expect(try SyncResponse(line: response.encode()) == response) }
    }

    @Test func `a request names only what differs from the state seen`() {
        let other = ReplicaID.random()
        let third = ReplicaID.random()
        let position = LogPosition(sequence: 7, chain: Chain.empty.appending(EntryID(hashing: [1])))
        let seen: ArchiveVector = [Self.replica: position, other: position]
        let request = SyncRequest(archive: Self.archive, holding: [Self.replica: 7, third: 2], seen: seen)
        #expect(request.vector == [other: 0, third: 2])
        #expect(request.seen == seen.digest)
        #expect(SyncRequest(archive: Self.archive, holding: [Self.replica: 7], seen: nil).vector == [Self.replica: 7])
    }

    @Test func `a vector's digest is the same at once and when it grows step by step`() {
        var generator = SystemRandomNumberGenerator()
        var vector: ArchiveVector = [:]
        var digester = VectorDigester()
        #expect(digester.digest == vector.digest)
        // Some that are alike up to their last bits.
        let replicas =
            (0..<40).map { _ in ReplicaID.random(using: &generator) }
            + (0..<8).map { ReplicaID(bytes: [UInt8](repeating: 7, count: 15) + [$0])! }
        var seen: Set<VectorDigest> = [vector.digest]
        for step in 1...200 {
            let position = LogPosition(
                sequence: Int64(step), chain: Chain.empty.appending(EntryID(hashing: [UInt8(step)])))
            let replica = replicas.randomElement()!
            vector[replica] = position
            digester.set(replica, to: position)
            #expect(digester.digest == vector.digest && digester.digest == VectorDigester(vector).digest)
            #expect(seen.insert(vector.digest).inserted)
        }
    }

    @Test func `a message is read the same however it is cut into pieces`() throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        var generator = SplitMix(state: seed)
        var log = TestLog(archive: Self.archive)
        let segments = (0..<6).map { _ in log.segment(bytes: Int.random(in: 1...900, using: &generator)) }
        let message = log.request.encode() + segments.flatMap(\.bytes)
        for _ in 0..<50 {
            var parser = SyncMessageParser()
            var lines: [[UInt8]] = []
            var received: [LogSegment] = []
            var start = 0
            while start < message.count {
                let end = min(message.count, start + Int.random(in: 1...700, using: &generator))
                message[start..<end].withUnsafeBytes { parser.append($0) }
                while let part = try parser.next() {
                    switch part {
                    case .line(let line): lines.append(line)
                    case .segment(let segment): received.append(segment)
                    }
                }
                start = end
            }
            try parser.finish()
            #expect(lines == [Array(log.request.encode().dropLast())], "seed \(seed)")
            #expect(received == segments, "seed \(seed)")
        }
    }

    @Test func `a message that ends anywhere but after a segment is not whole`() throws {
        var log = TestLog(archive: Self.archive)
        let line = log.request.encode()
        let segment = log.segment().bytes
        let message = line + segment
        for length in 0...message.count {
            var parser = SyncMessageParser()
            message[..<length].withUnsafeBytes { parser.append($0) }
            while try parser.next() != nil {}
            if length == line.count || length == message.count {
                try parser.finish()
            } else {
                #expect(throws: MalformedMessage.self) { try parser.finish() }
            }
        }
    }
}

/// SplitMix64: a generator that a seed repeats (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
