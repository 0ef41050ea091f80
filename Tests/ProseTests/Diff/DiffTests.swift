import Testing
import TestSupport

@testable import Prose

@Suite struct DiffTests {
    /// The length of a shortest script by the textbook table.
    private func distance(_ a: [UInt32], _ b: [UInt32]) -> Int {
        var row = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = left == right ? diagonal : min(above, row[j]) + 1
                diagonal = above
            }
        }
        return row[b.count]
    }

    private func patched(_ a: [UInt32], _ b: [UInt32], _ changes: [DiffRange]) -> [UInt32] {
        var result: [UInt32] = []
        var position = 0
        for change in changes {
            result += a[position..<change.aRange.lowerBound] + b[change.bRange]
            position = change.aRange.upperBound
        }
        return result + a[position...]
    }

    @Test(arguments: [UInt64(1), 2, 3]) func `a script is shortest, applies, and keeps its regions apart`(seed: UInt64)
    {
        var random = SeededProse(seed: seed)
        for _ in 0..<1500 {
            let alphabet = 1 + random.next(below: 6)
            let a = (0..<random.next(below: 20)).map { _ in UInt32(random.next(below: alphabet)) }
            let b = (0..<random.next(below: 20)).map { _ in UInt32(random.next(below: alphabet)) }
            let changes = Diff.edits(a, b)
            #expect(patched(a, b, changes) == b, "seed \(seed)")
            #expect(
                changes.reduce(0) { $0 + $1.aRange.count + $1.bRange.count } == distance(a, b), "seed \(seed) \(a) \(b)"
            )
            for (left, right) in zip(changes, changes.dropFirst()) {
                #expect(left.aRange.upperBound < right.aRange.lowerBound, "seed \(seed)")
            }
            let interned = Diff.script(interned: a, b, tokenCount: alphabet, maxSteps: 1000)
            #expect(patched(a, b, interned.changes) == b, "seed \(seed)")
            #expect(
                interned.changes.reduce(0) { $0 + $1.aRange.count + $1.bRange.count } == distance(a, b), "seed \(seed)")
        }
    }

    @Test(arguments: [0, 1, 10, 100, 1000]) func `past its bound a script is coarser and still right`(maxSteps: Int) {
        var random = SeededProse(seed: 7)
        for _ in 0..<50 {
            let a = (0..<200).map { _ in UInt32(random.next(below: 9)) }
            let b = (0..<200).map { _ in UInt32(random.next(below: 9)) }
            let script = Diff.script(a[...], b[...], maxSteps: maxSteps)
            #expect(patched(a, b, script.changes) == b)
            if maxSteps <= 100 { #expect(!script.isComplete) }
        }
    }

    @Test func `an insertion stands as far right as it can`() {
        #expect(Diff.edits([1, 2, 2, 3], [1, 2, 2, 2, 3]) == [DiffRange(aRange: 3..<3, bRange: 3..<4)])
        #expect(Diff.edits([1, 2, 1, 2, 3], [1, 2, 3]) == [DiffRange(aRange: 2..<4, bRange: 2..<2)])
    }

    @Test func `a changed number is found by code point inside its sentence`() {
        let base = Array("第一句。目标是百分之五。末句。".utf8)
        let new = Array("第一句。目标是百分之八。末句。".utf8)
        #expect(Diff.bySentence(base, new) == [TextChange(baseRange: 12..<36, newRange: 12..<36)])
        #expect(Diff.byCharacter(base, new) == [TextChange(baseRange: 30..<33, newRange: 30..<33)])
    }

    @Test func `chance matches between larger changes are not shown`() {
        let base = Array("甲乙丙丁的戊己庚辛。".utf8)
        let new = Array("子丑寅卯的辰巳午未。".utf8)
        #expect(Diff.byCharacter(base, new) == [TextChange(baseRange: 0..<27, newRange: 0..<27)])
    }

    @Test func `canonically equivalent code points differ`() {
        let base = Array("\u{F900}。".utf8)
        let new = Array("\u{8C48}。".utf8)
        #expect(Diff.byCharacter(base, new).count == 1)
    }

    @Test(arguments: [UInt64(11), 12]) func `hunks give back both texts`(seed: UInt64) {
        var random = SeededProse(seed: seed)
        for _ in 0..<100 {
            let base = Array(random.sentences(random.next(below: 20)).joined())
            let new = random.edited(base, edits: random.next(below: 6))
            var (left, right): ([UInt8], [UInt8]) = ([], [])
            for hunk in Diff.hunks(base, new) {
                #expect(
                    hunk.baseRange.lowerBound == left.count && hunk.newRange.lowerBound == right.count, "seed \(seed)")
                for piece in hunk.pieces {
                    switch piece {
                    case .same(let text): (left, right) = (left + text, right + text)
                    case .removed(let text): left += text
                    case .inserted(let text): right += text
                    }
                }
            }
            #expect(left == base && right == new, "seed \(seed)")
        }
    }

    @Test func `a rewritten sentence is shown as one out and one in`() {
        let hunks = Diff.hunks(Array("春天来了，花开了。".utf8), Array("秋雨绵绵，叶落在院子里。".utf8))
        #expect(hunks.count == 1)
        #expect(hunks[0].pieces == [.removed(Array("春天来了，花开了。".utf8)), .inserted(Array("秋雨绵绵，叶落在院子里。".utf8))])
    }
}
