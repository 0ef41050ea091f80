import TestSupport
import Testing

@testable import History

@Suite struct MovedPassageTests {
    private static let paragraphs = (1...5).map { "第\($0)段讲的是一件要紧的事情。第\($0)段还有另外的一句要紧话。\n" }
    private static let base = paragraphs.joined()

    private func order(_ places: Int..., change: (String) -> String = { $0 }) -> String {
        change(places.map { Self.paragraphs[$0 - 1] }.joined())
    }

    private func edited(_ number: Int, _ text: String = base) -> String {
        text.replacing("第\(number)段讲的是一件要紧", with: "第\(number)段讲的是一件紧急")
    }

    /// Merges in both orders, which must give the same.
    private func merge(_ sides: String...) -> TextMergeResult {
        let results = [sides, sides.reversed()].map {
            TextMerge.merge(base: Array(Self.base.utf8), sides: $0.map { Array($0.utf8) })
        }
        #expect(results[0].text == results[1].text && results[0].conflicts.count == results[1].conflicts.count)
        for hunk in results[0].conflicts {
            #expect(
                Array(results[0].text[hunk.resultRange]) == hunk.base
                    && Array(Array(Self.base.utf8)[hunk.baseRange]) == hunk.base)
            for (side, (text, range)) in zip(sides, zip(hunk.sides, hunk.sideRanges)) {
                #expect(Array(Array(side.utf8)[range]) == text)
            }
        }
        return results[0]
    }

    private func expectClean(
        _ result: TextMergeResult, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(String(decoding: result.text, as: UTF8.self) == text && result.isClean, sourceLocation: sourceLocation)
    }

    @Test func `an edit follows the paragraph that another side moved`() {
        expectClean(merge(order(2, 3, 4, 1, 5), edited(1)), edited(1, order(2, 3, 4, 1, 5)))
        expectClean(merge(order(4, 1, 2, 3, 5), edited(4)), edited(4, order(4, 1, 2, 3, 5)))
        expectClean(merge(order(2, 1, 3, 4, 5), edited(1, edited(2))), edited(1, edited(2, order(2, 1, 3, 4, 5))))
    }

    @Test func `edits of both sides in a moved paragraph merge`() {
        let moved = order(2, 3, 4, 1, 5).replacing("第1段还有另外", with: "第1段又有另外")
        expectClean(merge(moved, edited(1)), edited(1, moved))
    }

    @Test func `moves of several paragraphs and edits of all are followed together`() {
        let result = merge(order(2, 1, 3, 4, 5), edited(2, order(1, 2, 3, 5, 4)), edited(1, edited(4)))
        expectClean(result, edited(1, edited(2, edited(4, order(2, 1, 3, 5, 4)))))
    }

    @Test func `the same move on two sides is one move`() {
        expectClean(merge(order(2, 3, 4, 1, 5), order(2, 3, 4, 1, 5)), order(2, 3, 4, 1, 5))
        expectClean(merge(order(2, 3, 4, 1, 5), edited(3, order(2, 3, 4, 1, 5))), edited(3, order(2, 3, 4, 1, 5)))
    }

    @Test func `a paragraph moved to two places is a conflict, not two paragraphs`() {
        let result = merge(order(2, 3, 4, 1, 5), order(2, 1, 3, 4, 5))
        #expect(result.conflicts.count == 1)
        #expect(result.conflicts[0].sides == [order(2, 3, 4, 1), order(2, 1, 3, 4)].map { Array($0.utf8) })
    }

    @Test func `a paragraph moved here and taken out there is a conflict`() {
        #expect(merge(order(2, 3, 4, 1, 5), order(2, 3, 4, 5)).conflicts.count == 1)
    }

    @Test func `a paragraph moved here and rewritten there is a conflict`() {
        let rewritten = Self.base.replacing(Self.paragraphs[0], with: "这里完全换了一种说法，与原先毫不相干。\n")
        let result = merge(order(2, 3, 4, 1, 5), rewritten)
        #expect(result.conflicts.count == 1)
        #expect(String(decoding: result.conflicts[0].sides[0], as: UTF8.self) == order(2, 3, 4, 1))
    }

    @Test func `edits of one place in a moved paragraph conflict where it went`() {
        let moved = order(2, 3, 4, 1, 5).replacing("第1段讲的是一件要紧", with: "第1段讲的是一件琐碎")
        let result = merge(moved, edited(1))
        #expect(result.conflicts.count == 1)
        #expect(String(decoding: result.conflicts[0].base, as: UTF8.self) == "第1段讲的是一件要紧的事情。")
        #expect(String(decoding: result.text, as: UTF8.self) == order(2, 3, 4, 1, 5))
    }

    @Test(arguments: [UInt64(81), 82, 83]) func `no sentence is lost or doubled by moves and edits`(seed: UInt64) {
        var random = SeededProse(seed: seed)
        for _ in 0..<150 {
            let numbers = Array(1...7)
            let paragraphs = numbers.map { "〔\($0)〕这一段讲的是要紧的事情。〔\($0)续〕还有另外的一句话。\n" }
            let sides = (0..<2 + random.next(below: 2)).map { side in
                var paragraphs = paragraphs
                let from = random.next(below: 7)
                let moved = paragraphs.remove(at: from)
                paragraphs.insert(moved, at: random.next(below: 7))
                let place = random.next(below: 7)
                paragraphs[place] = paragraphs[place].replacing("另外", with: "第\(side)方的")
                return paragraphs.joined()
            }
            let result = TextMerge.merge(base: Array(paragraphs.joined().utf8), sides: sides.map { Array($0.utf8) })
            guard result.isClean else { continue }
            let text = String(decoding: result.text, as: UTF8.self)
            for number in numbers {
                #expect(
                    text.split(separator: "〔\(number)〕").count - (text.hasPrefix("〔\(number)〕") ? 0 : 1) == 1,
                    "seed \(seed)")
                #expect(text.split(separator: "〔\(number)续〕").count == 2, "seed \(seed)")
            }
        }
    }
}
