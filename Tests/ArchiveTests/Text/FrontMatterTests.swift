import Testing

@testable import Archive

@Suite struct FrontMatterTests {
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
