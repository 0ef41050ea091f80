import Archive
import Synchronization
import Testing

@testable import History
@testable import Hub
@testable import Sync

/// Servers that begin well and then stand still, or send nonsense: what came before is kept, and the message says what happened.
@Suite struct StallingServerTests {
    enum Ending: CaseIterable, Sendable {
        /// Nothing more comes, and the connection stays.
        case silence
        /// Some bytes a second come.
        case drip
        /// A segment that does not have its hash.
        case wrongHash
        /// What is no segment.
        case nonsense
        /// An entry more than the vector says.
        case beyond
    }

    /// An archive with an essay in each of two logs, as an honest hub sends it.
    private static func honest(_ id: ArchiveID) throws -> (SyncResponse, [LogSegment], [LogSegment]) {
        let environment = Archive.Environment(stateDirectory: nil)
        var segments: [LogSegment] = []
        for title in ["甲", "乙"] {
            let archive = try Archive.inMemory(id: id, environment: environment)
            try archive.write {
                _ = try $0.create([FieldKey.title: .text(title)], text: Array("\(title)的话。".utf8), author: Author("甲"))
            }
            try archive.read { reader in
                for (replica, end) in try reader.vector() {
                    if let segment = try SegmentCutter(reader, cuts: [:]).segment(of: replica, after: .start, upTo: end)
                    {
                        segments.append(segment)
                    }
                }
            }
        }
        let vector = Dictionary(uniqueKeysWithValues: segments.map { ($0.header.replica, $0.header.end) })
        var further = TestLog(archive: id)
        return (SyncResponse(archive: id, digest: vector.digest, vector: vector), segments, [further.segment()])
    }

    @Test(arguments: Ending.allCases) func `what came whole is kept`(_ ending: Ending) async throws {
        let id = ArchiveID.random()
        let victim = try Archive.inMemory(id: id, environment: Archive.Environment(stateDirectory: nil))
        try victim.write { try $0.addRemote("hub", RemoteAddress(url: "http://hub.invalid")) }
        let (response, segments, beyond) = try Self.honest(id)
        let rest: [UInt8] =
            switch ending {
            case .silence, .drip: Array(segments[1].bytes.prefix(200))
            case .wrongHash: segments[1].header.encode() + [UInt8](repeating: 0, count: segments[1].payload.count)
            case .nonsense: Array("<html>\n".utf8)
            case .beyond: beyond[0].bytes
            }
        let isWhole = ending != .silence && ending != .drip
        func message(_ body: [UInt8]) -> [UInt8] {
            Array(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: \(isWhole ? body.count : body.count + 10_000)\r\n\r\n"
                    .utf8) + body
        }
        let first = message(response.encode() + segments[0].bytes + rest)
        // Who asks for the rest is told that nothing has changed, and gets the rest only.
        let again = message(SyncResponse(archive: id, digest: response.digest).encode() + rest)
        let (listener, port) = RawSocket.listen()
        let isOpen = Mutex(true)
        blockingDetached {
            var clients: [RawSocket] = []
            while let client = listener.acceptIfOpen() {
                _ = client.receive(until: isWholeMessage)
                client.send(clients.isEmpty ? first : again)
                clients.append(client)
                if ending == .drip {
                    blockingDetached {
                        while isOpen.withLock({ $0 }), client.sendIfOpen([0]) { RawSocket.pause(milliseconds: 100) }
                    }
                }
                if isWhole { client.endSending() }
            }
        }
        defer {
            isOpen.withLock { $0 = false }
            listener.shutDown()
        }
        try await blocking {
            let client = try HTTPClient(timeouts: .init(connect: 5, stalled: 1))
            let hub = RetryingRemote(
                HubClient(url: "http://127.0.0.1:\(port)/v1/archives/essays", token: "secret", client: client),
                pause: { _ in true })
            let error = #expect(throws: RemoteError.self) { try SyncEngine(victim, remote: "hub", exchange: hub).run() }
            switch (ending, error) {
            case (.silence, .stalled(let message)), (.drip, .stalled(let message)):
                #expect(message.contains("bytes/sec"), "\(message)")
            case (.silence, _), (.drip, _): Issue.record("\(error as Any)")
            default:
                #expect(
                    "\(error as Any)".contains("cannot be used")
                        || error?.description.contains("cannot be used") == true, "\(error as Any)")
            }
            #expect(try victim.read { try $0.vector() } == [segments[0].header.replica: segments[0].header.end])
            #expect(try victim.verify().isSound)
        }
    }
}
