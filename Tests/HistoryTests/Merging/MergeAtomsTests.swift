import TestSupport
import Testing

@testable import History

@Suite struct MergeAtomsTests {
    private func atoms(_ text: String) -> [String] {
        MergeAtoms.ranges(in: Array(text.utf8)).map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
    }

    @Test func `numbers, words and emoji sequences are whole`() {
        #expect(atoms("共1,234.5万元") == ["共", "1,234.5万", "元"])
        #expect(atoms("一百二十五人") == ["一百二十五", "人"])
        #expect(atoms("GDP增长5.2%。") == ["GDP", "增", "长", "5.2%", "。"])
        #expect(atoms("好👩‍👩‍👧👍🏽") == ["好", "👩‍👩‍👧", "👍🏽"])
        #expect(atoms("🇨🇳🇫🇷").map(\.utf8.count) == [8, 8])
        #expect(atoms("e\u{301}\r\n\n").map(\.utf8.count) == [3, 2, 1])
    }

    @Test func `what is one value to a reader is one atom`() {
        for value in [
            "２．５", "9:30", "９：３０", "010-66012399", "三分之二", "百分之三十五", "一月一日", "2023年12月28日", "5—8%", "3/4", "十一点二十分",
            "1～2",
        ] {
            #expect(atoms("在\(value)里") == ["在", value, "里"])
        }
        func merge(_ base: String, _ left: String, _ right: String) -> TextMergeResult {
            TextMerge.merge(base: Array(base.utf8), sides: [Array(left.utf8), Array(right.utf8)])
        }
        #expect(!merge("会议在12月28日开。", "会议在11月28日开。", "会议在12月30日开。").isClean, "not 11月30日")
        #expect(merge("会议定在12月28日开。", "会议定在11月28日开。", "大会定在12月28日开。").text == Array("大会定在11月28日开。".utf8))
    }

    @Test(arguments: [UInt64(71), 72]) func `atoms partition any text`(seed: UInt64) {
        var random = SeededProse(seed: seed)
        for _ in 0..<100 {
            let text = random.word(random.next(below: 60))
            var position = 0
            for range in MergeAtoms.ranges(in: text) {
                #expect(range.lowerBound == position && !range.isEmpty, "seed \(seed)")
                position = range.upperBound
            }
            #expect(position == text.count, "seed \(seed)")
        }
    }
}
