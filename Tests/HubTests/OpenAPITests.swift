import Archive
import Foundation
import Testing
import Yams

@testable import Hub
@testable import Sync

/// The description in docs/openapi.yaml against the program: both ways, nothing more and nothing less.
@Suite struct OpenAPITests {
    /// A method, a path as the description writes it, and a status.
    private struct Exchange: Hashable, Comparable, CustomStringConvertible {
        let method: String, path: String, status: Int

        var description: String { "\(method) \(path) \(status)" }
        static func < (left: Self, right: Self) -> Bool { left.description < right.description }
    }

    private static func description() throws -> [String: Any] {
        let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../docs/openapi.yaml")
            .standardizedFileURL
        return try #require(try Yams.load(yaml: String(contentsOf: file, encoding: .utf8)) as? [String: Any])
    }

    private static func described() throws -> [Exchange: Set<String>] {
        let root = try description()
        let shared = try #require((root["components"] as? [String: Any])?["responses"] as? [String: [String: Any]])
        var described: [Exchange: Set<String>] = [:]
        for (path, item) in try #require(root["paths"] as? [String: [String: Any]]) {
            for (method, operation) in item {
                guard let responses = (operation as? [String: Any])?["responses"] as? [String: [String: Any]] else {
                    continue
                }
                for (status, response) in responses {
                    let reference = (response["$ref"] as? String)?.split(separator: "/").last.map(String.init)
                    let content = (reference.flatMap { shared[$0] } ?? response)["content"] as? [String: Any] ?? [:]
                    described[Exchange(method: method.uppercased(), path: path, status: try #require(Int(status)))] =
                        Set(content.keys)
                }
            }
        }
        return described
    }

    private static func errorCodes() throws -> Set<String> {
        let schemas = (try description()["components"] as? [String: Any])?["schemas"] as? [String: Any]
        let properties = (schemas?["Error"] as? [String: Any])?["properties"] as? [String: Any]
        return Set(try #require((properties?["error"] as? [String: Any])?["enum"] as? [String]))
    }

    @Test func `every route and status that is described is answered, and no other`() async throws {
        let fixture = try HubFixture()
        let (store, token) = (fixture.store, fixture.token)
        let reader = try store.addToken(name: "essays", scope: .read)
        let broken = try store.create(name: "broken")
        let full = try store.create(name: "full", quota: 10)
        var log = TestLog(archive: .random())
        let (segment, next, request) = (log.segment(), log.segment(), log.request)
        var stranger = TestLog(archive: .random())
        let other = stranger.segment()

        try await fixture.serving { address in
            try await blocking {
                let described = try Self.described()
                let codes = try Self.errorCodes()
                var seen: Set<Exchange> = []
                var seenCodes: Set<String> = []
                let http = try HTTPClient()
                let base = "/v1/archives/{name}"
                let place = "\(base)/segments/{replica}/{file}"

                func ask(
                    _ method: String, _ path: String, name: String = "essays", file: String? = nil,
                    token asked: String? = "owner's",
                    range: String? = nil, _ body: [UInt8]? = nil
                ) throws {
                    let url = path.replacingOccurrences(of: "{name}", with: name)
                        .replacingOccurrences(
                            of: "{replica}/{file}",
                            with: file ?? "\(segment.header.replica)/\(segment.header.name.file)")
                    let given = asked == "owner's" ? token : asked
                    let headers =
                        (given.map { [("Authorization", "Bearer \($0)")] } ?? [])
                        + (range.map { [("Range", $0)] } ?? [])
                    let isStream = path.hasSuffix("/events")
                    let answer: HTTPAnswer
                    if isStream, given == token, name == "essays" {
                        // A stream has no end: its head is enough.
                        let socket = RawSocket.connect(port: port(of: address))
                        socket.send("GET \(url) HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(given!)\r\n\r\n")
                        let head = String(
                            decoding: socket.receive { String(decoding: $0, as: UTF8.self).contains("\r\n\r\n") },
                            as: UTF8.self)
                        let type = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-type:") }
                        answer = HTTPAnswer(
                            status: head.hasPrefix("HTTP/1.1 200") ? 200 : 0,
                            headers: ["content-type": type.map { String($0.split(separator: " ")[1]) } ?? ""], body: [],
                            receivedBytes: 0)
                    } else {
                        answer = try http.request(
                            method, address + url, headers: headers, body: body.map { .chunks([$0]) } ?? .none)
                    }
                    if answer.status == 405 {
                        seenCodes.insert(try MessageObject(line: answer.body, of: "error").text("error"))
                        #expect(answer.headers["allow"] == "GET")
                        return
                    }
                    let exchange = Exchange(method: method, path: path, status: answer.status)
                    seen.insert(exchange)
                    let types = try #require(described[exchange], "\(exchange) is not described")
                    let type = answer.headers["content-type"]
                    #expect(type.map { [$0] } ?? [] == types.sorted(), "\(exchange)")
                    guard answer.status >= 400 else { return }
                    let members = try MessageObject(line: answer.body, of: "error")
                    let code = try members.text("error")
                    seenCodes.insert(code)
                    #expect(codes.contains(code), "\(exchange): \(code)")
                    #expect(try members.text("message").isEmpty == false)
                    #expect((answer.status == 401) == (answer.headers["www-authenticate"] == "Bearer"))
                }

                try ask("GET", "/healthz", token: nil)
                try ask("DELETE", "/healthz")
                // Sync.
                let sync = "\(base)/sync"
                try ask("POST", sync, request.encode() + segment.bytes)
                try ask("POST", sync, Array("nonsense\n".utf8))
                try ask("POST", sync, token: nil, [])
                try ask("POST", sync, token: reader, request.encode() + next.bytes)
                try ask("POST", sync, name: "missing", request.encode())
                try ask("POST", sync, Array("{}\n".utf8) + other.bytes)
                try ask("POST", sync, SyncRequest(archive: nil, seen: .random()).encode())
                try ask("POST", sync, Array(repeating: UInt8(ascii: "x"), count: SyncMessageReader.maximumLine + 1))
                try ask("POST", sync, name: "full", token: full, Array("{}\n".utf8) + other.bytes)
                // Segments and events.
                for path in ["\(base)/segments", place, "\(base)/events"] {
                    try ask("GET", path)
                    try ask("GET", path, token: "wrong")
                    try ask("GET", path, name: "missing")
                }
                try ask("GET", place, file: "\(next.header.replica)/\(next.header.name.file)")
                try ask("GET", place, file: "x/y")
                try ask("GET", place, range: "bytes=1-2")
                try ask("GET", place, range: "bytes=999999-")
                // A disk that is full: what is written there goes to a device that is.
                guard symlink("/dev/full", store.folder("essays") + "/tmp/2") == 0 else {
                    throw CocoaError(.fileWriteUnknown)
                }
                try ask("POST", sync, request.encode() + next.bytes)
                // A store whose disk has gone bad.
                try Data("garbage".utf8).write(to: URL(fileURLWithPath: store.folder("broken") + "/tokens.json"))
                try ask("POST", sync, name: "broken", token: broken, request.encode())
                for path in ["\(base)/segments", place, "\(base)/events"] {
                    try ask("GET", path, name: "broken", token: broken)
                }

                #expect(seen.sorted() == described.keys.sorted())
                #expect(seenCodes == codes)
            }
        }
    }

    @Test func `what is not described is not answered`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                let http = try HTTPClient()
                let requests = [
                    ("GET", "/"), ("GET", "/v1"), ("GET", "/v1/archives"), ("GET", "/v1/archives/essays"),
                    ("POST", "/healthz"),
                    ("GET", "/v1/archives/essays/sync"), ("PUT", "/v1/archives/essays/segments"),
                    ("DELETE", "/v1/archives/essays/segments/a/b"),
                    ("GET", "/v1/archives/essays/tokens.json"), ("GET", "/v1/archives/essays/../../etc/passwd"),
                ]
                for (method, path) in requests {
                    let answer = try http.request(
                        method, address + path, headers: [("Authorization", "Bearer \(token)")])
                    #expect([404, 405].contains(answer.status), "\(method) \(path)")
                    let code = try MessageObject(line: answer.body, of: "error").text("error")
                    #expect(code == (answer.status == 404 ? "not-found" : "method-not-allowed"), "\(method) \(path)")
                }
            }
        }
    }
}
