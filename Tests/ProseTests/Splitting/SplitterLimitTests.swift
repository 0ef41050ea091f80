import Testing

@testable import Prose

/// Texts that no prose is like.
@Suite struct SplitterLimitTests {
    private func cuts(_ text: String, _ mode: SplitMode = .auto) throws -> [Cut] {
        try CompilationSplitter.cuts(in: Array(text.utf8), mode: mode, isMarkdown: false, fallbackTitle: "名")
    }

    private static let essay = "第一篇：论山\n山高。\n第二篇：论水\n水长。\n"

    @Test(arguments: [SplitMode.auto, .markers, .pattern("^第.篇")])
    func `a text of too many lines is one essay, and says why`(mode: SplitMode) throws {
        let text = Self.essay + String(repeating: "甲\n", count: Lines.most)
        let cuts = try cuts(text, mode)
        #expect(
            cuts.count == 1 && cuts[0].range == 0..<text.utf8.count && cuts[0].reason.contains("\(Lines.most) lines"),
            "\(cuts)")
    }

    @Test func `a collection may have more than a thousand essays`() throws {
        let text = (1...2500).map { "第\($0)篇：题\($0)\n内容是第\($0 * 7)件事。\n\n" }.joined()
        let found = try cuts(text)
        #expect(found.count == 2500 && found.last?.title == "题2500")
        // A gap in the numbers is no reason to look for thousands.
        #expect(try cuts("第1篇：甲\n内容。\n\n第9999篇：乙\n内容。\n").map(\.title) == ["甲", "乙"])
    }

    @Test func `blank lines count for nothing, however many there are`() throws {
        let blank = String(repeating: "\n", count: Lines.most + 1)
        #expect(try cuts(blank + Self.essay.replacing("第二篇", with: blank + "第二篇")).map(\.title) == ["论山", "论水"])
        let headings = Array((blank + "一、山\n" + blank + "二、水\n").utf8).withUnsafeBufferPointer {
            HeadingScanner.headings(in: $0, from: 0, isMarkdown: false)
        }
        #expect(headings.count == 2)
    }

    @Test func `an expression that takes too long is named with its line`() {
        #expect(throws: SplitError(pattern: "^(a+)+$", reason: .takesTooLong(line: 3))) {
            try cuts("序\n\n" + String(repeating: "a", count: 40) + "!\n", .pattern("^(a+)+$"))
        }
        #expect(throws: CancellationError.self) {
            try CompilationSplitter.cuts(
                in: Array((String(repeating: "a", count: 40) + "!").utf8), mode: .pattern("^(a+)+$"), isMarkdown: false,
                fallbackTitle: "名", until: { true })
        }
    }
}
