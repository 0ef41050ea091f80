import Testing

@testable import Prose

/// Titles that follow their marker at once, and rows of lists that look like titles.
@Suite struct SplitterGluedTests {
    private func titles(_ text: String) throws -> [String] {
        try CompilationSplitter.cuts(in: Array(text.utf8), mode: .auto, isMarkdown: false, fallbackTitle: "名").map(
            \.title)
    }

    private func compilation(_ titles: [String], marks: [String]) -> String {
        zip(marks, titles).map { "\($0)\($1)\n一、认真落实。\n各单位要认真组织，确保各项措施落到实处。\n二、加强检查。\n" }.joined()
    }

    @Test(arguments: [
        ["中华人民共和国水法解读", "章程修订说明", "和谐社区建设方案", "与时俱进抓落实", "里弄改造实施方案", "中学生守则", "以工代赈管理办法", "中央精神学习体会"],
        ["城市绿地管理条例", "最高人民法院关于图书室纠纷的解释（一）", "的士行业管理办法", "主题党日活动总结", "报告文学的写作", "文明城市建设方案", "课程改革方案", "共建共享意见"],
    ]) func aTitleMayFollowItsMarkerAtOnce(expected: [String]) throws {
        let marks = ["第一篇", "第二篇", "第三篇", "第四篇", "第五篇", "第六篇", "第七篇", "第八篇"]
        #expect(try titles(compilation(expected, marks: marks)) == expected)
    }

    @Test func aSentenceThatBeginsSoIsNoMarker() throws {
        let text = """
            第一篇 春天
            春天来了，万物复苏。
            第二篇中我们看到了很多有趣的事，作者在
            文中写到他的家乡。
            第二篇 夏天
            第一篇的作者也写了这一篇。
            夏天来了，天气炎热。

            """
        #expect(try titles(text) == ["春天", "夏天"])
        #expect(try titles("读后感\n这本书有三篇。\n第一篇的主题是春天。\n第二篇中写了夏天。\n第三篇和前两篇不同。\n").count == 1)
    }

    @Test func rowsOfListsOfPeopleAndBodiesAreNoTitles() throws {
        let text = """
            第一篇：关于成立防汛指挥部的通知
            各区县人民政府：
            为加强防汛工作，决定成立指挥部。现将名单通知如下。
            总指挥：赵明远 市人民政府市长
            副总指挥：钱世昌 市委常委、副市长
            孙立人 市政府副秘书长
            李四光（兼） 市水利局局长
            市气象局、市水文局、市城管局
            市发展改革委
            市财政局
            市应急管理局
            附件：专家组名单
            郑和平 市水利设计院 高级工程师
            陈子昂
            杜 甫
            白居易
            防汛物资储备管理办法
            第一条 为了加强物资管理，制定本办法。
            第二条 物资由水利局管理。
            第三篇：全市防汛工作总结
            今年以来，全市防汛工作取得成效。
            一、主要做法
            落实责任，确保安全度汛。

            """
        #expect(try titles(text) == ["关于成立防汛指挥部的通知", "防汛物资储备管理办法", "全市防汛工作总结"])
    }

    @Test(arguments: ["第一话 开端\n来了。\n第二话 发展\n走了。\n", "第一节课 语文\n学语文。\n第二节课 数学\n学数学。\n", "第一回 灵根\n话说。\n第二回 悟彻\n又说。\n"])
    func partsOfOneWorkBeginNoEssay(text: String) throws {
        #expect(try titles("番外集\n这是前言，说说由来。\n" + text).count == 1)
    }
}
