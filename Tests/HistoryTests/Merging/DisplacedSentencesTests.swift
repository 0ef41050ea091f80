import TestSupport
import Testing

@testable import History

/// What must never come of a merge, whatever was moved, joined, put in and taken out.
@Suite struct DisplacedSentencesTests {
    /// Paragraphs of one sentence each; `isJoined` says that the next stands on the same line.
    private typealias Paragraphs = [(text: String, isJoined: Bool)]

    private static func merge(_ base: String, _ sides: [String]) -> TextMergeResult {
        TextMerge.merge(base: Array(base.utf8), sides: sides.map { Array($0.utf8) })
    }

    /// The text with all conflicts as one side has them.
    private func taken(_ side: Int, of result: TextMergeResult) -> String {
        String(decoding: result.text { $0.sides[side] }, as: UTF8.self)
    }

    private func count(_ part: String, in text: String) -> Int {
        text.split(separator: part, omittingEmptySubsequences: false).count - 1
    }

    @Test func `a paragraph moved to where another side put one in stands on every side that is taken`() {
        let paragraphs = ["第一段说的是买书的事情，并没有计划。", "第二段说的是读书的事情，最好清晨。", "第三段说的是送书的事情，流转最好。"]
        let new = "第四段说的是借书的事情，借了要还。"
        func text(_ parts: [String]) -> String { parts.joined(separator: "\n\n") + "\n" }
        for from in paragraphs.indices {
            for to in paragraphs.indices where to != from {
                var moved = paragraphs
                moved.insert(moved.remove(at: from), at: to)
                for place in 0...paragraphs.count {
                    var longer = paragraphs
                    longer.insert(new, at: place)
                    let result = Self.merge(text(paragraphs), [text(moved), text(longer)])
                    for side in result.isClean ? [0] : [0, 1] {
                        let taken =
                            result.isClean ? String(decoding: result.text, as: UTF8.self) : taken(side, of: result)
                        for paragraph in paragraphs {
                            #expect(count(paragraph, in: taken) == 1, "\(from) to \(to), in at \(place)")
                        }
                        if result.isClean || side == 1 { #expect(count(new, in: taken) == 1) }
                    }
                }
            }
        }
    }

    @Test(arguments: [UInt64(91), 92, 93, 94]) func `no outcome loses or doubles what every side has`(seed: UInt64) {
        var random = SeededProse(seed: seed)
        var conflicts = 0
        for round in 0..<1000 {
            let (base, sides) = texts(&random, joining: round % 2 == 0)
            let result = Self.merge(base, sides)
            conflicts += result.isClean ? 0 : 1
            let outcomes =
                [String(decoding: result.text, as: UTF8.self)]
                + (result.isClean ? [] : sides.indices.map { taken($0, of: result) })
            for paragraph in base.split(separator: "\n").map(String.init) {
                let isEverywhere = sides.allSatisfy { $0.contains(paragraph) }
                for outcome in outcomes {
                    let count = count(paragraph, in: outcome)
                    #expect(
                        count <= 1 && (count == 1 || !isEverywhere),
                        "seed \(seed): \(base.debugDescription) \(sides) \(outcome)")
                }
            }
        }
        #expect(conflicts > 200)
    }

    @Test(arguments: [UInt64(101), 102]) func `a sentence that every side has stays, however often it stood`(
        seed: UInt64
    ) {
        var random = SeededProse(seed: seed)
        let sentences = ["请各单位按时报送有关材料。", "中间还有一些别的话要说。", "最后一段说的是总结。"]
        for _ in 0..<1000 {
            let base = (0..<3 + random.next(below: 5)).map { _ in sentences[random.next(below: sentences.count)] }
            let sides = (0..<2 + random.next(below: 2)).map { _ in
                var side = base
                for _ in 0...random.next(below: 2) where !side.isEmpty {
                    let removed = side.remove(at: random.next(below: side.count))
                    if random.next(below: 3) == 0 { side.insert(removed, at: random.next(below: side.count + 1)) }
                }
                return side.map { $0 + "\n" }.joined()
            }
            let result = Self.merge(base.map { $0 + "\n" }.joined(), sides)
            let outcomes =
                [String(decoding: result.text, as: UTF8.self)]
                + (result.isClean ? [] : sides.indices.map { taken($0, of: result) })
            for sentence in sentences where base.contains(sentence) && sides.allSatisfy({ $0.contains(sentence) }) {
                for outcome in outcomes { #expect(outcome.contains(sentence), "\(base) \(sides) \(outcome)") }
            }
        }
    }

    @Test func `as many conflicts as there are stay apart`() {
        // Of each region a sentence moves inside it, beside what both put in there.
        let regions = (0..<20).map { region in (0..<7).map { "第\(region)处的第\($0)段说的是各种各样的事情。\n" } }
        let (base, sides) = (
            regions.joined().joined(),
            (0..<2).map { side in
                regions.enumerated().map { region, paragraphs in
                    var paragraphs = paragraphs
                    paragraphs.insert("两边都加进来的第\(region)句话说的是同一件事。\n", at: 2 + side)
                    if side == 0 { paragraphs.swapAt(1, 2) }
                    return paragraphs.joined()
                }.joined()
            }
        )
        let result = Self.merge(base, sides)
        #expect(
            result.conflicts.count >= 20 && result.conflicts.allSatisfy { $0.base.count < base.utf8.count / 10 },
            "\(result.conflicts.count)")
    }

    @Test(arguments: [UInt64(95), 96, 97, 98]) func `a clean merge brings nothing onto one line that no side has there`(
        seed: UInt64
    ) {
        var random = SeededProse(seed: seed)
        var clean = 0
        for _ in 0..<1500 {
            let (base, sides) = texts(&random, joining: true)
            let result = Self.merge(base, sides)
            guard result.isClean else { continue }
            clean += 1
            for line in String(decoding: result.text, as: UTF8.self).split(separator: "\n") {
                let parts = line.split(separator: "。")
                for (left, right) in zip(parts, parts.dropFirst()) where !(left.contains("方") && right.contains("方")) {
                    let isThere = sides.contains { $0.contains(left + "。" + right) }
                    #expect(isThere, "seed \(seed): \(base.debugDescription) \(sides) \(line)")
                }
            }
        }
        #expect(clean > 300)
    }

    /// A base and two or three texts made of it: paragraphs moved, put in and taken out, and joined or changed inside.
    private func texts(_ random: inout SeededProse, joining: Bool) -> (base: String, sides: [String]) {
        let names = Array("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉").map(String.init)
        let base: Paragraphs = (0..<2 + random.next(below: 6)).map { place in
            ("\(names[place])某人说的是\(names[(place * 7 + 3) % 20])书的事情，总有\(names[(place * 3 + 1) % 20])计划。", false)
        }
        let ends = (0..<20).map { _ in random.next(below: 5) == 0 ? "\n" : "\n\n" }
        func text(_ paragraphs: Paragraphs) -> String {
            paragraphs.enumerated().map { place, paragraph in
                paragraph.text + (paragraph.isJoined && place < paragraphs.count - 1 ? "" : ends[place])
            }.joined()
        }
        let sides = (0..<2 + random.next(below: 2)).map { side in
            var paragraphs = base
            for edit in 0...random.next(below: 2) where !paragraphs.isEmpty {
                let place = random.next(below: paragraphs.count)
                switch random.next(below: 5) {
                case 0:
                    let moved = paragraphs.remove(at: place)
                    paragraphs.insert((moved.text, false), at: random.next(below: paragraphs.count + 1))
                case 1:
                    paragraphs.insert(
                        ("第\(side)方新加的第\(edit)句讲藏书印章之事。", false), at: random.next(below: paragraphs.count + 1))
                case 2: paragraphs.remove(at: place)
                case 3 where !joining:
                    paragraphs[place].text.replace("的事情", with: random.next(below: 2) == 0 ? "的小事情\(side)" : "的大事")
                default: if joining { paragraphs[place].isJoined = true }
                }
            }
            return text(paragraphs)
        }
        return (text(base), sides)
    }

    @Test func `paragraphs joined here and taken out or moved there are a conflict`() {
        let base = "一、买书\n\n我买书没有计划，见到就买。\n\n日子久了，书架便满了。\n\n二、读书\n\n读书最好在清晨。\n"
        let joined = base.replacing("就买。\n\n日子", with: "就买。日子")
        #expect(!Self.merge(base, [joined, base.replacing("日子久了，书架便满了。\n\n", with: "")]).isClean)
        #expect(!Self.merge(base, [joined, base.replacing("日子久了，书架便满了。\n\n", with: "") + "\n日子久了，书架便满了。\n"]).isClean)
        let edited = base.replacing("便满了", with: "就满了")
        #expect(
            String(decoding: Self.merge(base, [joined, edited]).text, as: UTF8.self)
                == joined.replacing("便满了", with: "就满了"))
    }

    @Test func `a section put in before an edited heading that it renumbers merges`() {
        let base = "一、提高认识\n\n甲乙丙丁戊己庚辛。\n\n二、突出重点任务，全力推进落实\n\n正文在这里写了很多。\n\n三、加强领导\n\n结束语。\n"
        let longer = base.replacing("二、突出", with: "二、坚持规划引领\n\n规划是龙头。\n\n三、突出").replacing("三、加强", with: "四、加强")
        for (old, new) in [("全力", "全面"), ("加强", "切实加强组织")] {
            let result = Self.merge(base, [longer, base.replacing(old, with: new)])
            #expect(result.isClean && String(decoding: result.text, as: UTF8.self) == longer.replacing(old, with: new))
        }
    }

    @Test func `two sides' changes of one sentence merge only with enough between them`() {
        func isClean(_ base: String, _ left: (String, String), _ right: (String, String)) -> Bool {
            Self.merge(base, [base.replacing(left.0, with: left.1), base.replacing(right.0, with: right.1)]).isClean
        }
        #expect(!isClean("由张建国同志负责这项工作。", ("张", "李"), ("国", "华")))
        #expect(!isClean("春天到来，雨水很多的地方。", ("来", "了"), ("雨", "湖")))
        #expect(!isClean("由欧阳建国同志负责这项工作。", ("欧阳", "司马"), ("国", "华")))
        #expect(isClean("由张建国同志负责这项工作。", ("张", "李"), ("志", "学")))
        #expect(isClean("The big red cat sat there. ", ("big", "small"), ("red", "blue")))
        #expect(!isClean("一、二班同学参加劳动。", ("一", "五"), ("二", "六")))
        #expect(!isClean("一、二班同学参加劳动。", ("一", "五"), ("班", "队")))
        #expect(isClean("（三）加强组织领导", ("三", "四"), ("加强", "切实加强")))
    }
}
