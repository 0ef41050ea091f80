import Archive
import Dispatch
import Foundation
import HTTPServing
import Logging
import TestSupport
import Testing

@testable import History
@testable import Hub
@testable import Sync

/// A store with the archive `essays`, and how to reach it through a hub on a free port of the loopback.
struct HubFixture {
    let folder = try! TemporaryFolder()
    let store: HubStore
    let token: String

    init() throws {
        store = HubStore(path: folder.path + "/store")
        token = try store.create(name: "essays")
    }

    /// Serves the store while `body` runs, and gives up after a second who stands still. `body` is given what the hub logs, too.
    func servingImpatiently(
        heartbeat: Duration = .seconds(15),
        _ body: @Sendable @escaping (_ address: String, _ lines: LogCapture) async throws -> Void
    ) async throws {
        var limits = HTTPLimits()
        limits.stall = .seconds(1)
        limits.heartbeat = heartbeat
        let lines = LogCapture()
        try await serving(limits: limits, logger: Logger(label: "test") { _ in lines }) { try await body($0, lines) }
    }

    /// Serves the store while `body` runs, which is given the hub's address.
    func serving<Value: Sendable>(
        limits: HTTPLimits = HTTPLimits(), logger: Logger = .quiet,
        _ body: @Sendable @escaping (String) async throws -> Value
    ) async throws -> Value {
        let (addresses, told) = AsyncStream.makeStream(of: String.self)
        let store = store
        let listener = HTTPListener(port: 0, limits: limits)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                // Its end by cancellation is how every test ends it.
                defer { told.finish() }
                do {
                    try await serve(store: store, listener: listener, onReady: { told.yield($0) }, logger: logger)
                } catch  where Task.isCancelled {}
                return nil
            }
            group.addTask {
                for await address in addresses { return try await body(address) }
                throw HubError(.storage, "the hub did not start")
            }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw HubError(.storage, "the hub ended before the test did")
        }
    }

    /// A client of `essays`, with a connection of its own.
    static func client(_ address: String, token: String, archive: String = "essays") throws -> HubClient {
        HubClient(url: "\(address)/v1/archives/\(archive)", token: token, client: try HTTPClient())
    }

    var files: [String] {
        let root = store.folder("essays")
        return (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []).filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(root)/\($0)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }
    }
}

extension Logger {
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// Runs what blocks on a thread that the hub under test does not need.
func blocking<Value: Sendable>(_ work: @Sendable @escaping () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
}

/// The same, and nobody waits for it.
func blockingDetached(_ work: @Sendable @escaping () -> Void) { Thread.detachNewThread(work) }

/// The log of a replica that does not exist, cut into segments with payloads that nobody unpacks.
struct TestLog {
    let archive: ArchiveID
    let replica: ReplicaID
    private(set) var end = LogPosition.start

    init(archive: ArchiveID, replica: ReplicaID = .random()) {
        self.archive = archive
        self.replica = replica
    }

    mutating func segment(entries: Int = 1, bytes: Int = 100) -> LogSegment {
        let payload = (0..<bytes).map { _ in UInt8.random(in: 0...255) }
        var chain = end.chain
        for _ in 0..<entries {
            chain = chain.appending(EntryID(hashing: (0..<8).map { _ in UInt8.random(in: 0...255) }))
        }
        let last = end.sequence + Int64(entries)
        let header = SegmentHeader(
            archive: archive, replica: replica, first: end.sequence + 1, last: last, previous: end.chain, chain: chain,
            payload: payload)
        end = LogPosition(sequence: last, chain: chain)
        return LogSegment(header: header, payload: payload)
    }

    /// The request of a client that holds this log and has not seen the hub.
    var request: SyncRequest { SyncRequest(archive: archive, vector: [replica: end.sequence]) }
}
