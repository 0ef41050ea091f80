import Testing

@testable import Prose

@Suite struct FrontMatterTests {
    @Test func tomlBetweenPlusSignsIsRead() throws {
        let text = """
            +++
            title = "山中\\u6742记"  # 评注
            date = 2024-03-15
            author = '王 "五"'
            draft = false
            tags = ["甲", "乙",
              '丙']
            [params]
            title = "别的"
            [taxonomies]
            categories = ["丁"]
            +++
            # 正文
            """
        let matter = try #require(FrontMatter.parse(Array(text.utf8)))
        #expect(
            matter.title == "山中杂记" && matter.author == "王 \"五\"" && matter.date == "2024-03-15"
                && matter.tags == ["甲", "乙", "丙"])
        #expect(
            matter.warning == nil
                && String(decoding: Array(text.utf8)[matter.range.upperBound...], as: UTF8.self) == "# 正文")
        #expect(FrontMatter.parse(Array("+++\ntitle = \"断\n+++\n文\n".utf8))?.warning != nil)
        #expect(
            FrontMatter.parse(Array("+++\ntitle = \"甲\"\n---\n文\n".utf8)) == nil
                && FrontMatter.parse(Array("++++\na = 1\n+++\n".utf8)) == nil)
    }

    private func parse(_ text: String) -> FrontMatter? { FrontMatter.parse(Array(text.utf8)) }

    @Test func fieldsAreReadAndTheTextIsNotTouched() throws {
        let text = "---\ntitle: 基层调研\nauthor: 张三\ndate: 2024-05-01\nlang: zh\ntags: [党建, 调研]\n---\n\n正文\n"
        let found = try #require(parse(text))
        #expect(found.title == "基层调研" && found.author == "张三" && found.date == "2024-05-01" && found.language == "zh")
        #expect(found.tags == ["党建", "调研"] && found.warning == nil)
        #expect(found.fields.map(\.key) == ["title", "author", "date", "lang", "tags"])
        #expect(String(decoding: Array(text.utf8)[found.range.upperBound...], as: UTF8.self) == "\n正文\n")
    }

    @Test func tagsMayStandInOneLineOrInAList() {
        #expect(parse("---\ntags: 党建，调研, 基层\n---\n")?.tags == ["党建", "调研", "基层"])
        #expect(parse("---\n标签:\n  - 党建\n  - 调研\n---\n")?.tags == ["党建", "调研"])
        #expect(parse("---\ntags:\n---\n")?.tags == [])
    }

    @Test func malformedYAMLIsNoMetadataButAWarning() throws {
        let found = try #require(parse("---\ntitle: [未闭合\n---\n正文"))
        #expect(found.fields.isEmpty && found.warning != nil && found.title == nil)
        let list = try #require(parse("---\n- 一\n- 二\n---\n正文"))
        #expect(list.fields.isEmpty && list.warning != nil)
    }

    @Test func aThematicBreakIsNoFrontMatter() {
        #expect(parse("---\n\n正文\n\n---\n") == nil)
        #expect(parse("正文\n---\na: b\n---\n") == nil)
        #expect(parse("---\ntitle: 没有结尾\n") == nil)
        #expect(parse("----\na: b\n----\n") == nil)
    }
}
