import Testing
import TestSupport

@testable import Archive
@testable import History
@testable import Prose

@Suite struct WordChangeTests {
    private static func inserted(_ text: String, by author: String = "甲") -> String {
        "<w:ins w:id=\"1\" w:author=\"\(author)\" w:date=\"2031-04-05T09:30:00Z\">\(TestWord.run(text))</w:ins>"
    }

    private static func deleted(_ text: String, by author: String = "甲") -> String {
        "<w:del w:id=\"2\" w:author=\"\(author)\" w:date=\"2031-04-06T09:30:00Z\"><w:r><w:delText>\(text)</w:delText></w:r></w:del>"
    }

    private static func marked(_ change: String, _ text: String) -> String {
        "<w:p><w:pPr><w:rPr><w:\(change) w:id=\"3\" w:author=\"甲\"/></w:rPr></w:pPr>\(text)</w:p>"
    }

    private let sentence =
        TestWord.paragraph("修桥的通知")
        + "<w:p>\(TestWord.run("桥面"))\(inserted("全"))\(deleted("半", by: "乙"))\(TestWord.run("坏了，先修桥面，再修栏杆，修好了再修路。"))</w:p>"

    @Test func theTextBeforeAndAfterAreVersions() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(TestWord(body: sentence).bytes, to: "a.docx")
        let item = try #require(try folder.importing("a.docx", to: archive).items.first)
        #expect(item.status == .new && item.version == 2)
        let history = try archive.state(item.id).history
        let texts = try history.order.map { id in
            String(decoding: try archive.read { try $0.text(history[id]!.text!) }, as: UTF8.self)
        }
        #expect(
            texts.map { $0.contains("桥面半坏了") } == [true, false] && texts.map { $0.contains("桥面全坏了") } == [false, true])
        let last = try #require(history.order.last.flatMap { history[$0] })
        #expect(last.author?.string == "甲、乙" && last.written == Timestamp("2031-04-06T09:30:00.000Z"))
        #expect(history.order.first.flatMap { history[$0] }?.author == nil)
        // What is known is not made again.
        try folder.write(
            TestWord(body: sentence.replacing("再修栏杆", with: "也修栏杆")).bytes, to: "a.docx")
        #expect(try folder.importing("a.docx", to: archive).items.map(\.version) == [4])
        try folder.write(
            TestWord(body: sentence + TestWord.paragraph("完。")).bytes, to: "b.docx")
        #expect(try folder.importing("b.docx", to: archive).items.map(\.status) == [.new])
    }

    @Test func anEarlierFormIsNotTakenBackByItsOwnChanges() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write(TestWord(body: sentence).bytes, to: "old.docx")
        var options = ImportOptions()
        options.tracked = .reject
        let plain = TestWord(body: TestWord.paragraph("修桥的通知") + TestWord.paragraph("桥面半坏了，先修桥面，再修栏杆，修好了再修路。"))
        try folder.write(plain.bytes, to: "a.docx")
        let first = try folder.importing("a.docx", to: archive)
        try folder.write(TestWord(body: sentence).bytes, to: "a.docx")
        let second = try folder.importing("a.docx", to: archive)
        #expect(second.items.map(\.id) == first.items.map(\.id) && second.items.map(\.version) == [2])
    }

    @Test func oneAnswerMakesOneVersion() throws {
        for (answer, text) in [(TrackedChanges.accept, "桥面全坏了"), (.reject, "桥面半坏了")] {
            let folder = try TemporaryFolder()
            let archive = try folder.create()
            try folder.write(TestWord(body: sentence).bytes, to: "a.docx")
            var options = ImportOptions()
            options.tracked = answer
            let item = try #require(try folder.importing("a.docx", to: archive, options: options).items.first)
            #expect(try item.version == 1 && archive.text(item.id).contains(text))
        }
    }

    @Test func aParagraphMarkThatIsGoneJoinsWithoutABlank() throws {
        let body = Self.marked("del", TestWord.run("前半，")) + TestWord.paragraph("后半。")
        #expect(try TestWord(body: body).text(.accept) == "前半，后半。\n")
        #expect(try TestWord(body: body).text(.reject) == "前半，\n\n后半。\n")
        let split = Self.marked("ins", TestWord.run("前半，")) + TestWord.paragraph("后半。")
        #expect(try TestWord(body: split).text(.accept) == "前半，\n\n后半。\n")
        #expect(try TestWord(body: split).text(.reject) == "前半，后半。\n")
        // A paragraph that is gone leaves nothing, also at the end.
        let gone = TestWord.paragraph("甲。") + Self.marked("del", Self.deleted("乙。")) + TestWord.paragraph("丙。")
        #expect(try TestWord(body: gone).text(.accept) == "甲。\n\n丙。\n")
        #expect(
            try TestWord(body: TestWord.paragraph("甲。") + Self.marked("del", TestWord.run("乙。"))).text(.accept)
                == "甲。\n\n乙。\n")
    }

    @Test func whatMovedIsInOnePlaceAndNumbersCountWhatIsThere() throws {
        var word = TestWord()
        word.numbering =
            "<w:abstractNum w:abstractNumId=\"0\">\(TestWord.level(0, "chineseCounting", "%1、"))</w:abstractNum><w:num w:numId=\"3\"><w:abstractNumId w:val=\"0\"/></w:num>"
        let item = { (mark: String, content: String) in
            "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"3\"/></w:numPr><w:rPr>\(mark)</w:rPr></w:pPr>\(content)</w:p>"
        }
        word.body =
            item(
                "<w:moveFrom w:id=\"1\" w:author=\"甲\"/>",
                "<w:moveFrom w:id=\"1\" w:author=\"甲\">\(TestWord.run("修桥"))</w:moveFrom>")
            + item("", TestWord.run("修路"))
            + item(
                "<w:moveTo w:id=\"2\" w:author=\"甲\"/>",
                "<w:moveTo w:id=\"2\" w:author=\"甲\">\(TestWord.run("修桥"))</w:moveTo>")
            + item("", TestWord.run("修渠"))
        #expect(try word.text(.accept) == "一、修路\n\n二、修桥\n\n三、修渠\n")
        #expect(try word.text(.reject) == "一、修桥\n\n二、修路\n\n三、修渠\n")
    }

    @Test func rowsAndPropertiesChangeToo() throws {
        let row = { (mark: String, text: String) in
            "<w:tr><w:trPr>\(mark)</w:trPr><w:tc>\(TestWord.paragraph(text))</w:tc></w:tr>"
        }
        let table =
            "<w:tbl><w:tblGrid><w:gridCol w:w=\"900\"/></w:tblGrid>\(row("", "头"))\(row("<w:ins w:id=\"1\" w:author=\"甲\"/>", "新"))\(row("<w:del w:id=\"1\" w:author=\"甲\"/>", "旧"))</w:tbl>"
        let all = TestWord(body: table + TestWord.paragraph("完。"))
        #expect(try all.text(.accept).contains("新") && !all.text(.accept).contains("旧"))
        #expect(try all.text(.reject).contains("旧") && !all.text(.reject).contains("新"))
        let styles = "<w:style w:type=\"paragraph\" w:styleId=\"1\"><w:name w:val=\"heading 1\"/></w:style>"
        let heading =
            "<w:p><w:pPr><w:pStyle w:val=\"1\"/><w:pPrChange w:id=\"1\" w:author=\"甲\"><w:pPr/></w:pPrChange></w:pPr>\(TestWord.run("缘由"))</w:p>"
        let word = TestWord(body: heading, styles: styles)
        #expect(try word.text(.accept) == "# 缘由\n" && word.text(.reject) == "缘由\n")
    }
}
