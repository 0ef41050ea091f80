import Foundation
import Testing
import TestSupport

@testable import Archive
@testable import Files
@testable import History

/// Files that change names and places between two imports, with their bytes or nearly so.
@Suite struct ImportRoundTests {
    private let hills = "关于山的报告\n山高而水深，林密而鸟多，人行其中而不知远近。春来花满坡，秋去叶成河。\n"
    private let bread = "关于面包的报告\n先和面，再发酵，等到面团涨了一倍，便可以分成小块，放进炉子里烤到金黄。\n"

    /// Texts of one template: nothing but numbers and a word of the title tell them apart.
    private func brief(_ month: String, _ number: Int) -> String {
        "\(month)工作简报\n本月共受理来信\(number * 37)件，办结\(number * 31)件，回访\(number * 7)户。下一步将继续加强与各部门的沟通，"
            + "完善台账，做好值班。各科室要按照分工抓好落实，及时报送情况。\n"
    }

    private func draft(_ number: Int) -> String { hills + (1..<max(1, number)).map { "第\($0)次修改时加了一句。\n" }.joined() }

    /// How files come to their new places: renamed, or written anew.
    enum Way: CaseIterable { case renamed, written }

    /// Moves files of the folder all at once: the keys to the values.
    private func move(_ moves: [String: String], in folder: TemporaryFolder, _ way: Way) throws {
        let texts = try moves.keys.map { ($0, try String(contentsOfFile: folder.file($0), encoding: .utf8)) }
        if way == .written { return try texts.forEach { try folder.write($1, to: moves[$0]!) } }
        let files = FileManager.default
        for name in moves.keys {
            try files.moveItem(atPath: folder.file(name), toPath: folder.file(name + ".under-way"))
        }
        for (name, new) in moves {
            try? files.removeItem(atPath: folder.file(new))
            try files.moveItem(atPath: folder.file(name + ".under-way"), toPath: folder.file(new))
        }
    }

    /// The essays of a folder by the names of their files.
    private func essays(_ report: ImportReport) -> [String: ItemID] {
        Dictionary(report.items.filter { $0.status != .vanished }.map { (PathParts.name(of: $0.source), $0.id) }) {
            first, _ in first
        }
    }

    private func expectNoConflict(_ archive: Archive, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(try archive.read { try $0.essaysInConflict() }.isEmpty, sourceLocation: sourceLocation)
        #expect(try archive.verify().isSound, sourceLocation: sourceLocation)
    }

    @Test(arguments: Way.allCases) func twoFilesThatExchangeNamesAreTwoRenames(way: Way) throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(hills, to: "in/a.txt")
        try folder.write(bread, to: "in/b.txt")
        let before = essays(try folder.importing("in", to: archive))
        _ = try archive.write {
            try $0.annotate(before["a.txt"]!, .range(7..<12), AnnotationContent(body: "好"), author: Author("甲"))
        }
        for round in 0..<3 {
            try move(["in/a.txt": "in/b.txt", "in/b.txt": "in/a.txt"], in: folder, way)
            let report = try folder.importing("in", to: archive)
            let now = essays(report)
            let isBack = round == 1
            #expect(
                now["a.txt"] == before[isBack ? "a.txt" : "b.txt"] && now["b.txt"] == before[isBack ? "b.txt" : "a.txt"]
            )
            #expect(report.items.allSatisfy { $0.status == .unchanged })
            #expect(try folder.importing("in", to: archive).unchanged == 2)
            try archive.read { (reader) throws in
                for name in ["a.txt", "b.txt"] {
                    let file = try String(contentsOfFile: folder.file("in/" + name), encoding: .utf8)
                    #expect(
                        String(decoding: try reader.text(try #require(reader.findSource(name).original)), as: UTF8.self)
                            == file)
                }
            }
        }
        #expect(try archive.text(before["a.txt"]!) == hills)
        try expectNoConflict(archive)
    }

    @Test(arguments: Way.allCases, [1, 2]) func exchangedFilesMayHaveChangedALittle(way: Way, changes: Int) throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(hills, to: "in/a.txt")
        try folder.write(bread, to: "in/b.txt")
        let before = essays(try folder.importing("in", to: archive))
        try move(["in/a.txt": "in/b.txt", "in/b.txt": "in/a.txt"], in: folder, way)
        try folder.write(bread.replacing("烤到金黄", with: "烤到微黄"), to: "in/a.txt")
        if changes == 2 { try folder.write(hills.replacing("叶成河", with: "叶满河"), to: "in/b.txt") }
        let now = essays(try folder.importing("in", to: archive))
        #expect(now["a.txt"] == before["b.txt"] && now["b.txt"] == before["a.txt"])
        #expect(try archive.text(before["b.txt"]!).contains("烤到微黄"))
        try expectNoConflict(archive)
    }

    /// 02–04 become 03–05, and there is a new 02. One of them may have changed a little, too.
    @Test(arguments: Way.allCases, ["", "03.txt", "04.txt", "05.txt"]) func filesNumberedAnewKeepTheirEssays(
        way: Way, changed: String
    ) throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        for number in 1...4 { try folder.write(brief("\(number)月", number), to: "in/0\(number).txt") }
        let before = essays(try folder.importing("in", to: archive))
        try move(["in/02.txt": "in/03.txt", "in/03.txt": "in/04.txt", "in/04.txt": "in/05.txt"], in: folder, way)
        try folder.write(brief("春节", 9), to: "in/02.txt")
        if !changed.isEmpty {
            let text = try String(contentsOfFile: folder.file("in/" + changed), encoding: .utf8)
            try folder.write(text.replacing("及时报送", with: "及时上报"), to: "in/" + changed)
        }
        let now = essays(try folder.importing("in", to: archive))
        for (old, new) in [("01", "01"), ("02", "03"), ("03", "04"), ("04", "05")] {
            #expect(now[new + ".txt"] == before[old + ".txt"], "\(old)")
        }
        #expect(!before.values.contains(try #require(now["02.txt"])))
        for name in 1...5 {
            let file = try String(contentsOfFile: folder.file("in/0\(name).txt"), encoding: .utf8)
            #expect(try archive.text(now["0\(name).txt"]!) == file, "what a file holds is what its essay says")
        }
        try expectNoConflict(archive)
    }

    @Test func copiesThatMoveOnByOneNameAreVersionsOfOneEssay() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(draft(1), to: "in/稿.txt")
        let essay = try folder.importing("in", to: archive).items[0].id
        for number in 2...6 {
            if number > 2 { try move(["in/稿1.txt": "in/稿2.txt"], in: folder, .written) }
            try move(["in/稿.txt": "in/稿1.txt"], in: folder, .written)
            try folder.write(draft(number), to: "in/稿.txt")
            let report = try folder.importing("in", to: archive)
            #expect(report.items.allSatisfy { $0.id == essay && $0.status != .vanished })
            #expect(try archive.state(essay).history.order.count == number)
            #expect(try archive.text(essay) == draft(number))
        }
        try expectNoConflict(archive)
    }

    @Test(arguments: Way.allCases) func draftsOfThreeEssaysThatMoveOnStayApart(way: Way) throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        for (name, number) in [("稿", 3), ("稿1", 2), ("稿2", 1)] { try folder.write(draft(number), to: "in/\(name).txt") }
        let before = essays(try folder.importing("in", to: archive))
        #expect(Set(before.values).count == 3)
        try move(["in/稿1.txt": "in/稿2.txt", "in/稿.txt": "in/稿1.txt"], in: folder, way)
        try folder.write(draft(4), to: "in/稿.txt")
        let now = essays(try folder.importing("in", to: archive))
        #expect(now["稿1.txt"] == before["稿.txt"] && now["稿2.txt"] == before["稿1.txt"])
        #expect(try archive.text(before["稿.txt"]!) == draft(3) && archive.text(before["稿2.txt"]!) == draft(1))
        try expectNoConflict(archive)
    }

    @Test func aCopyOfAFileThatIsWorkedOnDoesNotTakeItsEssay() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(hills, to: "in/a.txt")
        let essay = try folder.importing("in", to: archive).items[0].id
        try folder.write(hills, to: "in/a 备份.txt")
        try folder.write(hills.replacing("叶成河", with: "叶满河"), to: "in/a.txt")
        #expect(essays(try folder.importing("in", to: archive)) == ["a.txt": essay, "a 备份.txt": essay])
        #expect(try archive.text(essay).contains("叶满河"))
        // And taken back from the copy, it is the older version again.
        try folder.write(hills, to: "in/a.txt")
        #expect(try folder.importing("in", to: archive).items.contains { $0.status == .updated && $0.version == 3 })
        #expect(try archive.text(essay) == hills)
    }

    @Test func aFileThatCameOverAnotherLeavesThatEssayAlone() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(hills, to: "in/a.txt")
        try folder.write(bread, to: "in/b.txt")
        let before = essays(try folder.importing("in", to: archive))
        try folder.write(bread, to: "in/a.txt")
        let report = try folder.importing("in", to: archive)
        #expect(essays(report) == ["a.txt": before["b.txt"]!, "b.txt": before["b.txt"]!])
        #expect(report.items.contains { $0.status == .vanished && $0.id == before["a.txt"]! })
        #expect(try archive.text(before["a.txt"]!) == hills)
    }

    /// More files than a batch has, all moved by one name.
    @Test func aRoundIsMoreThanABatch() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        func name(_ number: Int) -> String { "in/\(10_000 + number).txt" }
        let count = 1100
        for number in 0..<count { try folder.write(brief("第\(number)号", number + 3), to: name(number)) }
        let before = essays(try folder.importing("in", to: archive))
        for number in (0..<count).reversed() {
            try FileManager.default.moveItem(atPath: folder.file(name(number)), toPath: folder.file(name(number + 1)))
        }
        try folder.write(brief("创刊", 1), to: name(0))
        let report = try folder.importing("in", to: archive)
        let now = essays(report)
        #expect((0..<count).allSatisfy { now["\(10_001 + $0).txt"] == before["\(10_000 + $0).txt"] })
        #expect(report.counts[.new] == 1 && report.counts[.updated] == nil && report.counts[.vanished] == nil)
        try expectNoConflict(archive)
    }

    @Test func membersOfAnArchiveThatExchangeNamesAreTwoRenames() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(TestZip.compressed([("a.txt", hills), ("b.txt", bread)]), to: "in.zip")
        let before = essays(try folder.importing("in.zip", to: archive))
        try folder.write(
            TestZip.compressed([("a.txt", bread), ("b.txt", hills), ("c.txt", brief("五月", 5))]), to: "in.zip")
        let report = try folder.importing("in.zip", to: archive)
        let now = essays(report)
        #expect(now["a.txt"] == before["b.txt"] && now["b.txt"] == before["a.txt"])
        #expect(report.counts == [.unchanged: 2, .new: 1])
        try expectNoConflict(archive)
    }

    @Test func aPreviewSaysTheSame() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        for number in 1...4 { try folder.write(brief("\(number)月", number), to: "in/0\(number).txt") }
        try folder.importing("in", to: archive)
        try move(["in/02.txt": "in/03.txt", "in/03.txt": "in/04.txt", "in/04.txt": "in/05.txt"], in: folder, .renamed)
        try folder.write(brief("春节", 9), to: "in/02.txt")
        let files = FileWalker([SystemPath(folder.file("in"))], workingDirectory: SystemPath("/")).files.map(
            ImportInput.file)
        let preview = try Importer(archive, options: ImportOptions()).preview(files) { _, _ in }
        let real = try folder.importing("in", to: archive)
        #expect(Set(preview.items.map { "\($0.id) \($0.status)" }) == Set(real.items.map { "\($0.id) \($0.status)" }))
        #expect(preview.counts == [.unchanged: 4, .new: 1])
    }

    @Test func otherBytesUnderTheSameSizeAndTimeAreSeen() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(hills, to: "in.txt")
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("in.txt"))
        let essay = try folder.importing("in.txt", to: archive).items[0].id
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("in.txt")))
        try handle.write(contentsOf: Data(hills.replacing("春来", with: "夏来").utf8))
        try handle.close()
        try FileManager.default.setAttributes(
            [.modificationDate: attributes[.modificationDate]!], ofItemAtPath: folder.file("in.txt"))
        #expect(try folder.importing("in.txt", to: archive).items.map(\.status) == [.updated])
        #expect(try archive.text(essay).contains("夏来"))
    }
}
