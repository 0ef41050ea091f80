import Testing
import TestSupport

@testable import Archive
@testable import History

/// Automatic numbers become the text that Word shows.
@Suite struct WordNumberingTests {
    private let official =
        "<w:abstractNum w:abstractNumId=\"7\">\(TestWord.level(0, "chineseCountingThousand", "%1、"))\(TestWord.level(1, "chineseCountingThousand", "（%2）"))\(TestWord.level(2, "decimal", "%3."))</w:abstractNum><w:num w:numId=\"3\"><w:abstractNumId w:val=\"7\"/></w:num>"

    private func lines(_ numbering: String, styles: String? = nil, _ paragraphs: String...) throws -> [String] {
        let word = TestWord(body: paragraphs.joined(), numbering: numbering, styles: styles)
        return try word.text().split(separator: "\n").map(String.init)
    }

    private func item(_ text: String, _ level: Int, list: Int = 3) -> String {
        TestWord.paragraph(text, list: list, level: level)
    }

    @Test func levelsCountAndRestart() throws {
        let lines = try lines(
            official, item("缘由", 0), item("经过", 1), item("查看", 2), item("商议", 2), item("结果", 1), item("再查", 2),
            item("办法", 0), item("修桥", 1))
        #expect(lines == ["一、缘由", "（一）经过", "1. 查看", "2. 商议", "（二）结果", "1. 再查", "二、办法", "（一）修桥"])
    }

    @Test func numbersOfHigherLevelsStandInLowerOnes() throws {
        let numbering =
            "<w:abstractNum w:abstractNumId=\"0\">\(TestWord.level(0, "upperRoman", "%1"))\(TestWord.level(1, "decimal", "%1.%2"))\(TestWord.level(2, "decimal", "%1.%2.%3", "<w:isLgl/>"))</w:abstractNum><w:num w:numId=\"3\"><w:abstractNumId w:val=\"0\"/></w:num>"
        #expect(
            try lines(
                numbering, item("Scope", 0), item("General", 1), item("Terms", 2), item("More", 2), item("Use", 0),
                item("How", 1))
                == ["I Scope", "I.1 General", "1.1.1 Terms", "1.1.2 More", "II Use", "II.1 How"])
    }

    @Test func listsOfOneDefinitionCountTogetherUnlessOneBeginsAnew() throws {
        let numbering =
            official
            + "<w:num w:numId=\"4\"><w:abstractNumId w:val=\"7\"/></w:num><w:num w:numId=\"5\"><w:abstractNumId w:val=\"7\"/><w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"5\"/></w:lvlOverride></w:num>"
        #expect(
            try lines(numbering, item("甲", 0), item("乙", 0, list: 4), item("丙", 0, list: 5), item("丁", 0, list: 5))
                == ["一、甲", "二、乙", "五、丙", "六、丁"])
    }

    @Test func aListMayDefineALevelOfItsOwnAndRefuseToRestart() throws {
        let numbering =
            "<w:abstractNum w:abstractNumId=\"0\">\(TestWord.level(0, "decimal", "第%1章"))\(TestWord.level(1, "decimal", "第%2条", "<w:lvlRestart w:val=\"0\"/>"))</w:abstractNum><w:num w:numId=\"3\"><w:abstractNumId w:val=\"0\"/><w:lvlOverride w:ilvl=\"0\">\(TestWord.level(0, "chineseCounting", "第%1章"))</w:lvlOverride></w:num>"
        #expect(
            try lines(numbering, item("总则", 0), item("目的", 1), item("范围", 1), item("附则", 0), item("解释", 1))
                == ["第一章 总则", "第1条 目的", "第2条 范围", "第二章 附则", "第3条 解释"])
    }

    @Test func stylesNumberAndAParagraphMayTakeItBack() throws {
        let styles = """
            <w:style w:type="paragraph" w:styleId="a" w:default="1"><w:name w:val="Normal"/></w:style>\
            <w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/><w:pPr><w:numPr>\
            <w:numId w:val="3"/></w:numPr></w:pPr></w:style>\
            <w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/><w:pPr><w:numPr><w:ilvl w:val="1"/>\
            <w:numId w:val="3"/></w:numPr></w:pPr></w:style>\
            <w:style w:type="paragraph" w:styleId="x"><w:name w:val="公文二级"/><w:basedOn w:val="2"/></w:style>
            """
        let lines = try lines(
            official, styles: styles, TestWord.paragraph("缘由", style: "1"), TestWord.paragraph("经过", style: "2"),
            TestWord.paragraph("结果", style: "x"), TestWord.paragraph("附记", style: "1", list: 0),
            TestWord.paragraph("办法", style: "1"), TestWord.paragraph("正文。"))
        #expect(lines == ["# 一、缘由", "## （一）经过", "## （二）结果", "# 附记", "# 二、办法", "正文。"])
    }

    @Test func aLinkedListStyleIsFollowed() throws {
        let numbering =
            "<w:abstractNum w:abstractNumId=\"0\"><w:styleLink w:val=\"list\"/>\(TestWord.level(0, "ideographDigital", "%1、"))</w:abstractNum><w:abstractNum w:abstractNumId=\"1\"><w:numStyleLink w:val=\"list\"/></w:abstractNum><w:num w:numId=\"3\"><w:abstractNumId w:val=\"1\"/></w:num>"
        #expect(try lines(numbering, item("甲", 0), item("乙", 0)) == ["一、甲", "二、乙"])
    }

    @Test func bulletsAreListsAndWordsInTheirPlaceStay() throws {
        let numbering =
            "<w:abstractNum w:abstractNumId=\"0\">\(TestWord.level(0, "bullet", "\u{F0B7}"))\(TestWord.level(1, "bullet", "o"))\(TestWord.level(2, "bullet", "注："))</w:abstractNum><w:num w:numId=\"3\"><w:abstractNumId w:val=\"0\"/></w:num>"
        let word = TestWord(
            body: TestWord.paragraph("料：") + item("木料", 0) + item("松木", 1) + item("杉木", 1) + item("石料", 0)
                + TestWord.paragraph("以上。") + item("另计", 2), numbering: numbering)
        #expect(try word.text() == "料：\n\n- 木料\n  - 松木\n  - 杉木\n- 石料\n\n以上。\n\n注：另计\n")
    }

    @Test func theLabelLooksAsTheTextThatFollowsAndAnEmptyParagraphShowsItsNumber() throws {
        let bold =
            "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"3\"/></w:numPr></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>缘由。</w:t></w:r>\(TestWord.run("桥坏了。"))</w:p>"
        #expect(try lines(official, bold, item("", 0), item("办法", 0)) == ["**一、缘由。**桥坏了。", "二、", "三、办法"])
    }

    @Test func aNumberIsNotEscaped() throws {
        #expect(
            try TestWord(body: TestWord.paragraph("1. 查看。") + TestWord.paragraph("2031. 年")).text()
                == "1. 查看。\n\n2031. 年\n")
    }

    @Test func aListThatIsNotThereNumbersNothing() throws {
        #expect(try lines(official, item("甲", 0, list: 99), item("乙", 8)) == ["甲", "乙"])
    }

    @Test func theStrictFormIsReadAndSoIsAnotherPrefix() throws {
        var word = TestWord(body: item("甲", 0), numbering: official)
        word.namespace = "http://purl.oclc.org/ooxml/wordprocessingml/main"
        #expect(try word.text() == "一、甲\n")
    }
}
