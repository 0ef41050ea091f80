import Archive
import Foundation
import Testing

@testable import History
@testable import Hub
@testable import Sync

/// A disk that is full or damaged, and a process that was killed.
@Suite struct HubTroubleTests {
    @Test func `that the last use of a token cannot be written keeps nobody from reading`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        // What cannot be replaced, whoever tries.
        try FileManager.default.createDirectory(
            atPath: fixture.store.folder("essays") + "/used.json/x", withIntermediateDirectories: true)
        try await fixture.serving { address in
            try await blocking {
                var log = TestLog(archive: .random())
                let client = try HubFixture.client(address, token: token)
                _ = try client.sync(log.request, segments: [log.segment()])
                #expect(try client.sync(SyncRequest(archive: nil)).segments.count == 1)
            }
        }
    }

    @Test func `a full disk takes nothing, says so, and sends what it has`() async throws {
        let fixture = try HubFixture()
        let (token, folder) = (fixture.token, fixture.store.folder("essays"))
        try await fixture.serving { address in
            try await blocking {
                var log = TestLog(archive: .random())
                let client = try HubFixture.client(address, token: token)
                _ = try client.sync(log.request, segments: [log.segment()])
                try FileManager.default.createSymbolicLink(atPath: folder + "/tmp/2", withDestinationPath: "/dev/full")
                let error = #expect(throws: RemoteError.self) {
                    try client.sync(log.request, segments: [log.segment()])
                }
                guard case .full(let message) = error else {
                    Issue.record("\(error as Any)")
                    return
                }
                #expect(message.contains("full") && !message.contains(folder))
                #expect(try client.sync(SyncRequest(archive: nil)).segments.count == 1)
            }
        }
    }

    @Test func `a damaged segment is set aside, holds up no other log, and comes again from whoever has it`()
        async throws
    {
        let fixture = try HubFixture()
        let (token, folder) = (fixture.token, fixture.store.folder("essays"))
        try await fixture.serving { address in
            try await blocking {
                let archive = ArchiveID.random()
                var (one, other) = (TestLog(archive: archive), TestLog(archive: archive))
                let client = try HubFixture.client(address, token: token)
                let (first, second, sound) = (one.segment(), one.segment(), other.segment())
                _ = try client.sync(one.request, segments: [first, second])
                _ = try client.sync(other.request, segments: [sound])
                let path = "\(folder)/\(first.header.name.path)"
                var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                bytes[bytes.count - 1] ^= 4
                try bytes.write(to: URL(fileURLWithPath: path))
                // The answer breaks off, and the next has what is sound.
                let answer = try (try? client.sync(SyncRequest(archive: nil))) ?? client.sync(SyncRequest(archive: nil))
                #expect(answer.segments.map(\.header) == [sound.header])
                #expect(answer.response.vector.keys.sorted() == [other.replica])
                #expect(answer.response.lost == [one.replica: second.header.last])
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/damaged").count == 1)
                _ = try client.sync(SyncRequest(archive: archive), segments: [first, second])
                let again = try client.sync(SyncRequest(archive: nil))
                let healed = again.segments.map(\.header)
                #expect(again.response.lost.isEmpty)
                #expect(Set(healed) == [first.header, second.header, sound.header])
            }
        }
    }

    @Test func `a damaged list of tokens tells clients nothing of the store, and stops no other archive`() async throws
    {
        let fixture = try HubFixture()
        let other = try fixture.store.create(name: "other")
        let (token, path) = (fixture.token, fixture.store.path)
        try Data("{".utf8).write(to: URL(fileURLWithPath: path + "/essays/tokens.json"))
        try await fixture.serving { address in
            try await blocking {
                let answer = try HTTPClient().request(
                    "GET", "\(address)/v1/archives/essays/segments", headers: [("Authorization", "Bearer \(token)")])
                let body = String(decoding: answer.body, as: UTF8.self)
                #expect(
                    answer.status == 500 && !body.contains(path) && !body.contains("tokens.json")
                        && body.contains("log"))
                #expect(
                    try HubFixture.client(address, token: other, archive: "other").sync(SyncRequest(archive: nil))
                        .segments.isEmpty)
            }
        }
    }

    @Test func `a wrong token and an archive that is not there look the same`() async throws {
        let fixture = try HubFixture()
        try await fixture.serving { address in
            try await blocking {
                func answer(_ name: String) throws -> (Int, [String: String], String) {
                    let answer = try HTTPClient().request(
                        "GET", "\(address)/v1/archives/\(name)/segments", headers: [("Authorization", "Bearer x")])
                    let headers = answer.headers.filter { !["date", "content-length"].contains($0.key) }
                    return (
                        answer.status, headers,
                        String(decoding: answer.body, as: UTF8.self).replacingOccurrences(of: name, with: "NAME")
                    )
                }
                let (there, missing) = (try answer("essays"), try answer("absent"))
                #expect(there == missing && there.0 == 401)
            }
        }
    }

    @Test func `uploads under way count against the quota until they end`() async throws {
        let fixture = try HubFixture()
        let (store, token) = (fixture.store, fixture.token)
        try store.setQuota(name: "essays", to: 10_000)
        try await fixture.serving { address in
            try await blocking {
                var (one, two) = (
                    TestLog(archive: ArchiveID(hex: "000102030405060708090a0b0c0d0e0f")!),
                    TestLog(archive: ArchiveID(hex: "000102030405060708090a0b0c0d0e0f")!)
                )
                let slow = one.segment(bytes: 6000)
                let message = one.request.encode() + slow.bytes
                let socket = RawSocket.connect(port: port(of: address))
                socket.send(
                    "POST /v1/archives/essays/sync HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(token)\r\nContent-Length: \(message.count)\r\n\r\n"
                )
                socket.send(Array(message.dropLast(100)))
                let client = try HubFixture.client(address, token: token)
                let segment = two.segment(bytes: 6000)
                // Until the hub has read what was sent.
                var isFull = false
                for _ in 0..<100 where !isFull {
                    RawSocket.pause(milliseconds: 20)
                    isFull = FileManager.default.fileExists(atPath: store.folder("essays") + "/tmp/1")
                }
                let error = #expect(throws: RemoteError.self) {
                    try client.sync(SyncRequest(archive: nil), segments: [segment])
                }
                guard case .full = error else {
                    Issue.record("\(error as Any)")
                    return
                }
                // The other upload ends without having come.
                shutdown(socket.descriptor, Int32(SHUT_RDWR))
                var isTaken = false
                for _ in 0..<100 where !isTaken {
                    RawSocket.pause(milliseconds: 50)
                    isTaken = (try? client.sync(SyncRequest(archive: nil), segments: [segment])) != nil
                }
                #expect(isTaken)
            }
        }
    }

    @Test func `what a killed process left is removed at the start, and nothing else`() async throws {
        let fixture = try HubFixture()
        let path = fixture.store.path
        let old = path + "/.new-0123456789abcdef0123456789abcdef"
        let new = path + "/.new-fedcba9876543210fedcba9876543210"
        for folder in [old, new] {
            try FileManager.default.createDirectory(atPath: folder + "/tmp", withIntermediateDirectories: true)
            try Data("{}".utf8).write(to: URL(fileURLWithPath: folder + "/tokens.json"))
        }
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: old)
        try Data("half a segment".utf8).write(to: URL(fileURLWithPath: path + "/essays/tmp/7"))
        try Data("mine".utf8).write(to: URL(fileURLWithPath: path + "/.notes"))
        try await fixture.serving { address in
            _ = try await blocking { try HTTPClient().request("GET", "\(address)/healthz") }
        }
        #expect(!FileManager.default.fileExists(atPath: old))
        #expect(FileManager.default.fileExists(atPath: new + "/tokens.json"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/essays/tmp").isEmpty)
        #expect(FileManager.default.fileExists(atPath: path + "/.notes"))
    }
}
