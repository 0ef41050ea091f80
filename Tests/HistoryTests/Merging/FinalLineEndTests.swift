import Testing

@testable import History

@Suite struct FinalLineEndTests {
    private func merge(_ base: String, _ sides: String...) -> TextMergeResult {
        TextMerge.merge(base: Array(base.utf8), sides: sides.map { Array($0.utf8) })
    }

    @Test(arguments: [
        ("甲。", "甲。\n", "甲。\n乙。\n", "甲。\n乙。\n"), ("甲。\n", "甲。", "甲。\n乙。\n", "甲。\n乙。"),
        ("甲。\n乙。", "甲。\n乙。\n", "甲。\n乙丙。", "甲。\n乙丙。\n"),
        ("甲。", "甲。\n", "丁。甲。", "丁。甲。\n"), ("甲。", "甲。\r\n", "甲。\r\n乙。\r\n", "甲。\r\n乙。\r\n"),
        ("甲。乙。", "甲。乙。\n", "乙。", "乙。\n"),
        ("甲。", "甲。\n", "甲。乙。", "甲。乙。\n"),
    ]) func aFinalLineEndIsNoConflict(base: String, left: String, right: String, merged: String) {
        for result in [merge(base, left, right), merge(base, right, left)] {
            #expect(result.isClean && String(decoding: result.text, as: UTF8.self) == merged, "\(result)")
        }
    }

    @Test func otherConflictsStayWithWholeSides() {
        let result = merge("甲。\n乙。", "甲一。\n乙。\n", "甲二。\n乙。")
        #expect(
            result.conflicts.count == 1
                && result.conflicts[0].sides.map { String(decoding: $0, as: UTF8.self) } == ["甲一。\n", "甲二。\n"])
        #expect(!merge("甲。", "甲春。\n", "甲秋。").isClean)
    }
}
