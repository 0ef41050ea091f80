import Archive
import Testing

@testable import History
@testable import Simulation

/// Merges of texts whose sentences can be taken for each other.
@Suite struct NearlyEqualSentencesTests {
    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8]) func `none that a side made up is lost or doubled`(seed: UInt64)
    {
        let dice = Dice(seed: seed)
        var clean = 0
        for _ in 0..<2000 {
            let base = (0..<2 + dice.roll(6)).map { "第\($0 % 4)句说明第\(dice.roll(3))种。" }
            let ends = base.map { _ in dice.pick(["", "", "\n", "\n\n"])! }
            let texts = ([base] + (0..<2).map { _ in edited(base, dice) }).map {
                lines($0, seed % 2 == 0 ? ends : [], dice)
            }
            guard Set(texts).count == 3 else { continue }
            let result = TextMerge.merge(base: texts[0], sides: Array(texts[1...]))
            guard result.isClean else { continue }
            clean += 1
            let check = MergeCheck(base: texts[0], sides: Array(texts[1...]), merged: result.text)
            let shown = (texts + [result.text]).map { String(decoding: $0, as: UTF8.self) }
            #expect(check.lost() == nil && check.doubled() == nil, "seed \(seed): \(shown)")
        }
        #expect(clean > 300)
    }

    /// The sentences with line ends behind some, mostly the same whatever sentences they are: a line end belongs to a place.
    private func lines(_ sentences: [String], _ ends: [String], _ dice: Dice) -> [UInt8] {
        let lines = sentences.enumerated().map { place, sentence in
            sentence + (place >= ends.count ? "" : dice.chance(10) ? dice.pick(["", "\n"])! : ends[place])
        }
        return Array(lines.joined().utf8)
    }

    /// Sentences moved, taken out, put in and changed by a character.
    private func edited(_ base: [String], _ dice: Dice) -> [String] {
        var sentences = base
        for _ in 0...dice.roll(3) {
            let place = dice.roll(sentences.count)
            switch dice.roll(6) {
            case 0: sentences.swapAt(place, dice.roll(sentences.count))
            case 1:
                let moved = sentences.remove(at: place)
                sentences.insert(moved, at: dice.roll(sentences.count + 1))
            case 2: sentences.insert("第\(dice.roll(9))句说明第\(dice.roll(4))种。", at: place)
            case 3 where sentences.count > 1: sentences.remove(at: place)
            default:
                var characters = Array(sentences[place])
                characters[dice.roll(characters.count - 1)] = dice.pick(["0", "1", "2", "3", "春", "秋"])!
                sentences[place] = String(characters)
            }
        }
        return sentences
    }

    @Test func `the check tells a merge from a loss`() {
        func lost(_ base: String, _ left: String, _ right: String, _ merged: String) -> String? {
            MergeCheck(
                base: Array(base.utf8), sides: [Array(left.utf8), Array(right.utf8)], merged: Array(merged.utf8)
            ).lost()
                .map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(lost("春天多雨。", "夏天多雨。", "春天多风。", "夏天多风。") == nil)
        #expect(lost("春天多雨。", "夏天多雨。", "春天多风。", "夏天多雨。") == "春天多风。")
        #expect(lost("一甲。二乙。", "二乙。一甲。", "一丙。二乙。", "二丙。一甲。") == "一丙。")
        // That some characters agree is no proof that the other side's sentence is in it: this is a conflict (docs/merging.md).
        #expect(lost("春天多雨。", "夏天少雨。", "春天少雨。", "夏天少雨。") == "春天少雨。")
        #expect(lost("春天多雨。", "夏天少雨。", "春天少风。", "夏天少雨。") == "春天少风。")
        #expect(lost("春天多雨。", "夏天少雨。", "秋天少雨。", "夏天少雨。") == "秋天少雨。")
    }
}
