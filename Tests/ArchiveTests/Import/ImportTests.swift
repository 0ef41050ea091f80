import Foundation
import Testing
import TestSupport

@testable import Archive
@testable import History
@testable import Prose

@Suite struct ImportTests {
    private let compilation = """
        第一篇：论山
        一、山之高
        山高而水深，林密而鸟多，人行其中而不知远近。
        第二篇：论水
        一、水之长
        水长而不息，昼夜奔流，经千里而入于海。
        第三篇：论云
        一、云之轻
        云轻而无定，随风聚散，朝为霞而暮为雨。

        """

    private func statuses(_ report: ImportReport) -> [ImportedItem.Status] { report.items.map(\.status) }

    @Test func piecesAreTheSourceAndOriginalsAreKept() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(compilation, to: "in.txt")
        let report = try folder.importing("in.txt", to: archive)
        #expect(report.items.map(\.title) == ["论山", "论水", "论云"] && statuses(report) == [.new, .new, .new])
        #expect(try report.items.map { try archive.text($0.id) }.joined() == compilation)
        let sources = try archive.read { try $0.sources(original: TextHash(hashing: Array(compilation.utf8))) }
        #expect(sources.count == 1 && sources[0].cuts.map(\.essay) == report.items.map(\.id))
        #expect(try archive.read { try $0.text(sources[0].original!) } == Array(compilation.utf8))
    }

    @Test func anUnchangedFileIsNotReadAgainAndATouchedOneChangesNothing() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(compilation, to: "in.txt")
        try folder.importing("in.txt", to: archive)
        let before = try archive.read { try $0.vector() }
        #expect(try statuses(folder.importing("in.txt", to: archive)) == [.unchanged, .unchanged, .unchanged])
        try folder.write(compilation, to: "in.txt")  // A new inode and time.
        #expect(try statuses(folder.importing("in.txt", to: archive)) == [.unchanged, .unchanged, .unchanged])
        #expect(try archive.read { try $0.vector() } == before)
    }

    @Test func aChangedFileUpdatesItsEssaysByTitleOrLikenessNeverByPlace() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(compilation, to: "in.txt")
        let first = try folder.importing("in.txt", to: archive).items.map(\.id)
        // 论云 moves to the front and gets another title, 论山 changes, a new one comes.
        let changed = """
            第一篇：说云
            一、云之轻
            云轻而无定，随风聚散，朝为霞而暮为雨。
            第二篇：论山
            一、山之高
            山高而水深，林密而兽多，人行其中而不知远近。
            第三篇：论水
            一、水之长
            水长而不息，昼夜奔流，经千里而入于海。
            第四篇：论石
            一、石之坚
            石坚而不语，历万年而犹在。

            """
        try folder.write(changed, to: "in.txt")
        let report = try folder.importing("in.txt", to: archive)
        #expect(report.items.map(\.id).prefix(3) == [first[2], first[0], first[1]])
        // 论水 stays the same text under another number, which is part of its piece.
        #expect(statuses(report) == [.updated, .updated, .updated, .new])
        #expect(try archive.state(first[0]).history.order.count == 2)
        #expect(try archive.read { try $0.counts().essays } == 4)
    }

    @Test func anImportBesideAnEditMerges() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write("关于山的短文\n山高。水深。林密。\n", to: "in.txt")
        let essay = try folder.importing("in.txt", to: archive).items[0].id
        try archive.edit(essay, "关于山的短文\n山高。水深。林茂密。\n")
        try folder.write("关于山的短文\n山很高。水深。林密。\n", to: "in.txt")
        #expect(try statuses(folder.importing("in.txt", to: archive)) == [.updated])
        #expect(try archive.text(essay) == "关于山的短文\n山很高。水深。林茂密。\n")
        let imported = try archive.state(essay).history.nodes.values.filter { $0.revision.author == nil }
        #expect(imported.count == 2 && imported.allSatisfy { $0.revision.written == nil && $0.revision.nonce == nil })
    }

    @Test func twoMachinesThatImportTheSameMakeTheSame() throws {
        let (left, right) = (try TemporaryFolder(), try TemporaryFolder())
        let archives = [try left.create(), try right.create()]
        for (folder, archive) in zip([left, right], archives) {
            try folder.write(compilation, to: "in.txt")
            try folder.importing("in.txt", to: archive)
        }
        #expect(try archives[0].read { try $0.stateHash() } == archives[1].read { try $0.stateHash() })
    }

    @Test func whatWasDeletedStaysSoUnlessAskedFor() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write("关于山的短文\n山高水深。\n", to: "in.txt")
        let essay = try folder.importing("in.txt", to: archive).items[0].id
        try archive.write { try $0.delete(essay, author: Author(nil)) }
        try folder.write("关于山的短文\n山高水深，林密。\n", to: "in.txt")
        #expect(try statuses(folder.importing("in.txt", to: archive)) == [.deleted])
        #expect(try archive.state(essay).isDeleted)
        var options = ImportOptions()
        options.undelete = true
        try folder.importing("in.txt", to: archive, options: options)
        #expect(try !archive.state(essay).isDeleted)
        options = ImportOptions()
        options.asNew = true
        let copy = try folder.importing("in.txt", to: archive, options: options)
        #expect(statuses(copy) == [.new] && copy.items[0].id != essay)
    }

    @Test func oneEssayInTwoFilesIsOneEssay() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write("关于山的短文\n山高水深。\n", to: "a.txt")
        try folder.write(Array("\u{FEFF}关于山的短文\n山高水深。\n".utf8), to: "b.txt")
        let report = try folder.importing("a.txt", "b.txt", to: archive)
        #expect(statuses(report) == [.new, .unchanged] && report.items[0].id == report.items[1].id)
        #expect(try archive.read { try $0.counts() }.sources == 2)
    }

    @Test func theWayToSplitSticksToTheSource() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(compilation, to: "in.txt")
        var options = ImportOptions()
        options.split = SplitMode.none
        #expect(try folder.importing("in.txt", to: archive, options: options).items.count == 1)
        try folder.write(compilation.replacing("昼夜", with: "日夜"), to: "in.txt")
        #expect(try statuses(folder.importing("in.txt", to: archive)) == [.updated])
    }

    @Test func foldersAreWalkedInOrderAndLinksDoNotLeadAround() throws {
        let folder = try TemporaryFolder()
        for name in ["b/2.txt", "a/1.md", "a/.hidden.txt", "c.xls", "d.TXT"] {
            try folder.write("内容\(name)。", to: "in/" + name)
        }
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("in/b/loop"), withDestinationPath: folder.file("in"))
        let walker = FileWalker([SystemPath(folder.file("in"))], workingDirectory: SystemPath("/"))
        #expect(walker.files.map { $0.path.dropFirst(folder.file("in/").count) } == ["a/1.md", "b/2.txt", "d.TXT"])
        #expect(walker.failures.isEmpty)
    }
}
