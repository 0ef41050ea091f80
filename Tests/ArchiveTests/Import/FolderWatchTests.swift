import Foundation
import Testing
import TestSupport

@testable import Archive
@testable import History

@Suite struct FolderWatchTests {
    /// A watch that settles soon, and a way to stop it.
    private final class Watched {
        let folder: TemporaryFolder
        let watch: FolderWatch
        private var ends: [Int32] = [-1, -1]

        init(settled: Double = 0.05, _ prepare: (TemporaryFolder) throws -> Void = { _ in }) throws {
            folder = try TemporaryFolder()
            try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: true)
            try prepare(folder)
            watch = try FolderWatch([SystemPath(folder.file("in"))], settled: settled, unsettled: 0.4)
            #expect(pipe(&ends) == 0)
        }

        deinit { for end in ends { close(end) } }

        func stop() { _ = Glibc.write(ends[1], "x", 1) }

        /// The files that are due next, relative to the folder.
        func next() throws -> [String]? {
            try watch.next(until: ends[0])?.map { String($0.text.dropFirst(folder.file("in/").count)) }
        }

        /// All that become due until each of `names` has.
        func files(until names: Set<String>) throws -> Set<String> {
            var seen: Set<String> = []
            while !seen.isSuperset(of: names), let more = try next() { seen.formUnion(more) }
            return seen
        }
    }

    @Test func writtenAndRenamedFilesAreDueAndOthersAreNot() throws {
        let watched = try Watched { try $0.write("旧", to: "in/old.txt") }
        try watched.folder.write("甲", to: "in/a.txt")
        for name in ["in/b.png", "in/.hidden.txt", "in/empty.txt"] {
            try watched.folder.write(name == "in/empty.txt" ? "" : "x", to: name)
        }
        #expect(try watched.next() == ["a.txt"])
        // As many editors save: another file is written and takes the place of the first.
        try watched.folder.write("乙", to: "in/a.txt.tmp~")
        #expect(rename(watched.folder.file("in/a.txt.tmp~"), watched.folder.file("in/a.txt")) == 0)
        #expect(try watched.next() == ["a.txt"])
        #expect(rename(watched.folder.file("in/old.txt"), watched.folder.file("in/new.txt")) == 0)
        #expect(try watched.next() == ["new.txt"])
        watched.stop()
        #expect(try watched.next() == nil)
    }

    @Test func aFileIsDueOnceItIsWhole() throws {
        let watched = try Watched()
        let file = try #require(fopen(watched.folder.file("in/slow.txt"), "w"))
        for _ in 0..<5 {
            fputs("一句。", file)
            fflush(file)
            usleep(20_000)
        }
        fclose(file)
        #expect(try watched.next() == ["slow.txt"])
        #expect(try String(contentsOfFile: watched.folder.file("in/slow.txt"), encoding: .utf8) == "一句。一句。一句。一句。一句。")
        watched.stop()
        #expect(try watched.next() == nil, "once only")
    }

    @Test func aFileThatIsNeverClosedIsDueWhenItIsQuiet() throws {
        let watched = try Watched()
        let file = try #require(fopen(watched.folder.file("in/open.txt"), "w"))
        fputs("一句。", file)
        fflush(file)
        #expect(try watched.next() == ["open.txt"])
        fclose(file)
    }

    @Test func newAndMovedFoldersAreWatched() throws {
        let watched = try Watched { try $0.write("甲", to: "in/one/a.txt") }
        try watched.folder.write("乙", to: "in/two/deep/b.txt")
        #expect(try watched.files(until: ["two/deep/b.txt"]) == ["two/deep/b.txt"])
        try watched.folder.write("丙", to: "in/two/deep/c.txt")
        #expect(try watched.files(until: ["two/deep/c.txt"]) == ["two/deep/c.txt"])
        #expect(rename(watched.folder.file("in/one"), watched.folder.file("in/uno")) == 0)
        #expect(try watched.files(until: ["uno/a.txt"]) == ["uno/a.txt"])
        try watched.folder.write("丁", to: "in/uno/d.txt")
        #expect(try watched.files(until: ["uno/d.txt"]) == ["uno/d.txt"])
        try FileManager.default.removeItem(atPath: watched.folder.file("in/uno"))
        try watched.folder.write("戊", to: "in/e.zip")
        #expect(try watched.files(until: ["e.zip"]) == ["e.zip"])
    }

    @Test func filesRenamedOneAfterAnotherAreDueTogether() throws {
        let watched = try Watched(settled: 1) { folder in
            for name in ["a", "b"] { try folder.write(name, to: "in/\(name).txt") }
        }
        for (old, new) in [("a.txt", "c.tmp"), ("b.txt", "a.txt"), ("c.tmp", "b.txt")] {
            #expect(rename(watched.folder.file("in/" + old), watched.folder.file("in/" + new)) == 0)
            usleep(100_000)
        }
        #expect(try watched.next() == ["a.txt", "b.txt"])
    }

    @Test func aFolderThatWasReplacedIsWatchedAgain() throws {
        let watched = try Watched { try $0.write("甲", to: "in/a.txt") }
        var notices: [FolderWatch.Notice] = []
        watched.watch.notice = { notices.append($0) }
        let (folder, path) = (watched.folder, SystemPath(watched.folder.file("in")))
        #expect(rename(folder.file("in"), folder.file("away")) == 0)
        try folder.write("乙", to: "in/b.txt")
        #expect(try watched.files(until: ["b.txt"]) == ["b.txt"] && notices.last == .replaced(path))
        try folder.write("丙", to: "in/c.txt")
        #expect(try watched.files(until: ["c.txt"]) == ["c.txt"])
        // What went away is not watched under its old name.
        try folder.write("丁", to: "away/d.txt")
        try folder.write("戊", to: "in/e.txt")
        #expect(try watched.files(until: ["e.txt"]) == ["e.txt"])
    }

    @Test func aFolderThatIsDeletedOrWhoseParentIsRenamedIsWatchedWhenItComesBack() throws {
        let folder = try TemporaryFolder()
        try folder.write("甲", to: "above/in/a.txt")
        let path = SystemPath(folder.file("above/in"))
        let watch = try FolderWatch([path], settled: 0.05, unsettled: 0.4)
        var notices: [FolderWatch.Notice] = []
        watch.notice = { notice in
            notices.append(notice)
            // The next thing happens once the last was seen.
            if notices == [.gone(path)] { try? folder.write("乙", to: "above/in/b.txt") }
        }
        #expect(rename(folder.file("above"), folder.file("beyond")) == 0)
        #expect(try watch.next(until: -1)?.map(\.text) == [folder.file("above/in/b.txt")])
        #expect(notices == [.gone(path), .replaced(path)])
        watch.notice = { notice in
            notices.append(notice)
            if notice == .gone(path) { try? folder.write("丙", to: "above/in/c.txt") }
        }
        try FileManager.default.removeItem(atPath: folder.file("above/in"))
        #expect(try watch.next(until: -1)?.map(\.text) == [folder.file("above/in/c.txt")])
        #expect(notices.suffix(2) == [.gone(path), .replaced(path)])
    }

    @Test func postponedFilesComeAgain() throws {
        let watched = try Watched()
        try watched.folder.write("甲", to: "in/a.txt")
        let first = try #require(try watched.watch.next(until: -1))
        watched.watch.postpone(first, seconds: 0.05)
        #expect(try watched.watch.next(until: -1) == first)
    }

    @Test func onlyFoldersCanBeWatched() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "a.txt")
        for name in ["a.txt", "none"] {
            #expect(throws: ArchiveError.self) { try FolderWatch([SystemPath(folder.file(name))]) }
        }
    }
}
