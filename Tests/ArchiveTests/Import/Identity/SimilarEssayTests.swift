import Foundation
import Testing
import TestSupport

@testable import Archive

@Suite struct SimilarEssayTests {
    private let text = "关于山的报告\n山高而水深，林密而鸟多，人行其中而不知远近。春来花满坡，秋去叶成河。雨过之后，雾起于谷，日出而散。\n"

    @Test func aFileThatWasRenamedAndChangedIsHintedAt() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(text, to: "in/a.txt")
        let old = try folder.importing("in", to: archive).items[0]
        #expect(old.similar == nil)
        try FileManager.default.removeItem(atPath: folder.file("in/a.txt"))
        try folder.write(text.replacing("鸟多", with: "兽多"), to: "in/b.txt")
        let new = try folder.importing("in", to: archive).items[0]
        #expect(new.status == .new && new.id != old.id)
        let similar = try #require(new.similar)
        #expect(
            similar.id == old.id && similar.title == "关于山的报告" && similar.path.hasSuffix("/in/a.txt")
                && (0.8..<1).contains(similar.similarity))
        #expect(try archive.text(old.id) == text)
    }

    @Test func strangersAndFilesBesideLivingOnesAreNot() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(text, to: "in/a.txt")
        try folder.importing("in", to: archive)
        try folder.write(text.replacing("鸟多", with: "兽多"), to: "in/b.txt")
        #expect(try folder.importing("in", to: archive).items.allSatisfy { $0.similar == nil })
        try FileManager.default.removeItem(atPath: folder.file("in/a.txt"))
        try folder.write("面包的做法\n先和面，再发酵，等到面团涨了一倍，便可以分成小块，放进炉子里烤到金黄。\n", to: "in/c.txt")
        #expect(try folder.importing("in", to: archive).items.allSatisfy { $0.similar == nil })
    }
}
