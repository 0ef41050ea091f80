import Testing

@testable import History

/// Three-way merges that other projects test with, as facts: these texts, merged, are clean or not, and what comes of them.
/// A word stands for a line.
@Suite struct ExternalTextMergeTests {
    private func lines(_ words: String) -> [UInt8] {
        Array(words.split(separator: " ").map { $0 + "\n" }.joined().utf8)
    }
    private func words(_ text: [UInt8]) -> String {
        String(decoding: text, as: UTF8.self).split(separator: "\n").joined(separator: " ")
    }

    /// - Parameter merged: `nil` if there is to be a conflict.
    private func expect(
        _ base: String, _ sides: [String], _ merged: String?, location: SourceLocation = #_sourceLocation
    ) {
        for order in [sides, sides.reversed()] {
            let result = TextMerge.merge(base: lines(base), sides: order.map(lines))
            #expect(result.isClean == (merged != nil), "\(base) | \(sides)", sourceLocation: location)
            if let merged { #expect(words(result.text) == merged, "\(base) | \(sides)", sourceLocation: location) }
        }
    }

    private static let nine = "1 2 3 4 5 6 7 8 9"
    private static let seven = "2 3 4 5 6 7 8"

    /// Fossil, `test/merge3.test`: base, two sides, and the result or a conflict.
    @Test(
        arguments: [
            (nine, "1 2 3b 4 5 6 7 8 9", "1 2 3 4 5c 6 7 8 9", "1 2 3b 4 5c 6 7 8 9"),
            (nine, "1 2 3b 4b 5 6 7 8 9", "1 2 3 4 5c 6 7 8 9", "1 2 3b 4b 5c 6 7 8 9"),
            (nine, "1 2 3b 4b 5b 6 7 8 9", "1 2 3 4 5c 6 7 8 9", nil),
            (nine, "1 2 3b 4b 5b 6b 7 8 9", "1 2 3 4 5c 6 7 8 9", nil),
            (nine, "1 2 3b 4b 5b 6b 7 8 9", "1 2 3 4 5c 6c 7c 8 9", nil),
            (nine, "1 2 3b 4b 5b 6b 7 8b 9", "1 2 3 4 5c 6c 7c 8 9", nil),
            (nine, "1 2 3b 4b 5b 6b 7 8b 9", "1 2 3 4 5c 6c 7c 8c 9", nil),
            (nine, "1 2 3b 4b 5b 6b 7 8b 9b", "1 2 3 4 5c 6c 7c 8c 9", nil),
            (nine, "1 2 3b 4b 5 6 7 8b 9b", "1 2 3 4 5c 6c 7c 8 9", "1 2 3b 4b 5c 6c 7c 8b 9b"),
            (nine, "1 2 3b 4b 5 6 7 8b 9b", "1 2 3b 4b 5 6c 7c 8 9", "1 2 3b 4b 5 6c 7c 8b 9b"),
            (nine, "1 2 3b 4b 5 6 7 8b 9b", "1 2 3b 4c 5 6c 7c 8 9", nil),
            (nine, "1 2 3b4b 5 6 7 8b 9b", "1 2 3b4b 5 6c 7c 8 9", "1 2 3b4b 5 6c 7c 8b 9b"),
            (nine, "1 3 4 5 6 7 8 9", "1 2 3 4 5 6 7 9", "1 3 4 5 6 7 9"),
            (nine, "1 4 5 6 7 8 9", "1 2 3 4 5 6 9", "1 4 5 6 9"),
            (nine, "1 5 6 7 8 9", "1 2 3 4 5 9", "1 5 9"),
            (nine, "1 6 7 8 9", "1 2 3 4 5 9", "1 9"),
            (nine, "1 6 7 8 9", "1 2 3 4 9", nil),
            (nine, "1 7 8 9", "1 2 3 9", nil),
            (seven, "3 4 5 6 7 8", "2 3 4 5 6 7", "3 4 5 6 7"),
            (seven, "4 5 6 7 8", "2 3 4 5 6", "4 5 6"),
            (seven, "5 6 7 8", "2 3 4 5", "5"),
            (seven, "6 7 8", "2 3 4 5", ""),
            (seven, "6 7 8", "2 3 4", nil),
            (seven, "7 8", "2 3", nil),
            (nine, "1 2b 3 4 5 6 7 8 9", "1 2 3 4 5 6 7 9", "1 2b 3 4 5 6 7 9"),
            (nine, "1 2b 3b 4 5 6 7 8 9", "1 2 3 4 5 6 9", "1 2b 3b 4 5 6 9"),
            (nine, "1 2b 3b 4b 5 6 7 8 9", "1 2 3 4 5 9", "1 2b 3b 4b 5 9"),
            (nine, "1 2b 3b 4b 5b 6 7 8 9", "1 2 3 4 5 9", "1 2b 3b 4b 5b 9"),
            (nine, "1 2b 3b 4b 5b 6 7 8 9", "1 2 3 4 9", nil),
            (nine, "1 2b 3b 4b 5b 6b 7 8 9", "1 2 3 9", nil),
            (seven, "2b 3 4 5 6 7 8", "2 3 4 5 6 7", "2b 3 4 5 6 7"),
            (seven, "2b 3b 4 5 6 7 8", "2 3 4 5 6", "2b 3b 4 5 6"),
            (seven, "2b 3b 4b 5 6 7 8", "2 3 4 5", "2b 3b 4b 5"),
            (seven, "2b 3b 4b 5b 6 7 8", "2 3 4 5", "2b 3b 4b 5b"),
            (seven, "2b 3b 4b 5b 6 7 8", "2 3 4", nil),
            (seven, "2b 3b 4b 5b 6b 7 8", "2 3", nil),
            (nine, "1 2b 3 4 5 7 8 9 a b c d e", "1 2b 3 4 5 7 8 9 a b c d e", "1 2b 3 4 5 7 8 9 a b c d e"),
            (nine, "1 2b 3 4 5 7 8 9 a b c d e", "1 2b 3 4 5 7 8 9", "1 2b 3 4 5 7 8 9 a b c d e"),
            (nine, "1 2 3 4 5 7 8 9b", "1 2 3 4 5 7 8 9b a b c d e", nil),
        ] as [(String, String, String, String?)])
    func `texts merge as in Fossil`(base: String, left: String, right: String, merged: String?) {
        expect(base, [left, right], merged)
    }

    /// Fossil, `test/merge4.test`.
    @Test func `interleaved changes merge as in Fossil`() {
        expect(Self.nine, ["1 2b 3b 4 5 6 7b 8b 9", "1 2 3 4c 5c 6c 7 8 9"], "1 2b 3b 4c 5c 6c 7b 8b 9")
        expect(Self.nine, ["1 2b 3b 4b 5 6b 7b 8b 9", "1 2 3 4c 5c 6c 7 8 9"], nil)
        expect(Self.seven, ["2b 3b 4 5 6 7b 8b", "2 3 4c 5c 6c 7 8"], "2b 3b 4c 5c 6c 7b 8b")
        expect(Self.seven, ["2b 3b 4b 5 6b 7b 8b", "2 3 4c 5c 6c 7 8"], nil)
    }

    /// Fossil, `test/merge1.test`: a line put in at the start where the other side takes the first line away is a conflict; the
    /// same at the other end is none.
    @Test func `insertions beside deletions merge as in Fossil`() {
        expect("1 2 3 4 5", ["0 1 2 3 4 5", "2 3 4 5"], nil)
        expect("1 2 3 4 5", ["1 2 3 4 5 6", "2 3 4 5"], "2 3 4 5 6")
        expect("1 2 3 4 5", ["1 3 4 5", "1 2 3 5"], "1 3 5")
    }

    /// The running example of S. Khanna, K. Kunal and B. C. Pierce, "A Formal Investigation of Diff3" (2007), section 2:
    /// both sides move what the other moves, and no merge is right.
    @Test func `the example of the diff3 paper is a conflict`() {
        expect("1 2 3 4 5 6", ["1 4 5 2 3 6", "1 2 4 5 3 6"], nil)
    }

    /// Jujutsu, `lib/src/files.rs`, test_merge_single_hunk and test_merge_multi_hunk, those with one base.
    @Test(
        arguments: [
            ("a", ["a", "a"], "a"), ("a", ["", "a"], ""), ("a", ["", ""], ""), ("a", ["ab", "a"], "ab"),
            ("", ["a", "a", "a"], "a"), ("a", ["", "", "", ""], ""), ("a", ["b", "", ""], nil),
            ("a", ["b", "b", "b"], "b"),
            ("a", ["", "b"], nil), ("a", ["b", "c"], nil), ("a", ["a", "", "a"], ""), ("a", ["b", "a", "b"], "b"),
            ("a", ["b", "a", "c"], nil),
            ("a", ["a b", "a c"], nil), ("a b c", ["a2 b c", "a b c2"], "a2 b c2"),
            ("a b c", ["a b1 c", "a b2 c"], nil),
        ] as [(String, [String], String?)])
    func `texts merge as in Jujutsu`(base: String, sides: [String], merged: String?) {
        expect(base, sides, merged)
    }

    /// The same, "Two conflict hunks, one can be resolved", and a conflict with what did not change around it.
    @Test func `a conflict is as small as in Jujutsu`() throws {
        let result = TextMerge.merge(base: lines("a1 b c"), sides: [lines("a b c"), lines("a2 b c2")])
        #expect(words(result.text) == "a1 b c2")
        let hunk = try #require(result.conflicts.first)
        #expect(result.conflicts.count == 1 && words(hunk.base) == "a1" && hunk.sides.map(words) == ["a", "a2"])
    }

    /// The same, test_merge_hunk_by_word.
    @Test func `words of one line merge as in Jujutsu`() {
        func merge(_ base: String, _ left: String, _ right: String) -> String? {
            let result = TextMerge.merge(base: Array(base.utf8), sides: [Array(left.utf8), Array(right.utf8)])
            return result.isClean ? String(decoding: result.text, as: UTF8.self) : nil
        }
        #expect(merge("a\nb\n", "c\nb\n", "a\nd\n") == "c\nd\n")
        #expect(merge("a", "a b", "c a") == "c a b")
        #expect(merge("a", "a b", "a c") == nil)
        #expect(merge("a", "a b", "x a c") == nil)
    }

    /// git, `t/t6403-merge-file.sh`: two lines joined into one beside lines added at the end; the same beside another change of
    /// the first line; a last line that lost its end, away from the change of the other side.
    @Test func `texts merge as in git merge-file`() {
        let verse = ["云淡风轻，", "近午天，", "傍花随柳", "过前川。"]
        let base = Array(verse.map { $0 + "\n" }.joined().utf8)
        let longer = base + Array("时人不识\n予心乐。\n".utf8)
        let joined = Array((verse[0] + verse[1] + "\n" + verse[2] + "\n" + verse[3] + "\n").utf8)
        let changed = Array(("云淡风清，\n" + verse[1...].map { $0 + "\n" }.joined()).utf8)
        #expect(TextMerge.merge(base: base, sides: [base, base]) == TextMergeResult(text: base, conflicts: []))
        let clean = TextMerge.merge(base: base, sides: [longer, joined])
        #expect(clean.isClean && clean.text == joined + longer[base.count...])
        #expect(
            !TextMerge.merge(
                base: base, sides: [joined, Array(("云" + verse[1...].joined(separator: "\n") + "\n").utf8)]
            ).isClean)
        let unended = TextMerge.merge(base: base, sides: [Array(base.dropLast()), changed])
        #expect(unended.isClean && unended.text == changed.dropLast())
    }
}
