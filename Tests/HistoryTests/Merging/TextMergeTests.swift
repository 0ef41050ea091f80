import TestSupport
import Testing

@testable import History
@testable import Prose

@Suite struct TextMergeTests {
    private func merge(_ base: String, _ sides: String...) -> TextMergeResult {
        TextMerge.merge(base: Array(base.utf8), sides: sides.map { Array($0.utf8) })
    }

    private func expectClean(
        _ result: TextMergeResult, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(String(decoding: result.text, as: UTF8.self) == text, sourceLocation: sourceLocation)
        #expect(result.conflicts.isEmpty, sourceLocation: sourceLocation)
    }

    @Test func `edits of different sentences merge`() {
        expectClean(merge("甲一。乙二。丙三。", "甲改。乙二。丙三。", "甲一。乙二。丙换。"), "甲改。乙二。丙换。")
    }

    @Test func `edits of neighbouring sentences merge`() {
        expectClean(merge("春来。夏至。", "春天来到了。夏至。", "春来。夏天过去了。"), "春天来到了。夏天过去了。")
        expectClean(merge("春来。夏至。秋分。", "夏至。秋分。", "春来。秋分。"), "秋分。")
    }

    @Test func `three sides merge at once`() {
        expectClean(merge("甲。乙。丙。丁。", "子。乙。丙。丁。", "甲。乙。寅。丁。", "甲。乙。丙。卯。辰。"), "子。乙。寅。卯。辰。")
    }

    @Test func `the same edit on two sides counts once`() {
        expectClean(merge("甲。乙。", "甲。新句。乙。", "甲。新句。乙。尾。"), "甲。新句。乙。尾。")
    }

    @Test
    func
        `a part of a sentence that both changed alike is a conflict, also beside an edit that begins before the sentence`()
    {
        #expect(!merge("今年春天多雨。", "今年夏天少雨。", "今年春天少雨。").isClean)
        let (base, theirs) = ("# 笔记\n\n第0句话说的是第0种情况。末句。", "# 笔记\n\n第0句话说的是第9种情况。末句。")
        for start in ["# 笔记\n又一句。00", "# 笔记00", "新的。# 记\n又一句。再一句。00"] {
            #expect(!merge(base, start + "句话说的是第9种情况。末句。", theirs).isClean, "\(start)")
        }
        // Two edits of one sentence, of which one begins before it, and nothing is alike.
        expectClean(
            merge(base, "# 笔记\n又一句。00句话说的是第0种情况。末句。", theirs), "# 笔记\n又一句。00句话说的是第9种情况。末句。")
    }

    @Test func `different insertions at one point are a conflict`() {
        let result = merge("甲。乙。", "甲。春。乙。", "甲。秋。乙。")
        #expect(result.text == Array("甲。乙。".utf8))
        #expect(
            result.conflicts == [
                MergeHunk(
                    baseRange: 6..<6, base: [], sides: [Array("春。".utf8), Array("秋。".utf8)], resultRange: 6..<6,
                    sideRanges: [6..<12, 6..<12])
            ])
    }

    @Test func `an insertion where another side deletes is a conflict`() {
        #expect(merge("甲。乙。丙。", "甲。丙。", "甲。乙。新。丙。").conflicts.count == 1)
        #expect(merge("甲。乙。丙。", "甲。丙。", "甲。新。乙。丙。").conflicts.count == 1)
    }

    @Test func `edits of far places in one sentence merge`() {
        expectClean(
            merge("今年春天雨水很多，庄稼长势良好。", "今年夏天雨水很多，庄稼长势良好。", "今年春天雨水很多，庄稼长势喜人。"),
            "今年夏天雨水很多，庄稼长势喜人。")
    }

    @Test func `edits that touch inside a sentence are one conflict with every side`() {
        let base = "今年春天雨水很多。"
        let result = merge(base, "今年夏天雨水很多。", base, "今年春季雨水很多。")
        #expect(result.text == Array(base.utf8))
        #expect(result.conflicts.count == 1)
        #expect(result.conflicts[0].sides == ["今年夏天雨水很多。", base, "今年春季雨水很多。"].map { Array($0.utf8) })
    }

    @Test(arguments: [
        ("100万元。", "200万元。", "105万元。"), ("一百二十人。", "三百二十人。", "一百二十五人。"), ("cat sat. ", "bat sat. ", "car sat. "),
    ])
    func `two edits of one number or word never mix`(base: String, left: String, right: String) {
        let result = merge(base, left, right)
        #expect(result.text == Array(base.utf8))
        #expect(result.conflicts.count == 1)
    }

    @Test func `a deletion against an edit is a conflict`() {
        #expect(merge("甲。今年春天雨水很多。丙。", "甲。丙。", "甲。今年夏天雨水很多。丙。").conflicts.count == 1)
    }

    @Test func `a sentence put in beside one that was written anew merges`() {
        expectClean(merge("甲一二三。乙。", "子丑寅卯。乙。", "甲一二三。新。乙。"), "子丑寅卯。新。乙。")
        expectClean(merge("甲一二三。乙。", "子丑寅卯。乙。", "新。甲一二三。乙。"), "新。子丑寅卯。乙。")
        // What has no end of its own is part of the sentence beside it.
        #expect(merge("甲一二三。乙。", "子丑寅卯。乙。", "新甲一二三。乙。").conflicts.count == 1)
        #expect(merge("甲一二三", "子丑寅卯", "甲一二三新").conflicts.count == 1)
    }

    @Test func `an edit is not applied inside a sentence that was mostly rewritten`() {
        let base = "会议认为，必须坚持党的领导，推动改革发展。"
        let rewritten = "去年以来，各地坚持党的领导，扎实做好防汛抗旱、抢险救灾和灾后重建等各项工作，取得明显成效。"
        #expect(merge(base, rewritten, base.replacing("坚持党的领导", with: "坚持党的全面领导")).conflicts.count == 1)
    }

    @Test func `an edit that may have been made at several places contests them all`() {
        #expect(merge("东风吹，东风吹。", "东风吹。", "东风吹，西风吹。").conflicts.count == 1)
        #expect(merge("甲。乙。甲。乙。", "甲。乙。", "甲。乙。丙。甲。乙。").conflicts.count == 1)
    }

    @Test func `where the base is nobody's word, sides agree or conflict`() {
        let base = Array("甲。乙。丙。".utf8)
        let sides = ["甲。乙。丙。", "甲。丁。丙。"].map { Array($0.utf8) }
        #expect(TextMerge.merge(base: base, sides: sides).isClean)
        let result = TextMerge.merge(base: base, sides: sides, unsettled: [6..<12])
        #expect(result.conflicts.map(\.sides) == [["乙。", "丁。"].map { Array($0.utf8) }])
        #expect(
            TextMerge.merge(base: base, sides: [sides[1], sides[1]], unsettled: [6..<12])
                == TextMergeResult(text: sides[1], conflicts: []))
        let point = TextMerge.merge(base: base, sides: [base, Array("甲。新。乙。丙。".utf8)], unsettled: [6..<6])
        #expect(point.conflicts.map(\.sides) == [[[], Array("新。".utf8)]])
    }

    @Test func `ranges of a conflict point at its texts`() throws {
        let base = "首句。今年春天。末句。"
        let sides = ["首句长了。今年夏天。末句。", "首句。今年秋天。末句。尾。", "首句。今年春天。末句。"]
        let result = TextMerge.merge(base: Array(base.utf8), sides: sides.map { Array($0.utf8) })
        let hunk = try #require(result.conflicts.first)
        #expect(result.text == Array("首句长了。今年春天。末句。尾。".utf8))
        #expect(Array(result.text[hunk.resultRange]) == hunk.base)
        #expect(Array(Array(base.utf8)[hunk.baseRange]) == hunk.base)
        for (side, (text, range)) in zip(sides, zip(hunk.sides, hunk.sideRanges)) {
            #expect(Array(Array(side.utf8)[range]) == text)
        }
        #expect(hunk.sides.map { String(decoding: $0, as: UTF8.self) } == ["今年夏天。", "今年秋天。", "今年春天。"])
    }

    @Test func `sentences around a conflict in one run of edits still merge`() {
        let result = merge("春天来得早。夏天炎热。秋天凉爽。冬天长。", "春天来得很早。夏天很炎热。秋天凉爽。冬天长。", "春天来得早。夏天炎热极了。秋天真凉爽。冬天长。")
        #expect(String(decoding: result.text, as: UTF8.self) == "春天来得很早。夏天很炎热极了。秋天真凉爽。冬天长。")
        let clash = merge("春天来得早。夏天热。秋天凉爽。冬天长。", "春天来得很早。夏天冷。秋天凉爽。冬天长。", "春天来得早。夏天暖。秋天真凉爽。冬天长。")
        #expect(String(decoding: clash.text, as: UTF8.self) == "春天来得很早。夏天热。秋天真凉爽。冬天长。")
        #expect(clash.conflicts.map { String(decoding: $0.base, as: UTF8.self) } == ["夏天热。"])
    }

    @Test func `texts without a base conflict unless they are equal`() {
        expectClean(merge("", "甲。", "甲。"), "甲。")
        #expect(merge("", "甲。", "乙。").conflicts.count == 1)
    }

    @Test func `where both sides changed every sentence, each merges or conflicts by itself`() {
        var random = SeededProse(seed: 5)
        let sentences = (0..<60).map {
            "〔\($0)〕" + String(decoding: random.word(40), as: UTF8.self).filter { $0 != " " } + "，到此为止。"
        }
        func side(_ change: (Int) -> String) -> [UInt8] {
            Array(
                sentences.indices.map { sentences[$0].replacing($0 % 2 == 0 ? "〕" : "到此", with: change($0)) }.joined()
                    .utf8)
        }
        let left = side { $0 % 2 == 0 ? "〕甲" : "到那" }
        let right = Array(sentences.map { $0.replacing("到此", with: "到这") }.joined().utf8)
        let result = TextMerge.merge(base: Array(sentences.joined().utf8), sides: [left, right])
        #expect(result.conflicts.count == 30)
        #expect(
            result.conflicts.allSatisfy {
                $0.sides.count == 2 && String(decoding: $0.base, as: UTF8.self).hasSuffix("到此为止。")
            })
        for place in stride(from: 0, to: 60, by: 2) {
            let merged = sentences[place].replacing("〕", with: "〕甲").replacing("到此", with: "到这")
            #expect(String(decoding: result.text, as: UTF8.self).contains(merged))
        }
    }

    @Test func `a sentence that both put in is not doubled for being taken for another`() {
        let base = "第二段还有另外的一句话。"
        let result = merge(base, "第二段还有第零方的一句话。第六段还有另外的一句话。", "第二段还有另外的一句话。第六段还有另外的一句话。")
        #expect(!String(decoding: result.text, as: UTF8.self).contains("第六段还有另外的一句话。第六段还有另外的一句话。"))
    }

    @Test func `an edit is not applied to the sentence that another side put in its place`() {
        // Nearly equal sentences that changed places are not edits of each other.
        let base = "第0句说明第0种。第1句说明第9种。第2句说明第0种。第3句说明第0种。"
        let swapped = "第0句说明第0种。第3句说明第0种。第2句说明第0种。第1句说明第9种。"
        #expect(!merge(base, swapped, "第0句说明第0种。第1句说明第0种。第2句说明第0种。第3句说明第9种。").isClean)
        #expect(!merge("第0句说明第1种。第1句说明第2种。", "第1句说明第2种。第0句说明第1种。", "第0句说明第1种。第1句讲明第2种。").isClean)
        #expect(!merge("第1句说明第2种。第2句说明第2种。", "第2句说明第2种。第1句说明第2种。", "第1句新说明第秋种。第2句说明第2种。").isClean)
        // A copy of a sentence in the place of another is no edit of that either.
        #expect(!merge("第0句说明第0种。第1句说明第1种。", "第0句说明第0种。第0句说明第0种。", "第0句说明第0种。第1句讲明第1种。").isClean)
    }

    @Test func `a sentence put in at two places is a conflict, not two sentences`() {
        let result = merge("甲一。乙二。丙三。丁四。", "新来的句子。甲一。乙二。丙三。丁四。", "甲一。乙二。丙三。新来的句子。丁四。")
        #expect(result.conflicts.map { String(decoding: $0.base, as: UTF8.self) } == ["甲一。乙二。丙三。"])
        #expect(!merge("春来。夏天到了。秋分。冬至。", "夏天到了。春来。秋分。冬至。", "春来。秋分。冬至。夏天到了。").isClean)
    }

    @Test func `past the bound a hunk is a conflict`() {
        let base = Array("今年春天雨水很多，庄稼长势良好。".utf8)
        let sides = [Array("今年夏天雨水很多，庄稼长势良好。".utf8), Array("今年春天雨水很多，庄稼长势喜人。".utf8)]
        let edits = sides.map { [TextChange(baseRange: 0..<base.count, newRange: 0..<$0.count)] }
        var cells = 10_000
        #expect(
            AtomMerge.pieces(base: base, sides: sides, edits: edits, kept: [[], []], cells: &cells)?.map {
                $0.text != nil
            } == [true])
        #expect(cells < 10_000)
        cells = 3
        #expect(AtomMerge.pieces(base: base, sides: sides, edits: edits, kept: [[], []], cells: &cells) == nil)
    }

    @Test(arguments: [UInt64(31), 32, 33, 34]) func `one changed side wins, whatever it did`(seed: UInt64) {
        var random = SeededProse(seed: seed)
        for _ in 0..<100 {
            let base = Array(random.sentences(random.next(below: 12)).joined())
            let side = random.edited(base, edits: random.next(below: 5))
            for sides in [[side], [base, side], [side, base], [side, side], [side, base, side]] {
                #expect(
                    TextMerge.merge(base: base, sides: sides) == TextMergeResult(text: side, conflicts: []),
                    "seed \(seed)")
            }
        }
    }

    @Test(arguments: [UInt64(41), 42, 43, 44]) func `the order of the sides does not matter`(seed: UInt64) {
        var random = SeededProse(seed: seed)
        for _ in 0..<100 {
            let base = Array(random.sentences(1 + random.next(below: 8)).joined())
            let sides = (0..<2 + random.next(below: 3)).map { _ in random.edited(base, edits: random.next(below: 4)) }
            let order = sides.indices.sorted { _, _ in random.next(below: 2) == 0 }
            let merged = TextMerge.merge(base: base, sides: sides)
            let permuted = TextMerge.merge(base: base, sides: order.map { sides[$0] })
            #expect(merged.text == permuted.text, "seed \(seed)")
            let expected = merged.conflicts.map { hunk in
                var hunk = hunk
                (hunk.sides, hunk.sideRanges) = (order.map { hunk.sides[$0] }, order.map { hunk.sideRanges[$0] })
                return hunk
            }
            #expect(expected == permuted.conflicts, "seed \(seed)")
            checkInvariants(merged, base: base, sides: sides, seed: seed)
        }
    }

    private func checkInvariants(_ result: TextMergeResult, base: [UInt8], sides: [[UInt8]], seed: UInt64) {
        #expect(String(validating: result.text, as: UTF8.self) != nil, "seed \(seed)")
        var position = 0
        for hunk in result.conflicts {
            #expect(hunk.resultRange.lowerBound >= position, "seed \(seed)")
            position = hunk.resultRange.upperBound
            #expect(
                Array(result.text[hunk.resultRange]) == hunk.base && Array(base[hunk.baseRange]) == hunk.base,
                "seed \(seed)")
            for (side, (text, range)) in zip(sides, zip(hunk.sides, hunk.sideRanges)) {
                #expect(Array(side[range]) == text, "seed \(seed)")
            }
            #expect(Set(hunk.sides).subtracting([hunk.base]).count > 1, "seed \(seed)")
        }
    }

    @Test(arguments: [UInt64(51), 52, 53]) func `edits of different sentences are all in the result`(seed: UInt64) {
        var random = SeededProse(seed: seed)
        for round in 0..<100 {
            // Numbered, so that no sentence occurs twice and what an edit did is never in doubt; in paragraphs with an empty
            // line between, as which of those went does not matter. No edit joins two paragraphs: that touches both.
            let ends = ["。", "；", "。\n\n"].map { Array($0.utf8) }
            let endings = (0..<20).map { _ in ends[random.next(below: 3)] }
            let sentences = endings.indices.map {
                Array("〔\($0)〕".utf8) + random.word(2 + random.next(below: 30)) + endings[$0]
            }
            var sides = [sentences, sentences, sentences]
            var expected = sentences
            for index in sentences.indices {
                let side = random.next(below: 3)
                switch random.next(below: 4) {
                case 0: sides[side][index] = Array("〔\(side)改\(index)〕".utf8) + random.word(9) + endings[index]
                case 1 where endings[index] != ends[2] || index == 0 || endings[index - 1] == ends[2]:
                    sides[side][index] = []
                default: continue
                }
                expected[index] = sides[side][index]
            }
            let result = TextMerge.merge(base: Array(sentences.joined()), sides: sides.map { Array($0.joined()) })
            #expect(
                result == TextMergeResult(text: Array(expected.joined()), conflicts: []), "seed \(seed) round \(round)")
        }
    }

    @Test(arguments: [UInt64(61), 62, 63]) func `nothing that a side inserted is lost from a clean merge`(seed: UInt64)
    {
        var random = SeededProse(seed: seed)
        var cleanMerges = 0
        for _ in 0..<200 {
            let base = Array(random.sentences(6).joined())
            var sides: [[UInt8]] = []
            for side in 0..<2 + random.next(below: 2) {
                var scalars = Array(String(decoding: base, as: UTF8.self).unicodeScalars)
                let mark = Array("〔第\(side)方所加〕".unicodeScalars)
                scalars.insert(contentsOf: mark, at: random.next(below: scalars.count + 1))
                sides.append(scalars.flatMap { Array(String($0).utf8) })
            }
            let result = TextMerge.merge(base: base, sides: sides)
            guard result.isClean else { continue }
            cleanMerges += 1
            for side in sides.indices {
                let mark = Array("〔第\(side)方所加〕".utf8)
                let isThere = result.text.indices.contains { result.text[$0...].starts(with: mark) }
                #expect(isThere, "seed \(seed)")
            }
        }
        #expect(cleanMerges > 50, "seed \(seed)")
    }
}
