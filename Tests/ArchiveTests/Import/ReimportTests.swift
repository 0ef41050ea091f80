import Foundation
import Testing
import TestSupport

@testable import Archive
@testable import History
@testable import Prose

/// What becomes of essays when their files change, move and multiply.
@Suite struct ReimportTests {
    private let hills = "关于山的短文\n山高而水深，林密而鸟多，人行其中而不知远近。春来花满坡，秋去叶成河。\n"
    private let bread = "面包的做法\n先和面，再发酵，等到面团涨了一倍，便可以分成小块，放进炉子里烤到金黄。\n"

    private func statuses(_ report: ImportReport) -> [ImportedItem.Status] { report.items.map(\.status) }

    @Test func aFileThatHoldsQuiteAnotherEssayDoesNotOverwriteTheOldOne() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(hills, to: "in.txt")
        let old = try folder.importing("in.txt", to: archive).items[0].id
        try folder.write(bread, to: "in.txt")
        let report = try folder.importing("in.txt", to: archive)
        #expect(statuses(report) == [.new, .vanished] && report.items[1].id == old && report.items[0].id != old)
        #expect(report.items[1].range == nil && report.essays == 1)
        #expect(try archive.text(old) == hills)
        #expect(try archive.state(old).history.order.count == 1)
    }

    @Test func whatIsThereAlreadyIsTaggedAndBroughtBackWhenAskedFor() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        for (name, text) in [("山.txt", hills), ("饼.txt", bread)] { try folder.write(text, to: "in/" + name) }
        let ids = try folder.importing("in", to: archive).items.map(\.id)
        var options = ImportOptions()
        options.tags = ["选读"]
        #expect(try statuses(folder.importing("in", to: archive, options: options)) == [.updated, .updated])
        #expect(try statuses(folder.importing("in", to: archive, options: options)) == [.unchanged, .unchanged])
        #expect(try ids.allSatisfy { try archive.state($0).fields.tags == ["选读"] })
        try archive.write { try $0.delete(ids[0], author: Author("甲")) }
        // Listed or not, the same counts.
        for listing in [Int.max, 1] {
            let inputs = FileWalker([SystemPath(folder.file("in"))], workingDirectory: SystemPath(folder.path)).files
                .map(ImportInput.file)
            let report = try Importer(archive, options: ImportOptions()).run(
                inputs, listing: listing, written: {}, progress: { _, _ in })
            #expect(report.counts.filter { $0.value > 0 } == [.unchanged: 1, .deleted: 1] && report.unchanged == 2)
        }
        #expect(
            try folder.importing("in", to: archive, options: options).counts[.deleted] == 1, "a tag brings nothing back"
        )
        options = ImportOptions()
        options.undelete = true
        #expect(try Set(statuses(folder.importing("in", to: archive, options: options))) == [.updated, .unchanged])
        #expect(try !archive.state(ids[0]).isDeleted)
    }

    @Test func anEssayThatComesBackIsKnownAgain() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(hills, to: "in.txt")
        let old = try folder.importing("in.txt", to: archive).items[0].id
        try folder.write(bread, to: "in.txt")
        try folder.importing("in.txt", to: archive)
        try folder.write(hills.replacing("花满坡", with: "花满山坡"), to: "in.txt")
        let report = try folder.importing("in.txt", to: archive)
        #expect(statuses(report) == [.updated, .vanished] && report.items[0].id == old)
    }

    @Test func anotherTitleOverTheSameTextIsTheSameEssay() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(hills, to: "in.txt")
        let old = try folder.importing("in.txt", to: archive).items[0].id
        try folder.write(hills.replacing("关于山的短文", with: "山中杂记"), to: "in.txt")
        let report = try folder.importing("in.txt", to: archive)
        #expect(statuses(report) == [.updated] && report.items[0].id == old)
        // And one that grew to many times its length.
        try folder.write(
            "山中杂记\n" + (0..<40).map { "第\($0)天，走了\($0 + 3)里路，过了\($0 * 7)座桥。\n" }.joined() + hills, to: "in.txt")
        #expect(try folder.importing("in.txt", to: archive).items.map(\.id) == [old])
    }

    @Test func anotherEncodingOrOtherLineEndsKeepTheHistory() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(hills, to: "in.txt")
        let old = try folder.importing("in.txt", to: archive).items[0].id
        let wide = Array(hills.utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        try folder.write([0xFF, 0xFE] + wide, to: "in.txt")
        let recoded = try folder.importing("in.txt", to: archive)
        #expect(statuses(recoded) == [.unchanged] && recoded.items[0].id == old && recoded.imported == 1)
        try folder.write(hills.replacing("\n", with: "\r\n"), to: "in.txt")
        let report = try folder.importing("in.txt", to: archive)
        #expect(statuses(report) == [.updated] && report.items[0].id == old)
    }

    @Test func aRenamedFileIsKnownByItsContentAndGivesItsNewName() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write("没有题目的一段话。\n", to: "旧名.txt")
        let first = try folder.importing("旧名.txt", to: archive).items[0]
        try FileManager.default.moveItem(atPath: folder.file("旧名.txt"), toPath: folder.file("新名.txt"))
        let renamed = try folder.importing("新名.txt", to: archive)
        #expect(statuses(renamed) == [.unchanged] && renamed.items[0].id == first.id)
        let sources = try archive.read { try $0.sources(of: first.id) }
        #expect(sources.map(\.name) == ["新名.txt", "旧名.txt"] && sources[0].replaces == sources[1].id)
        // Changed after that, it is still the same essay.
        try folder.write("没有题目的一段话，加了几个字。\n", to: "新名.txt")
        #expect(try folder.importing("新名.txt", to: archive).items.map(\.id) == [first.id])
        // Another file under the old name has nothing to do with it.
        try folder.write(bread, to: "旧名.txt")
        #expect(try statuses(folder.importing("旧名.txt", to: archive)) == [.new])
    }

    @Test func aSecondFileOfTheSameBytesIsASecondSourceOfTheSameEssays() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        for name in ["a.txt", "b.txt"] { try folder.write("没有题目的一段话。\n", to: name) }
        let report = try folder.importing("a.txt", "b.txt", to: archive)
        #expect(statuses(report) == [.new, .unchanged] && report.items[0].id == report.items[1].id)
        let sources = try archive.read { try $0.sources(of: report.items[0].id) }
        #expect(Set(sources.map(\.name)) == ["a.txt", "b.txt"] && sources.allSatisfy { $0.replaces == nil })
        #expect(try archive.state(report.items[0].id).history.order.count == 1)
        // Again, nothing changes, whether the files are read or not.
        let before = try archive.read { try $0.vector() }
        for name in ["a.txt", "b.txt"] { try folder.write("没有题目的一段话。\n", to: name) }
        #expect(try statuses(folder.importing("a.txt", "b.txt", to: archive)) == [.unchanged, .unchanged])
        #expect(try archive.read { try $0.vector() } == before)
    }

    @Test func filesOfOneNameInTwoFoldersAreTwoFiles() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(hills, to: "2023/note.txt")
        let first = try folder.importing("2023/note.txt", to: archive).items[0].id
        try folder.write(hills.replacing("春来花满坡", with: "冬来雪满坡"), to: "2024/note.txt")
        let second = try folder.importing("2024/note.txt", to: archive)
        #expect(statuses(second) == [.new] && second.items[0].id != first)
        // But moved to another folder and changed, a file is itself.
        try FileManager.default.removeItem(atPath: folder.file("2023/note.txt"))
        try folder.write(hills.replacing("秋去叶成河", with: "秋去叶满河"), to: "2025/note.txt")
        #expect(try folder.importing("2025/note.txt", to: archive).items.map(\.id) == [first])
    }

    @Test func aCurrentTextInAnotherFileIsThatEssay() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(hills, to: "a.txt")
        let essay = try folder.importing("a.txt", to: archive).items[0].id
        let changed = hills.replacing("花满坡", with: "花满山坡")
        try folder.write(changed, to: "a.txt")
        try folder.importing("a.txt", to: archive)
        try folder.write([0xEF, 0xBB, 0xBF] + Array(changed.utf8), to: "b.txt")
        let second = try folder.importing("b.txt", to: archive)
        #expect(statuses(second) == [.unchanged] && second.items[0].id == essay)
        // From then on it follows that file as well.
        try folder.write(changed.replacing("叶成河", with: "叶满河"), to: "b.txt")
        let third = try folder.importing("b.txt", to: archive)
        #expect(statuses(third) == [.updated] && third.items[0].id == essay)
        #expect(try archive.state(essay).history.heads.count == 1)
    }

    @Test func tagsGivenAtImportStayAndThoseOfTheTextFollowIt() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        var options = ImportOptions()
        options.tags = ["给的"]
        try folder.write("---\ntags: [甲, 乙]\n---\n# 题\n正文。\n", to: "in.md")
        let essay = try folder.importing("in.md", to: archive, options: options).items[0].id
        #expect(try archive.state(essay).fields.tags == ["乙", "甲", "给的"].map { ExactString($0) }.sorted())
        try folder.write("---\ntags: [甲, 丙]\n---\n# 题\n正文改。\n", to: "in.md")
        try folder.importing("in.md", to: archive)
        #expect(try archive.state(essay).fields.tags == ["丙", "甲", "给的"].map { ExactString($0) }.sorted())
    }

    @Test func theWayToSplitSticksThroughChangesRenamesAndCopies() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        let text = "甲篇 山\n山高。\n乙篇 水\n水深。\n"
        var options = ImportOptions()
        options.split = .pattern("^[甲乙丙]篇 ")
        try folder.write(text, to: "in.txt")
        #expect(try folder.importing("in.txt", to: archive, options: options).items.map(\.title) == ["山", "水"])
        try folder.write(text + "丙篇 云\n云轻。\n", to: "in.txt")
        #expect(try statuses(folder.importing("in.txt", to: archive)) == [.unchanged, .unchanged, .new])
        try FileManager.default.moveItem(atPath: folder.file("in.txt"), toPath: folder.file("out.txt"))
        #expect(try folder.importing("out.txt", to: archive).items.count == 3)
        try folder.write(text.replacing("水深", with: "水很深") + "丙篇 云\n云轻。\n", to: "out.txt")
        #expect(try statuses(folder.importing("out.txt", to: archive)) == [.unchanged, .updated, .unchanged])
        options.split = .auto
        #expect(
            try folder.importing("out.txt", to: archive, options: options).items.filter { $0.status != .vanished }.count
                == 1)
        try folder.write(text.replacing("水深", with: "水极深"), to: "out.txt")
        #expect(try folder.importing("out.txt", to: archive).items.filter { $0.status != .vanished }.count == 1)
    }

    @Test
    func `several essays that become one, and one that becomes several, are continued by what holds most of them`()
        throws
    {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        /// No two have a word in common.
        func essay(_ title: String, _ count: Int) -> String {
            let start = 0x4E00 + 4000 * ["甲", "乙", "丙"].firstIndex(of: title.prefix(1))!
            return "\(title)\n"
                + (0..<count).map { line in
                    String(String.UnicodeScalarView((0..<12).map { Unicode.Scalar(start + 12 * line + $0)! })) + "。\n"
                }.joined()
        }
        var options = ImportOptions()
        func importing(_ essays: [String], _ split: SplitMode) throws -> [ImportedItem.Status] {
            options.split = split
            try folder.write(essays.joined(), to: "in.txt")
            return try statuses(folder.importing("in.txt", to: archive, options: options))
        }
        let parted = SplitMode.pattern("^[甲乙丙]篇 ")
        let essays = [essay("甲篇 山", 20), essay("乙篇 水", 20), essay("丙篇 云", 20)]
        #expect(try importing(essays, parted) == [.new, .new, .new])
        #expect(try importing(essays, SplitMode.none) == [.new, .vanished, .vanished, .vanished])
        // Its parts are known from before.
        #expect(try importing(essays, parted).filter { $0 == .new }.isEmpty)
        let long = [essays[0], essay("乙篇 水", 100), essays[2]]
        #expect(try importing(long, parted) == [.unchanged, .updated, .unchanged])
    }

    @Test func aPreviewTellsAllAndChangesNothing() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write("第一篇：论山\n山高。\n第二篇：论水\n水深。\n", to: "in.txt")
        try folder.write(hills, to: "a.txt")
        try folder.write(hills, to: "b.txt")
        func preview(_ names: String...) throws -> ImportReport {
            let walker = FileWalker(
                names.map { SystemPath(folder.file($0)) }, workingDirectory: SystemPath(folder.path))
            return try Importer(archive, options: ImportOptions()).preview(walker.files.map(ImportInput.file)) { _, _ in
            }
        }
        let before = try archive.read { (try $0.vector(), try $0.counts().sources) }
        let first = try preview("in.txt", "a.txt", "b.txt")
        #expect(statuses(first) == [.new, .new, .new, .unchanged])
        #expect(first.items.allSatisfy { ($0.confidence ?? 0) > 0.5 && !$0.reason.isEmpty })
        #expect(
            try archive.read { try $0.vector() } == before.0 && archive.read { try $0.counts().sources } == before.1)
        let real = try folder.importing("in.txt", "a.txt", "b.txt", to: archive)
        #expect(real.items.map(\.id) == first.items.map(\.id))
        try folder.write("第一篇：论山\n山高。\n第二篇：论云\n云轻而无定，随风聚散。\n", to: "in.txt")
        let second = try preview("in.txt", "a.txt")
        #expect(statuses(second) == [.unchanged, .new, .vanished, .unchanged])
        #expect(second.items[3].confidence != nil, "an unchanged file is read again")
        #expect(try archive.read { try $0.counts().essays } == 3)
    }

    @Test func allThatGoesInComesOut() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        for number in 0..<5 { try folder.write("关于\(number)的短文\n内容\(number)。\n", to: "in/\(number).txt") }
        try folder.write("", to: "in/empty.txt")
        for name in ["x.png", "y.png", "z", ".hidden.png"] { try folder.write("无关", to: "in/" + name) }
        try folder.importing("in/0.txt", to: archive)
        let walker = FileWalker([SystemPath(folder.file("in"))], workingDirectory: SystemPath("/"))
        #expect(walker.skipped == [".png": 2, "no ending": 1])
        let report = try folder.importing("in", to: archive)
        #expect(report.imported == 4 && report.unchanged == 1 && report.failures.count == 1)
        #expect(report.imported + report.unchanged + report.failures.count == walker.files.count)
        #expect(report.essays == 5 && report.counts[.new] == 4 && report.counts[.unchanged] == 1)
    }
}
