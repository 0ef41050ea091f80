import Testing
import TestSupport

@testable import Prose

@Suite struct AnchorTests {
    private let text = """
        一、总体要求
        坚持以人民为中心，推动各项工作提质增效。到年底建成三十个示范村，惠及十万户居民。
        二、主要任务
        加快道路桥梁建设，改善出行条件。完善供水供电设施，保障生产生活需要。
        加强人才培养，每年选派二百名干部到基层锻炼。
        三、组织保障
        各单位要明确责任分工，定期报告进展情况。
        """

    /// Where `quote` of `old` is in `new`, and the text there.
    private func resolve(_ quote: String, _ old: String, _ new: String) throws -> (anchor: Anchor, text: String?) {
        let oldBytes = Array(old.utf8)
        let start = try #require(AnchorSearch.occurrences(of: Array(quote.utf8)[...], in: oldBytes).first)
        let anchor = Anchoring.resolve(
            Passage(range: start..<start + quote.utf8.count), from: oldBytes, to: Array(new.utf8))
        return (anchor, anchor.range.map { String(decoding: Array(new.utf8)[$0], as: UTF8.self) })
    }

    private func replacing(_ old: String, _ new: String) throws -> String {
        let bytes = Array(text.utf8)
        let start = try #require(AnchorSearch.occurrences(of: Array(old.utf8)[...], in: bytes).first)
        return String(decoding: bytes[..<start] + Array(new.utf8) + bytes[(start + old.utf8.count)...], as: UTF8.self)
    }

    @Test func `a passage of an unchanged text is exact where it was`() throws {
        let found = try resolve("改善出行条件", text, text)
        #expect(found.anchor.state == .exact && found.anchor.coverage == 1 && found.text == "改善出行条件")
    }

    @Test func `text before a passage shifts it and leaves it exact`() throws {
        let found = try resolve("改善出行条件", text, "序言。\n" + text)
        #expect(found.anchor.state == .exact && found.text == "改善出行条件")
    }

    @Test func `a passage follows its paragraph`() throws {
        let paragraph = "加强人才培养，每年选派二百名干部到基层锻炼。\n"
        let found = try resolve("选派二百名干部", text, paragraph + replacing(paragraph, ""))
        #expect(found.anchor.state == .moved && found.text == "选派二百名干部")
    }

    @Test func `a passage follows a paragraph that moved and changed`() throws {
        let moved = "加强人才队伍培养，每年选派三百名干部到基层锻炼。\n"
        let found = try resolve("每年选派二百名干部到基层锻炼", text, moved + replacing("加强人才培养，每年选派二百名干部到基层锻炼。\n", ""))
        #expect(found.anchor.state == .changed && found.text == "每年选派三百名干部到基层锻炼")
    }

    @Test func `a reworded passage is changed, new ends included`() throws {
        let found = try resolve("到年底建成三十个示范村", text, try replacing("到年底建成三十个", "力争年底建成五十个"))
        #expect(found.anchor.state == .changed && found.text == "力争年底建成五十个示范村")
    }

    @Test(arguments: [
        ("100万元", "去年投资100万元。\n今年修路。\n", "今年修路。\n村里欠款100万元。\n"),
        ("投资100万元", "第一年投资100万元。\n今年修路。\n", "今年修路。\n邻村也曾计划投资100万元。\n"),
        ("每年选派二百名干部", "我们每年选派二百名干部下乡。\n今年修路。\n完。\n", "今年修路。\n完。\n邻县据说每年选派二百名干部出国。\n"),
    ]) func `the same words in another context are for a person to look at`(quote: String, old: String, new: String)
        throws
    {
        let state = try resolve(quote, old, new).anchor.state
        #expect(state == .review || state == .orphan)
    }

    @Test func `simplified and traditional characters are the same, there and back`() throws {
        let simplified = "一、总体要求\n坚持发展为民，推动各项工作提质增效。\n二、主要任务\n加快道路桥梁建设，改善出行条件。\n"
        let traditional = "一、總體要求\n堅持發展為民，推動各項工作提質增效。\n二、主要任務\n加快道路橋梁建設，改善出行條件。\n"
        for (quote, found) in [("发展为民", "發展為民"), ("道路桥梁建设", "道路橋梁建設"), ("总体要求", "總體要求"), ("改善出行条件。", "改善出行條件。")] {
            let there = try resolve(quote, simplified, traditional)
            #expect(there.anchor.state == .changed && there.text == found)
            let back = try resolve(found, traditional, simplified)
            #expect(back.anchor.state == .changed && back.text == quote)
        }
    }

    @Test func `white space and the width of punctuation are no loss`() throws {
        let found = try resolve("加快道路桥梁建设，改善出行条件。", text, try replacing("加快道路桥梁建设，改善", "加快道路\n　　桥梁建设,改善"))
        #expect(found.anchor.coverage == 1 && found.text == "加快道路\n　　桥梁建设,改善出行条件。")
    }

    @Test(arguments: ["坚持以人民为中心，推动各项工作提质增效。", "完善供水供电设施，保障生产生活需要。", "加强人才培养，每年选派二百名干部到基层锻炼。", "示范村"])
    func `a deleted passage is an orphan`(quote: String) throws {
        let found = try resolve(quote, text, try replacing(quote, ""))
        #expect(found.anchor.state == .orphan && found.anchor.range == nil)
    }

    @Test func `a passage whose text is gone altogether is an orphan`() throws {
        #expect(try resolve("改善出行条件", text, "").anchor.state == .orphan)
        #expect(try resolve("改善出行条件", text, "An unrelated text. With two sentences.\n").anchor.state == .orphan)
    }

    @Test func `of two copies the one that stayed does not stand in for the one that went`() throws {
        let old = "甲地加强组织领导，落实责任。\n中间另有一段说明文字在此。\n乙地加强组织领导，落实责任。\n"
        let gone = try resolve("加强组织领导，落实责任", old, "中间另有一段说明文字在此。\n乙地加强组织领导，落实责任。\n")
        #expect(gone.anchor.state == .review && gone.text == "加强组织领导，落实责任")
        let short = try resolve("责任", old, "中间另有一段说明文字在此。\n乙地加强组织领导，落实责任。\n")
        #expect(short.anchor.state == .orphan)
    }

    @Test func `of two verbatim copies the mapped one is taken`() throws {
        let old = "第一段说加强领导。\n第二段说加强领导。\n第三段没有别的话。\n"
        let bytes = Array(old.utf8)
        let starts = AnchorSearch.occurrences(of: Array("加强领导".utf8)[...], in: bytes)
        let anchors = starts.map {
            Anchoring.resolve(Passage(range: $0..<$0 + 12), from: bytes, to: Array("新的开头。\n".utf8) + bytes)
        }
        #expect(anchors.map(\.state) == [.exact, .exact])
        #expect(anchors.map { $0.range?.lowerBound } == starts.map { $0 + 16 })
    }

    @Test func `a passage of which about half is left is to be reviewed`() throws {
        let found = try resolve("定期报告进展情况并接受群众监督", "要求如下。各单位定期报告进展情况并接受群众监督。完。", "要求如下。各单位定期报告进展情况。完。")
        #expect(found.anchor.state == .review && found.text == "定期报告进展情况")
    }

    @Test func `ranges outside the text and blank passages are orphans`() {
        let map = Anchoring.Map(from: Array("甲 乙".utf8), to: Array("甲 乙".utf8))
        #expect(
            [3..<4, 0..<0, 0..<99, 50..<60, -3 ..< -1].map { map.resolve(Passage(range: $0)).state } == [
                .orphan, .orphan, .orphan, .orphan, .orphan,
            ])
    }

    @Test(arguments: [UInt64(81), 82, 83]) func `anchors lie on code points and never trap`(seed: UInt64) {
        var random = SeededProse(seed: seed)
        for _ in 0..<40 {
            let old = Array(random.sentences(12).joined())
            let new = random.edited(old, edits: random.next(below: 12))
            let map = Anchoring.Map(from: old, to: new)
            let scalars = CodePoints.count(old)
            for _ in 0..<20 {
                let start = random.next(below: scalars)
                let end = min(scalars, start + 1 + random.next(below: 40))
                let bytes = CodePoints.byteOffsets(ofCodePoints: [start, end], in: old)
                let passage = bytes[0]!..<bytes[1]!
                let anchor = map.resolve(Passage(range: passage))
                #expect((anchor.range == nil) == (anchor.state == .orphan), "seed \(seed)")
                #expect((0...1).contains(anchor.coverage), "seed \(seed)")
                guard let range = anchor.range else { continue }
                #expect(String(validating: new[range], as: UTF8.self) != nil, "seed \(seed)")
                if anchor.state == .exact || anchor.state == .moved {
                    #expect(new[range].elementsEqual(old[passage]), "seed \(seed)")
                }
            }
        }
    }

    @Test(arguments: [UInt64(84), 85]) func `a passage of an edited neighbourhood stays exact`(seed: UInt64) {
        var random = SeededProse(seed: seed)
        for _ in 0..<60 {
            let (before, after) = (Array(random.sentences(6).joined()), Array(random.sentences(6).joined()))
            let passage = Array("〔此处为批注所在之处〕".utf8)
            let newBefore = random.edited(before, edits: 4)
            let anchor = Anchoring.resolve(
                Passage(range: before.count..<before.count + passage.count), from: before + passage + after,
                to: newBefore + passage + random.edited(after, edits: 4))
            #expect(anchor.state == .exact && anchor.range?.lowerBound == newBefore.count, "seed \(seed)")
        }
    }
}

@Suite struct AnchorSelectorTests {
    private func resolve(_ exact: String, _ prefix: String = "", _ suffix: String = "", in text: String) -> (
        AnchorState, String?
    ) {
        let anchor = Anchoring.resolve(
            TextQuoteSelector(exact: exact, prefix: prefix, suffix: suffix), in: Array(text.utf8))
        return (anchor.state, anchor.range.map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) })
    }

    @Test func `a quotation that occurs once is exact`() {
        #expect(resolve("落实责任", in: "加强领导，落实责任。") == (.exact, "落实责任"))
    }

    @Test func `context tells copies apart`() {
        let text = Array("甲地负责落实责任到位。乙地负责落实责任不力。".utf8)
        let selector = TextQuoteSelector(exact: "落实责任", prefix: "乙地负责", suffix: "不力。")
        let anchor = Anchoring.resolve(selector, in: text)
        #expect(anchor == Anchor(state: .exact, range: 45..<57, coverage: 1))
    }

    @Test func `copies without context are to be reviewed`() {
        #expect(resolve("落实责任", in: "落实责任。落实责任。").0 == .review)
    }

    @Test func `a reworded quotation is found by its context and wording only`() {
        let text = "会议指出，要进一步完善农村公共服务设施建设的长效机制，并加强监督。"
        #expect(resolve("要进一步完善农村公共服务设施建设长效机制", "会议指出，", "，并加强监督。", in: text) == (.changed, "要进一步完善农村公共服务设施建设的长效机制"))
        #expect(resolve("要进一步完善农村公共服务设施建设长效机制", "另一处文字", "毫不相干的话", in: text).0 == .orphan)
        #expect(resolve("会议强调反腐倡廉", "会议指出，", "", in: text).0 == .orphan)
    }

    @Test func `an empty quotation is an orphan`() {
        #expect(resolve("", in: "甲。").0 == .orphan)
        #expect(resolve(" \n", in: "甲。").0 == .orphan)
    }
}

@Suite struct AnchorMatcherTests {
    /// The least distance of `pattern` to a text that ends at each position, by the textbook table.
    private func distances(_ pattern: [UInt32], _ text: [UInt32]) -> [Int] {
        var column = Array(0...pattern.count)
        return text.map { code in
            var diagonal = 0
            for row in 1...pattern.count {
                let left = column[row]
                column[row] = min(left + 1, column[row - 1] + 1, diagonal + (pattern[row - 1] == code ? 0 : 1))
                diagonal = left
            }
            return column[pattern.count]
        }
    }

    @Test(arguments: [UInt64(91), 92]) func `the best occurrence has the distance of the textbook table`(seed: UInt64)
        throws
    {
        var random = SeededProse(seed: seed)
        for _ in 0..<200 {
            let pattern = (0..<1 + random.next(below: 200)).map { _ in UInt32(random.next(below: 5)) }
            let text = (0..<1 + random.next(below: 300)).map { _ in UInt32(random.next(below: 5)) }
            let expected = try #require(distances(pattern, text).min())
            let found = AnchorMatcher(pattern).occurrences(in: text, maxDistance: pattern.count)
            #expect(found.map(\.distance).min() == expected, "seed \(seed)")
            for occurrence in found {
                let part = Array(text[occurrence.range])
                let distance = part.isEmpty ? pattern.count : globalDistance(pattern, part)
                #expect(distance == occurrence.distance, "seed \(seed)")
            }
        }
    }

    private func globalDistance(_ a: [UInt32], _ b: [UInt32]) -> Int {
        var row = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (left == right ? 0 : 1))
                diagonal = above
            }
        }
        return row[b.count]
    }
}
