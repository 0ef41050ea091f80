import Testing

@testable import Prose

/// Differences as people read them: a number is whole or not there.
@Suite struct DiffNumbersTests {
    /// Without colour, as `diff` shows it.
    private func shown(_ old: String, _ new: String) -> String {
        Diff.hunks(Array(old.utf8), Array(new.utf8)).flatMap(\.pieces).map { piece in
            switch piece {
            case .same(let bytes): String(decoding: bytes, as: UTF8.self)
            case .removed(let bytes): "[-\(String(decoding: bytes, as: UTF8.self))-]"
            case .inserted(let bytes): "{+\(String(decoding: bytes, as: UTF8.self))+}"
            }
        }.joined()
    }

    @Test(arguments: [
        ("10亿", "15亿"), ("1.25", "1.35"), ("3.5%", "3.8%"), ("12％", "12.5％"), ("2026年5月1日", "2026年5月11日"),
        ("2026-05-01", "2026-06-01"),
        ("9:30", "9:35"), ("一百二十六", "一百三十六"), ("三分之一", "三分之二"), ("5—8%", "5—9%"), ("1,200", "1,300"), ("１２０", "１３０"),
        ("100", "1000"),
        ("1000", "100"), ("壹佰万", "贰佰万"), ("GB18030", "GB18031"), ("2025—2026", "2025—2027"), ("10", "10.5"),
        ("二〇二五", "二〇二六"),
    ])
    func `a number that changed is shown whole`(old: String, new: String) {
        #expect(shown("全年共投入\(old)左右，比上一年有所增长。", "全年共投入\(new)左右，比上一年有所增长。") == "全年共投入[-\(old)-]{+\(new)+}左右，比上一年有所增长。")
    }

    @Test func `what is no number is cut as finely as before, and nothing is lost`() {
        #expect(shown("这里有几句话要说。", "这里有好几句话要说。") == "这里有{+好+}几句话要说。")
        #expect(shown("共有 10 人和 20 人参加了会议。", "共有 12 人和 25 人参加了会议。") == "共有 [-10-]{+12+} 人和 [-20-]{+25+} 人参加了会议。")
        var numbers = SystemRandomNumberGenerator()
        let pieces = ["1", "2", "0", ".", "亿", "年", "人", "，", "一", "十", "a", "—", "%"]
        for _ in 0..<500 {
            let texts = (0..<2).map { _ in
                (0..<Int.random(in: 1...12, using: &numbers)).map { _ in pieces.randomElement(using: &numbers)! }
                    .joined()
            }
            let pieces = Diff.hunks(Array(texts[0].utf8), Array(texts[1].utf8)).flatMap(\.pieces)
            var (old, new): ([UInt8], [UInt8]) = ([], [])
            for piece in pieces {
                switch piece {
                case .same(let bytes): (old, new) = (old + bytes, new + bytes)
                case .removed(let bytes): old += bytes
                case .inserted(let bytes): new += bytes
                }
                if case .same(let bytes) = piece { #expect(String(validating: bytes, as: UTF8.self) != nil) }
            }
            #expect(old == Array(texts[0].utf8) && new == Array(texts[1].utf8), "\(texts)")
        }
    }
}
