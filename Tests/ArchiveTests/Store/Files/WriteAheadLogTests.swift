import Foundation
import GRDB
import TestSupport
import Testing

@testable import Archive
@testable import History

/// A write-ahead log that a process left behind, and that is damaged then.
@Suite struct WriteAheadLogTests {
    /// An archive whose last changes stand in its log, each an essay.
    private func left(_ folder: TemporaryFolder, changes: Int = 4) throws -> String {
        let path = folder.file("a.db")
        let archive = try Archive.create(path, environment: Archive.Environment(stateDirectory: nil))
        _ = try archive.essay("先有的。", title: "零")
        try archive.close()
        // Whoever reads keeps the log from being moved into the file.
        let open = try Archive.open(path, environment: Archive.Environment(stateDirectory: nil))
        for number in 1...changes { _ = try open.essay("在日志里的第\(number)篇。", title: "第\(number)篇") }
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: folder.file("left.db") + suffix)
        }
        try open.close()
        return folder.file("left.db")
    }

    private func flip(_ path: String, at place: Int) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[place] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test func `a whole log is found whole, and a cut one is where the power failed`() throws {
        let folder = try TemporaryFolder()
        let path = try left(folder)
        let log = try #require(try WriteAheadLog(path + "-wal"))
        #expect(log.transactions().read >= 4 && log.transactions().lost == 0)
        let whole = try bytes(path + "-wal")
        try whole.dropLast(9000).write(to: URL(fileURLWithPath: path + "-wal"))
        #expect(try DatabaseFile.transactionsLost(path) == 0)
        let archive = try Archive.open(path, environment: Archive.Environment(stateDirectory: nil))
        #expect(try archive.read { try $0.counts().essays } >= 4)
    }

    @Test(arguments: [0, 2, 3, 4, 6, 8, 16, 20, 24, 40, 44, 60, 9000, 30000])
    func `one flipped bit in a log loses nothing`(place: Int) throws {
        let folder = try TemporaryFolder()
        let path = try left(folder)
        try flip(path + "-wal", at: place)
        let before = try (bytes(path), bytes(path + "-wal"))
        let environment = Archive.Environment(stateDirectory: nil)
        let link = folder.file("link.db")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        for name in [path, link] {
            #expect { try Archive.open(name, environment: environment) } throws: {
                ($0 as? ArchiveError)?.code == .corrupt
            }
            let reading = try Archive.openForReading(name, environment: environment)
            #expect(try reading.verify().problems.contains { $0.what.contains("write-ahead log") })
            #expect(try (bytes(path), bytes(path + "-wal")) == before)
        }
        let (salvaged, report) = try Archive.salvage(path, to: folder.file("new.db"), environment: environment)
        let essays = try salvaged.read { try $0.counts().essays }
        #expect(essays == 5 || !report.isComplete, "\(essays) essays")
        #expect(essays >= 4)
    }

    /// The salts of every frame but the first, which the test above flips.
    @Test func `a flipped bit in the salts of any frame loses nothing`() throws {
        let folder = try TemporaryFolder()
        let path = try left(folder)
        let whole = try bytes(path + "-wal")
        let log = try #require(try WriteAheadLog(path + "-wal"))
        for index in 1..<log.frameCount {
            for salt in [8, 12] {
                try whole.write(to: URL(fileURLWithPath: path + "-wal"))
                try flip(path + "-wal", at: log.frame(index) + salt)
                #expect(try DatabaseFile.transactionsLost(path) > 0, "frame \(index)")
            }
        }
        let (salvaged, _) = try Archive.salvage(
            path, to: folder.file("new.db"), environment: Archive.Environment(stateDirectory: nil))
        #expect(try salvaged.read { try $0.counts().essays } == 5)
    }

    /// SQLite takes a frame of page 0 for the log's end, and one of another page for that page.
    @Test func `a flipped bit in the numbers of a frame is set right by the frame's checksum`() throws {
        let folder = try TemporaryFolder()
        let path = try left(folder, changes: 1) + "-wal"
        var sound = try #require(try WriteAheadLog(path))
        let (whole, count) = (try bytes(path), sound.frameCount)
        let repaired = sound.repaired()
        for index in [0, 1, count / 2, count - 1] {
            for bit in [0, 1, 5, 13, 31, 32, 40, 61] {
                var flipped = whole
                flipped[sound.frame(index) + bit / 8] ^= 1 << (bit % 8)
                try flipped.write(to: URL(fileURLWithPath: path))
                var log = try #require(try WriteAheadLog(path))
                #expect(
                    log.transactions().lost > 0 && log.holdsAllPages() && log.repaired() == repaired,
                    "frame \(index), bit \(bit)")
            }
        }
    }

    @Test func `a frame that is of no page, and cannot be set right, does not end the log`() throws {
        let folder = try TemporaryFolder()
        let path = try left(folder)
        let log = try #require(try WriteAheadLog(path + "-wal"))
        var damaged = try bytes(path + "-wal")
        damaged.replaceSubrange(log.frame(1)..<log.frame(1) + 4, with: Data(count: 4))
        damaged[log.frame(1) + 5000] ^= 1
        try damaged.write(to: URL(fileURLWithPath: path + "-wal"))
        let environment = Archive.Environment(stateDirectory: nil)
        let archive = try Archive.openForReading(path, environment: environment)
        #expect(archive.changesInDamagedLog > 0)
        #expect(try archive.read { try $0.counts().essays } >= 4)
        #expect(try Archive.salvage(path, to: folder.file("new.db"), environment: environment).1.mayMissMore)
    }
}
