import Archive
import Foundation
import SyncTesting
import TestSupport
import Testing

@testable import Sync

@Suite struct RemoteTests {
    @Test func memoryKeepsToTheContract() throws { try RemoteContract.check(MemoryRemote()) }

    @Test func aFolderKeepsToTheContract() throws {
        let folder = try TemporaryFolder()
        try RemoteContract.check(FolderRemote(path: folder.path))
        let files = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
        #expect(files.allSatisfy { !$0.contains("partial") }, "no temporary file stays")
    }

    @Test func aFolderShowsNothingThatIsNoName() throws {
        let folder = try TemporaryFolder()
        let segment = RemoteContract.segments()[0]
        let remote = FolderRemote(path: folder.path)
        try remote.put(segment.header.name.path, segment.bytes)
        let log = folder.path + "/log/" + segment.header.replica.hex
        for stray in [
            log + "/.DS_Store", log + "/\(segment.header.name.file).tmp", folder.path + "/log/desktop.ini",
            folder.path + "/readme",
        ] {
            try Data("别的".utf8).write(to: URL(fileURLWithPath: stray))
        }
        #expect(try remote.list("log/") == [segment.header.name.path])
        #expect(throws: RemoteError.self) { try remote.put("log/../../escaped", []) }
        #expect(try remote.list("heads/").isEmpty)
    }

    @Test func aTornFileIsReplacedByWhoeverHoldsTheWholeOne() throws {
        let folder = try TemporaryFolder()
        let segment = RemoteContract.segments()[0]
        let remote = FolderRemote(path: folder.path)
        try remote.put(segment.header.name.path, segment.bytes)
        try Data(segment.bytes.prefix(100)).write(
            to: URL(fileURLWithPath: folder.path + "/" + segment.header.name.path))
        #expect(throws: ObjectStore.Unreadable.damaged) { try ObjectStore(remote).segment(segment.header.name) }
        try remote.put(segment.header.name.path, segment.bytes)
        #expect(try ObjectStore(remote).segment(segment.header.name) == segment)
    }

    @Test func aMissingFolderIsReportedAndNotMade() throws {
        let folder = try TemporaryFolder()
        let remote = FolderRemote(path: folder.path + "/unmounted")
        #expect(throws: RemoteError.self) { try remote.list("heads/") }
        #expect(throws: RemoteError.self) { try remote.put(RemoteContract.segments()[0].header.name.path, []) }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/unmounted"))
    }
}
