import Archive
import Foundation
import History
import Testing

@testable import Hub
@testable import Prose
@testable import Sync

@Suite struct HubAccessTests {
    @Test func `a token that is revoked while the hub runs is refused at the next request, and others are not`()
        async throws
    {
        let fixture = try HubFixture()
        let (store, token) = (fixture.store, fixture.token)
        let phone = try store.addToken(name: "essays", scope: .read, label: "phone")
        try await fixture.serving { address in
            try await blocking {
                let client = try HubFixture.client(address, token: phone)
                _ = try client.sync(SyncRequest(archive: nil))
                try store.revokeToken(name: "essays", token: "phone")
                let error = #expect(throws: RemoteError.self) { try client.sync(SyncRequest(archive: nil)) }
                guard case .unauthorized = error else {
                    Issue.record("\(error as Any)")
                    return
                }
                _ = try HubFixture.client(address, token: token).sync(SyncRequest(archive: nil))
            }
        }
    }

    @Test func `tokens are listed by ID, label, scope and last use, and named by ID or label`() throws {
        let fixture = try HubFixture()
        let store = fixture.store
        _ = try store.addToken(name: "essays", scope: .write, label: "laptop")
        _ = try store.addToken(name: "essays", scope: .read, label: "laptop")
        let phone = try store.addToken(name: "essays", scope: .read, label: "手机")
        #expect(try store.tokens(name: "essays").map(\.label) == [nil, "laptop", "laptop", "手机"])
        #expect(try store.tokens(name: "essays").map(\.scope) == [.write, .write, .read, .read])
        #expect(try store.tokens(name: "essays").allSatisfy { $0.used == nil })
        #expect(try store.grant(of: phone, name: "essays")?.label == "手机")
        #expect(try store.tokens(name: "essays").last?.used == Timestamp.now().description.prefix(10).description)

        for name in ["laptop", "none", ""] {
            let error = #expect(throws: HubError.self) { try store.revokeToken(name: "essays", token: name) }
            #expect(error?.code == .noSuchToken)
        }
        let second = try store.tokens(name: "essays")[1]
        #expect(try store.revokeToken(name: "essays", token: second.id) == second.id)
        #expect(try store.tokens(name: "essays").map(\.scope) == [.write, .read, .read])
        // Now the label is one token's alone.
        try store.revokeToken(name: "essays", token: "laptop")
        #expect(try store.tokens(name: "essays").map(\.label) == [nil, "手机"])
    }

    @Test func `a push beyond the quota is refused with what to do, and a larger quota counts at once`() async throws {
        let fixture = try HubFixture()
        let (store, token) = (fixture.store, fixture.token)
        var log = TestLog(archive: .random())
        let segments = [log.segment(bytes: 1000), log.segment(bytes: 1000), log.segment(bytes: 1000)]
        let request = log.request
        try store.setQuota(name: "essays", to: segments[0].bytes.count + segments[1].bytes.count)
        try await fixture.serving { address in
            try await blocking {
                let client = try HubFixture.client(address, token: token)
                let error = #expect(throws: RemoteError.self) { try client.sync(request, segments: segments) }
                guard case .full(let message) = error else {
                    Issue.record("\(error as Any)")
                    return
                }
                #expect(message.contains("quota") && message.contains("essays"))
                // What fitted is there, pulling goes on, and what is held already needs no room.
                #expect(try client.sync(SyncRequest(archive: nil)).segments == Array(segments[..<2]))
                _ = try client.sync(request, segments: Array(segments[..<2]))
                try store.setQuota(name: "essays", to: nil)
                #expect(try client.sync(request, segments: segments).response.refused.isEmpty)
            }
        }
        // A restarted hub knows what is used.
        try store.setQuota(name: "essays", to: 1)
        let next = log.segment(bytes: 10)
        try await fixture.serving { address in
            try await blocking {
                let client = try HubFixture.client(address, token: token)
                _ = #expect(throws: RemoteError.self) { try client.sync(SyncRequest(archive: nil), segments: [next]) }
            }
        }
        #expect(try store.summaries().map(\.bytes) == [segments.reduce(0) { $0 + $1.bytes.count }])
    }

    @Test func `two that add tokens at once lose none`() async throws {
        let fixture = try HubFixture()
        let store = fixture.store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<16 {
                group.addTask {
                    try await blocking { _ = try store.addToken(name: "essays", scope: .read, label: "\(number)") }
                }
            }
            try await group.waitForAll()
        }
        #expect(try store.tokens(name: "essays").count == 17)
    }

    @Test func `the scheme of the authorization is told in any case`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                for (scheme, status) in [("Bearer", 200), ("bearer", 200), ("BEARER", 200), ("Basic", 401)] {
                    let answer = try HTTPClient().request(
                        "GET", address + "/v1/archives/essays/segments",
                        headers: [("Authorization", "\(scheme) \(token)")])
                    #expect(answer.status == status, "\(scheme)")
                }
            }
        }
    }

    @Test func `a damaged list of tokens is replaced as its remedy says`() throws {
        let fixture = try HubFixture()
        let (store, path) = (fixture.store, fixture.folder.path + "/store/essays/tokens.json")
        try Data("{".utf8).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: HubError.self) { try store.addToken(name: "essays", scope: .write) }
        #expect(error?.code == .storage && error?.message.contains(path) == true && error?.remedy == .makeTokens)
        try FileManager.default.removeItem(atPath: path)
        #expect(try store.grant(of: fixture.token, name: "essays") == nil)
        #expect(try store.grant(of: store.addToken(name: "essays", scope: .write), name: "essays")?.scope == .write)
    }
}
