import Testing
import TestSupport

@testable import Archive
@testable import History
@testable import Prose

@Suite struct WordCommentTests {
    /// A text between the signs of a comment.
    private static func commented(_ id: Int, _ text: String) -> String {
        """
        <w:commentRangeStart w:id="\(id)"/>\(TestWord.run(text))<w:commentRangeEnd w:id="\(id)"/>\
        <w:r><w:commentReference w:id="\(id)"/></w:r>
        """
    }

    private func word(_ more: String = "") -> TestWord {
        var word = TestWord()
        word.body =
            TestWord.paragraph("修桥的通知")
            + "<w:p>\(TestWord.run("桥面坏了，"))\(Self.commented(0, "先修桥面"))\(TestWord.run("，再修栏杆。"))</w:p>\(more)"
        word.comments = TestWord.comment(0, "甲", "木料够吗？") + TestWord.comment(1, "乙", "够。", date: "2031-04-06T10:00:00")
        word.threads =
            "<w15:commentEx w15:paraId=\"00000000\" w15:done=\"1\"/><w15:commentEx w15:paraId=\"00000001\" w15:paraIdParent=\"00000000\" w15:done=\"0\"/>"
        return word
    }

    private func annotations(_ archive: Archive, _ essay: ItemID) throws -> [PlacedAnnotation] {
        try archive.read { try $0.annotations(of: essay) }
    }

    @Test func commentsBecomeAnnotationsAndAnswersThreads() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(word().bytes, to: "a.docx")
        let report = try folder.importing("a.docx", to: archive)
        let essay = try #require(report.items.first?.id)
        #expect(report.annotations == 2 && report.warnings.isEmpty)
        #expect(try archive.text(essay) == "修桥的通知\n\n桥面坏了，先修桥面，再修栏杆。\n")
        let all = try annotations(archive, essay)
        let first = try #require(all.first { $0.annotation.replyTo == nil }?.annotation)
        #expect(
            first.quote == "先修桥面" && first.prefix.hasSuffix("桥面坏了，") && first.body == "木料够吗？" && first.author == "甲")
        #expect(first.modified == Timestamp("2031-04-05T09:30:00.000Z") && first.tags.map(\.string) == ["done"])
        let answer = try #require(all.first { $0.annotation.replyTo == first.id }?.annotation)
        #expect(answer.body == "够。" && answer.author == "乙" && answer.modified == Timestamp("2031-04-06T10:00:00.000Z"))
        #expect(all.allSatisfy { $0.state == .exact })
    }

    @Test func aSecondImportMakesNoneAgainEvenOfAnotherForm() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(word().bytes, to: "a.docx")
        let essay = try #require(try folder.importing("a.docx", to: archive).items.first?.id)
        let first = try #require(try annotations(archive, essay).first { $0.annotation.replyTo == nil }?.annotation.id)
        try archive.write { _ = try $0.delete(first, author: Author("丙")) }
        var changed = word("<w:p>\(Self.commented(2, "又下雨了。"))</w:p>")
        changed.comments! += TestWord.comment(2, "甲", "哪天？")
        try folder.write(changed.bytes, to: "a.docx")
        let report = try folder.importing("a.docx", to: archive)
        #expect(report.items.map(\.status) == [.updated] && report.annotations == 1)
        #expect(try annotations(archive, essay).map(\.annotation.body).sorted() == ["哪天？", "够。"])
    }

    @Test func twoMachinesMakeTheSameOnes() throws {
        let folder = try TemporaryFolder()
        try folder.write(word().bytes, to: "a.docx")
        let ids = try ["a.db", "b.db"].map { name in
            let archive = try folder.create(name)
            let essay = try #require(try folder.importing("a.docx", to: archive).items.first?.id)
            return try annotations(archive, essay).map(\.annotation.id)
        }
        #expect(ids[0].count == 2 && ids[0] == ids[1])
    }

    @Test func aCommentOnAPointIsAboutItsLineAndOneOverParagraphsHasThemAll() throws {
        var word = TestWord()
        word.body =
            TestWord.paragraph("修桥的通知")
            + "<w:p>\(TestWord.run("桥面坏了。"))<w:r><w:commentReference w:id=\"0\"/></w:r></w:p>"
            + "<w:p><w:commentRangeStart w:id=\"1\"/>\(TestWord.run("先修桥面。"))</w:p><w:p>\(TestWord.run("再修栏杆。"))<w:commentRangeEnd w:id=\"1\"/></w:p>"
            + "<w:commentRangeStart w:id=\"2\"/><w:p>\(TestWord.run("完。"))</w:p><w:commentRangeEnd w:id=\"2\"/>"
        word.comments = (0...3).map { TestWord.comment($0, "甲", "第\($0)条") }.joined()
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(word.bytes, to: "a.docx")
        let report = try folder.importing("a.docx", to: archive)
        let all = try annotations(archive, try #require(report.items.first?.id)).map(\.annotation)
        let quotes = Dictionary(all.map { ($0.body, $0.quote) }) { $0 + $1 }
        #expect(quotes["第0条"] == "桥面坏了。" && quotes["第1条"] == "先修桥面。\n\n再修栏杆。" && quotes["第2条"] == "完。")
        // One whose place is lost is kept on the first line, and told.
        #expect(quotes["第3条"] == "修桥的通知" && report.warnings.count == 1)
    }

    @Test func commentsFollowTheEssaysThatAFileIsCutInto() throws {
        var word = TestWord()
        let pieces = ["论山", "论水", "论云"]
        for (number, title) in zip(["一", "二", "三"], pieces) {
            word.body += TestWord.paragraph("第\(number)篇：\(title)")
            word.body +=
                "<w:p>\(Self.commented(pieces.firstIndex(of: title)!, "这里说\(title)"))\(TestWord.run("，高而水深，林密而鸟多。"))</w:p>"
        }
        word.comments = pieces.indices.map { TestWord.comment($0, "甲", "评\(pieces[$0])") }.joined()
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(word.bytes, to: "a.docx")
        let report = try folder.importing("a.docx", to: archive)
        #expect(report.items.map(\.title) == pieces)
        for item in report.items {
            let found = try annotations(archive, item.id).map(\.annotation)
            #expect(found.map(\.body) == ["评\(item.title)"] && found.map(\.quote) == ["这里说\(item.title)"])
        }
    }

    @Test func theDocumentsOwnPrivateCharactersAreNoMarks() throws {
        let mark = TextMark.text(.start, 0)
        var word = word()
        word.body += TestWord.paragraph("甲\(mark)乙\u{E000}\u{F0000}")
        let document = try DocumentText(of: word.bytes, name: "a.docx", options: ImportOptions())
        #expect(String(decoding: document.bytes, as: UTF8.self).hasSuffix("甲乙\u{E000}\u{F0000}\n"))
        #expect(document.losses.count == 1 && document.losses[0].hasPrefix("2 private characters"))
    }
}
