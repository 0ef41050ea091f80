import Archive
import Foundation
import Testing

@testable import History
@testable import Sync

@Suite struct HTTPClientTests {
    /// Sends a request to a server that takes it, answers with `reply` and ends the connection.
    private func exchange<Value: Sendable>(
        _ reply: String, _ work: @Sendable @escaping (_ url: String) throws -> Value
    ) async throws -> (request: [UInt8], value: Value) {
        let (listener, port) = RawSocket.listen()
        async let request = blocking {
            let connection = listener.accept()
            let request = connection.receive(until: isWholeRequest)
            connection.send(reply)
            return request
        }
        let value = try await blocking { try work("http://127.0.0.1:\(port)/v1/archives/essays") }
        return (try await request, value)
    }

    private func syncError(_ reply: String) async throws -> RemoteError? {
        try await exchange(reply) { url in
            let client = HubClient(url: url, token: "secret", client: try HTTPClient())
            return #expect(throws: RemoteError.self) { try client.sync(SyncRequest(archive: nil)) }
        }.value
    }

    private static let emptyAnswer = "{\"digest\":\"\(ArchiveVector().digest.hex)\"}\n"

    @Test func `bytes are counted as they go over the wire, and no needless header goes`() async throws {
        let reply = "HTTP/1.1 200 OK\r\nContent-Length: \(Self.emptyAnswer.utf8.count)\r\n\r\n\(Self.emptyAnswer)"
        let (request, counts) = try await exchange(reply) { url in
            let client = HubClient(url: url, token: "secret", client: try HTTPClient())
            _ = try client.sync(SyncRequest(archive: nil, budget: 1234))
            return client.client.counts
        }
        #expect(counts == Traffic(requests: 1, sentBytes: request.count, receivedBytes: reply.utf8.count))
        let head = String(decoding: request, as: UTF8.self).split(separator: "\r\n").dropFirst().dropLast()
        let names = head.map { $0.prefix { $0 != ":" }.lowercased() }.sorted()
        #expect(names == ["authorization", "content-length", "host", "user-agent"])
    }

    @Test func `a proxy is asked for what it alone can reach, with the token in the request`() async throws {
        let reply = "HTTP/1.1 200 OK\r\nContent-Length: \(Self.emptyAnswer.utf8.count)\r\n\r\n\(Self.emptyAnswer)"
        let (request, digest) = try await exchange(reply) { url in
            let proxy = try #require(URL(string: url)?.port).description
            let client = HubClient(
                url: "http://hub.invalid/v1/archives/essays", token: "secret",
                client: try HTTPClient(proxy: "http://127.0.0.1:\(proxy)"))
            return try client.sync(SyncRequest(archive: nil)).0.digest
        }
        let head = String(decoding: request, as: UTF8.self)
        #expect(head.hasPrefix("POST http://hub.invalid/v1/archives/essays"))
        #expect(head.contains("\r\nAuthorization: Bearer secret\r\n") && digest == ArchiveVector().digest)
        // Without the proxy there is no such host.
        try await blocking {
            let error = #expect(throws: TransportError.self) {
                try HTTPClient(proxy: "").request("GET", "http://hub.invalid/")
            }
            #expect(error?.kind == .unreachable)
        }
    }

    @Test(
        arguments: [
            ("", nil), ("Retry-After: 17\r\n", 17), ("Retry-After: 3600\r\n", 3600), ("Retry-After: 0\r\n", nil),
            ("Retry-After: -5\r\n", nil),
            ("Retry-After: soon\r\n", nil), ("Retry-After: 99999999999999999999999\r\n", nil),
            ("Retry-After: 9223372036854775807\r\n", nil),
            ("Retry-After: 86401\r\n", nil), ("Retry-After: 1.5\r\n", nil), ("Retry-After:\r\n", nil),
            ("Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n", nil),
            ("Retry-After: Wed, 21 Oct 2099 07:28:00 GMT\r\n", nil),
        ] as [(String, Int?)])
    func `a server in trouble is busy, for as long as it says`(header: String, seconds: Int?) async throws {
        let error = try await syncError("HTTP/1.1 503 Service Unavailable\r\n\(header)Content-Length: 0\r\n\r\n")
        guard case .busy(_, seconds) = error else {
            Issue.record("\(error as Any)")
            return
        }
    }

    @Test(arguments: [400, 401, 404, 409, 429, 500, 302, 700])
    func `of an error without end no more is read than says what it is`(status: Int) async throws {
        let (listener, port) = RawSocket.listen()
        blockingDetached {
            while let client = listener.acceptIfOpen() {
                _ = client.receive(until: isWholeRequest)
                client.send("HTTP/1.1 \(status) Lie\r\nConnection: close\r\n\r\n")
                let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 65536)
                while client.sendIfOpen(piece) {}
            }
        }
        defer { listener.shutDown() }
        try await blocking {
            let client = try HTTPClient()
            let answer = try client.request("GET", "http://127.0.0.1:\(port)/", sink: { _ in true })
            #expect(answer.status == status && answer.body.count == HTTPClient.maximumErrorBody)
            #expect(client.counts.receivedBytes < 1 << 20)
        }
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"dig",
    ])
    func `a server that dies before its answer ends interrupts it`(reply: String) async throws {
        let error = try await syncError(reply)
        guard case .interrupted = error else {
            Issue.record("\(error as Any)")
            return
        }
    }

    @Test func `an answer cut inside a segment is not used, even without a length to miss`() async throws {
        var log = TestLog(archive: .random())
        let segment = String(decoding: log.segment().header.encode(), as: UTF8.self)
        let error = try await syncError("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\(Self.emptyAnswer)\(segment)abc")
        guard case .interrupted = error else {
            Issue.record("\(error as Any)")
            return
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "nothing like HTTP\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"digest\":1}\n", "HTTP/1.1 204 No Content\r\n\r\n",
    ])
    func `an answer that is no sync response is malformed`(reply: String) async throws {
        let error = try await syncError(reply)
        guard case .malformed = error else {
            Issue.record("\(error as Any)")
            return
        }
    }

    @Test func `a redirect is reported and not followed`() async throws {
        let error = try await syncError(
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/steal\r\nContent-Length: 0\r\n\r\n")
        guard case .rejected(let message) = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(message.contains("/steal"))
    }

    @Test func `a payload with another hash than its header says is malformed`() async throws {
        var log = TestLog(archive: .random())
        let segment = log.segment(bytes: 5)
        let header = String(decoding: segment.header.encode(), as: UTF8.self)
        let body = "\(Self.emptyAnswer)\(header)abcde"
        let error = try await syncError("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        guard case .malformed(let reason) = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(reason.contains("SHA-256"))
    }

    @Test func `a closed port is unreachable, with libcurl's reason`() async throws {
        let port = RawSocket.listen().port
        try await blocking {
            let error = #expect(throws: TransportError.self) {
                try HTTPClient().request("GET", "http://127.0.0.1:\(port)/")
            }
            #expect(error?.kind == .unreachable)
            #expect(error?.reason.contains("\(port)") == true)
        }
    }

    @Test func `a server that never answers is given up`() async throws {
        let (listener, port) = RawSocket.listen()
        try await blocking {
            let client = try HTTPClient(timeouts: .init(connect: 2, stalled: 1))
            let error = #expect(throws: TransportError.self) { try client.request("GET", "http://127.0.0.1:\(port)/") }
            #expect(error?.kind == .stalled)
            withExtendedLifetime(listener) {}
        }
    }

    @Test func `TLS with a server that speaks none is a TLS error`() async throws {
        let (listener, port) = RawSocket.listen()
        async let served: Void = blocking {
            let connection = listener.accept()
            _ = connection.receive { !$0.isEmpty }
            connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
        }
        try await blocking {
            let error = #expect(throws: TransportError.self) {
                try HTTPClient(timeouts: .init(connect: 120)).request("GET", "https://127.0.0.1:\(port)/")
            }
            #expect(error?.kind == .tls)
        }
        try await served
    }

    @Test func `a token with a line feed cannot smuggle in a header`() throws {
        let error = #expect(throws: TransportError.self) {
            try HTTPClient().request("GET", "http://127.0.0.1:1/", headers: [("Authorization", "Bearer a\r\nX: y")])
        }
        #expect(error?.kind == .protocol)
    }

    @Test func `other protocols than HTTP are refused`() throws {
        let error = #expect(throws: TransportError.self) { try HTTPClient().request("GET", "file:///etc/hostname") }
        #expect(error?.kind == .protocol)
    }

    @Test func `a body can be streamed, and stopped`() async throws {
        let (request, _) = try await exchange("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") { url in
            var pieces: [[UInt8]] = [Array("ab".utf8), Array("cde".utf8), []]
            return try HTTPClient().request("PUT", url, body: .stream(length: 5) { pieces.removeFirst() }).status
        }
        #expect(String(decoding: request.suffix(9), as: UTF8.self) == "\r\n\r\nabcde")

        let (_, error) = try await exchange("") { url in
            #expect(throws: TransportError.self) {
                try HTTPClient().request("PUT", url, body: .stream(length: 5) { nil })
            }
        }
        #expect(error?.kind == .stopped)
    }
}

/// Whether a request has come in whole, by its Content-Length.
private func isWholeRequest(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { return false }
    let length =
        text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        .flatMap { Int($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) } ?? 0
    return text[end.upperBound...].utf8.count >= length
}
