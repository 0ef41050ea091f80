import Testing

@testable import Archive
@testable import Prose

@Suite struct QueryParserTests {
    private func text(_ phrase: String) -> Query.Condition { .text(Phrase(phrase)!) }

    private func expect(_ query: String, _ alternatives: Query.Conjunction...) throws {
        #expect(try QueryParser.parse(query) == Query(alternatives: alternatives), "\(query)")
    }

    private func failure(_ query: String) -> QueryError? {
        do {
            _ = try QueryParser.parse(query)
            return nil
        } catch { return error }
    }

    @Test func termsAreJoinedByAnd() throws {
        try expect("乡村　振兴 \t Plan", .init(required: [text("乡村"), text("振兴"), text("Plan")]))
        try expect("\"乡村 振兴\"", .init(required: [text("乡村 振兴")]))
        try expect("\"say \"\"yes\"\"\"", .init(required: [text("say \"yes\"")]))
    }

    @Test func orBindsLessTightly() throws {
        try expect("a b OR c", .init(required: [text("a"), text("b")]), .init(required: [text("c")]))
        try expect(
            "a OR b OR -c", .init(required: [text("a")]), .init(required: [text("b")]),
            .init(required: [], excluded: [text("c")]))
        try expect("or ORDER", .init(required: [text("or"), text("ORDER")]))
        try expect("\"OR\"", .init(required: [text("OR")]))
    }

    @Test func minusExcludes() throws {
        try expect(
            "规划 -草案 -\"not this\" -tag:旧",
            .init(required: [text("规划")], excluded: [text("草案"), text("not this"), .tag(Phrase("旧")!)]))
        try expect("十四五-十五五", .init(required: [text("十四五-十五五")]))
        try expect("\"-\"", .init(required: [text("-")]))
    }

    @Test func fieldsAreRead() throws {
        try expect(
            "tag:教育 author:\"王 明\" Title:报告 in:第二部分 has:annotation is:conflict",
            .init(required: [
                .tag(Phrase("教育")!), .author(Phrase("王 明")!), .title(Phrase("报告")!), .place(Phrase("第二部分")!),
                .hasAnnotation,
                .isConflict,
            ]))
        try expect("tag：教育", .init(required: [.tag(Phrase("教育")!)]))
        try expect(
            "标题:报告 標籤：教育 -作者：王",
            .init(required: [.title(Phrase("报告")!), .tag(Phrase("教育")!)], excluded: [.author(Phrase("王")!)]))
        try expect(
            "http://example.org 12:30 \"作者：王\"",
            .init(required: [text("http://example.org"), text("12:30"), text("作者：王")]))
        try expect("\"tag:x\"", .init(required: [text("tag:x")]))
    }

    @Test func datesAreTheirFirstMoment() throws {
        try expect(
            "after:2023 before:2024-03 -before:2020-02-29",
            .init(
                required: [
                    .after(Timestamp("2023-01-01T00:00:00.000Z")!), .before(Timestamp("2024-03-01T00:00:00.000Z")!),
                ],
                excluded: [.before(Timestamp("2020-02-29T00:00:00.000Z")!)]))
    }

    @Test func marksAloneCanBeLookedFor() throws {
        try expect("、 ？", .init(required: [text("、"), text("？")]))
    }

    @Test(arguments: [
        ("", 0), ("　 ", 0), ("a \"b", 2), ("OR a", 0), ("a OR", 2), ("a OR OR b", 5), ("说 - b", 2), ("规划 tag:", 7),
        ("before:明天", 7), ("after:2023-02-29", 6), ("before:2023-13", 7), ("has:note", 4), ("is:", 3),
        ("a \"\u{200B}\"", 2),
        ("a \"\"", 2), ("-", 0), ("tag:\"x", 4), ("before:+024", 7), ("a \"b\"\"", 2),
    ])
    func errorsPointAtThePlace(query: String, position: Int) {
        let error = failure(query)
        #expect(error?.position == position, "\(query): \(error?.description ?? "no error")")
        #expect(error?.advice.isEmpty == false)
    }

    @Test func caretStandsUnderThePlaceInATerminal() throws {
        let error = try #require(failure("规划 tag:"))
        #expect(error.caret(under: "规划 tag:") == "规划 tag:\n         ^")
        #expect(error.description.hasPrefix("tag: says nothing, at character 8 of the query."))
    }

    @Test func highlightsArePositivePhrasesOnce() throws {
        let query = try QueryParser.parse("发展 發展 title:报告 -草案 tag:x OR 建设")
        #expect(query.highlights.map(\.text) == ["发展", "报告", "建设"])
    }

    @Test func phrasesCompareFoldedText() throws {
        let phrase = try #require(Phrase("École"))
        #expect(phrase.equals("ECOLE".utf8) && !phrase.equals("ecole 2".utf8))
        #expect(
            phrase.occurs(in: "une école.".utf8) && phrase.occurs(in: "écoles".utf8)
                && !phrase.occurs(in: "éco le".utf8))
    }
}
