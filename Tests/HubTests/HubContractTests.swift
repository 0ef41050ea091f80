import SyncTesting
import Testing

@testable import Sync

@Suite struct HubContractTests {
    @Test func aHubKeepsToTheContractOfRemotes() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking { try RemoteContract.check(HubFixture.client(address, token: token)) }
        }
    }

    @Test func whatDoesNotAttachOrIsNoSegmentIsRefused() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                let hub = try HubFixture.client(address, token: token)
                let segments = RemoteContract.segments()
                #expect(throws: RemoteError.self) { try hub.put(segments[1].header.name.path, segments[1].bytes) }
                #expect(throws: RemoteError.self) {
                    try hub.put(segments[0].header.name.path, Array(segments[0].bytes.dropLast()))
                }
                #expect(throws: RemoteError.self) { try hub.put("log/x", []) }
                #expect(try hub.list("log/").isEmpty)
            }
        }
    }
}
