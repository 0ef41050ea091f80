import Archive
import Testing

@testable import History
@testable import Hub
@testable import Sync

@Suite struct HubRefusalTests {
    /// The error of a request to a hub that holds one segment of `archive`.
    private func refusal(
        _ attempt: @Sendable @escaping (_ address: String, _ token: String, _ archive: ArchiveID) throws -> Void
    ) async throws -> RemoteError? {
        let fixture = try HubFixture()
        let token = fixture.token
        return try await fixture.serving { address in
            try await blocking {
                var log = TestLog(archive: .random())
                _ = try HubFixture.client(address, token: token).sync(log.request, segments: [log.segment()])
                return #expect(throws: RemoteError.self) { try attempt(address, token, log.archive) }
            }
        }
    }

    @Test func `a state that the hub never had is unknown, and nothing is stored`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                var log = TestLog(archive: .random())
                var request = log.request
                request.seen = .random()
                let client = try HubFixture.client(address, token: token)
                let segment = log.segment()
                #expect(throws: RemoteError.seenUnknown) { try client.sync(request, segments: [segment]) }
                #expect(try client.sync(SyncRequest(archive: nil)).response.vector.isEmpty)
            }
        }
    }

    @Test func `a wrong token is unauthorized`() async throws {
        let error = try await refusal { address, token, archive in
            _ = try HubFixture.client(address, token: token + "x").sync(SyncRequest(archive: archive))
        }
        guard case .unauthorized = error else {
            Issue.record("\(error as Any)")
            return
        }
    }

    @Test func `no token is unauthorized, with a body that says what to do`() async throws {
        let fixture = try HubFixture()
        try await fixture.serving { address in
            try await blocking {
                let answer = try HTTPClient().request(
                    "POST", "\(address)/v1/archives/essays/sync", body: .chunks([[123, 125, 10]]))
                #expect(answer.status == 401)
                let body = try MessageObject(line: answer.body, of: "error")
                #expect(try body.text("error") == "unauthorized")
                #expect(try body.text("message").contains("Authorization: Bearer"))
                #expect(answer.headers["content-type"] == "application/json")
            }
        }
    }

    @Test(arguments: ["letters", "Essays", "%2e%2e", ".lock"])
    func `an archive that is not there is refused as one whose token is wrong`(name: String) async throws {
        let error = try await refusal { address, token, archive in
            _ = try HubFixture.client(address, token: token, archive: name).sync(SyncRequest(archive: archive))
        }
        guard case .unauthorized(let message) = error, message.contains("or this hub has none of that name") else {
            Issue.record("\(error as Any)")
            return
        }
    }

    @Test func `another archive is told from the one that the hub holds`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                var log = TestLog(archive: .random())
                var stranger = TestLog(archive: .random())
                let client = try HubFixture.client(address, token: token)
                _ = try client.sync(log.request, segments: [log.segment()])
                let segment = stranger.segment()
                #expect(throws: RemoteError.archiveMismatch(log.archive)) { try client.sync(stranger.request) }
                #expect(throws: RemoteError.archiveMismatch(log.archive)) {
                    try client.sync(SyncRequest(archive: nil), segments: [segment])
                }
            }
        }
        #expect(fixture.files.filter { $0.hasPrefix("log/") }.count == 1)
    }

    @Test func `a reader's token pulls but does not push`() async throws {
        let fixture = try HubFixture()
        let token = try fixture.store.addToken(name: "essays", scope: .read, label: "laptop")
        try await fixture.serving { address in
            try await blocking {
                var log = TestLog(archive: .random())
                let client = try HubFixture.client(address, token: token)
                #expect(try client.sync(SyncRequest(archive: nil)).segments.isEmpty)
                let segment = log.segment()
                let error = #expect(throws: RemoteError.self) { try client.sync(log.request, segments: [segment]) }
                guard case .forbidden = error else {
                    Issue.record("\(error as Any)")
                    return
                }
            }
        }
    }

    @Test func `a token added while the hub runs counts at once`() async throws {
        let fixture = try HubFixture()
        let store = fixture.store
        try await fixture.serving { address in
            let archiveToken = try store.create(name: "letters")
            let added = try store.addToken(name: "letters", scope: .write)
            try await blocking {
                for token in [archiveToken, added] {
                    let client = try HubFixture.client(address, token: token, archive: "letters")
                    let (response, _) = try client.sync(SyncRequest(archive: nil))
                    #expect(response.vector.isEmpty)
                }
            }
        }
    }

    /// A body that is no sync request, and the status that it earns.
    struct MalformedBody: Sendable, CustomTestStringConvertible {
        let text: String
        let status: Int

        init(_ text: String, _ status: Int) { (self.text, self.status) = (text, status) }

        var testDescription: String { "\(text.prefix(40).debugDescription), \(text.utf8.count) bytes" }
    }

    static let malformed: [MalformedBody] = [
        .init("", 400), .init("{}", 400), .init("nonsense\n", 400), .init("[1]\n", 400),
        .init("{\"budget\":-1}\n", 400),
        .init("{\"archive\":\"x\"}\n", 400),
        .init("{\"vector\":{\"00\":1}}\n", 400), .init("{ \"budget\":1}\n", 400), .init("{}\n{}\n", 400),
        .init("{}\ngarbage", 400),
        .init("{}\n" + String(repeating: "x", count: 5000), 413),
        .init(String(repeating: "x", count: SyncMessageReader.maximumLine + 1), 413),
    ]

    @Test(arguments: malformed)
    func `a malformed request is refused`(body: MalformedBody) async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                let answer = try HTTPClient().request(
                    "POST", "\(address)/v1/archives/essays/sync", headers: [("Authorization", "Bearer \(token)")],
                    body: .chunks([Array(body.text.utf8)]))
                #expect(answer.status == body.status)
                #expect(try MessageObject(line: answer.body, of: "error").text("message").isEmpty == false)
            }
        }
        #expect(fixture.files.filter { $0.hasPrefix("log/") }.isEmpty)
    }

    @Test func `a payload that is not what its header says is refused, and what came before it stays`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        var log = TestLog(archive: .random())
        let good = log.segment()
        let bad = log.segment()
        let changed = LogSegment(header: bad.header, payload: [bad.payload[0] ^ 1] + bad.payload[1...])
        let request = log.request
        try await fixture.serving { address in
            try await blocking {
                let client = try HubFixture.client(address, token: token)
                let error = #expect(throws: RemoteError.self) { try client.sync(request, segments: [good, changed]) }
                guard case .rejected(let message) = error else {
                    Issue.record("\(error as Any)")
                    return
                }
                #expect(message.contains("SHA-256"))
            }
        }
        #expect(fixture.files.filter { $0.hasPrefix("log/") } == [good.header.name.path])
    }

    @Test func `a segment's address must name a segment that is there`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        var log = TestLog(archive: .random())
        let name = log.segment().header.name
        try await fixture.serving { address in
            try await blocking {
                let client = try HTTPClient()
                let base = "\(address)/v1/archives/essays/segments"
                let bearer = [(name: "Authorization", value: "Bearer \(token)")]
                #expect(try client.request("GET", "\(base)/\(name.replica)/\(name.file)").status == 401)
                #expect(
                    try client.request("GET", "\(base)/\(name.replica)/\(name.file)", headers: bearer).status == 404)
                #expect(
                    try client.request("GET", "\(base)/\(name.replica)/..%2f..%2ftokens.json", headers: bearer).status
                        == 400)
                #expect(try client.request("GET", "\(address)/elsewhere").status == 404)
                let health = try client.request("GET", "\(address)/healthz")
                #expect(health.status == 200)
                #expect(health.body == Array("{\"ok\":true}\n".utf8))
            }
        }
    }
}
