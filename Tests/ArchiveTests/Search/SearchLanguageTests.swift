import TestSupport
import Testing

@testable import Archive
@testable import History
@testable import Prose

/// What queries mean, on a small archive.
@Suite struct SearchLanguageTests {
    private let archive: Archive
    private let index: SearchIndex

    init() throws {
        archive = try Archive.scratch()
        index = SearchIndex(archive)
    }

    private func titles(_ query: String, _ change: (inout SearchOptions) -> Void = { _ in }) throws -> [String] {
        var options = SearchOptions()
        change(&options)
        return try index.search(query, options).hits.map(\.title)
    }

    @discardableResult
    private func essay(_ title: String, _ text: String, _ fields: Fields = [:]) throws -> ItemID {
        let all = fields.merging([FieldKey.title: .text(title)]) { $1 }
        return try archive.write { try $0.create(all, text: Array(text.utf8), author: Author("李四")) }.asRoot
    }

    @Test func titleMatchesComeFirstThenTheBestSection() throws {
        try essay("漫谈", "粮食。" + String(repeating: "无关的话说了许多。", count: 60))
        try essay("杂记", "一、天气\n晴。\n二、粮食安全\n粮食是根本，粮食生产要稳，粮食储备要足。\n三、其他\n" + String(repeating: "闲话。", count: 50))
        try essay("粮食工作", "这里不再说它。")
        #expect(try titles("粮食") == ["粮食工作", "杂记", "漫谈"])
        #expect(try index.search("粮食").hits[1].section == "二")
    }

    @Test func ordersAreByTitleChangeAndDate() throws {
        try essay("丙", "山水。", [FieldKey.date: .text("2019-05-01")])
        try essay("甲", "山水。", [FieldKey.date: .text("2021年3月")])
        try essay("乙", "山水。", [FieldKey.date: .text("2020")])
        #expect(try titles("山水") { $0.order = .date } == ["甲", "乙", "丙"])
        #expect(try titles("山水") { $0.order = .title } == ["丙", "乙", "甲"])
        #expect(Set(try titles("山水") { $0.order = .modified }) == ["甲", "乙", "丙"])
        #expect(
            try titles("山水") {
                $0.order = .title
                $0.limit = 1
            } == ["丙"])
        #expect(try titles("after:2020 before:2021") == ["乙"])
        #expect(try titles("before:2020") == ["丙"])
    }

    @Test func tagsAndAuthorsAreThoseOfNow() throws {
        let essay = try essay("题", "正文。", [FieldKey.tags: .array([.text("旧标签")]), FieldKey.author: .text("王五")])
        #expect(try titles("tag:旧标签") == ["题"] && titles("tag:旧") == [])
        #expect(try titles("author:王五") == ["题"] && titles("author:李") == ["题"] && titles("author:赵六") == [])
        try archive.write { _ = try $0.revise(essay, author: Author("赵六")) { $0.fields.tags = ["新標籤"] } }
        #expect(try titles("tag:旧标签") == [] && titles("tag:新标签") == ["题"] && titles("author:赵六") == ["题"])
    }

    @Test func sourcesAreFoundByNameAndFolder() throws {
        let folder = try TemporaryFolder()
        let archive = try folder.create()
        try folder.write("春天来了。\n", to: "讲话/2023 年春.txt")
        try folder.write("春天走了。\n", to: "报告/夏.txt")
        try folder.importing("讲话", "报告", to: archive)
        let index = SearchIndex(archive)
        #expect(
            try index.search("春天").total == 2 && index.search("春天 in:夏.txt").total == 1
                && index.search("in:讲话").total == 1)
        var options = SearchOptions()
        options.place = "2023 年"
        #expect(try index.search("春天 OR 走了", options).total == 1)
        #expect(try index.search("in:没有").total == 0)
    }

    @Test func annotationsAreFoundByNotePassageAndTag() throws {
        let essay = try essay("论粮食", "手中有粮，心里不慌。")
        try self.essay("别的", "有粮。")
        let id = try archive.write {
            try $0.annotate(
                essay, .quote(Array("心里不慌".utf8), occurrence: nil), AnnotationContent(body: "此句出自民諺", tags: ["引用"]),
                author: Author("张三"))
        }
        func annotations(_ query: String) throws -> [ItemID?] {
            var options = SearchOptions()
            options.scope = .annotations
            return try index.search(query, options).hits.map(\.annotation)
        }
        for query in ["民谚", "不慌", "引用", "tag:引用", "author:张三", "title:粮食 民谚", "民谚 -有粮"] {
            #expect(try annotations(query) == [id], "\(query)")
        }
        for query in ["有粮", "tag:引", "title:别的", "民谚不慌"] { #expect(try annotations(query) == [], "\(query)") }
        #expect(try titles("民谚") == [] && titles("has:annotation") == ["论粮食"] && titles("-has:annotation") == ["别的"])
        var options = SearchOptions()
        options.scope = .annotations
        let hit = try #require(try index.search("民谚", options).hits.first)
        #expect(hit.essay == essay && hit.title == "论粮食" && hit.range == 5..<9)
        try archive.write { try $0.delete(id, author: Author(nil)) }
        #expect(try annotations("民谚") == [] && titles("has:annotation") == [])
    }

    @Test func nothingFoundLeadsToWhatIsNear() throws {
        try essay("关于乡村振兴工作的意见", "乡村振兴战略要落到实处。")
        func suggestions(_ query: String) throws -> [String] { try index.search(query).suggestions.map(\.query) }
        #expect(try suggestions("乡村振兴大计").contains("乡村振兴"))
        #expect(try suggestions("乡村振兴 航天").contains("乡村振兴"))
        #expect(try suggestions("关于乡村振兴的意见").contains("title:关于乡村振兴工作的意见"))
        #expect(try suggestions("毫不相干") == [])
        #expect(try suggestions("乡村振兴") == [])
        for suggestion in try index.search("乡村振兴大计 航天").suggestions {
            #expect(try index.search(suggestion.query).total == suggestion.total && suggestion.total > 0)
        }
    }

    @Test(arguments: [
        "2024", "2024-01", "2024-01-01", "2024/1/1", "2024.1", "2024年1月1日", "2024-01-01T08:00:00Z", "2024年",
    ])
    func datesAreReadAsPeopleWriteThem(_ text: String) {
        #expect(WrittenDate.milliseconds(text) == Timestamp("2024-01-01T00:00:00.000Z")!.milliseconds)
    }

    @Test(arguments: ["", "昨天", "24-01-01", "2024-13-01", "2023-02-29", "20240101"])
    func whatIsNoDateIsNone(_ text: String) { #expect(WrittenDate.milliseconds(text) == nil) }
}
