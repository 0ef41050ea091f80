import Testing
import TestSupport

@testable import Archive
@testable import History

/// What else of a Word document is in its text, or told.
@Suite struct WordBodyTests {
    @Test func textBoxesStandAfterTheirParagraphOnceEach() throws {
        let box = { (text: String) in "<w:txbxContent>\(TestWord.paragraph(text))</w:txbxContent>" }
        let old = "<w:r><w:pict><v:shape><v:textbox>\(box("河湾村文件"))</v:textbox></v:shape></w:pict></w:r>"
        let new =
            "<w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:drawing><wps:wsp><wps:txbx>\(box("急件"))</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>\(box("急件"))</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        let text = try TestWord(
            body:
                "<w:p>\(TestWord.run("甲段。"))\(old)\(TestWord.run("仍是甲段。"))</w:p><w:p>\(new)\(TestWord.run("乙段。"))</w:p>"
        ).text()
        #expect(text == "甲段。仍是甲段。\n\n河湾村文件\n\n乙段。\n\n急件\n")
    }

    @Test func rubyLeavesItsBase() throws {
        let ruby =
            "<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>zùn</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>圳</w:t></w:r></w:rubyBase></w:ruby></w:r>"
        #expect(
            try TestWord(body: "<w:p>\(TestWord.run("渡口在"))\(ruby)\(TestWord.run("头村。"))</w:p>").text() == "渡口在圳头村。\n")
    }

    @Test func wrappersAreLaidOpenAndIndentsAreNoQuotations() throws {
        let inner = "<w:sdt><w:sdtPr/><w:sdtContent>\(TestWord.run("甲"))</w:sdtContent></w:sdt>"
        let field = "<w:fldSimple w:instr=\"DATE\">\(TestWord.run("乙"))</w:fldSimple>"
        let tag = "<w:smartTag><w:customXml>\(TestWord.run("丙"))</w:customXml></w:smartTag>"
        let block =
            "<w:sdt><w:sdtContent><w:p><w:pPr><w:ind w:left=\"1440\"/></w:pPr>\(inner)\(field)\(tag)</w:p></w:sdtContent></w:sdt>"
        #expect(try TestWord(body: block + TestWord.paragraph("&gt; 丁")).text() == "甲乙丙\n\n\\> 丁\n")
    }

    @Test func notesAndTablesStayAndNumbersCountInThem() throws {
        var word = TestWord()
        let cell = { (text: String) in "<w:tc><w:tcPr><w:tcW w:w=\"900\" w:type=\"dxa\"/></w:tcPr>\(text)</w:tc>" }
        let row = { (cells: String...) in "<w:tr>\(cells.joined())</w:tr>" }
        let item = { (text: String) in TestWord.paragraph(text, list: 3, level: 0) }
        word.numbering =
            "<w:abstractNum w:abstractNumId=\"0\">\(TestWord.level(0, "decimal", "%1."))</w:abstractNum><w:num w:numId=\"3\"><w:abstractNumId w:val=\"0\"/></w:num>"
        word.footnotes = "<w:footnote w:id=\"2\">\(TestWord.paragraph("以当面说定的为准。"))</w:footnote>"
        word.body =
            "<w:p>\(TestWord.run("先修桥面"))<w:r><w:footnoteReference w:id=\"2\"/></w:r>\(TestWord.run("。"))</w:p>"
            + "<w:tbl><w:tblPr><w:tblLook w:firstRow=\"1\"/></w:tblPr><w:tblGrid><w:gridCol w:w=\"900\"/><w:gridCol w:w=\"7000\"/></w:tblGrid>\(row(cell(TestWord.paragraph("序")), cell(TestWord.paragraph("名"))))\(row(cell(item("")), cell(TestWord.paragraph("钉"))))\(row(cell(item("")), cell(TestWord.paragraph("很长的一个名字"))))</w:tbl>"
        let text = try word.text()
        #expect(text.contains("先修桥面[^1]。") && text.contains("[^1]: 以当面说定的为准。"), "\(text)")
        for line in ["| 序 | 名 |", "|---|---|", "| 1. | 钉 |", "| 2. | 很长的一个名字 |"] {
            #expect(text.contains(line + "\n"), "\(line) in \(text)")
        }
    }

    @Test func whatHasNoTextIsCounted() throws {
        let chart =
            "<w:drawing><c:chart xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\"/></w:drawing>"
        let object =
            "<w:object><o:OLEObject xmlns:o=\"urn:schemas-microsoft-com:office:office\" ProgID=\"Excel.Sheet.12\"/></w:object>"
        let word = TestWord(body: "<w:p>\(TestWord.run("甲"))<w:r>\(chart)</w:r><w:r>\(object)\(object)</w:r></w:p>")
        let document = try DocumentText(of: word.bytes, name: "a.docx", options: ImportOptions())
        #expect(document.losses.count == 2, "\(document.losses)")
        #expect(document.losses.contains { $0.hasPrefix("2 embedded objects of it are") })
        #expect(document.losses.contains { $0.hasPrefix("1 diagram of it is") })
    }

    @Test func hostilePartsAreRefused() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        var bomb = TestWord(body: TestWord.paragraph("山"))
        let entities = (1...9).map { "<!ENTITY a\($0) \"\(String(repeating: "&a\($0 - 1);", count: 10))\">" }.joined()
        bomb.prolog = "<!DOCTYPE w [<!ENTITY a0 \"山\">\(entities)]>"
        try folder.write(bomb.bytes, to: "bomb.docx")
        var deep = TestWord()
        deep.body = String(repeating: "<w:sdt>", count: 5000) + String(repeating: "</w:sdt>", count: 5000)
        try folder.write(deep.bytes, to: "deep.docx")
        try folder.write([0xD0, 0xCF, 0x11, 0xE0] + [UInt8](repeating: 0, count: 600), to: "old.docx")
        var cut = TestWord(body: TestWord.paragraph("甲"))
        cut.prolog = "<w:document>"
        try folder.write(cut.bytes, to: "cut.docx")
        let report = try folder.importing("bomb.docx", "deep.docx", "old.docx", "cut.docx", to: archive)
        #expect(report.failures.count == 4 && report.items.isEmpty, "\(report.items.map(\.title))")
        #expect(report.failures[0].message.contains("exhaust memory"), "\(report.failures)")
        #expect(report.failures[2].message.contains("older Word"), "\(report.failures)")
    }

    @Test func bytesThatWereChangedCrashNothing() throws {
        var word = TestWord(body: TestWord.paragraph("甲", list: 3, level: 0))
        word.numbering =
            "<w:abstractNum w:abstractNumId=\"0\">\(TestWord.level(0, "decimal", "%1."))</w:abstractNum><w:num w:numId=\"3\"><w:abstractNumId w:val=\"0\"/></w:num>"
        word.comments = TestWord.comment(0, "甲", "乙")
        let good = word.bytes
        var generator = SeededGenerator(seed: 20_311_130)
        for _ in 0..<2000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            _ = try? WordDocument(bytes, .accept)
        }
        #expect(try WordDocument(good, .accept).comments.all.count == 1)
    }
}
