import Testing
import TestSupport

@testable import Prose

/// Essays of our own for compilations.
private enum Essay {
    static let river = """
        一、总体要求
        坚持群众路线，把河道管护好，让水清起来。
        二、重点任务
        （一）清理河面。各村每月组织两次。
        （二）栽种树木。各组在春季完成。
        三、保障措施
        镇里安排专人负责，按季度通报进展情况。
        """
    static let forest = """
        去年以来，林场职工上下一心，各项任务如期完成。
        一、主要做法
        明确到人，分片包干，做到山有人管、树有人护。
        二、存在不足
        巡查力量不足，设备老化，需要逐步补齐短板。
        """
    static let speech = """
        同志们：
        今天召开这次会议，主要任务是部署春耕工作。下面我讲三点意见。
        一、认清形势
        今年雨水偏少，抗旱保苗的任务很重。
        二、落实责任
        各村要把任务分到组、落到户。
        谢谢大家！
        """
    /// No numbering at all.
    static let reading = """
        读完这本书，我想起了家乡的老屋和门前的小路。书里写的虽然是别处的事，读来却十分亲切。
        人要有根，根扎得深，树才长得高。我们做工作也是这样，离开了泥土就什么也做不成。
        """
}

@Suite struct SplitterTests {
    private func cuts(_ text: String, _ mode: SplitMode = .auto, markdown: Bool = false) throws -> [Cut] {
        try CompilationSplitter.cuts(in: Array(text.utf8), mode: mode, isMarkdown: markdown, fallbackTitle: "文件名")
    }

    private func titles(_ text: String, _ mode: SplitMode = .auto, markdown: Bool = false) throws -> [String] {
        try cuts(text, mode, markdown: markdown).map(\.title)
    }

    private func starts(_ cuts: [Cut], in text: String) -> [String] {
        let bytes = Array(text.utf8)
        return cuts.map { cut in String(decoding: bytes[cut.range].prefix { $0 != 0x0A }, as: UTF8.self) }
    }

    // MARK: Markers

    @Test(arguments: [
        ["第一篇：甲村河道", "第二篇：乙村山林"], ["第1篇 甲村河道", "第2篇 乙村山林"], ["篇一：甲村河道", "篇二：乙村山林"], ["范文1：甲村河道", "范文2：乙村山林"],
        ["（第一篇）甲村河道", "（第二篇）乙村山林"], ["【篇一】甲村河道", "【篇二】乙村山林"], ["范文（一）：甲村河道", "范文（二）：乙村山林"],
        ["第一篇\n甲村河道", "第二篇\n乙村山林"], ["## 第一篇：甲村河道", "## 第二篇：乙村山林"], ["　　第 一 篇、甲村河道", "　　第 二 篇、乙村山林"],
        ["一、第一篇：甲村河道", "二、第二篇：乙村山林"], ["◇第一篇章 甲村河道", "◇第二篇章 乙村山林"], ["**第一篇：甲村河道**", "**第二篇：乙村山林**"],
        ["—— 第一篇 ——\n甲村河道", "—— 第二篇 ——\n乙村山林"], ["〖篇一〗甲村河道", "〖篇二〗乙村山林"], ["篇目1：甲村河道", "篇目2：乙村山林"],
    ])
    func markersOfManyStylesSplit(_ markers: [String]) throws {
        let text = "\(markers[0])\n\(Essay.river)\n\(markers[1])\n\(Essay.forest)\n"
        for mode in [SplitMode.auto, .markers] {
            let found = try cuts(text, mode)
            #expect(found.map(\.title) == ["甲村河道", "乙村山林"])
            #expect(found.allSatisfy { $0.confidence > 0.9 })
        }
    }

    @Test func aNumberBehindARepeatedTitleIsAMarker() throws {
        let text = "春耕工作总结（一）\n\(Essay.reading)\n春耕工作总结（二）\n\(Essay.reading)\n春耕工作总结（三）\n\(Essay.reading)"
        #expect(try titles(text) == ["春耕工作总结（一）", "春耕工作总结（二）", "春耕工作总结（三）"])
    }

    @Test func aMarkerBehindTheTitleIsOneWhereSuchMarkersCountOn() throws {
        let text = "甲村河道（第一篇）\n\(Essay.river)\n乙村山林（第二篇）\n\(Essay.forest)"
        #expect(try titles(text) == ["甲村河道（第一篇）", "乙村山林（第二篇）"])
    }

    @Test func aSummaryLineBelongsToTheFirstEssay() throws {
        let text =
            " 第一篇：甲村河道坚持群众路线，把河道管护好，让水清起来，各村每月组织两次清理，各组在春季完成栽种，镇里安排专人负责，按季度通报\n第一篇：甲村河道\n\(Essay.river)\n第二篇：乙村山林\n\(Essay.forest)"
        let found = try cuts(text)
        #expect(found.map(\.title) == ["甲村河道", "乙村山林"])
        #expect(found[0].range.lowerBound == 0)
    }

    @Test func gapsBetweenMarkersSayHowManyEssaysAreDue() throws {
        let text = "第一篇：甲村河道\n\(Essay.river)\n乙村山林\n\(Essay.forest)\n丙镇春耕\n\(Essay.speech)\n第四篇：丁村水渠\n\(Essay.river)"
        let found = try cuts(text)
        #expect(found.map(\.title) == ["甲村河道", "乙村山林", "丙镇春耕", "丁村水渠"])
        #expect(found[1].reason.contains("2 unmarked essays due"))
        #expect(try titles(text, .markers) == ["甲村河道", "丁村水渠"])
    }

    @Test func anEssayWithoutNumberingIsFoundWhereOneIsDue() throws {
        let text = "第一篇：甲村河道\n\(Essay.river)\n读《乡土》有感\n\(Essay.reading)\n第三篇：乙村山林\n\(Essay.forest)"
        #expect(try titles(text) == ["甲村河道", "读《乡土》有感", "乙村山林"])
    }

    @Test func aTableOfContentsIsNotSplit() throws {
        let list = "第一篇：甲村河道……1\n第二篇：乙村山林……4\n第三篇：丙镇春耕……9\n"
        let body = "第一篇：甲村河道\n\(Essay.river)\n第二篇：乙村山林\n\(Essay.forest)\n第三篇：丙镇春耕\n\(Essay.speech)"
        let found = try cuts("目录\n" + list + body)
        #expect(found.map(\.title) == ["甲村河道", "乙村山林", "丙镇春耕"])
        #expect(found[0].range.lowerBound == 0)
        #expect(try titles(list + body) == ["甲村河道", "乙村山林", "丙镇春耕"])
    }

    @Test func titlesOfATableOfContentsMarkUnmarkedEssays() throws {
        let text =
            "乡村工作汇编\n目　录\n1. 甲村河道记事\n2. 读《乡土》有感\n3. 乙村山林记事\n甲村河道记事\n\(Essay.river)\n读《乡土》有感\n\(Essay.reading)\n乙村山林记事\n\(Essay.forest)"
        #expect(try titles(text) == ["甲村河道记事", "读《乡土》有感", "乙村山林记事"])
    }

    @Test func wordsLikeMarkersInsideTextDoNotSplit() throws {
        let text = "读书笔记\n第一篇文章写的是河道。\n\(Essay.reading)\n第二篇的笔法更老练，第三篇则平淡一些。\n\(Essay.reading)"
        #expect(try titles(text) == ["读书笔记"])
    }

    @Test func partsOfABookDoNotSplit() throws {
        let text = "水利史话\n第一篇 总论\n第一章 缘起\n\(Essay.reading)\n第二章 经过\n\(Essay.reading)\n第二篇 分论\n第三章 堤防\n\(Essay.reading)"
        #expect(try titles(text) == ["水利史话"])
    }

    // MARK: Without markers

    @Test func numberingThatBeginsAgainSplits() throws {
        let text = "甲村河道管护方案\n\(Essay.river)\n乙村护林工作总结\n\(Essay.forest)\n甲村水渠修缮方案\n\(Essay.river)"
        let found = try cuts(text)
        #expect(found.map(\.title) == ["甲村河道管护方案", "乙村护林工作总结", "甲村水渠修缮方案"])
        #expect(found[1].reason.contains("begins again"))
        #expect(try titles(text, .none).count == 1)
        #expect(try titles(text, .markers).count == 1)
    }

    @Test func aPartHeadingExplainsNumberingThatBeginsAgain() throws {
        let text = "乡村工作报告\n第一部分 河道\n\(Essay.river)\n第二部分 山林\n\(Essay.forest)"
        #expect(try titles(text) == ["乡村工作报告"])
    }

    @Test func aSalutationAfterATitleSplits() throws {
        let text = "在河道管护会议上的讲话\n\(Essay.speech)\n在春耕动员会议上的讲话\n\(Essay.speech)"
        #expect(try titles(text) == ["在河道管护会议上的讲话", "在春耕动员会议上的讲话"])
    }

    private static let notice = """
        东河镇人民政府关于印发河道
        管护工作方案的通知
        东政发〔2024〕5号
        各村民委员会，镇直各单位：
        现将《河道管护工作方案》印发给你们，请认真执行。
        东河镇人民政府
        2024年3月1日
        （此件公开发布）
        河道管护工作方案
        """

    @Test func anAnnexBelongsToTheDocumentThatIssuesIt() throws {
        let text = Self.notice + "\n\(Essay.river)"
        #expect(try titles(text) == ["东河镇人民政府关于印发河道管护工作方案的通知"])
        let annex = "关于清理河道的通知\n一、任务\n清理河面，打捞杂物。\n二、时限\n月底之前完成。\n附件：1.分工表\n附件1\n河道清理分工表\n一、镇里\n负责调度。\n二、村里\n负责实施。"
        #expect(try titles(annex) == ["关于清理河道的通知"])
    }

    @Test func officialDocumentsOneAfterAnotherAreSplit() throws {
        let second = "东河镇人民政府关于做好\n春耕工作的意见\n东政发〔2024〕6号\n各村民委员会：\n\(Essay.forest)\n2024年3月9日"
        let text = Self.notice + "\n\(Essay.river)\n" + second
        #expect(try titles(text) == ["东河镇人民政府关于印发河道管护工作方案的通知", "东河镇人民政府关于做好春耕工作的意见"])
    }

    @Test(arguments: [Essay.river, Essay.forest, Essay.speech, Essay.reading])
    func aSingleEssayIsOne(_ body: String) throws {
        let found = try cuts("东河镇工作札记\n" + body)
        #expect(found.count == 1 && found[0].title == "东河镇工作札记" && found[0].reason == "one essay")
    }

    // MARK: Titles

    @Test func titlesOverSeveralLinesAreJoined() throws {
        #expect(try titles("东河镇关于深入开展河道清理\n助力美丽乡村建设的指导意见\n\(Essay.river)") == ["东河镇关于深入开展河道清理助力美丽乡村建设的指导意见"])
        #expect(try titles("东河镇\n关于河道情况的函\n东函〔2024〕1号\n\(Essay.river)") == ["东河镇关于河道情况的函"])
        #expect(try titles("春耕记事\n——东河镇见闻\n\(Essay.reading)") == ["春耕记事"])
    }

    @Test func aTextWithoutTitleBearsTheFileName() throws {
        #expect(try titles(Essay.river) == ["文件名"])
        #expect(try titles(Essay.reading) == ["文件名"])
        #expect(try titles("") == ["文件名"])
        #expect(try titles(" \n\n") == ["文件名"])
    }

    @Test func englishTitlesAreTakenAsTheyStand() throws {
        let body = "The river runs to the sea. It was there before the town was built, and it will be there after.\n"
        #expect(try titles("Art\n\nArt\n\n" + body) == ["Art"])
    }

    // MARK: Markdown

    @Test func markdownTakesItsTitleFromFrontMatterOrHeading() throws {
        #expect(try titles("---\ntitle: 河道\n---\n\n# 别的\n\n正文。\n", markdown: true) == ["河道"])
        #expect(try titles("# 河道管护\n\n正文。\n\n# 第二个\n\n正文。\n", markdown: true) == ["河道管护"])
        #expect(try titles("河道管护\n====\n\n正文。\n", markdown: true) == ["河道管护"])
    }

    @Test func markdownSplitsAtMarkersOutsideCode() throws {
        let text = "# 第一篇：甲\n\n\(Essay.reading)\n\n```\n第二篇：码\n```\n\n# 第二篇：乙\n\n\(Essay.reading)"
        #expect(try titles(text, markdown: true) == ["甲", "乙"])
    }

    // MARK: Patterns and modes

    @Test func aPatternCutsWhereItMatches() throws {
        let text = "=== 甲 \n\(Essay.reading)\n=== 乙\n\(Essay.reading)\n"
        let found = try cuts(text, .pattern("^==="))
        #expect(found.map(\.title) == ["甲", "乙"])
        #expect(starts(found, in: text) == ["=== 甲 ", "=== 乙"])
        let error = #expect(throws: SplitError.self) { try cuts(text, .pattern("(")) }
        #expect(error?.pattern == "(")
        guard case .invalid? = error?.reason else { Issue.record("\(String(describing: error))"); return }
    }

    @Test(arguments: [("第(一", 3), ("a)b", 1), ("篇**", 2), ("[一", 2)])
    func aPatternThatIsNoneSaysWhere(pattern: String, offset: Int) {
        let error = #expect(throws: SplitError.self) { try SplitMode.pattern(pattern).check() }
        guard case .invalid(_, let found)? = error?.reason else { Issue.record("\(String(describing: error))"); return }
        #expect(found == offset)
    }

    @Test func aPatternThatEachLineMatchesIsRefused() {
        #expect(throws: SplitError(pattern: "x*", reason: .matchesEmptyLine)) { try SplitMode.pattern("x*").check() }
        #expect(throws: Never.self) { try SplitMode.pattern("^第[一-十]+篇").check() }
    }

    @Test(arguments: [SplitMode.none, .markers, .auto, .pattern("^第.回"), .pattern("")])
    func modesAreRememberedAsText(_ mode: SplitMode) {
        #expect(SplitMode(mode.description) == mode)
        #expect(SplitMode("sometimes") == nil)
    }

    @Test func cutsPartitionAnyText() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "第一篇：甲\n", "第二篇\n", "【篇三】", "范文4：", "目录\n", "附件1\n", "一、", "二、", "（一）", "关于春耕的意见\n", "总结（一）\n", "同志们：\n",
            "2024年3月1日\n", "\n",
            "\r\n", "　", "正文正文正文。\n", "东发〔2024〕1号\n", "# ", "---\n", "a", "😀", "：", "各单位：\n", "——副题\n", "摘要：文\n", "篇",
            "5篇\n",
        ]
        for round in 0..<500 {
            let text = Array(
                (0..<Int.random(in: 0...50, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
                    .utf8)
            for mode in [SplitMode.none, .markers, .auto, .pattern("篇")] {
                let found = try CompilationSplitter.cuts(
                    in: text, mode: mode, isMarkdown: round.isMultiple(of: 3), fallbackTitle: "名")
                let comment: Comment = "seed \(seed), round \(round)"
                #expect(found.flatMap { Array(text[$0.range]) } == text, comment)
                #expect(found.allSatisfy { !$0.title.isEmpty && (0...1).contains($0.confidence) }, comment)
                #expect(found.count == 1 || found.allSatisfy { !$0.range.isEmpty }, comment)
            }
        }
    }
}
