import Archive
import Foundation
import HTTPServing
import Testing

@testable import Hub
@testable import Sync

@Suite struct HubDurabilityTests {
    /// Pushes segments one request each, and returns the answers.
    private func push(_ segments: [LogSegment], to fixture: HubFixture) async throws -> [SyncResponse] {
        let token = fixture.token
        return try await fixture.serving { address in
            try await blocking {
                let client = try HubFixture.client(address, token: token)
                return try segments.map { segment in
                    try client.sync(SyncRequest(archive: segment.header.archive), segments: [segment]).response
                }
            }
        }
    }

    private func pull(_ request: SyncRequest, from fixture: HubFixture) async throws -> (SyncResponse, [LogSegment]) {
        let token = fixture.token
        return try await fixture.serving { address in
            try await blocking {
                let (response, segments) = try HubFixture.client(address, token: token).sync(request)
                return (response, segments)
            }
        }
    }

    @Test func `a restarted hub holds everything, in order, and understands what was seen before`() async throws {
        let fixture = try HubFixture()
        var log = TestLog(archive: .random())
        var other = TestLog(archive: log.archive)
        let segments = [log.segment(), other.segment(entries: 3), log.segment(entries: 2)]
        let answers = try await push(segments, to: fixture)

        let (all, received) = try await pull(SyncRequest(archive: nil), from: fixture)
        #expect(received == segments)
        #expect(all.digest == answers[2].digest)
        #expect(all.archive == log.archive)
        let (since, later) = try await pull(SyncRequest(archive: log.archive, seen: answers[0].digest), from: fixture)
        #expect(later == Array(segments[1...]))
        #expect(since.vector == [log.replica: log.end, other.replica: other.end])
    }

    @Test func `a segment stored without its line in the index is adopted`() async throws {
        let fixture = try HubFixture()
        var log = TestLog(archive: .random())
        let segments = [log.segment(), log.segment(), log.segment()]
        _ = try await push(segments, to: fixture)
        let index = fixture.store.folder("essays") + "/index"
        // As after a crash between the segment and its line: the last line torn, the one before lost.
        let content = [UInt8](try Data(contentsOf: URL(fileURLWithPath: index)))
        try Data(content[..<(ArrivalIndex.lineLength + 50)]).write(to: URL(fileURLWithPath: index))

        let (response, received) = try await pull(SyncRequest(archive: nil), from: fixture)
        #expect(received == segments)
        #expect(response.vector == [log.replica: log.end])
        #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: index))) == content)
    }

    @Test func `a lost index is made again from the segments`() async throws {
        let fixture = try HubFixture()
        var log = TestLog(archive: .random())
        let segments = [log.segment(), log.segment()]
        _ = try await push(segments, to: fixture)
        try FileManager.default.removeItem(atPath: fixture.store.folder("essays") + "/index")
        let (_, received) = try await pull(SyncRequest(archive: log.archive), from: fixture)
        #expect(received == segments)
    }

    @Test func `a hub that lost a segment does not claim it, and takes it again`() async throws {
        let fixture = try HubFixture()
        var log = TestLog(archive: .random())
        let segments = [log.segment(), log.segment(), log.segment()]
        let answers = try await push(segments, to: fixture)
        let path = fixture.store.folder("essays") + "/" + segments[1].header.name.path
        try FileManager.default.removeItem(atPath: path)

        let (response, received) = try await pull(SyncRequest(archive: log.archive), from: fixture)
        #expect(response.vector == [log.replica: segments[0].header.end])
        #expect(received == [segments[0]])
        let again = try await push(Array(segments[1...]), to: fixture)
        #expect(again.last?.digest == answers.last?.digest)
    }

    @Test func `a damaged file is not adopted`() async throws {
        let fixture = try HubFixture()
        var log = TestLog(archive: .random())
        let segments = [log.segment(), log.segment()]
        _ = try await push(segments, to: fixture)
        let folder = fixture.store.folder("essays")
        try FileManager.default.removeItem(atPath: folder + "/index")
        let path = folder + "/" + segments[1].header.name.path
        try Data(segments[1].bytes.dropLast() + [segments[1].bytes.last! ^ 1]).write(to: URL(fileURLWithPath: path))
        let (response, _) = try await pull(SyncRequest(archive: log.archive), from: fixture)
        #expect(response.vector == [log.replica: segments[0].header.end])
    }

    @Test func `an upload that is cut off leaves whole segments and nothing else`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        var log = TestLog(archive: .random())
        let segments = [log.segment(), log.segment(bytes: 50_000)]
        let body = log.request.encode() + segments[0].bytes + segments[1].bytes
        try await fixture.serving { address in
            try await blocking {
                let socket = RawSocket.connect(port: port(of: address))
                socket.send(
                    "POST /v1/archives/essays/sync HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(token)\r\n"
                        + "Content-Length: \(body.count)\r\n\r\n")
                socket.send(Array(body.dropLast(1000)))
                socket.endSending()
                // The hub has dealt with the request once it ends the connection.
                _ = socket.receive()
            }
        }
        #expect(fixture.files.filter { $0.hasPrefix("log/") } == [segments[0].header.name.path])
        #expect(fixture.files.filter { $0.hasPrefix("tmp/") }.isEmpty)
        let (response, received) = try await pull(SyncRequest(archive: log.archive), from: fixture)
        #expect(response.vector == [log.replica: segments[0].header.end])
        #expect(received == [segments[0]])
    }

    @Test func `a second hub on the same store is refused`() async throws {
        let fixture = try HubFixture()
        let store = fixture.store
        try await fixture.serving { _ in
            let error = await #expect(throws: HubError.self) {
                try await serve(store: store, listener: HTTPListener(port: 0), logger: .quiet)
            }
            #expect(error?.code == .storeInUse)
        }
    }

    @Test func `an address that others can reach is refused without TLS`() async throws {
        let fixture = try HubFixture()
        for host in ["0.0.0.0", "::", "192.0.2.1", "127.example.org", "hub.example.org"] {
            let error = await #expect(throws: ListenError.self) {
                try await serve(store: fixture.store, listener: HTTPListener(host: host, port: 0), logger: .quiet)
            }
            #expect(error?.code == .plainText, "\(host)")
        }
        #expect(["127.0.0.1", "127.8.9.10", "localhost", "::1"].allSatisfy(isLoopback))
    }
}
