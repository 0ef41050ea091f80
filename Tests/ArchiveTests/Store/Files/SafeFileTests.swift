import Foundation
import GRDB
import TestSupport
import Testing

@testable import Archive
@testable import Files
@testable import History

/// What stands in the way of a file that is to be written, and must be there unchanged afterwards.
enum Obstacle: CaseIterable {
    case text, archive, link, danglingLink, pipe, folder

    func make(_ path: String, folder: TemporaryFolder) throws {
        switch self {
        case .text: try Data("别人的文件。\n".utf8).write(to: URL(fileURLWithPath: path))
        case .archive:
            // No archive is made under such a name; it can be given one.
            let other = folder.file("elsewhere.db")
            try Archive.create(other, environment: folder.environment).close()
            try FileManager.default.moveItem(atPath: other, toPath: path)
        case .link:
            try Data("链接所指。\n".utf8).write(to: URL(fileURLWithPath: path + "-target"))
            symlink(path + "-target", path)
        case .danglingLink: symlink(path + "-nowhere", path)
        case .pipe: mkfifo(path, 0o600)
        case .folder: mkdir(path, 0o700)
        }
    }
}

@Suite struct SafeFileTests {
    /// Name, kind, inode and content of all in a folder.
    private func listing(_ folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != "state" }.sorted().map { name in
            let status = try #require(try FileStatus.of(folder.file(name)))
            let content = status.kind == .regular ? FileManager.default.contents(atPath: folder.file(name)) : nil
            return "\(name) \(status) \(content.map { TextHash(hashing: Array($0)).hex } ?? "")"
        }
    }

    /// Every place that an operation on archives writes: what is there stays, and the operation says which file it is.
    @Test(arguments: Obstacle.allCases, ["x.db", "x.db-wal", "x.db-shm", "x.db-journal"])
    func `nothing is overwritten by a new file`(obstacle: Obstacle, name: String) throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create("source.db")
        _ = try archive.essay("甲句。")
        _ = try archive.backup(to: folder.file("backup.db"), overwrites: false)
        try archive.close()
        try obstacle.make(folder.file(name), folder: folder)
        let before = try listing(folder)
        let operations: [() throws -> Void] = [
            { _ = try folder.create("x.db") },
            {
                _ = try Archive.restore(
                    folder.file("backup.db"), to: folder.file("x.db"), environment: folder.environment)
            },
            { _ = try folder.open("source.db").backup(to: folder.file("x.db"), overwrites: false) },
        ]
        for (number, operation) in operations.enumerated() {
            let error = #expect(throws: ArchiveError.self) { try operation() }
            #expect(
                error?.code == .cannotWrite && error?.message.contains(folder.file(name)) == true,
                "\(number): \(String(describing: error))")
            #expect(try listing(folder) == before, "operation \(number)")
        }
    }

    @Test(arguments: Obstacle.allCases)
    func `a backup replaces nothing but an older backup of the same archive`(obstacle: Obstacle) throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        _ = try archive.essay("甲句。")
        try obstacle.make(folder.file("x.db"), folder: folder)
        let before = try listing(folder)
        let error = #expect(throws: ArchiveError.self) { try archive.backup(to: folder.file("x.db"), overwrites: true) }
        #expect(error?.message.contains(folder.file("x.db")) == true)
        #expect(try listing(folder) == before)
    }

    @Test func `a backup replaces an older one, and none that holds more`() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        _ = try archive.essay("甲句。")
        _ = try archive.backup(to: folder.file("b.db"), overwrites: true)
        _ = try archive.essay("乙句。")
        let report = try archive.backup(to: folder.file("b.db"), overwrites: true)
        let restored = try Archive.restore(
            folder.file("b.db"), to: folder.file("r.db"), environment: folder.environment)
        #expect(try restored.read { try $0.stateHash() } == report.stateHash)
        // What the other replica has is not yet here.
        _ = try restored.essay("丙句。")
        _ = try restored.backup(to: folder.file("more.db"), overwrites: false)
        for (name, reason) in [
            ("more.db", "changes that this archive does not"), ("a.db", "the archive itself"), ("r.db", "in use"),
        ] {
            let error = #expect(throws: ArchiveError.self) {
                try archive.backup(to: folder.file(name), overwrites: true)
            }
            #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
        }
        let other = try Archive.create(folder.file("other.db"), environment: folder.environment)
        let error = #expect(throws: ArchiveError.self) { try other.backup(to: folder.file("b.db"), overwrites: true) }
        #expect(error?.message.contains("another archive") == true)
        #expect(throws: ArchiveError.self) { try archive.backup(to: folder.file("no/such/b.db"), overwrites: true) }
        #expect(try FileStatus.of(folder.file("no")) == nil)
    }

    @Test(arguments: Obstacle.allCases, ["", "-wal", "-shm", "-journal"])
    func `a file that has the name of the search index is left alone`(obstacle: Obstacle, suffix: String) throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        _ = try archive.essay("甲句。")
        try obstacle.make(folder.file("a.db.search" + suffix), folder: folder)
        let before = try listing(folder).filter { !$0.hasPrefix("a.db-") }
        let index = SearchIndex(archive)
        #expect(throws: ArchiveError.self) { try index.catchUp() }
        #expect(try index.search("甲句").total == 1)
        #expect(index.reasonForMemory?.message.contains("a.db.search" + suffix) == true)
        #expect(throws: ArchiveError.self) { try SearchIndex(archive).remove() }
        #expect(try listing(folder).filter { !$0.hasPrefix("a.db-") } == before)
    }

    @Test(arguments: ["-wal", "-journal", "-shm"])
    func `a foreign file beside an archive keeps it from being opened`(suffix: String) throws {
        let folder = try TemporaryFolder()
        try folder.create().close()
        try folder.write("不是日志。\n", to: "a.db" + suffix)
        let before = try listing(folder)
        let error = #expect(throws: ArchiveError.self) { try folder.open() }
        #expect(error?.message.contains("a.db" + suffix) == true)
        #expect(try listing(folder) == before)
    }

    @Test func `a newer format is refused and not changed`() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        _ = try archive.essay("甲句。")
        _ = try archive.backup(to: folder.file("b.db"), overwrites: false)
        let queue = try DatabaseQueue(path: folder.file("b.db"))
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
        try queue.close()
        let before = try listing(folder)
        #expect(throws: ArchiveError.self) { try folder.open("b.db") }
        #expect(try listing(folder) == before)
    }

    @Test func `of several that make one file at once, one succeeds`() throws {
        let folder = try TemporaryFolder()
        let (path, environment) = (folder.file("x.db"), folder.environment)
        let successes = (0..<8).map { _ in
            Background { (try? Archive.create(path, environment: environment).read { try $0.archiveID }) }
        }.compactMap { try? $0.value() }.compactMap { $0 }
        #expect(successes.count == 1)
        #expect(try folder.open("x.db").read { try $0.archiveID } == successes.first)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasPrefix(".") })
    }

    @Test func `what a killed process left is removed, and what a living one works on is not`() throws {
        let folder = try TemporaryFolder()
        let target = folder.file("b.db")
        let left = folder.file(".b.db.0123456789abcdef.partial")
        for suffix in ["", "-journal", "-lock"] { try folder.write("残", to: ".b.db.0123456789abcdef.partial" + suffix) }
        try folder.write("别的", to: ".b.db.0123456789abcde.partial")
        let living = try PartialFile(for: target, isDatabase: true)
        PartialFile.sweep(target)
        #expect(try ["", "-journal", "-lock"].allSatisfy { try FileStatus.of(left + $0) == nil })
        #expect(
            try FileStatus.of(living.path) != nil && FileStatus.of(folder.file(".b.db.0123456789abcde.partial")) != nil)
    }

    @Test func `a file that came meanwhile is not replaced`() throws {
        let folder = try TemporaryFolder()
        let target = folder.file("b")
        for predecessor in [true, false] {
            try? FileManager.default.removeItem(atPath: target)
            if predecessor { try folder.write("旧", to: "b") }
            let existing = try SafeFile.look(at: target, .file { _ in })
            let partial = try PartialFile(for: target, isDatabase: false)
            try partial.write(Array("新".utf8))
            if predecessor { rename(target, folder.file("away")) }
            try folder.write("别人的", to: "b")
            #expect(throws: ArchiveError.self) { try partial.move(replacing: existing) }
            #expect(FileManager.default.contents(atPath: target) == Data("别人的".utf8))
        }
    }

    @Test func `a file that cannot be written is named with the reason`() throws {
        let folder = try TemporaryFolder()
        try SafeFile.makeFolder(folder.file("p/q"))
        try SafeFile.write([1], to: folder.file("p/q/file"))
        #expect(FileManager.default.contents(atPath: folder.file("p/q/file")) == Data([1]))
        let error = #expect(throws: ArchiveError.self) { try SafeFile.write([1], to: folder.file("p/q/file/below/x")) }
        #expect(error?.code == .cannotWrite && error?.message.contains(folder.file("p/q/file/below")) == true)
        let long = String(repeating: "长", count: 84)
        try SafeFile.write([2], to: folder.file(long))
        #expect(FileManager.default.contents(atPath: folder.file(long)) == Data([2]))
    }
}
