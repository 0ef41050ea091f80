import Testing
import TestSupport

@testable import Prose

@Suite struct SectionsTests {
    private func sections(_ text: String, markdown: Bool = false) -> [Section] {
        SectionParser.sections(in: Array(text.utf8), isMarkdown: markdown)
    }

    private func outline(_ text: String, markdown: Bool = false) -> [String] {
        sections(text, markdown: markdown).map { "\($0.level) \($0.path) \($0.title)" }
    }

    @Test func officialNumberingMakesATree() {
        let text = """
            关于加强村级河道管护的意见
            为保持河道整洁，现提出如下意见。
            一、总体要求
            （一）指导思想。坚持以人为本，统筹上下游。
            （二）工作目标。到年底全部完成。
            二、重点任务
            （一）清理河面。
            各村要定期组织清理。
            1.明确责任。每段设一名河长。
            （1）设立标牌。标牌写明电话。
            ①式样统一。由镇里制作。
            2.定期巡查。每周两次。
            三、保障措施
            """
        #expect(
            outline(text) == [
                "1 一 总体要求", "2 一.（一） 指导思想", "2 一.（二） 工作目标", "1 二 重点任务", "2 二.（一） 清理河面",
                "3 二.（一）.1 明确责任", "4 二.（一）.1.（1） 设立标牌", "5 二.（一）.1.（1）.① 式样统一", "3 二.（一）.2 定期巡查", "1 三 保障措施",
            ])
    }

    @Test func aSectionHoldsItsChildrenAndEndsAtTheNextOfItsLevel() throws {
        let text = "题目\n一、甲\n（一）子。文。\n二、乙\n完\n"
        let bytes = Array(text.utf8)
        let found = sections(text)
        func cut(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        #expect(cut(found[0].range) == "一、甲\n（一）子。文。\n")
        #expect(cut(found[1].range) == "（一）子。文。\n")
        #expect(cut(found[1].headingRange) == "（一）子。")
        #expect(cut(found[2].range) == "二、乙\n完\n")
    }

    @Test func levelsMayBeSkippedAndNumbersNeedNotRestart() {
        let text = "一、甲\n1.小点。文。\n二、乙\n（一）款。文。\n2.小点。文。\n三、丙\n（二）款。文。\n"
        #expect(
            outline(text) == [
                "1 一 甲", "2 一.1 小点", "1 二 乙", "2 二.（一） 款", "3 二.（一）.2 小点", "1 三 丙", "2 三.（二） 款",
            ])
    }

    @Test func levelIsByFirstAppearanceNotByShape() {
        #expect(outline("1.甲。文。\n（一）子。文。\n2.乙。文。\n") == ["1 1 甲", "2 1.（一） 子", "1 2 乙"])
    }

    @Test func widthAndWideSpacesDoNotMatter() {
        #expect(outline("\u{FEFF}　　一、甲\n　(一)子。文。\n１．小点。文。\n") == ["1 一 甲", "2 一.（一） 子", "3 一.（一）.1 小点"])
        #expect(outline("㈠甲。文。\n⒈乙。文。\n") == ["1 （一） 甲", "2 （一）.1 乙"])
    }

    @Test func divisionsStandAboveNumbers() {
        let text = "第一编 总论\n第一章　导言\n第一节 缘起\n一、背景\n第二章 方法\n第二编 分论\n第三章 结果\n"
        #expect(
            outline(text) == [
                "1 第一编 总论", "2 第一编.第一章 导言", "3 第一编.第一章.第一节 缘起", "4 第一编.第一章.第一节.一 背景", "2 第一编.第二章 方法", "1 第二编 分论",
                "2 第二编.第三章 结果",
            ])
        #expect(outline("一、引子\n第一部分 正文\n一、甲\n第二讲：后话\n") == ["1 一 引子", "1 第一部分 正文", "2 第一部分.一 甲", "2 第一部分.第二讲 后话"])
    }

    @Test(arguments: [
        "第九部队抵达村口", "第三章规定的程序", "第三章中的说法", "第一节课讲的是河流", "第三条 村民应当参加清理。", "一是清理河面。二是种树。",
        "第一，要明确责任。", "一、二、三产业要一起抓", "1.5亿元用于清理", "2024.3.1开工", "（2024）3号文件", "总体要求……3", "一心一意谋发展",
        "第二部分是说明。", "首先，清理河面。",
    ])
    func runningTextIsNoHeading(_ line: String) {
        #expect(sections("一、甲\n\(line)\n").count == 1)
    }

    @Test func itemsOfListsAreNoHeadings() {
        #expect(sections("第一条 有下列情形的，予以表扬：\n（一）清理河面的；\n（二）种树的。\n").isEmpty)
        #expect(sections("一、材料\n申请人应当提交：\n1.身份证\n2.户口簿\n3.申请书\n").count == 1)
        #expect(sections("一、材料\n（一）申请人提交下列材料。\n1.身份证。\n2.户口簿。\n").count == 2)
        #expect(sections("一、材料\n1.身份证；\n2.户口簿。\n").count == 1)
    }

    @Test(arguments: [
        "　　附件：1．值班表\n　　　　　2．物资清单\n　　　　　3．联系人名单", "附　件:1.值班表\n2.物资清单", "附：1、值班表\n　　2、物资清单", "附件1.值班表\n　　2.物资清单",
        "附件：1．本县各乡镇防汛物资储存地点和\n　　　　　数量一览表\n　　　　　2．值班表", "附件：1．值班表　2．物资清单\n　　　　　3．联系人名单", "附件：\n1.值班表", "附件：\n　　一、值班表\n",
        "附件：（1）值班表\n　　　（2）物资清单", "附表：①值班表\n　　　②物资清单", "附件1：值班表\n附件2：物资清单", "注：1．数据来自统计局。\n　　2．单位为亩。",
        "附件目录：1．值班表\n2．物资清单", "特此通知。附件：1．值班表\n　　　2．物资清单", "注：①为估计数，②为上年数。\n　　③为三年平均。",
    ])
    func annexesAndRemarksAreListsBehindTheirLabel(_ list: String) {
        let expected = list.contains("一、") ? ["一 巡堤", "一 值班表", "二 值班"] : ["一 巡堤", "二 值班"]
        #expect(
            sections("一、巡堤\n每日两次。\n\n\(list)\n\n县防汛办\n2021年6月1日\n\n二、值班\n").map { "\($0.path) \($0.title)" } == expected
        )
        if !list.contains("一、") {
            #expect(outline("\(list)\n\n一、巡堤\n1.早晚各一次。雨天加一次。\n二、值班\n") == ["1 一 巡堤", "2 一.1 早晚各一次", "1 二 值班"])
        }
    }

    @Test func numbersBehindOtherWordsStaySections() {
        #expect(outline("附近各村安排如下：\n1.甲村。先修渠。\n2.乙村。先修路。\n") == ["1 1 甲村", "1 2 乙村"])
        #expect(outline("附件1\n\n值班制度\n\n1.时间。早八点。\n2.地点。堤上。\n") == ["1 1 时间", "1 2 地点"])
        #expect(outline("附件1.值班制度\n\n1.时间。早八点。\n2.地点。堤上。\n") == ["1 1 时间", "1 2 地点"])
    }

    @Test func aHeadingMayListAnnexesItself() {
        #expect(outline("四、附件：1．值班表\n　　2．物资清单\n五、其他\n1.电话。见表。\n") == ["1 四 附件：1．值班表", "1 五 其他", "2 五.1 电话"])
    }

    @Test(arguments: [
        "――――――\n①《山志》卷二。\n②同上，第三页。", "─────\n① 县档案馆藏件。\n② 王某口述。", "———\n1.县档案馆藏件。\n2.王某口述。",
        "注释\n①《山志》卷二。又见卷三。\n②王某口述。",
        "【注】\n1．县档案馆藏件。\n2．王某口述。", "参考文献\n1.王某：《山志》。\n2.李某：《水志》。", "[1] 见《山志》。\n[2] 同上。\n①王某口述。\n②李某口述。",
        "①参见王某的文章。\n②李某口述。",
        "①《山志》卷二。\n②李某口述，长达三小时，\n由王某记录。\n③同上。",
    ])
    func notesAreNoHeadings(_ notes: String) {
        #expect(outline("山中杂记\n正文一段。\n一、山路\n正文。\n1.石阶。共三百级。\n\n\(notes)\n") == ["1 一 山路", "2 一.1 石阶"])
    }

    @Test func circledNumbersThatTheTextRefersToAreNotes() {
        let text = "一、山路\n石阶三百级①，又说“四百级”②。\n\n① 王某口述。\n② 李某口述。\n\n二、山下\n①修桥。今年完成。\n②铺路。明年完成。\n"
        #expect(outline(text) == ["1 一 山路", "1 二 山下", "2 二.① 修桥", "2 二.② 铺路"])
        #expect(outline("一、山路\n包括①石阶，②木桥。\n①石阶。三百级。\n②木桥。两座。\n").count == 3)
    }

    @Test func sectionsBehindARuleStaySections() {
        #expect(outline("山中杂记\n王某\n――――\n1.山路\n石阶三百级。\n2.山下\n木桥两座。\n").count == 2)
    }

    @Test func headingsAfterAColonKeepTheirBodies() {
        #expect(outline("工作安排如下：\n（一）清理河面。各村组织。\n（二）种树。各组实施。\n") == ["1 （一） 清理河面", "1 （二） 种树"])
    }

    @Test func aLongParagraphWithANumberIsCutAtAClause() {
        let long = "从今年春天开始在全镇范围内组织开展河道清理并建立长期管护的各项制度，" + String(repeating: "继续努力", count: 20) + "。"
        #expect(sections("（一）" + long)[0].title == "从今年春天开始在全镇范围内组织开展河道清理并建立长期管护的各项制度")
    }

    @Test func essayMarkersAreSectionsOnlyOfAnUnsplitCompilation() {
        #expect(outline("第二篇：河道\n一、甲\n") == ["1 一 甲"])
        #expect(outline("第一篇：河道\n一、甲\n第二篇：山林\n一、乙\n") == ["1 第一篇 河道", "2 第一篇.一 甲", "1 第二篇 山林", "2 第二篇.一 乙"])
    }

    // MARK: Markdown

    @Test func markdownHeadingsAreFoundOutsideCode() {
        let text = """
            ---
            title: 甲
            # 不是标题: 1
            ---
            # 总论 #
            ```
            # code
            ```
            ##  一、背景
            副题
            ---

            另一题
            ===
                # indented
            > # quoted
            ###### 深
            """
        #expect(outline(text, markdown: true) == ["1 1 总论", "2 1.一 背景", "2 1.1 副题", "1 2 另一题", "2 2.1 深"])
    }

    @Test func markdownHeadingsAreNotFoundInCommentsAndPreformattedText() {
        let text =
            "# 甲\n<!--\n# 乙\n\n# 丙 -->\n# 丁\n<!-- # 戊 -->\n<pre>\n# 己\n\n# 庚\n</pre>\n## 辛\n<PRE># 壬</PRE>\n<prefix>\n## 癸\n"
        #expect(outline(text, markdown: true) == ["1 1 甲", "1 2 丁", "2 2.1 辛", "2 2.2 癸"])
    }

    @Test func underlinedHeadingsMayRunOverLinesAndFollowAHeading() {
        #expect(
            outline("# 甲\n乙\n---\n丙\n丁\n===\n正文。\n又一行。\n---\n* * *\n---\n戊\n---\n- 项\n续\n---\n", markdown: true) == [
                "1 1 甲", "2 1.1 乙", "1 2 丙 丁", "2 2.1 戊",
            ])
    }

    @Test func markdownListsAreNoHeadingsButOfficialNumbersAre() {
        let text = "# 意见\n\n**一、总体要求**\n\n1. 甲\n2. 乙\n\n（一）子。文。\n"
        #expect(outline(text, markdown: true) == ["1 1 意见", "2 1.一 总体要求", "3 1.一.（一） 子"])
    }

    // MARK: Spans and names

    @Test func spansPartitionTheText() {
        let text = Array("题\n一、甲\n（一）子。文。\n二、乙\n".utf8)
        let spans = SectionParser.bodyRanges(in: text, isMarkdown: false)
        #expect(spans.map(\.section) == [nil, 0, 1, 2])
        #expect(spans.flatMap { Array(text[$0.range]) } == text)
        #expect(SectionParser.bodyRanges(in: [], isMarkdown: false).isEmpty)
        #expect(SectionParser.bodyRanges(in: Array("无题".utf8), isMarkdown: false).count == 1)
    }

    @Test func sectionsAreFoundByPathLabelOrTitle() {
        let found = sections("一、总体要求\n（一）目标。文。\n二、主要任务\n（一）清理。文。\n（二）种树。文。\n")
        #expect(SectionParser.find("二.（一）", in: found) == .found(3))
        #expect(SectionParser.find("二.(一)", in: found) == .found(3))
        #expect(SectionParser.find("（二）", in: found) == .found(4))
        #expect(SectionParser.find("（一）", in: found) == .ambiguous([1, 3]))
        #expect(SectionParser.find("二、", in: found) == .found(2))
        #expect(SectionParser.find("主要任务", in: found) == .found(2))
        #expect(SectionParser.find("二、主要任务", in: found) == .found(2))
        #expect(SectionParser.find("总体", in: found) == .found(0))
        #expect(SectionParser.find("没有", in: found) == .none)
        #expect(SectionParser.find("", in: found) == .none)
    }

    @Test func anyTextGivesNestedSectionsOnCharacterBoundaries() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "一、", "（一）", "1.", "1.2 ", "①", "第一章", "第二节 ", "\n", "\n", "甲乙", "。", "：", "；", " ", "　", "# ", "---",
            "```", "é", "😀", "（", "二",
        ]
        for round in 0..<400 {
            let text = Array((0..<60).map { _ in pieces.randomElement(using: &random)! }.joined().utf8)
            let found = SectionParser.sections(in: text, isMarkdown: round.isMultiple(of: 2))
            checkInvariants(found, text, "seed \(seed)")
        }
    }

    private func checkInvariants(_ found: [Section], _ text: [UInt8], _ comment: Comment) {
        func isBoundary(_ offset: Int) -> Bool { offset == text.count || text[offset] & 0xC0 != 0x80 }
        for (index, section) in found.enumerated() {
            #expect(section.range.contains(section.headingRange.lowerBound), comment)
            #expect(section.headingRange.upperBound <= section.range.upperBound, comment)
            #expect(isBoundary(section.range.lowerBound) && isBoundary(section.headingRange.upperBound), comment)
            if index > 0 {
                #expect(section.range.lowerBound > found[index - 1].range.lowerBound, comment)
                #expect(section.level <= found[index - 1].level + 1, comment)
            }
            let next = found[(index + 1)...].first { $0.level <= section.level }
            #expect(section.range.upperBound == next?.range.lowerBound ?? text.count, comment)
        }
        let spans = SectionParser.spans(of: found, length: text.count)
        #expect(spans.flatMap { Array(text[$0.range]) } == text, comment)
    }
}
