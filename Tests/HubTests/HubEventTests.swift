import Archive
import HTTPServing
import Synchronization
import Testing

@testable import History
@testable import Hub
@testable import Sync

@Suite struct HubEventTests {
    private static func open(_ address: String, _ token: String, window: Int32? = nil) -> RawSocket {
        let socket = RawSocket.connect(port: port(of: address), window: window)
        socket.send("GET /v1/archives/essays/events HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(token)\r\n\r\n")
        return socket
    }

    private static func digests(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("data: ") }.map {
            String($0.dropFirst(6))
        }
    }

    @Test func `the digest comes at once, and again after each arrival`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                var log = TestLog(archive: .random())
                let socket = Self.open(address, token)
                #expect(Self.digests(socket.receive { Self.digests($0).count == 1 }) == [ArchiveVector().digest.hex])
                let client = try HubFixture.client(address, token: token)
                for _ in 0..<3 {
                    let segment = log.segment()
                    let answer = try client.sync(log.request, segments: [segment]).response
                    #expect(Self.digests(socket.receive { Self.digests($0).count == 1 }) == [answer.digest.hex])
                }
            }
        }
    }

    @Test func `a quiet stream shows that it is alive, and ends when its token is taken away`() async throws {
        var limits = HTTPLimits()
        limits.heartbeat = .milliseconds(100)
        let fixture = try HubFixture()
        let (store, token) = (fixture.store, fixture.token)
        try await fixture.serving(limits: limits) { address in
            try await blocking {
                let socket = Self.open(address, token)
                let text = String(
                    decoding: socket.receive { String(decoding: $0, as: UTF8.self).contains("\n: ") }, as: UTF8.self)
                #expect(text.contains("text/event-stream"))
                let id = try store.tokens(name: "essays")[0].id
                try store.revokeToken(name: "essays", token: id)
                // Ends with the last chunk of the body.
                let rest = socket.receive { $0.suffix(5) == Array("0\r\n\r\n".utf8) }
                #expect(rest.suffix(5) == Array("0\r\n\r\n".utf8))
            }
        }
    }

    @Test func `events need a token`() async throws {
        try await HubFixture().serving { address in
            try await blocking {
                let answer = try HTTPClient().request("GET", "\(address)/v1/archives/essays/events")
                #expect(answer.status == 401)
            }
        }
    }

    @Test func `a reader that has gone holds nothing up`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                var log = TestLog(archive: .random())
                for _ in 0..<8 { _ = Self.open(address, token) }
                let client = try HubFixture.client(address, token: token)
                for _ in 0..<5 {
                    let segment = log.segment()
                    #expect(try client.sync(log.request, segments: [segment]).response.refused.isEmpty)
                }
            }
        }
    }

    @Test func `a reader that does not read is given up, and holds nothing up`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.servingImpatiently(heartbeat: .microseconds(10)) { address, lines in
            try await blocking {
                let socket = Self.open(address, token, window: 4096)
                var log = TestLog(archive: .random())
                let client = try HubFixture.client(address, token: token)
                let isGivenUp = try lines.waitFor("/events", "broken=yes") {
                    let answer = try client.sync(log.request, segments: [log.segment()])
                    #expect(answer.response.refused.isEmpty)
                }
                #expect(isGivenUp)
                withExtendedLifetime(socket) {}
            }
        }
    }
}
