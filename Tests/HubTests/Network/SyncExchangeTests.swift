import Archive
import Testing

@testable import History
@testable import Hub
@testable import Sync

@Suite struct SyncExchangeTests {
    @Test func `what one client pushes another pulls byte for byte`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                var log = TestLog(archive: .random())
                let segments = [
                    log.segment(entries: 3), log.segment(entries: 1, bytes: 300_000), log.segment(entries: 7),
                ]
                let (pushed, back) = try HubFixture.client(address, token: token).sync(log.request, segments: segments)
                #expect(back.isEmpty)
                #expect(pushed.refused.isEmpty)
                #expect(pushed.vector == [log.replica: log.end])
                #expect(pushed.digest == pushed.vector.digest)

                let reader = try HubFixture.client(address, token: token)
                let (pulled, received) = try reader.sync(SyncRequest(archive: nil))
                #expect(received == segments)
                #expect(pulled.archive == log.archive)
                #expect(pulled.vector == [log.replica: log.end])
                #expect(!pulled.more)
                #expect(try reader.segment(segments[1].header.name) == segments[1])
            }
        }
    }

    @Test func `an idle sync is one request of at most 700 bytes both ways`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                var log = TestLog(archive: .random())
                let client = try HubFixture.client(address, token: token)
                let (first, _) = try client.sync(log.request, segments: [log.segment()])
                let before = client.client.counts
                let (idle, received) = try client.sync(
                    SyncRequest(archive: log.archive, holding: [log.replica: log.end.sequence], seen: first.vector))
                let after = client.client.counts
                #expect(received.isEmpty)
                #expect(idle == SyncResponse(archive: log.archive, digest: first.digest))
                #expect(after.requests - before.requests == 1)
                let bytes = after.sentBytes - before.sentBytes + after.receivedBytes - before.receivedBytes
                #expect((200...700).contains(bytes), "\(bytes) bytes")
            }
        }
    }

    @Test func `an identical retry is success and is stored once`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                var log = TestLog(archive: .random())
                let segments = [log.segment(), log.segment()]
                let client = try HubFixture.client(address, token: token)
                let (first, _) = try client.sync(log.request, segments: segments)
                let (second, back) = try client.sync(log.request, segments: segments)
                #expect(second == first)
                #expect(back.isEmpty)
            }
        }
        #expect(fixture.files.filter { $0.hasPrefix("log/") }.count == 2)
    }

    @Test func `another encoding of entries that the hub holds is success`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                var log = TestLog(archive: .random())
                let segment = log.segment(entries: 2)
                let old = segment.header
                let payload: [UInt8] = [1, 2, 3]
                let header = SegmentHeader(
                    archive: old.archive, replica: old.replica, first: old.first, last: old.last,
                    previous: old.previous,
                    chain: old.chain, payload: payload)
                let client = try HubFixture.client(address, token: token)
                _ = try client.sync(log.request, segments: [segment])
                let (response, _) = try client.sync(
                    log.request, segments: [LogSegment(header: header, payload: payload)])
                #expect(response.refused.isEmpty)
            }
        }
        #expect(fixture.files.filter { $0.hasPrefix("log/") }.count == 1)
    }

    @Test func `a fork, a gap and an overlap are refused with the hub's position, and what attaches is stored`()
        async throws
    {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                var log = TestLog(archive: .random())
                let client = try HubFixture.client(address, token: token)
                _ = try client.sync(log.request, segments: [log.segment(entries: 4)])
                let held = log.end

                var fork = TestLog(archive: log.archive, replica: log.replica)
                var overlap = fork
                var other = TestLog(archive: log.archive)
                var gap = TestLog(archive: log.archive)
                _ = gap.segment()
                let segments = [
                    fork.segment(entries: 4), fork.segment(), overlap.segment(entries: 6), gap.segment(),
                    other.segment(),
                ]
                let (response, _) = try client.sync(SyncRequest(archive: log.archive), segments: segments)
                #expect(response.refused == [log.replica: held, gap.replica: .start])
                #expect(response.vector == [log.replica: held, other.replica: other.end])
            }
        }
        #expect(fixture.files.filter { $0.hasPrefix("log/") }.count == 2)
    }

    @Test func `a budget is kept, at least one segment comes, and 'more' leads to the rest`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                var log = TestLog(archive: .random())
                let segments = (0..<5).map { _ in log.segment(entries: 2, bytes: 10_000) }
                let client = try HubFixture.client(address, token: token)
                _ = try client.sync(log.request, segments: segments)

                var received: [LogSegment] = []
                var seen: ArchiveVector?
                var rounds = 0
                repeat {
                    let request = SyncRequest(
                        archive: log.archive, budget: rounds == 0 ? 1 : 25_000,
                        holding: [log.replica: received.last?.header.last ?? 0], seen: seen)
                    let (response, new) = try client.sync(request)
                    #expect(new.count == (rounds == 0 ? 1 : 2))
                    seen = (seen ?? [:]).merging(response.vector) { $1 }
                    #expect(seen?.digest == response.digest)
                    received += new
                    rounds += 1
                    if !response.more { break }
                } while rounds < 9
                #expect(received == segments)
                #expect(rounds == 3)
            }
        }
    }

    @Test func `a segment that straddles what the client holds is sent whole`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                var log = TestLog(archive: .random())
                let segments = [log.segment(entries: 5), log.segment(entries: 5)]
                let client = try HubFixture.client(address, token: token)
                _ = try client.sync(log.request, segments: segments)
                let (_, received) = try client.sync(SyncRequest(archive: log.archive, vector: [log.replica: 7]))
                #expect(received == [segments[1]])
            }
        }
    }

    @Test func `a state seen before others pushed is understood and brings only the changes`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving { address in
            try await blocking {
                var mine = TestLog(archive: .random())
                var theirs = TestLog(archive: mine.archive)
                let client = try HubFixture.client(address, token: token)
                let (first, _) = try client.sync(mine.request, segments: [mine.segment()])
                let pushed = [theirs.segment(), theirs.segment()]
                _ = try client.sync(SyncRequest(archive: mine.archive), segments: pushed)
                let (second, received) = try client.sync(
                    SyncRequest(archive: mine.archive, holding: [mine.replica: 1], seen: first.vector))
                #expect(received == pushed)
                #expect(second.vector == [theirs.replica: theirs.end])
            }
        }
    }

    @Test func `clients that push at once lose nothing`() async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        let archive = ArchiveID.random()
        try await fixture.serving { address in
            let ends = try await withThrowingTaskGroup(of: (ReplicaID, LogPosition).self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await blocking {
                            var log = TestLog(archive: archive)
                            let client = try HubFixture.client(address, token: token)
                            for _ in 0..<5 {
                                _ = try client.sync(log.request, segments: [log.segment(), log.segment()])
                            }
                            return (log.replica, log.end)
                        }
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            try await blocking {
                let (response, received) = try HubFixture.client(address, token: token).sync(
                    SyncRequest(archive: archive))
                #expect(response.vector == ends)
                #expect(received.count == 40)
            }
        }
    }
}
