import Testing

@testable import Archive
@testable import History
@testable import Prose

/// Quotations that are not written as the text has them.
@Suite struct FoldedQuotationTests {
    private func found(_ quote: String, in text: String) -> [String] {
        let bytes = Array(text.utf8)
        return FoldedQuotation(Array(quote.utf8)).places(in: bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test(arguments: [
        ("一、总体", "⼀、总体\n为了⽅便用户", "⼀、总体"), ("为了方便用户", "⼀、总体\n为了⽅便用户使用", "为了⽅便用户"),
        ("总体为了", "一、总体\n\n　　为了方便", "总体\n\n　　为了"),
        ("改革开放", "坚持改\r\n革开放。", "改\r\n革开放"), ("GDP增长5%", "ＧＤＰ增长５％，", "ＧＤＰ增长５％"), ("論水", "论水", "论水"),
        ("rural economy", "The Rural\nEconomy grows", "Rural\nEconomy"),
        ("cafe", "ein Café am", "Café"), ("CAFE\u{301}", "ein cafe am", "cafe"),
        ("café", "ein cafe\u{301} am", "cafe\u{301}"), ("strasse", "die Straße da", "Straße"),
        ("office", "the o\u{FB03}ce is", "o\u{FB03}ce"), ("ガイド", "ｶﾞｲﾄﾞ本", "ｶﾞｲﾄﾞ"), ("econ", "his Economy", "Econ"),
        ("，好", "你,好", ",好"),
    ])
    func `is found as search finds it, with exact places`(quote: String, text: String, passage: String) {
        #expect(found(quote, in: text) == [passage])
    }

    @Test func `what only looks alike without its blanks is another passage`() {
        #expect(found("nowhere", in: "now here").isEmpty)
        #expect(found("建设发展", in: "建设、发展").isEmpty)
        #expect(found(" \n", in: "话。\n").isEmpty)
    }

    @Test func `each occurrence is found, overlapping beginnings and all`() {
        #expect(found("甲甲乙", in: "甲甲甲乙，甲甲\n乙") == ["甲甲乙", "甲甲\n乙"])
        #expect(found("aab", in: "aaab aab") == ["aab", "aab"])
    }

    @Test func `a quotation as it is written goes before one that is folded`() throws {
        let text = Array("一、甲。\n⼀、乙。\n".utf8)
        #expect(try Passages.find(.quote(Array("⼀、".utf8), occurrence: nil), in: text, isMarkdown: false) == 13..<19)
        #expect(throws: ArchiveError.self) {
            try Passages.find(.quote(Array("Ａ".utf8), occurrence: nil), in: text, isMarkdown: false)
        }
    }
}
