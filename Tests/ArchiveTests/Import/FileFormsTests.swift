import Foundation
import Testing
import TestSupport

@testable import Archive
@testable import Files
@testable import History
@testable import Prose

/// Names in other forms of the same characters, what systems leave in folders, and what is given at an import.
@Suite struct FileFormsTests {
    private let text = "关于咖啡的短文\n山高而水深，林密而鸟多，人行其中而不知远近。春来花满坡。\n"
    private let composed = "caf\u{E9}.txt"
    private let decomposed = "cafe\u{301}.txt"

    @Test func composedAndDecomposedNamesAreOneSource() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(text, to: "in/" + composed)
        let essay = try folder.importing("in", to: archive).items[0].id
        // As a copy by way of another system leaves it, and changed after.
        #expect(rename(folder.file("in/" + composed), folder.file("in/" + decomposed)) == 0)
        #expect(try folder.importing("in", to: archive).items.map(\.id) == [essay])
        try folder.write(text.replacing("花满坡", with: "花满山坡"), to: "in/" + decomposed)
        let report = try folder.importing("in", to: archive)
        #expect(report.items.map(\.id) == [essay] && report.items.map(\.status) == [.updated])
        #expect(try archive.read { try $0.counts().sources } == 1)
        #expect(try folder.importing("in", to: archive).unchanged == 1)
        #expect(rename(folder.file("in/" + decomposed), folder.file("in/" + composed)) == 0)
        #expect(try folder.importing("in", to: archive).items.map(\.id) == [essay])
    }

    @Test func twoFilesWhoseNamesDifferInFormOnlyAreTwo() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        let other = "关于茶的短文\n茶生于山，采于春，焙于火，饮于杯，味清而香远。\n"
        try folder.write(text, to: "in/" + composed)
        try folder.write(other, to: "in/" + decomposed)
        let first = try folder.importing("in", to: archive)
        #expect(Set(first.items.map(\.id)).count == 2 && first.counts == [.new: 2], "\(first.counts) \(first.items)")
        #expect(try folder.importing("in", to: archive).unchanged == 2)
        try folder.write(other.replacing("香远", with: "香更远"), to: "in/" + decomposed)
        let second = try folder.importing("in", to: archive)
        #expect(
            second.counts == [.unchanged: 1, .updated: 1] && Set(second.items.map(\.id)) == Set(first.items.map(\.id)))
    }

    @Test func whatSystemsAndEditorsLeaveIsPassedOver() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        let debris = [
            "~$报告.docx", ".~报告.docx", ".~lock.报告.odt#", ".DS_Store", "Thumbs.db", "desktop.ini", "._山.txt", "山.txt~",
            ".山.txt.swp", "#山.txt#", "~WRL0001.tmp",
        ]
        for name in debris + ["山.txt"] { try folder.write(text, to: "in/" + name) }
        try folder.write(
            TestZip.compressed((debris + ["__MACOSX/._水.txt", "水.txt"]).map { ($0, text) }), to: "in/包.zip")
        let walker = FileWalker([SystemPath(folder.file("in"))], workingDirectory: SystemPath("/"))
        #expect(walker.files.map { PathParts.name(of: $0.path) }.sorted() == ["山.txt", "水.txt"].sorted())
        #expect(walker.ignored == 2 * debris.count + 1 && walker.failures.isEmpty && walker.skipped.isEmpty)
        #expect(FileWalker([SystemPath(folder.file("in/~$报告.docx"))], workingDirectory: SystemPath("/")).ignored == 1)
        #expect(try folder.importing("in", to: archive).failures.isEmpty)
    }

    @Test func anAuthorIsThatOfNewEssaysWhoseTextNamesNone() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        var options = ImportOptions()
        options.essayAuthor = "王五"
        try folder.write(text, to: "a.txt")
        try folder.write("---\nauthor: 李四\n---\n# 题\n正文。\n", to: "b.md")
        let items = try folder.importing("a.txt", "b.md", to: archive, options: options).items
        func authors() throws -> [String?] {
            try items.map { try archive.state($0.id).fields[string: FieldKey.author] }
        }
        #expect(try authors() == ["王五", "李四"])
        // It stays with later forms, whoever imports them.
        try folder.write(text.replacing("花满坡", with: "花满山坡"), to: "a.txt")
        options.essayAuthor = "赵六"
        for options in [ImportOptions(), options] {
            try folder.importing("a.txt", "b.md", to: archive, options: options)
        }
        #expect(try authors() == ["王五", "李四"])
        #expect(try SearchIndex(archive).search("author:王五").total == 1)
    }

    @Test func askedForAgainTheSameIsNotReadAgain() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        for number in 0..<3 { try folder.write("关于\(number)的短文\n内容\(number)。\n", to: "in/\(number).txt") }
        var options = ImportOptions()
        options.split = SplitMode.none
        try folder.importing("in", to: archive, options: options)
        // Nobody can read what is gone: the walk is of before.
        let inputs = FileWalker([SystemPath(folder.file("in"))], workingDirectory: SystemPath("/")).files.map(
            ImportInput.file)
        try FileManager.default.removeItem(atPath: folder.file("in"))
        for split in [SplitMode.none, nil] {
            for encoding in [TextEncoding.utf8, nil] {
                (options.split, options.encoding) = (split, encoding)
                let report = try Importer(archive, options: options).run(inputs, written: {}, progress: { _, _ in })
                #expect(report.unchanged == 3 && report.items.count == 3 && report.failures.isEmpty)
                #expect(
                    report.items.map(\.title) == ["关于0的短文", "关于1的短文", "关于2的短文"]
                        && report.items.allSatisfy { $0.version == 1 && $0.range != nil })
            }
        }
        options.split = .auto
        #expect(
            try Importer(archive, options: options).run(inputs, written: {}, progress: { _, _ in }).failures.count == 3)
    }

    @Test func theOriginalOfAnEssayImportedInANewerFormIsItsNewest() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(text, to: "a.txt")
        let essay = try folder.importing("a.txt", to: archive).items[0].id
        try folder.write(text.replacing("花满坡", with: "花满山坡"), to: "a.txt")
        try folder.importing("a.txt", to: archive)
        let original = try archive.read { try $0.text(try #require($0.findSource(essay.hex).original)) }
        #expect(String(decoding: original, as: UTF8.self).contains("花满山坡"))
    }

    @Test func `what is no file is counted and named, and not opened`() throws {
        let folder = try TemporaryFolder()
        try folder.write("一些话。", to: "in/a.txt")
        mkfifo(folder.file("in/b.txt"), 0o600)
        mkfifo(folder.file("in/pipe"), 0o600)
        symlink("b.txt", folder.file("in/c.txt"))
        symlink("/dev/null", folder.file("in/d.md"))
        mkfifo(folder.file("in/.hidden"), 0o600)
        let walker = FileWalker([SystemPath(folder.file("in"))], workingDirectory: SystemPath("/"))
        #expect(walker.files.count == 1 && walker.failures.isEmpty)
        #expect(walker.skipped == ["pipe": 3, "device": 1])
        #expect(walker.special.map { PathParts.name(of: $0.source) } == ["b.txt", "c.txt", "d.md", "pipe"])
        let named = FileWalker([SystemPath(folder.file("in/b.txt"))], workingDirectory: SystemPath("/"))
        #expect(named.failures.map(\.message) == ["a pipe, not a file or folder"] && named.special.isEmpty)
    }
}
