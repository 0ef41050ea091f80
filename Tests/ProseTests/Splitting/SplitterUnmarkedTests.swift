import Testing

@testable import Prose

/// Compilations without markers, or with odd ones, and what is no compilation though it looks like one.
@Suite struct SplitterUnmarkedTests {
    private static let river = """
        一、总体要求
        坚持群众路线，把河道管护好，让水清起来，让两岸的路好走起来，让来河边散步的人多起来。
        二、重点任务
        （一）清理河面。各村每月组织两次，把水草和杂物捞干净，运到指定的地方去。
        （二）栽种树木。各组在春季完成，做到栽一棵活一棵，不留空档，不栽过季的苗。
        三、保障措施
        镇里安排专人负责，按季度通报进展情况，年底把管护的好坏同村里的工作一起评。
        """
    private static let forest = """
        去年以来，林场职工上下一心，各项任务如期完成，没有发生一起火情，也没有少一棵大树。
        一、主要做法
        明确到人，分片包干，做到山有人管、树有人护，进山的路口从早到晚都有人值守登记。
        二、存在不足
        巡查力量不足，设备老化，需要逐步补齐短板，先从望远镜和对讲机换起，再修防火的便道。
        """
    private static let reading = """
        读完这本书，我想起了家乡的老屋和门前的小路。书里写的虽然是别处的事，读来却十分亲切，像是在说自己的童年。
        人要有根，根扎得深，树才长得高。我们做工作也是这样，离开了泥土就什么也做不成，也就没有人愿意同我们说话。
        合上书的时候天已经黑了，窗外下着小雨，我忽然很想回去看一看，看看那条路还在不在。
        """
    private static let english = """
        The river was there before the town was built, and it will be there when the last house has gone.
        We learn from it what we learn from every old neighbour, that patience is a kind of speed.
        Nobody who has watched it rise in spring will say that quiet things are weak.
        """

    private func titles(_ text: String, _ mode: SplitMode = .auto) throws -> [String] {
        try CompilationSplitter.cuts(in: Array(text.utf8), mode: mode, isMarkdown: false, fallbackTitle: "文件名").map(
            \.title)
    }

    private func cuts(_ text: String) throws -> [Cut] {
        try CompilationSplitter.cuts(in: Array(text.utf8), mode: .auto, isMarkdown: false, fallbackTitle: "文件名")
    }

    @Test(arguments: ["第 3 页 共 10 页", "- 3 -", "更多材料请访问 www.example.org", "来源：网络", "---------", "——————"])
    func linesOfThePageNeitherBeginNorHideAnEssay(_ line: String) throws {
        let text =
            "甲村河道管护方案\n\(Self.river)\n\(line)\n乙村护林工作总结\n\(Self.forest)\n\(line)\n丙镇水渠修缮方案\n\(Self.river)\n\(line)\n"
        #expect(try titles(text) == ["甲村河道管护方案", "乙村护林工作总结", "丙镇水渠修缮方案"])
    }

    @Test func theNameOfTheWholeAndAWordOfIntroductionBelongToTheFirstEssay() throws {
        let intro = "乡村工作材料（精选3篇）\n下面是为大家整理的乡村工作材料，供各位参考，希望对大家有所帮助。\n"
        let found = try cuts(intro + "甲村河道管护方案\n\(Self.river)\n乙村护林工作总结\n\(Self.forest)\n丙镇水渠修缮方案\n\(Self.river)")
        #expect(found.count == 3 && found[0].range.lowerBound == 0)
        #expect(found.dropFirst().map(\.title) == ["乙村护林工作总结", "丙镇水渠修缮方案"])
    }

    @Test(arguments: [("（一）", "（二）", "（三）"), ("1. ", "2. ", "3. "), ("(1)", "(2)", "(3)")])
    func numberedTitlesAboveNumberedHeadingsAreMarkers(_ marks: (String, String, String)) throws {
        let text =
            "\(marks.0)甲村河道管护方案\n\(Self.river)\n\(marks.1)乙村护林工作总结\n\(Self.forest)\n\(marks.2)丙镇水渠修缮方案\n\(Self.river)"
        #expect(try titles(text) == ["甲村河道管护方案", "乙村护林工作总结", "丙镇水渠修缮方案"])
        #expect(try titles("乡村工作报告\n" + Self.river) == ["乡村工作报告"])
    }

    @Test func anEssaySetApartByBlankLinesNeedsNoWordOfItsKind() throws {
        let text = "甲村河道管护方案\n\(Self.river)\n\n\n门前的小路\n\(Self.reading)\n\n\n乙村护林工作总结\n\(Self.forest)"
        #expect(try titles(text) == ["甲村河道管护方案", "门前的小路", "乙村护林工作总结"])
    }

    @Test func englishEssaysAreToldByTheirTitles() throws {
        let body = Self.english + "\n" + Self.english + "\n" + Self.english + "\n" + Self.english
        let text = "On Rivers\n\nOn Rivers\n\n\(body)\n\nThe Patience of Water\n\nThe Patience of Water\n\n\(body)\n"
        #expect(try titles(text) == ["On Rivers", "The Patience of Water"])
    }

    @Test(arguments: ["回", "卷", "集", "课"])
    func chaptersOfAStoryAreOneEssay(_ unit: String) throws {
        let chapters = ["一", "二", "三"].map {
            "\n\n第\($0)\(unit) 山乡旧事\n\(Self.reading)\n\(Self.reading)\n\(Self.reading)"
        }
        #expect(try titles("大河湾\n" + chapters.joined()) == ["大河湾"])
    }

    @Test func headingsOfAnEnglishEssayDoNotSplit() throws {
        let parts = ["Introduction", "Chapter One", "PART II", "IV", "Conclusion"].map {
            "\n\n\($0)\n\n" + String(repeating: Self.english + "\n", count: 12)
        }
        #expect(try titles("On Rivers\n\n" + parts.joined()) == ["On Rivers"])
    }

    @Test func titlesMayBearMarksOfMarkdownInPlainText() throws {
        let text = "**甲村河道管护方案**\n\(Self.river)\n**乙村护林工作总结**\n\(Self.forest)\n# 丙镇水渠修缮方案\n\(Self.river)"
        #expect(try titles(text) == ["甲村河道管护方案", "乙村护林工作总结", "丙镇水渠修缮方案"])
    }

    @Test func aDocumentWithBoldTitlesIsSplitWhenItComesAsMarkdown() throws {
        let river = Self.river.replacing("一、总体要求", with: "**一、总体要求**").replacing("\n", with: "\n\n")
        let text = "**甲村河道管护方案**\n\n\(river)\n\n**乙村护林工作总结**\n\n\(Self.forest)\n\n**丙镇水渠修缮方案**\n\n\(river)"
        let found = try CompilationSplitter.cuts(
            in: Array(text.utf8), mode: .auto, isMarkdown: true, fallbackTitle: "名")
        #expect(found.map(\.title) == ["甲村河道管护方案", "乙村护林工作总结", "丙镇水渠修缮方案"])
    }

    @Test func upperAndLowerPartsAreOneEssay() throws {
        #expect(try titles("乡村工作报告\n上篇 河道\n\(Self.river)\n下篇 山林\n\(Self.forest)") == ["乡村工作报告"])
    }

    @Test func headingsWithoutNumbersDoNotSplit() throws {
        let parts = ["河道的情况", "山林的情况", "几点体会", "今后的工作"].map { "\($0)\n\(Self.reading)" }
        #expect(try titles("东河镇纪事\n\(Self.reading)\n" + parts.joined(separator: "\n")) == ["东河镇纪事"])
    }

    @Test func whatIsSurerHasMoreConfidence() throws {
        let text = "甲村河道管护方案\n\(Self.river)\n乙村护林工作总结\n\(Self.forest)\n丙镇水渠修缮方案\n各村民委员会：\n\(Self.river)"
        let found = try cuts(text)
        #expect(found.count == 3)
        #expect(found[1].confidence > 0.5 && found[2].confidence > found[1].confidence && found[2].confidence <= 1)
        #expect(found[2].reason.contains("addressee follows"))
    }

    @Test func lineEndingsAndIndentationDoNotMatter() throws {
        let plain = "甲村河道管护方案\n\(Self.river)\n乙村护林工作总结\n\(Self.forest)\n丙镇水渠修缮方案\n\(Self.river)\n"
        let indented = plain.split(separator: "\n").map {
            $0.hasPrefix("甲") || $0.hasPrefix("乙") || $0.hasPrefix("丙") ? $0 : "　　" + $0
        }
        #expect(try titles(plain) == ["甲村河道管护方案", "乙村护林工作总结", "丙镇水渠修缮方案"])
        #expect(try titles(indented.joined(separator: "\r\n")) == ["甲村河道管护方案", "乙村护林工作总结", "丙镇水渠修缮方案"])
        #expect(try titles(indented.joined(separator: "\n\n")) == ["甲村河道管护方案", "乙村护林工作总结", "丙镇水渠修缮方案"])
    }
}
