import Archive
import Foundation
import Logging
import TestSupport
import Testing

@testable import History
@testable import Hub
@testable import Sync

/// A segment's file whose place something else has taken.
@Suite struct HubNoFileTests {
    enum Other: CaseIterable, Sendable {
        case noFile(NoFile)
        case emptyFile, longFile

        static let allCases = NoFile.allCases.map(Self.noFile) + [.emptyFile, .longFile]

        func replace(_ path: String) throws {
            switch self {
            case .noFile(let what): try what.replace(path)
            case .emptyFile: try Data().write(to: URL(fileURLWithPath: path))
            case .longFile:
                try Data().write(to: URL(fileURLWithPath: path))
                #expect(truncate(path, off_t(SegmentLimits.line + SegmentLimits.payload + 1)) == 0)
            }
        }
    }

    /// What a client that holds nothing gets, asked up to three times.
    private static func clone(_ client: HubClient) throws -> [SegmentName] {
        for _ in 0..<2 {
            if let answer = try? client.sync(SyncRequest(archive: nil)), !answer.segments.isEmpty {
                return answer.segments.map(\.header.name)
            }
        }
        return try client.sync(SyncRequest(archive: nil)).segments.map(\.header.name)
    }

    @Test(arguments: [true, false])
    func `a pipe in the place of a log's folder is set aside, and the log comes again`(whileRunning: Bool) async throws
    {
        let fixture = try HubFixture()
        let (token, folder) = (fixture.token, fixture.store.folder("essays"))
        var log = TestLog(archive: .random())
        let segments = [log.segment(), log.segment()]
        let archive = log.archive
        let path = "\(folder)/log/\(log.replica.hex)"
        try await fixture.serving { address in
            try await blocking {
                _ = try HubFixture.client(address, token: token).sync(SyncRequest(archive: archive), segments: segments)
                if !whileRunning { try NoFile.pipe.replace(path) }
            }
        }
        try await fixture.serving { address in
            try await blocking {
                let client = try HubFixture.client(address, token: token)
                if whileRunning {
                    _ = try client.list("log/")
                    try NoFile.pipe.replace(path)
                }
                #expect(try Self.clone(client).isEmpty)
                _ = try client.sync(SyncRequest(archive: archive), segments: segments)
                #expect(try Self.clone(client) == segments.map(\.header.name))
            }
        }
    }

    @Test(arguments: Other.allCases, [true, false])
    func `it is set aside, logged, and comes again from whoever has it`(what: Other, whileRunning: Bool) async throws {
        let fixture = try HubFixture()
        let (token, folder) = (fixture.token, fixture.store.folder("essays"))
        var log = TestLog(archive: .random())
        let (first, second) = (log.segment(), log.segment())
        var other = TestLog(archive: log.archive)
        let sound = other.segment()
        let archive = log.archive
        let path = "\(folder)/\(first.header.name.path)"
        try await fixture.serving { address in
            try await blocking {
                _ = try HubFixture.client(address, token: token).sync(
                    SyncRequest(archive: archive), segments: [first, second, sound])
                if !whileRunning { try what.replace(path) }
            }
        }
        let lines = LogCapture()
        try await fixture.serving(logger: Logger(label: "test") { _ in lines }) { address in
            try await blocking {
                let client = try HubFixture.client(address, token: token)
                if whileRunning {
                    _ = try client.list("log/")
                    try what.replace(path)
                }
                #expect(try Self.clone(client) == [sound.header.name])
                #expect(try client.sync(SyncRequest(archive: nil)).response.lost.keys.contains(first.header.replica))
                _ = try client.sync(SyncRequest(archive: archive), segments: [first, second])
                #expect(try Set(Self.clone(client)) == [first.header.name, second.header.name, sound.header.name])
            }
        }
        #expect(lines.all.contains { $0.contains(first.header.name.path) }, "\(lines.all)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/damaged").count == 1)
        #expect(!FileManager.default.fileExists(atPath: folder + "/log/nowhere"))
    }
}
