import Testing

@testable import Prose

/// Headings such as `1 范围`, `1.1` and `1.1.1`, and what only looks like them.
@Suite struct DecimalHeadingTests {
    private func paths(_ text: String) -> [String] {
        SectionParser.sections(in: Array(text.utf8), isMarkdown: false).map { "\($0.path) \($0.title)" }
    }

    private let standard = """
        前言
        1 范围
        本标准规定了城市绿地的分类。
        2 规范性引用文件
        下列文件必不可少。
        2.1 国家标准
        2.1.1 之一
        甲。
        2.1.2 之二
        乙。
        2.2 行业标准
        丙。
        3 要求
        3.1 总则
        丁。

        """

    @Test func aStandardsChaptersAreATree() throws {
        #expect(
            paths(standard) == ["1 范围", "2 规范性引用文件", "2.1 国家标准", "2.1.1 之一", "2.1.2 之二", "2.2 行业标准", "3 要求", "3.1 总则"])
        let bytes = Array(standard.utf8)
        let sections = SectionParser.sections(in: bytes, isMarkdown: false)
        #expect(sections.map(\.level) == [1, 1, 2, 3, 3, 2, 1, 2])
        guard case .found(let index) = SectionParser.find("2.1.1", in: sections) else {
            return #expect(Bool(false), "2.1.1 is not found")
        }
        #expect(String(decoding: bytes[sections[index].range], as: UTF8.self) == "2.1.1 之一\n甲。\n")
    }

    @Test func decimalsUnderOtherNumbersKeepTheirPlace() {
        #expect(
            paths("一、总则\n1. 目的\n1.1 甲项\n子。\n1.1.1 乙项\n丑。\n二、分则\n") == [
                "一 总则", "一.1 目的", "一.1.1 甲项", "一.1.1.1 乙项", "二 分则",
            ])
    }

    @Test(arguments: [
        "1 张三 主任\n2 李四 科长\n3 王五 科员\n", "1 2 3\n4 5 6\n", "1 公里外有座桥。\n2 公里外有座庙。\n", "1 面积 25.3\n1.1 2.3 4.5\n",
        "3.5 亿元投资\n2 个项目\n",
        "1 苹果\n2 梨\n3 桃\n", "2024 年\n2025 年\n",
    ]) func rowsOfTablesAndListsAreNone(text: String) {
        #expect(paths("说明\n见下表。\n" + text + "以上。\n").isEmpty)
        // Nor inside a standard.
        #expect(paths(standard + text + "以上。\n").count == 8)
    }

    @Test func partsOfPlaysAndTalesAndRadicalsAreHeadings() {
        #expect(paths("番外 第一章 归来\n他回来了。\n") == ["番外 第一章 归来"])
        #expect(paths("第一回 灵根育孕\n话说。\n第二回 悟彻\n又说。\n") == ["第一回 灵根育孕", "第二回 悟彻"])
        #expect(paths("第一幕\n开场。\n第二话 开始\n来了。\n").map { $0.prefix(3) } == ["第一幕", "第一幕"])
        #expect(paths("第一回来的人很多。\n第一话题是春天\n参见 第三章 总则\n").isEmpty)
        #expect(paths("⼀、总体\n甲。\n⼆、细节\n乙。\n⼗、末尾\n丙。\n") == ["一 总体", "二 细节", "十 末尾"])
    }
}
