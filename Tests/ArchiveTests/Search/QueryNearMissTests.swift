import Testing

@testable import Archive

/// What looks like an attempt at the query language and is text.
@Suite struct QueryNearMissTests {
    private func nearMisses(_ query: String) throws -> [QueryNearMiss] {
        var found: [QueryNearMiss] = []
        _ = try QueryParser.parse(query) { found.append($0) }
        return found
    }

    @Test(arguments: [
        ("titel:x", QueryNearMiss.Kind.field(name: "titel"), 0), ("a -tags：教育", .field(name: "tags"), 3),
        ("date:2024", .field(name: "date"), 0),
        ("主题:改革", .field(name: "主题"), 0), ("日期：2024", .field(name: "日期"), 0), ("title=改革", .field(name: "title"), 0),
        ("标题 ： 改革", .field(name: "标题"), 3), ("改革 or 开放", .or, 3), ("改革 Or 开放", .or, 3), ("改革 or", .or, 3),
        ("or 改革", .or, 0),
        ("改革 | 开放", .or, 3), ("改革|开放", .or, 0), ("改革 或 开放", .or, 3), ("改革 and 开放", .and, 3), ("改革 AND 开放", .and, 3),
        ("改革 && 开放", .and, 3), ("+改革 开放", .and, 0), ("改革 和 开放", .and, 3), ("改革 not 草案", .not, 3),
        ("NOT 草案 改革", .not, 0),
        ("改革 －草案", .not, 3), ("改革 !草案", .not, 3), ("(改革 OR 开放) 报告", .group, 0), ("报告 （改革 开放）", .group, 3),
        ("(改革) 报告", .group, 0),
        ("“乡村 振兴”", .quotation, 0), ("title:“乡村 振兴”", .quotation, 0), ("'rural economy'", .quotation, 0),
        ("改革*", .wildcard, 0),
    ])
    func `an attempt is told, and where it is`(query: String, kind: QueryNearMiss.Kind, position: Int) throws {
        let found = try nearMisses(query)
        #expect(found.map(\.kind) == [kind] && found.first?.position == position, "\(query): \(found)")
    }

    @Test(arguments: [
        "改革 开放", "改革 OR 开放", "title:改革 标签:教育 作者：王 -草案", "http://example.org", "12:30", "C:\\x", "std::vector",
        "注意：防火", "他在会上强调的是:防火",
        "or", "和", "和 平", "（一）总体", "（一） 总体", "“四个全面” 布局", "don't rock 'n' roll", "\"a or b\"",
        "\"titel:x\" \"(a\" \"b)\"", "R&D", "-5 +3", "——春耕", "f(x)", "E=mc2", "title", "a : b",
    ])
    func `prose and what is in quotation marks is none`(query: String) throws {
        #expect(try nearMisses(query).isEmpty, "\(query)")
    }

    @Test func `each kind is told once, and every unknown field`() throws {
        #expect(try nearMisses("a or b or c and d").map(\.kind) == [.or, .and])
        #expect(
            try nearMisses("titel:a titel:b autor:c").map(\.kind) == [.field(name: "titel"), .field(name: "autor")])
    }

    @Test func `the answer is that of the text`() throws {
        for query in ["titel:x", "改革 or 开放", "(改革 开放)", "改革*"] {
            let phrases = query.split(separator: " ").map { Query.Condition.text(Phrase(String($0))!) }
            #expect(try QueryParser.parse(query) == Query(alternatives: [.init(required: phrases)]))
        }
    }
}
