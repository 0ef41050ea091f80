import Archive
import HTTPServing
import Logging
import Synchronization
import Testing

@testable import Hub
@testable import Prose
@testable import Sync

@Suite struct HubLimitTests {
    private static var strict: HTTPLimits {
        var limits = HTTPLimits()
        limits.idle = .seconds(1)
        limits.stall = .seconds(1)
        limits.body = 100_000
        return limits
    }

    private func head(_ token: String, length: Int) -> String {
        "POST /v1/archives/essays/sync HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(token)\r\nContent-Length: \(length)\r\n\r\n"
    }

    @Test(arguments: [
        "", "GET /healthz HTTP/1.1\r\nHost: h\r\nX-Slow: ", "POST /v1/archives/essays/sync HTTP/1.1\r\nHost: hub\r\n",
    ])
    func `a header that does not end is given up`(sent: String) async throws {
        try await HubFixture().serving(limits: Self.strict) { address in
            try await blocking {
                let socket = RawSocket.connect(port: port(of: address))
                socket.send(sent)
                #expect(socket.receive().isEmpty, "the hub hangs up")
            }
        }
    }

    @Test func `a body that comes drop by drop is given up, and leaves nothing`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving(limits: Self.strict) { address in
            try await blocking {
                let socket = RawSocket.connect(port: port(of: address))
                socket.send(head(token, length: 5000))
                let dripping = Mutex(true)
                blockingDetached {
                    while dripping.withLock({ $0 }) {
                        socket.send("{")
                        RawSocket.pause(milliseconds: 50)
                    }
                }
                #expect(socket.receive().isEmpty)
                dripping.withLock { $0 = false }
            }
        }
        #expect(
            fixture.files.filter { $0.hasPrefix("log/") || $0.hasPrefix("tmp/") }.allSatisfy { $0 == "tmp/used.json" })
    }

    @Test func `a request that says it is too long is refused before it is read`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        // Only the length is limited: on a busy machine a second of silence may be over before the answer is there.
        var limits = HTTPLimits()
        limits.body = Self.strict.body
        try await fixture.serving(limits: limits) { address in
            try await blocking {
                let socket = RawSocket.connect(port: port(of: address))
                socket.send(head(token, length: 100_001))
                let answer = String(
                    decoding: socket.receive { String(decoding: $0, as: UTF8.self).contains("}") }, as: UTF8.self)
                #expect(answer.hasPrefix("HTTP/1.1 413") && answer.contains("too-large"))
            }
        }
    }

    @Test func `a request without a length that goes on for ever is cut off`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving(limits: Self.strict) { address in
            try await blocking {
                let socket = RawSocket.connect(port: port(of: address))
                socket.send(
                    "POST /v1/archives/essays/sync HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(token)\r\nTransfer-Encoding: chunked\r\n\r\n"
                )
                socket.send("3\r\n{}\n\r\n")
                let chunk = "2000\r\n" + String(repeating: "x", count: 0x2000) + "\r\n"
                blockingDetached { for _ in 0..<1000 { socket.send(chunk) } }
                let answer = String(decoding: socket.receive(), as: UTF8.self)
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 413"))
            }
        }
    }

    @Test func `an answer that nobody reads is given up`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.servingImpatiently { address, lines in
            try await blocking {
                var log = TestLog(archive: .random())
                let segment = log.segment(bytes: 15 << 20)
                let name = segment.header.name
                let client = try HubFixture.client(address, token: token)
                _ = try client.sync(log.request, segments: [segment])
                let socket = RawSocket.connect(port: port(of: address), window: 4096)
                socket.send("GET /v1/archives/essays/segments/\(name.replica.hex)/\(name.file) HTTP/1.1\r\n")
                socket.send("Host: hub\r\nAuthorization: Bearer \(token)\r\n\r\n")
                let isGivenUp = try lines.waitFor("path=/v1/archives/essays/segments", "broken=yes") {
                    let answer = try client.sync(log.request)
                    #expect(answer.response.refused.isEmpty, "others are served")
                }
                #expect(isGivenUp)
                withExtendedLifetime(socket) {}
            }
        }
    }

    @Test func `headers without end are refused`() async throws {
        try await HubFixture().serving(limits: Self.strict) { address in
            try await blocking {
                let socket = RawSocket.connect(port: port(of: address))
                socket.send("GET /healthz HTTP/1.1\r\nHost: hub\r\n")
                blockingDetached {
                    for number in 0..<10_000 { socket.send("X-\(number): \(String(repeating: "y", count: 100))\r\n") }
                }
                let answer = String(decoding: socket.receive(), as: UTF8.self)
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"))
            }
        }
    }

    @Test func `more connections than allowed wait their turn`() async throws {
        var limits = HTTPLimits()
        limits.connections = 2
        limits.idle = .seconds(1)
        try await HubFixture().serving(limits: limits) { address in
            try await blocking {
                let idle = [RawSocket.connect(port: port(of: address)), RawSocket.connect(port: port(of: address))]
                // The two are given up after a second, and then the third has its turn.
                let answer = try HTTPClient().request("GET", "\(address)/healthz")
                #expect(answer.status == 200)
                withExtendedLifetime(idle) {}
            }
        }
    }

    @Test func `the log tells of each request, by whose token, and never the token`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        let phone = try fixture.store.addToken(name: "essays", scope: .read, label: "phone")
        let lines = LogCapture()
        try await fixture.serving(logger: Logger(label: "test") { _ in lines }) { address in
            try await blocking {
                var log = TestLog(archive: .random())
                _ = try HubFixture.client(address, token: token).sync(log.request, segments: [log.segment()])
                _ = try HubFixture.client(address, token: phone).sync(SyncRequest(archive: nil))
                _ = try HTTPClient().request("GET", "\(address)/nowhere?token=\(token)")
                _ = try HTTPClient().request(
                    "POST", "\(address)/v1/archives/essays/sync", headers: [("Authorization", "Bearer wrong-\(token)")])
            }
        }
        let requests = lines.all.filter { $0.hasPrefix("request ") }
        #expect(requests.count == 4)
        #expect(
            requests.contains {
                $0.contains("method=POST") && $0.contains("status=200") && $0.contains("stored=1") && $0.contains("ms=")
            })
        #expect(
            requests.contains {
                $0.contains("phone") && $0.contains("sent=1") && $0.contains("path=/v1/archives/essays/sync")
            })
        #expect(requests.contains { $0.contains("status=404") && $0.contains("path=/nowhere") })
        #expect(requests.contains { $0.contains("status=401") && $0.contains("error=unauthorized") })
        #expect(!lines.all.contains { $0.contains(token) || $0.contains(phone) })
    }
}

/// Keeps what is logged.
struct LogCapture: LogHandler {
    private final class Lines: Sendable { let all = Mutex<[String]>([]) }

    private let lines = Lines()
    var logLevel = Logger.Level.debug
    var metadata: Logger.Metadata = [:]

    var all: [String] { lines.all.withLock { $0 } }

    /// Waits for a line with all these parts, however slow the machine is; does `body` ever again meanwhile.
    /// - Returns: whether it came.
    func waitFor(_ parts: String..., body: () throws -> Void) throws -> Bool {
        for _ in 0..<600 {
            if all.contains(where: { line in parts.allSatisfy { line.contains($0) } }) { return true }
            try body()
            RawSocket.pause(milliseconds: 200)
        }
        return false
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.map { "\($0.key)=\($0.value)" }.sorted().joined(
            separator: " ")
        lines.all.withLock { $0.append("\(event.message) \(fields)") }
    }
}
