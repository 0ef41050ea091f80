import Foundation
import Testing

/// `search` as a user runs it.
@Suite struct SearchCommandTests {
    private let command: Command

    init() throws {
        command = try Command()
        try command.run("init")
        try command.write("关于春耕的报告\n一、总体情况\n气温零下 -5 度，墒情良好。\n二、下一步\n抓好春耕。\n", to: "docs/春耕.txt")
        try command.write("会议纪要\n讨论了春耕和防汛。\n", to: "notes/纪要.txt")
        try command.run("import", "docs", "notes")
    }

    private func titles(_ arguments: String...) throws -> [String] {
        let process = command.process(["search", "--json"] + arguments)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let answer = try #require(try JSONSerialization.jsonObject(with: output) as? [String: Any])
        return try #require(answer["hits"] as? [[String: Any]]).compactMap { $0["title"] as? String }
    }

    @Test func optionsAndExclusionsMayStandAnywhere() throws {
        #expect(try titles("春耕") == ["关于春耕的报告", "会议纪要"])
        #expect(try titles("春耕", "-防汛") == ["关于春耕的报告"] && titles("-防汛") == ["关于春耕的报告"])
        #expect(try titles("春耕", "--limit", "1") == ["关于春耕的报告"])
        #expect(try titles("--in", "notes", "春耕") == ["会议纪要"] && titles("春耕 in:docs") == ["关于春耕的报告"])
        #expect(try titles("春耕", "--sort", "title") == ["会议纪要", "关于春耕的报告"])
        #expect(try titles("\"-5\"") == ["关于春耕的报告"] && titles("--", "春耕", "-防汛") == ["关于春耕的报告"])
        #expect(try titles("-5", "春耕") == ["会议纪要"])
    }

    @Test func mistakesAreShownWhereTheyAre() throws {
        let unclosed = try command.run("search", "春耕 \"报告", expecting: 64).errors
        #expect(unclosed.contains("春耕 \"报告\n     ^\n") && unclosed.contains("never closed"))
        #expect(try command.run("search", "春耕", "--lmit", "3", expecting: 64).errors.contains("--lmit"))
        #expect(try command.run("search", "春耕", "--sort", "size", expecting: 64).errors.contains("relevance"))
        try command.run("search", expecting: 64)
    }

    @Test func nothingFoundNamesWhatIsNear() throws {
        let result = try command.run("search", "春耕备耕")
        #expect(
            result.text.isEmpty && result.errors.contains("nothing found")
                && result.errors.contains("春耕 is found in 2 essays"))
    }

    @Test func `what is taken as text though more may be meant is told, and answered`() throws {
        for (query, part) in [
            ("titel:春耕", "Did you mean title:春耕?"), ("日期:2024", "after:2024"), ("title=春耕", "Did you mean title:春耕"),
            ("title : 春耕", "Did you mean title:…"), ("xyz:春耕", "The fields are title: tag:"),
            ("关键词：春耕", "Did you mean tag:春耕?"), ("春耕 or 防汛", "OR in capitals"),
            ("春耕 and 防汛", "leave it out"), ("春耕 not 防汛", "write - right before it"),
            ("(春耕 OR 防汛) 报告", "brackets do not group"),
            ("“春耕 防汛”", "straight quotation marks"), ("春耕*", "a part of it"),
        ] {
            let result = try command.run("search", query)
            #expect(result.errors.contains("note: ") && result.errors.contains(part), "\(query): \(result.errors)")
            let answer = try command.run("search", query, "--json").object()
            #expect(
                (answer["notes"] as? [String])?.contains { $0.contains(part) } == true && answer["total"] is Int,
                "\(answer)")
            #expect(try !command.run("search", query, "--quiet").errors.contains("note: "))
        }
        #expect(try titles("春耕", "or", "防汛").isEmpty && titles("春耕", "OR", "防汛").count == 2)
        #expect(try titles("标题:春耕") == ["关于春耕的报告"] && titles("标题：春耕", "报告") == ["关于春耕的报告"])
        #expect(try command.run("search", "春耕", "--json").object()["notes"] as? [String] == [])
        let lines = try command.run("search", "--queries", "-", input: "titel:x\n春耕\n").text.split(separator: "\n")
        #expect(lines[0].contains("title:x?") && lines[1].contains("\"notes\":[]"))
    }

    @Test func annotationsAreFoundWithTheirEssays() throws {
        try command.run("annotate", "会议纪要", "--quote", "防汛", "--body", "须补充预案")
        let answer = try command.run("search", "预案", "--annotations", "--json").object()
        let hit = try #require((answer["hits"] as? [[String: Any]])?.first)
        let essay = try #require(try command.run("list", "--json").array().first { $0["title"] as? String == "会议纪要" })
        #expect(
            hit["id"] as? String == essay["id"] as? String && hit["annotation"] is String
                && hit["title"] as? String == "会议纪要")
        #expect(try titles("预案") == [])
    }

    @Test func manyQueriesAreAnsweredInOneProcess() throws {
        let result = try command.run("search", "--queries", "-", "--limit", "1", input: "春耕\n没有这个词\n\"未完\n")
        let answers = try result.text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(answers.map { $0["total"] as? Int } == [2, 0, nil])
        #expect(answers.map { $0["query"] as? String } == ["春耕", "没有这个词", "\"未完"])
        #expect(
            answers[2]["error"] is String && answers[2]["position"] as? Int == 0 && answers[0]["milliseconds"] is Double
        )
    }
}
