import Testing

@testable import Archive

@Suite struct PDFPageNumberTests {
    /// The text of pages whose lines are given.
    private func joined(_ pages: [String]) -> String {
        String(decoding: PDFText.joined(Array(pages.map { $0 + "\n\u{C}" }.joined().utf8)), as: UTF8.self)
    }

    private func pages(_ feet: [String]) -> [String] { feet.enumerated().map { "第\($0)段。\n\($1)" } }

    @Test(arguments: [
        ["1", "2", "3"], ["7", "8", "9"], ["- 1 -", "- 2 -"], ["— 12 —", "— 13 —"], ["第 3 页", "第 4 页"],
        ["1/3", "2/3", "3/3"],
        ["第 1 页 共 2 页", "第 2 页 共 2 页"], ["１", "２"], ["Page 1 of 2", "Page 2 of 2"], ["- 1 -"], ["第 1 页"],
        ["1203", "1204", "1205"],
    ]) func numbersThatCountUpAreLeftOut(feet: [String]) {
        #expect(joined(pages(feet)) == feet.indices.map { "第\($0)段。\n" }.joined())
        #expect(
            joined(feet.enumerated().map { "\($1)\n第\($0)段。" }) == feet.indices.map { "第\($0)段。\n" }.joined(),
            "at the head")
    }

    @Test(arguments: [
        ["1200"], ["2026"], ["12"], ["1200", "2026"], ["5", "8", "13"], ["2024", "2025"], ["3/4"], ["- 30 -"],
        ["7", "7", "7"], ["3", "2", "1"],
        ["2024", "2025", "2026"], ["印发于", "2024-05-01"], ["第 9 页"],
    ]) func numbersThatAreContentStay(feet: [String]) {
        #expect(joined(pages(feet)) == pages(feet).map { $0 + "\n" }.joined())
    }

    @Test func aTablesLastCellStaysAboveAPageNumber() {
        #expect(joined(["收入\n1200\n\n1", "支出\n1300\n\n2"]) == "收入\n1200\n支出\n1300\n")
        #expect(joined(["收入\n1200", "支出\n1300\n2", "余额\n100\n3"]) == "收入\n1200\n支出\n1300\n余额\n100\n")
    }

    @Test func aCoverAndASecondCountMayBeThere() {
        #expect(joined(["封面\n某某市", "一段。\n1", "二段。\n2", "三段。\n3"]) == "封面\n某某市\n一段。\n二段。\n三段。\n")
        let twice = joined(pages(["1", "2", "3", "1", "2", "3"]))
        #expect(twice == (0..<6).map { "第\($0)段。\n" }.joined())
    }
}
