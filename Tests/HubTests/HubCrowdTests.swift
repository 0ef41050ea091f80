import Archive
import Foundation
import HTTPServing
import Logging
import Synchronization
import Testing

@testable import History
@testable import Hub
@testable import Sync

/// Many logs, many archives, many connections: nobody locks others out, and nothing grows with them that need not.
@Suite struct HubCrowdTests {
    @Test func `more logs than an answer tells of come in pages, each with what it tells of`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        let archive = ArchiveID.random()
        try await fixture.serving { address in
            try await blocking {
                var all: ArchiveVector = [:]
                let segments = (0..<VectorLimits.logs + 500).map { _ in
                    var log = TestLog(archive: archive)
                    let segment = log.segment(bytes: 1)
                    all[log.replica] = log.end
                    return segment
                }
                let client = try HubFixture.client(address, token: token)
                let (first, back) = try client.sync(SyncRequest(archive: archive), segments: segments)
                #expect(first.vector.count == VectorLimits.logs && first.isPartial && first.more && back.isEmpty)
                var (known, received, rounds) = (ArchiveVector(), Set<ReplicaID>(), 0)
                var response: SyncResponse
                repeat {
                    // Not more than a few at a time, so that what an answer tells of does not come with it.
                    let holding = received.reduce(into: [:]) { $0[$1] = Int64(1) }
                    let answer: [LogSegment]
                    (response, answer) = try client.sync(
                        SyncRequest(archive: archive, budget: 1_000_000, holding: holding, seen: known))
                    known.merge(response.vector) { $1 }
                    #expect(known.digest == response.digest)
                    #expect(answer.allSatisfy { known[$0.header.replica] == $0.header.end })
                    received.formUnion(answer.map(\.header.replica))
                    rounds += 1
                } while response.more && rounds < 20
                #expect(known == all && received.count == all.count && !response.isPartial)
            }
        }
    }

    @Test func `an archive takes no more logs than there may be, and goes on with those there are`() async throws {
        let fixture = try HubFixture()
        var bounds = VectorBounds()
        bounds.archive = 2
        let archive = try HubArchive(folder: fixture.store.folder("essays"), limits: bounds, logger: .quiet)
        var logs = (0..<3).map { _ in TestLog(archive: ArchiveID(hex: "000102030405060708090a0b0c0d0e0f")!) }
        func admit(_ index: Int) async throws -> Bool {
            let segment = logs[index].segment()
            guard case .wanted(let upload) = try await archive.admit(segment.header, after: nil) else { return false }
            try upload.write(segment.payload[...], at: 0)
            guard case .wanted = try await archive.commit([upload])[0] else { return false }
            return true
        }
        for index in [0, 1, 0] { #expect(try await admit(index)) }
        await #expect(throws: HubError.self) { try await admit(2) }
        #expect(try await admit(1))
    }

    @Test func `idle connections make room for others, those first that were idle for the longest time`() async throws {
        var limits = HTTPLimits()
        (limits.connections, limits.connectionsOfAddress) = (32, 32)
        try await HubFixture().serving(limits: limits) { address in
            try await blocking {
                let idle = (0..<60).map { _ in RawSocket.connect(port: port(of: address)) }
                let client = try HTTPClient()
                #expect(try client.request("GET", "\(address)/healthz").status == 200)
                #expect(idle[0].receive().isEmpty, "the first is closed")
                withExtendedLifetime(idle) {}
            }
        }
    }

    @Test func `no address holds more connections than it may, idle or not`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        var limits = HTTPLimits()
        limits.connectionsOfAddress = 4
        try await fixture.serving(limits: limits) { address in
            try await blocking {
                // Each has a request under way that goes on.
                let busy = (0..<4).map { _ in
                    let socket = RawSocket.connect(port: port(of: address))
                    socket.send(
                        "GET /v1/archives/essays/events HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(token)\r\n\r\n"
                    )
                    #expect(!socket.receive { String(decoding: $0, as: UTF8.self).contains("data:") }.isEmpty)
                    return socket
                }
                let further = RawSocket.connect(port: port(of: address))
                #expect(further.receive().isEmpty, "it is closed at once")
                withExtendedLifetime(busy) {}
            }
        }
    }

    @Test func `archives that nobody uses take neither files nor memory for ever`() async throws {
        let fixture = try HubFixture()
        let store = fixture.store
        let tokens = try (0..<100).map { try (name: "a\($0)", token: store.create(name: "a\($0)")) }
        try await fixture.serving { address in
            try await blocking {
                for (name, token) in tokens {
                    var log = TestLog(archive: .random())
                    _ = try HubFixture.client(address, token: token, archive: name).sync(
                        log.request, segments: [log.segment()])
                }
                let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter { descriptor in
                    let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
                    return path?.hasPrefix(store.path + "/a") == true
                }
                #expect(open.isEmpty)
                // Those that were closed are there as before.
                for (name, token) in tokens.prefix(3) {
                    #expect(
                        try HubFixture.client(address, token: token, archive: name).sync(SyncRequest(archive: nil))
                            .segments.count == 1)
                }
            }
        }
    }
}
