import Foundation
import GRDB
import TestSupport
import Testing

@testable import Archive
@testable import History

/// A write-ahead log beside a file that is not its own.
@Suite struct LogLinkTests {
    private let environment = Archive.Environment(stateDirectory: nil)

    private func made(_ folder: TemporaryFolder, _ name: String, essays: Int = 3) throws -> Archive {
        let archive = try Archive.create(folder.file(name), environment: environment)
        for number in 0..<essays { _ = try archive.essay("\(name)的第\(number)篇。", title: "第\(number)篇") }
        return archive
    }

    /// Copies a file, or its log, over another.
    private func copy(_ from: String, _ to: String) throws {
        try? FileManager.default.removeItem(atPath: to)
        try FileManager.default.copyItem(atPath: from, toPath: to)
    }

    /// Leaves a file with a log as a process that was killed does, under another name.
    private func leave(_ archive: Archive, as name: String, in folder: TemporaryFolder) throws {
        for suffix in ["", "-wal"] { try copy(archive.path! + suffix, folder.file(name) + suffix) }
    }

    private func isRefused(_ path: String) throws -> Bool {
        let before = try ["", "-wal"].map { try Data(contentsOf: URL(fileURLWithPath: path + $0)) }
        for isForReading in [false, true] {
            do {
                _ =
                    try isForReading
                    ? Archive.openForReading(path, environment: environment)
                    : Archive.open(path, environment: environment)
                return false
            } catch let error as ArchiveError {
                #expect(error.code == .corrupt && error.description.contains("\(path)-wal does not belong to \(path)"))
                #expect(error.remedy == .separateLog(path + "-wal"))
            }
        }
        #expect(throws: ArchiveError.self) { try Archive.salvage(path, to: path + ".new", environment: environment) }
        #expect(try ["", "-wal"].map { try Data(contentsOf: URL(fileURLWithPath: path + $0)) } == before)
        return true
    }

    @Test func `a log that another archive left is refused, and nothing is written`() throws {
        let folder = try TemporaryFolder()
        let (x, y) = (try made(folder, "x.db"), try made(folder, "y.db"))
        try leave(y, as: "left.db", in: folder)
        try x.close()
        try copy(folder.file("x.db"), folder.file("left.db"))
        #expect(try isRefused(folder.file("left.db")))
        try FileManager.default.removeItem(atPath: folder.file("left.db-wal"))
        let opened = try Archive.open(folder.file("left.db"), environment: environment)
        #expect(try opened.read { try $0.counts().essays } == 3 && opened.verify().isSound)
    }

    @Test func `an older copy of the same archive does not take the log of a newer one`() throws {
        let folder = try TemporaryFolder()
        let first = try made(folder, "x.db")
        try first.close()
        try copy(folder.file("x.db"), folder.file("old.db"))
        let second = try Archive.open(folder.file("x.db"), environment: environment)
        _ = try second.essay("后来的。", title: "后来")
        try second.close()
        let third = try Archive.open(folder.file("x.db"), environment: environment)
        _ = try third.essay("最后的。", title: "最后")
        try leave(third, as: "left.db", in: folder)
        try third.close()
        try copy(folder.file("old.db"), folder.file("left.db"))
        #expect(try isRefused(folder.file("left.db")))
    }

    @Test func `a file takes its own log, whatever was moved out of it, and under whatever ID it goes on`() throws {
        let folder = try TemporaryFolder()
        let archive = try made(folder, "x.db")
        try leave(archive, as: "left.db", in: folder)
        // Only in part in the file, as a checkpoint that was cut off leaves it.
        let middle = try Data(contentsOf: URL(fileURLWithPath: folder.file("x.db")))
        for number in 0..<3 { _ = try archive.essay("又一篇\(number)。", title: "又\(number)") }
        try archive.startNewReplicaID()
        _ = try archive.essay("换了号以后。", title: "换号")
        try leave(archive, as: "later.db", in: folder)
        try middle.write(to: URL(fileURLWithPath: folder.file("later.db")))
        for (name, essays) in [("left.db", 3), ("later.db", 7)] {
            let opened = try Archive.open(folder.file(name), environment: environment)
            #expect(try opened.read { try $0.counts().essays } == essays && opened.verify().isSound, "\(name)")
        }
        try archive.close()
        for _ in 0..<3 {
            let again = try Archive.open(folder.file("x.db"), environment: environment)
            _ = try again.rebuild()
            _ = try again.essay("再一篇。", title: "再")
            try leave(again, as: "again.db", in: folder)
            let copy = try Archive.open(folder.file("again.db"), environment: environment)
            #expect(try copy.verify().isSound)
        }
    }

    @Test func `a restored replica's log does not fit the file that the backup was of`() throws {
        let folder = try TemporaryFolder()
        let archive = try made(folder, "x.db")
        _ = try archive.backup(to: folder.file("b.db"), overwrites: false)
        try archive.close()
        let restored = try Archive.restore(folder.file("b.db"), to: folder.file("r.db"), environment: environment)
        _ = try restored.essay("恢复以后。", title: "恢复")
        try leave(restored, as: "left.db", in: folder)
        try copy(folder.file("x.db"), folder.file("left.db"))
        #expect(try isRefused(folder.file("left.db")))
    }
}
