import Archive
import Testing

@testable import Hub
@testable import Sync

@Suite struct HubDownloadTests {
    /// Serves one segment and hands out a way to ask for parts of it.
    private func asking(
        _ body:
            @Sendable @escaping (_ segment: LogSegment, _ ask: (_ range: String?) throws -> HTTPAnswer) throws -> Void
    ) async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        var log = TestLog(archive: .random())
        let (segment, request) = (log.segment(bytes: 300_000), log.request)
        try await fixture.serving { address in
            try await blocking {
                let http = try HTTPClient()
                _ = try HubClient(url: "\(address)/v1/archives/essays", token: token, client: http).sync(
                    request, segments: [segment])
                let url = "\(address)/v1/archives/essays/segments/\(segment.header.replica)/\(segment.header.name.file)"
                try body(segment) { range in
                    let headers = [("Authorization", "Bearer \(token)")] + (range.map { [("Range", $0)] } ?? [])
                    return try http.request("GET", url, headers: headers)
                }
            }
        }
    }

    @Test func `a segment comes whole or by ranges`() async throws {
        try await asking { segment, ask in
            let (bytes, size) = (segment.bytes, segment.bytes.count)
            #expect(try ask(nil).body == bytes)
            let cases: [(String, Range<Int>)] = [
                ("bytes=0-0", 0..<1), ("bytes=100-", 100..<size), ("bytes=262143-262145", 262_143..<262_146),
                ("bytes=5-99999999", 5..<size), ("bytes=\(size - 1)-", size - 1..<size),
            ]
            for (range, expected) in cases {
                let answer = try ask(range)
                #expect(answer.status == 206 && answer.body == Array(bytes[expected]), "\(range)")
                #expect(
                    answer.headers["content-range"] == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/\(size)"
                )
            }
        }
    }

    @Test func `a range that says nothing is ignored, one past the end is refused`() async throws {
        try await asking { segment, ask in
            for range in ["bytes=", "bytes=-5", "bytes=9-3", "bytes=0-1,3-4", "lines=1-2", "bytes=x-"] {
                let answer = try ask(range)
                #expect(answer.status == 200 && answer.body == segment.bytes, "\(range)")
            }
            #expect(try ask("bytes=\(segment.bytes.count)-").status == 416)
        }
    }

    @Test func `the list names all segments in the order of their arrival`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        var log = TestLog(archive: .random())
        var other = TestLog(archive: log.archive)
        let segments = [log.segment(), other.segment(), log.segment()]
        try await fixture.serving { address in
            try await blocking {
                let http = try HTTPClient()
                let url = "\(address)/v1/archives/essays/segments"
                let bearer = [(name: "Authorization", value: "Bearer \(token)")]
                #expect(try http.request("GET", url, headers: bearer).body.isEmpty)
                _ = try HubFixture.client(address, token: token).sync(SyncRequest(archive: nil), segments: segments)
                let expected = segments.map { "\($0.header.replica)/\($0.header.name.file)\n" }.joined()
                #expect(try http.request("GET", url, headers: bearer).body == Array(expected.utf8))
            }
        }
    }
}
