import Archive
import HTTPServing
import Synchronization
import Testing

@testable import History
@testable import Hub
@testable import Sync

/// Two replicas and a hub, over a network with faults: nothing is lost, nothing is taken twice, both end up the same.
@Suite struct FaultyNetworkTests {
    /// Where in a message a fault strikes: within the head, around its end, in the first line, in segments, at the last byte.
    private static let places = [0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999]

    static let faults: [FaultyProxy.Fault] =
        places.map { .cutRequest($0) } + places.map { .cutAnswer($0) }
        + [0, 0.02, 0.1, 0.5, 0.95].map { .corruptAnswer($0) }
        + [0.02, 0.5, 0.95].map { .corruptRequest($0) }
        + [
            .status(429, retryAfter: 1), .status(503, retryAfter: nil), .status(503, retryAfter: 2),
            .status(500, retryAfter: nil), .status(500, retryAfter: 1),
            .status(502, retryAfter: nil), .status(504, retryAfter: nil), .duplicate, .delay(300), .drip(100),
        ]

    /// A hub that soon gives up on half a header: the proxy waits for that.
    private static var limits: HTTPLimits {
        var limits = HTTPLimits()
        limits.idle = .seconds(1)
        return limits
    }

    /// A machine's archive, which reaches the hub by `address`.
    private final class Machine {
        let archive: Archive
        private let remote: RetryingRemote
        /// The waits that the client made, in seconds.
        let waits = WaitLog()

        init(_ id: ArchiveID, address: String, token: String) throws {
            archive = try Archive.inMemory(id: id, environment: .init(stateDirectory: nil))
            try archive.write { try $0.addRemote("hub", RemoteAddress(url: "http://hub.invalid")) }
            let client = try HTTPClient(timeouts: .init(connect: 5, stalled: 5))
            remote = RetryingRemote(
                HubClient(url: "\(address)/v1/archives/essays", token: token, client: client), pause: waits.record,
                onRetry: { [waits] error, _ in waits.note(error) })
        }

        func write(_ title: String, _ text: String) throws {
            _ = try archive.write {
                try $0.create([FieldKey.title: .text(title)], text: Array(text.utf8), author: Author("甲"))
            }
        }

        @discardableResult
        func sync() throws -> SyncReport { try SyncEngine(archive, remote: "hub", exchange: remote).run() }

        var hash: String { get throws { try archive.read { try $0.stateHash() } } }
        var vector: ArchiveVector { get throws { try archive.read { try $0.vector() } } }
    }

    /// A hub, and a proxy before it through which all go.
    private struct Network {
        let proxy: FaultyProxy
        let token: String

        func machine(_ id: ArchiveID = .random(), token: String? = nil) throws -> Machine {
            try Machine(id, address: proxy.address, token: token ?? self.token)
        }
    }

    private func throughProxy(_ body: @escaping @Sendable (Network) throws -> Void) async throws {
        let fixture = try HubFixture()
        let token = fixture.token
        try await fixture.serving(limits: Self.limits) { address in
            try await blocking {
                let proxy = FaultyProxy(hub: address)
                proxy.start()
                defer { proxy.stop() }
                try body(Network(proxy: proxy, token: token))
            }
        }
    }

    final class WaitLog: Sendable {
        private let waits = Mutex<[Double]>([])
        private let reasons = Mutex<[String]>([])
        var all: [Double] { waits.withLock { $0 } }
        /// What each wait was for.
        var why: [String] { reasons.withLock { $0 } }

        func note(_ error: RemoteError) { reasons.withLock { $0.append(error.description) } }

        /// Notes the wait, and does not wait: tests are never timed.
        @Sendable func record(_ seconds: Double) -> Bool {
            waits.withLock { $0.append(seconds) }
            return true
        }
    }

    /// Text that does not compress, so that segments have a size at which a cut can strike inside.
    private static func noise(_ generator: inout SplitMix, _ count: Int) -> String {
        String(
            String.UnicodeScalarView(
                (0..<count).map { _ in Unicode.Scalar(UInt32.random(in: 0x4E00...0x9FA5, using: &generator))! }))
    }

    @Test(arguments: faults)
    func `after a fault, pushing and pulling, both replicas are the same and hold everything`(fault: FaultyProxy.Fault)
        async throws
    {
        try await throughProxy { network in
            var generator = SplitMix(state: 7)
            let id = ArchiveID.random()
            let (a, b) = (try network.machine(id), try network.machine(id))
            // What both know already; then news on both sides, so that the faulty request pushes and pulls.
            for number in 0..<3 { try a.write("共有\(number)", Self.noise(&generator, 300)) }
            try a.sync()
            try b.sync()
            for number in 0..<10 { try a.write("甲\(number)", Self.noise(&generator, 2000)) }
            try a.sync()
            for number in 0..<10 { try b.write("乙\(number)", Self.noise(&generator, 2000)) }

            network.proxy.plan([fault])
            if fault.flipsBits { try Self.persist { try b.sync() } } else { try b.sync() }
            try a.sync()
            #expect(try a.hash == b.hash)
            #expect(try a.vector == b.vector)
            for machine in [a, b] {
                #expect(try machine.archive.read { try $0.counts().essays } == 23)
                #expect(try machine.archive.verify().isSound)
                // 23 entries in two logs: none was logged or taken twice.
                #expect(try machine.vector.values.map(\.sequence).sorted() == [10, 13])
            }
        }
    }

    /// A run may fail as a whole where bits flip: that is no hub's habit, and a person has to decide to try again.
    private static func persist(_ run: () throws -> Void) throws {
        do {
            try run()
        } catch is RemoteError {
            try run()
        } catch is SegmentError {
            try run()
        }
    }

    @Test func `many faults in a row only slow it down`() async throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        try await throughProxy { network in
            var generator = SplitMix(state: seed)
            let id = ArchiveID.random()
            let machines = try (0..<3).map { _ in try network.machine(id) }
            for round in 0..<6 {
                for (number, machine) in machines.enumerated() {
                    try machine.write("第\(round)轮\(number)", Self.noise(&generator, 500))
                    network.proxy.plan((0..<3).map { _ in Self.faults.randomElement(using: &generator)! })
                    // A run that fails leaves the archive as it was; the next goes on.
                    for _ in 0..<4 where (try? machine.sync()) != nil { break }
                }
            }
            network.proxy.plan([])
            for machine in machines + machines { try machine.sync() }
            #expect(try Set(machines.map { try $0.hash }).count == 1, "seed \(seed)")
            for machine in machines {
                #expect(try machine.archive.read { try $0.counts().essays } == 18, "seed \(seed)")
                #expect(try machine.vector.values.map(\.sequence) == [6, 6, 6], "seed \(seed)")
                #expect(try machine.archive.verify().isSound, "seed \(seed)")
            }
        }
    }

    @Test func `a wait that the server asks for is kept, and one that is too long ends the run`() async throws {
        try await throughProxy { network in
            let machine = try network.machine()
            try machine.write("一", "一些话。")
            network.proxy.plan([.status(429, retryAfter: 7), .status(503, retryAfter: 90)])
            try machine.sync()
            #expect(machine.waits.all == [7, 90])
            network.proxy.plan([.status(503, retryAfter: 3600)])
            let error = #expect(throws: RemoteError.self) { try machine.sync() }
            guard case .busy(let message, 3600) = error else {
                Issue.record("\(error as Any)")
                return
            }
            #expect(message.contains("503") && machine.waits.all == [7, 90])
        }
    }

    @Test func `a token that was good a moment ago is tried again, one that never was is not`() async throws {
        try await throughProxy { network in
            let machine = try network.machine()
            try machine.sync()
            network.proxy.plan([.status(401, retryAfter: nil)])
            try machine.sync()
            #expect(machine.waits.all.count == 1)
            let before = network.proxy.requests
            let stranger = try network.machine(token: "wrong")
            #expect(throws: RemoteError.self) { try stranger.sync() }
            #expect(network.proxy.requests == before + 1 && stranger.waits.all.isEmpty)
        }
    }

    @Test func `a connection that breaks after ever so little still gets the archive across`() async throws {
        try await throughProxy { network in
            var generator = SplitMix(state: 11)
            let id = ArchiveID.random()
            let a = try network.machine(id)
            for number in 0..<30 { try a.write("\(number)", Self.noise(&generator, 3000)) }
            try a.sync()
            let before = network.proxy.requests
            network.proxy.plan(Array(repeating: .cutAnswerAfter(15_000), count: 60))
            let b = try network.machine(id)
            try b.sync()
            #expect(try b.hash == a.hash)
            // Some 200 kB in pieces of 15, none of them twice: a run that began anew each time would never end.
            #expect((10...30).contains(network.proxy.requests - before))
            #expect(b.waits.all.isEmpty, "\(b.waits.why)")
        }
    }
}
