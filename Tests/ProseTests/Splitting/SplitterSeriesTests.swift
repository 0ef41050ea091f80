import Testing

@testable import Prose

/// Essays marked by lines of one pattern whose word is not known beforehand, or by headings of Markdown; and parts of one work
/// that are set likewise.
@Suite struct SplitterSeriesTests {
    private static let orchard = """
        果园在村子的南坡，去年冬天剪过枝，今年开花比往年齐整，蜂农也早早把蜂箱搬了来。
        一、剪枝
        每棵树留三到五个主枝，病枝和交叉的细枝都要去掉，剪口抹上石灰水，免得招虫。
        二、疏果
        坐果以后十天之内疏一遍，一个果台留一个果，弱枝上的不留，省下的力气都给好果子。
        """
    private static let ferry = """
        渡口的船是前年换的新船，老船停在芦苇边上，孩子们常爬上去玩，大人也不去管他们。
        摆渡的人姓周，今年六十多岁，他说一条河总要有人守着，守久了就听得懂水的声音。
        过河的人越来越少，桥修好以后更少，可是他每天照旧天亮就来，把缆绳解开又系上。
        """
    private static let english = """
        The orchard lies south of the village, and the bees come to it before anybody else does.
        My uncle used to say that a tree remembers every winter, and that one should not hurry it.
        I have thought of this often, in years when nothing would grow and in years when all did.
        """
    private static let names = ["修枝记", "渡口旧事", "谷雨前后", "门前的路"]
    private static let numerals = ["一", "二", "三", "四"]

    private func cuts(_ text: String, markdown: Bool = false, _ mode: SplitMode = .auto) throws -> [Cut] {
        try CompilationSplitter.cuts(in: Array(text.utf8), mode: mode, isMarkdown: markdown, fallbackTitle: "文件名")
    }

    private func titles(_ text: String, markdown: Bool = false) throws -> [String] {
        try cuts(text, markdown: markdown).map(\.title)
    }

    /// Four essays with marks made of `form`, in which `N` is a number, `D` a digit and `T` the title.
    private static func compilation(_ form: String, _ bodies: [String] = [orchard, ferry]) -> String {
        names.indices.map { index in
            let mark = form.replacing("N", with: numerals[index]).replacing("D", with: "\(index + 1)").replacing(
                "T", with: names[index])
            return "\(mark)\n\(bodies[index % bodies.count])\n"
        }.joined()
    }

    @Test(
        arguments: [
            "征文N：T", "【读后感D】T", "【观后感N】《T》", "随笔（N）：T", "【倡议书N：T】", "第N则　T", "书信N　T", "2024年学习笔记N：T", "no.D T",
            "Essay D: T", "之N：T", "其N　T",
            "—N— T", "**故事N：T**", "典型案例D：T", "第N辑 T", "【N】T", "作文D《T》",
        ], [[orchard], [ferry], [orchard, ferry]])
    func linesOfOnePatternThatDivideTheTextAreMarkers(_ form: String, _ bodies: [String]) throws {
        let found = try cuts(Self.compilation(form, bodies))
        #expect(found.map { $0.title.trimmingBrackets } == Self.names)
        #expect(found.allSatisfy { $0.confidence > 0.9 && $0.reason.hasPrefix("marker") })
    }

    @Test func aSeriesWithoutTitlesIsNamedByItsMarks() throws {
        #expect(try titles(Self.compilation("第N封信", [Self.ferry])) == ["第一封信", "第二封信", "第三封信", "第四封信"])
    }

    @Test func numbersMayBeSpelled() throws {
        let essays = ["Essay One: Of Bees", "Essay Two: Of Trees", "Essay Three: Of Winters"].map {
            "\($0)\n\n\(Self.english)\n"
        }
        #expect(try titles(essays.joined()) == ["Of Bees", "Of Trees", "Of Winters"])
    }

    @Test func numbersMayBeMissingFromASeries() throws {
        let text = "征文一：甲\n\(Self.ferry)\n征文二：乙\n\(Self.orchard)\n征文五：丙\n\(Self.ferry)\n征文六：丁\n\(Self.orchard)\n"
        #expect(try titles(text) == ["甲", "乙", "丙", "丁"])
        #expect(try titles(text.replacing("征文一", with: "征文三")).count == 1)
    }

    @Test(arguments: ["春耕随笔集", "优秀征文（4篇）", "下面是为大家整理的几篇征文，供参考。", "我的家乡征文", "家乡\n征文"])
    func theNameOfTheWholeMayStandAboveASeries(_ name: String) throws {
        #expect(try titles(name + "\n" + Self.compilation("征文N：T", [Self.ferry])) == Self.names)
    }

    @Test func aTableOfContentsAboveASeriesIsNoEssay() throws {
        let list = Self.names.indices.map { "征文\(Self.numerals[$0])：\(Self.names[$0])\n" }.joined()
        #expect(try titles("家乡征文集\n目录\n" + list + Self.compilation("征文N：T", [Self.ferry])) == Self.names)
        let english = ["Of Bees", "Of Trees", "Of Winters"]
        let marks = ["I. Of Bees", "II. Of Trees", "III. Of Winters"]
        let contents = marks.enumerated().map { "\($1)   \($0 * 9 + 1)\n" }.joined()
        let essays = marks.map { "\n\($0)\n\n\(Self.english)\n\(Self.english)\n" }.joined()
        #expect(try titles("COLLECTED ESSAYS\n\nCONTENTS\n\n" + contents + essays) == english)
        #expect(try titles("The Long Orchard\n\nCONTENTS\n\n" + contents + essays).count == 1)
    }

    @Test(arguments: [
        "第N部分　T", "第N章　T", "第N讲　T", "第N回 T", "卷N T", "附件D：T", "问题N：T", "任务N：T", "步骤D：T", "专栏D T", "Chapter D. T",
        "第N阶段：T", "Step D: T", "方案N：T", "征文N：T怎么办？",
    ])
    func partsOfOneWorkAreNoSeriesOfEssays(_ form: String) throws {
        #expect(try cuts(Self.compilation(form)).count == 1)
        #expect(try cuts("果园记事\n" + Self.compilation(form)).count == 1)
    }

    @Test(arguments: ["案例N：T", "典型N　T", "现场D：T"], [ferry, orchard])
    func aSeriesInsideAnEssayIsTakenNowhere(_ form: String, _ body: String) throws {
        #expect(try cuts("关于果园管护的调研报告\n\(Self.ferry)\n" + Self.compilation(form, [body])).count == 1)
        #expect(try cuts("关于果园管护的调研报告\n" + Self.compilation(form, [body])).count == 1)
        #expect(try cuts("果园记事\n" + Self.compilation(form, [Self.ferry])).count == 1)
    }

    @Test func headingsThatCountOnThroughMarksKeepThemInOneEssay() throws {
        let parts = Self.numerals.map { "\($0)、第\($0)个村子\n\(Self.ferry)\n案例\($0)：河边\n\(Self.ferry)\n" }
        #expect(try cuts("南坡见闻\n" + parts.joined()).count == 1)
    }

    @Test func numberedTitlesUnderTheNameOfACompilationAreMarkers() throws {
        let body = Self.ferry + "\n" + Self.ferry
        let list = Self.names.indices.map { "\($0 + 1)、\(Self.names[$0])\n" }.joined()
        #expect(try titles("南坡杂谈集\n目录\n" + list + Self.compilation("D、T", [body])) == Self.names)
        #expect(try cuts("南坡见闻\n" + Self.compilation("D、T", [body])).count == 1)
        let answers = Self.compilation("D、T", ["答：" + body])
        #expect(try cuts("农事问答汇编\n" + answers).count == 1)
        #expect(try cuts("南坡先生文集\n一、缘起\n" + Self.compilation("D、T", [body])).count == 1)
    }

    @Test func aMarkBehindAShortTitleIsOne() throws {
        #expect(try titles(Self.compilation("T 篇N", [Self.ferry])) == ["修枝记 篇一", "渡口旧事 篇二", "谷雨前后 篇三", "门前的路 篇四"])
    }

    @Test func decorationsAndOldNumeralsAreNoPartOfATitle() throws {
        let text = "★第壹篇★ 修枝记\n\(Self.ferry)\n★第貳篇★ 渡口\n\(Self.ferry)\n★第參篇★ 谷雨\n\(Self.ferry)"
        #expect(try titles(text) == ["修枝记", "渡口", "谷雨"])
    }

    @Test func sentencesAboutThePartsOfABookAreNoMarkers() throws {
        let text = "评《南坡志》\n第一篇：总论。从开荒讲起。\n第二篇：分论。讲果树和蜂。\n第三篇：结论。归于人事。\n\(Self.ferry)"
        #expect(try cuts(text).count == 1)
    }

    @Test func shortTitlesAreFoundWhereEssaysAreDue() throws {
        let text = "第一篇 修枝记\n\(Self.orchard)\n记船\n\(Self.orchard)\n说谷雨\n\(Self.orchard)\n第四篇 门前的路\n\(Self.orchard)"
        #expect(try titles(text) == ["修枝记", "记船", "说谷雨", "门前的路"])
    }

    @Test func essaysThatAreDueAndNotFoundAreReported() throws {
        let found = try cuts("第一篇 修枝记\n\(Self.ferry)\n第四篇 门前的路\n\(Self.ferry)")
        #expect(found.map(\.title) == ["修枝记", "门前的路"])
        #expect(found[1].reason.contains("2 essays due before it were not found"))
    }

    // MARK: Letterheads

    @Test func aLetterheadIsNoTitle() throws {
        let documents = ["果树品种", "蜂群越冬"].enumerated().map { index, subject in
            "南坡县林业局文件\n南林发〔2024〕\(index + 1)号\n关于开展\(subject)检查的通知\n各乡镇人民政府：\n\(Self.orchard)\n南坡县林业局\n2024年3月1日\n"
        }
        #expect(try titles(documents.joined()) == ["关于开展果树品种检查的通知", "关于开展蜂群越冬检查的通知"])
    }

    // MARK: Markdown

    private static func markdown(_ body: String, _ mark: String = "#") -> String {
        names.map { "\(mark) \($0)\n\n\(body.replacing("\n", with: "\n\n"))\n\n" }.joined()
    }

    @Test(arguments: [ferry, orchard.replacing("一、", with: "## 一、").replacing("二、", with: "## 二、")])
    func allTopHeadingsOfAMarkdownDocumentBeginEssays(_ body: String) throws {
        let found = try cuts(Self.markdown(body + "\n" + Self.ferry), markdown: true)
        #expect(found.map(\.title) == Self.names && found.allSatisfy { $0.confidence > 0.9 })
        #expect(try titles("---\ntitle: 南坡文集\n---\n" + Self.markdown(body), markdown: true) == Self.names)
        #expect(
            try titles("# 南坡随笔集\n\n" + Self.markdown(body.replacing("##", with: "###"), "##"), markdown: true)
                == Self.names)
    }

    @Test(arguments: [
        "---\ntitle: 果园年度报告\n---\n" + markdown(ferry), "# 大河湾\n\n" + markdown(ferry),
        "# 果园年度报告\n\n" + markdown(ferry, "##"),
        "# 果园年度报告\n\n" + markdown(ferry, "# 第一章"), "# 工具\n\n\(ferry)\n\n# 安装\n\n\(ferry)\n",
        "# Tools\n\n\(english)\n\n# Usage\n\n\(english)\n",
        "# 工具\n\n\(ferry)\n\n# 怎样装\n\n```\nmake\n```\n\n# 怎样用\n\n- 打开\n- 保存\n- 关闭\n\n\(ferry)\n",
    ])
    func chaptersAndSectionsOfMarkdownStayOne(_ text: String) throws {
        #expect(try cuts(text, markdown: true).count == 1)
    }

    @Test func theHeadingOverAllNamesAnEssay() throws {
        #expect(try titles("# 文集\n\n## 灯火\n\n短。\n", markdown: true) == ["文集"])
    }

    // MARK: Patterns

    @Test func aLineThatAPatternMatchesWholeIsTheTitle() throws {
        let text = "在果农会上的讲话\n\(Self.ferry)\n在蜂农会上的讲话\n（2024年3月）\n\(Self.ferry)"
        #expect(try cuts(text, markdown: false, .pattern("^在.*讲话$")).map(\.title) == ["在果农会上的讲话", "在蜂农会上的讲话"])
        let marks = "第一篇\n修枝记\n\(Self.ferry)\n第二篇\n渡口\n\(Self.ferry)"
        #expect(try cuts(marks, markdown: false, .pattern("^第.篇$")).map(\.title) == ["修枝记", "渡口"])
        #expect(try cuts(text, markdown: false, .pattern("无此")).map(\.reason) == [CompilationSplitter.unmatched])
    }
}

extension String {
    fileprivate var trimmingBrackets: String { filter { $0 != "《" && $0 != "》" } }
}
