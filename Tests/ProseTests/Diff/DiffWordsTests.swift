import Testing
import TestSupport

@testable import Prose

/// Differences as people read them: whole words of scripts that have blanks between words, characters of the others.
@Suite struct DiffWordsTests {
    private func pieces(_ old: String, _ new: String) -> [DiffHunk.Piece] {
        Diff.hunks(Array(old.utf8), Array(new.utf8)).flatMap(\.pieces)
    }

    /// Without colour, as `diff` shows it.
    private func shown(_ old: String, _ new: String) -> String {
        pieces(old, new).map { piece in
            switch piece {
            case .same(let bytes): String(decoding: bytes, as: UTF8.self)
            case .removed(let bytes): "[-\(String(decoding: bytes, as: UTF8.self))-]"
            case .inserted(let bytes): "{+\(String(decoding: bytes, as: UTF8.self))+}"
            }
        }.joined()
    }

    @Test(arguments: [
        ("the committee of the town", "the commission of the town", "the [-committee-]{+commission+} of the town"),
        ("schools for all the children", "school for all the children", "[-schools-]{+school+} for all the children"),
        ("we don't know where it is", "we didn't know where it is", "we [-don't-]{+didn't+} know where it is"),
        (
            "une école près de la gare", "une e\u{301}cole près de la gare",
            "une [-école-]{+e\u{301}cole+} près de la gare"
        ),
        ("наша школа стоит у реки", "наша школы стоит у реки", "наша [-школа-]{+школы+} стоит у реки"),
        ("학교는 강가에 있다", "학교가 강가에 있다", "[-학교는-]{+학교가+} 강가에 있다"),
        (
            "the old library is open today", "the new museum is open today",
            "the [-old library-]{+new museum+} is open today"
        ),
        ("我们的旧图书馆开门了", "我们的新图书馆开门了", "我们的[-旧-]{+新+}图书馆开门了"),
        ("わたしたちの図書館です", "わたしたちの美術館です", "わたしたちの[-図書-]{+美術+}館です"),
        ("使用Swift编写的程序", "使用Swiftly编写的程序", "使用[-Swift-]{+Swiftly+}编写的程序"),
        (
            "a budget of 1,200 dollars was approved", "a budget of 1,350 dollars was approved",
            "a budget of [-1,200-]{+1,350+} dollars was approved"
        ),
        ("一家人👩‍👩‍👧在一起过年", "一家人👩‍👩‍👦在一起过年", "一家人[-👩‍👩‍👧-]{+👩‍👩‍👦+}在一起过年"), ("国旗🇨🇳🇫🇷升起来了呀", "国旗🇨🇳🇩🇪升起来了呀", "国旗🇨🇳[-🇫🇷-]{+🇩🇪+}升起来了呀"),
    ])
    func `words are whole, and characters where there are no blanks`(old: String, new: String, expected: String) {
        #expect(shown(old, new) == expected)
    }

    private static let parts = [
        "the", "school", "schools", "it's", "naïve", "e\u{301}", "школа", "학교", "مدرسة", "ngày", "山", "水长", "かな", "ไทย",
        "1,200", "3.5%", "2026年5月1日", "一百二十",
        "GB18030", "👩‍👩‍👧", "🇨🇳", " ", " ", ", ", "，", "'", "-", "\u{FEFF}", "\u{200B}",
    ]

    /// Two random sentences that have much in common.
    private func texts(_ random: inout SeededProse) -> (String, String) {
        let old = (0..<1 + random.next(below: 14)).map { _ in Self.parts[random.next(below: Self.parts.count)] }
        var new = old
        for _ in 0..<1 + random.next(below: 4) {
            let start = random.next(below: new.count + 1), end = min(new.count, start + random.next(below: 3))
            new.replaceSubrange(
                start..<end,
                with: (0..<random.next(below: 3)).map { _ in Self.parts[random.next(below: Self.parts.count)] })
        }
        return (old.joined(), new.joined())
    }

    @Test(arguments: [UInt64(21), 22, 23])
    func `what is shown, applied to the old text, gives the new one, and cuts no word`(seed: UInt64) {
        var random = SeededProse(seed: seed)
        for _ in 0..<1500 {
            let (old, new) = texts(&random)
            var (left, right): ([UInt8], [UInt8]) = ([], [])
            var (leftCuts, rightCuts): (Set<Int>, Set<Int>) = ([], [])
            for piece in pieces(old, new) {
                switch piece {
                case .same(let bytes): (left, right) = (left + bytes, right + bytes)
                case .removed(let bytes): left += bytes
                case .inserted(let bytes): right += bytes
                }
                leftCuts.insert(left.count)
                rightCuts.insert(right.count)
            }
            #expect(left == Array(old.utf8) && right == Array(new.utf8), "seed \(seed): \(old) → \(new)")
            for (text, cuts) in [(left, leftCuts), (right, rightCuts)] {
                let inside = WordRanges.ranges(in: text, 0..<text.count).filter { word in
                    cuts.contains { word.lowerBound < $0 && $0 < word.upperBound }
                }
                #expect(inside.isEmpty, "seed \(seed): \(shown(old, new))")
            }
        }
    }

    @Test func `words partition any bytes`() {
        var random = SeededProse(seed: 31)
        for _ in 0..<300 {
            let bytes = (0..<random.next(below: 24)).map { _ in UInt8(random.next(below: 256)) }
            let ranges = WordRanges.ranges(in: bytes, 0..<bytes.count)
            #expect(ranges.flatMap { Array(bytes[$0]) } == bytes && ranges.allSatisfy { !$0.isEmpty }, "\(bytes)")
        }
    }
}
