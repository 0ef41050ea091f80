import Testing

@testable import Archive

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
