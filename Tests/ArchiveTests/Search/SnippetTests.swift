import TestSupport
import Testing

@testable import Archive

@Suite struct SnippetTests {
    private func snippet(_ text: String, _ terms: String..., around: Range<Int>? = nil, width: Int = 60) -> Snippet {
        Snippet.make(text: Array(text.utf8), phrases: terms.map { Phrase($0)! }, around: around, width: width)
    }

    private func marked(_ snippet: Snippet) -> [String] {
        let scalars = Array(snippet.text.unicodeScalars)
        return snippet.highlights.map { range in
            var piece = String.UnicodeScalarView()
            piece.append(contentsOf: scalars[range])
            return String(piece)
        }
    }

    @Test func aShortTextIsShownWholeInOneLine() {
        let found = snippet("　　标题\r\n\n　　全面推進鄉村振興。\n", "乡村振兴")
        #expect(found.text == "标题 全面推進鄉村振興。")
        #expect(marked(found) == ["鄉村振興"])
        #expect(found.match == Array("　　标题\r\n\n　　全面推進".utf8).count..<Array("　　标题\r\n\n　　全面推進鄉村振興".utf8).count)
    }

    @Test func cutsAreMarkedAndFallOnSentences() {
        let filler = String(repeating: "山水云风花鸟虫鱼，", count: 10)
        let found = snippet(filler + "开始了。我们要发展经济，保护环境。" + filler, "发展", width: 24)
        #expect(found.text == "…我们要发展经济，保护环境。…")
        #expect(marked(found) == ["发展"])
    }

    @Test func thePlaceWithMostDifferentTermsIsShown() {
        let gap = String(repeating: "空", count: 200)
        let found = snippet("发展" + gap + "发展与建设" + gap + "建设", "发展", "建设", width: 20)
        #expect(marked(found) == ["发展", "建设"])
        #expect(found.match?.lowerBound == 6 + 600)
    }

    @Test func aGivenPlaceIsShown() {
        let text = String(repeating: "空", count: 100) + "此处" + String(repeating: "空", count: 100)
        let found = snippet(text, "没有", around: 300..<306, width: 10)
        #expect(found.text.unicodeScalars.contains("此"))
        #expect(found.match == 300..<306 && found.highlights.isEmpty)
    }

    @Test func withoutAMatchTheBeginningIsShown() {
        let found = snippet(String(repeating: "空", count: 100), "没有", width: 10)
        #expect(found == Snippet(text: String(repeating: "空", count: 10) + "…", highlights: [], match: nil))
        #expect(snippet("", "没有") == Snippet(text: "", highlights: [], match: nil))
    }

    @Test func wordsAreNotCutAndTouchingMatchesAreOne() {
        let found = snippet(String(repeating: "wonderful ", count: 20) + "end", "end", width: 20)
        #expect(found.text.hasPrefix("…wonderful") && found.text.hasSuffix(" end"))
        #expect(marked(snippet("哈哈哈哈", "哈哈")) == ["哈哈哈哈"])
        #expect(marked(snippet("one\n  two", "one two")) == [])
        #expect(marked(snippet("one   two three", "one two")) == ["one two"])
    }

    @Test func controlCharactersDoNotReachTheTerminal() {
        #expect(snippet("一\u{1B}[31m二\u{7}", "二").text == "一[31m二")
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 3])
    func everySnippetHoldsItsMatch(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = ["发", "展", "的", "，", "。", "\n", " ", "a", "b1", "é", "𠀀", "“"]
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 0..<300, using: &random)).map { _ in pieces.randomElement(using: &random)! }
                .joined()
            let term = (0..<Int.random(in: 1..<3, using: &random)).map { _ in pieces.randomElement(using: &random)! }
                .joined()
            // A line end shows as nothing, so a term of it has nothing to mark.
            guard !term.contains("\n"), let phrase = Phrase(term) else { continue }
            let width = Int.random(in: 1..<40, using: &random)
            let found = snippet(text, term, width: width)
            let note: Comment = "seed \(seed), text \(text), term \(term), width \(width)"
            #expect((found.match != nil) == phrase.occurs(in: text.utf8), note)
            #expect(!found.text.unicodeScalars.contains("\n"), note)
            let length = found.text.unicodeScalars.count
            #expect(length <= max(width, term.unicodeScalars.count * 4) + SnippetTests.tolerance, note)
            var end = -1
            for range in found.highlights {
                #expect(range.lowerBound > end && !range.isEmpty && range.upperBound <= length, note)
                end = range.upperBound - 1
            }
            if found.match != nil {
                #expect(marked(found).contains { phrase.occurs(in: $0.utf8) }, note)
            }
        }
    }

    /// Two ellipses, and the code points by which a cut may move back.
    private static let tolerance = 2 + 12
}
