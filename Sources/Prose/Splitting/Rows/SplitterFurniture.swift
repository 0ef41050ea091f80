#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Tells lines that belong to the page or to a web site and not to any essay: page numbers, addresses, calls to visit a
/// site, comments.
enum RowFurniture {
    private static let longest = 240

    static func isOne(_ bytes: TextBytes, _ content: Range<Int>) -> Bool {
        guard content.count <= longest else { return false }
        switch bytes[content.lowerBound] {
        // Nearly every line of prose begins otherwise than these.
        case 0x2D, 0xE2, 0xEF: return isPageNumber(bytes, content)
        case 0x3C: return Pattern.hasPrefix(bytes, content, "<!--")
        case 0xE7 where Pattern.hasPrefix(bytes, content, "第"): return isNumberedPage(bytes, content)
        default: return isAdvertisement(bytes, content)
        }
    }

    private static let dashes = ScalarSet("-–—·~/")

    /// `- 3 -`, `— 3 —`; a number alone may as well be a cell of a table.
    private static func isPageNumber(_ bytes: TextBytes, _ content: Range<Int>) -> Bool {
        guard content.count <= 24 else { return false }
        var cursor = ScalarCursor(bytes, content)
        var digits = 0
        while !cursor.isAtEnd {
            let scalar = cursor.next()
            if (0x30...0x39).contains(scalar) {
                digits += 1
            } else if scalar != 0x20, !dashes.contains(scalar) {
                return false
            }
        }
        return (1...6).contains(digits)
    }

    /// `第 3 页`, `第3页 共10页`.
    private static func isNumberedPage(_ bytes: TextBytes, _ content: Range<Int>) -> Bool {
        guard content.count <= 60 else { return false }
        var cursor = ScalarCursor(bytes, content)
        _ = cursor.next()
        cursor.skipSpaces()
        guard HanNumeral.readDigits(&cursor, limit: 4) ?? HanNumeral.read(&cursor) != nil else { return false }
        cursor.skipSpaces()
        guard cursor.take("页") || cursor.take("頁") else { return false }
        cursor.skipSpaces()
        return cursor.isAtEnd || cursor.peek == 0x5171 || cursor.peek == 0x2F
    }

    private static let calls: [StaticString] = [
        "更多", "本文来自", "本文由", "本文来源", "文章来源", "欢迎访问", "欢迎关注", "关注公众号", "扫码", "点击", "上一篇", "下一篇", "相关阅读",
        "推荐阅读", "转载请", "http", "www.",
    ]
    /// The characters such words begin with; nearly every line begins otherwise.
    private static let callStarts = ScalarSet("更本文欢关扫点上下相推转hw")
    private static let announcing: [StaticString] = ["请", ":", "：", "访问", "关注", "网", "下载", "查看", "阅读", "范文"]

    private static func isAdvertisement(_ bytes: TextBytes, _ content: Range<Int>) -> Bool {
        let isCall =
            callStarts.contains(ScalarCursor(bytes, content).peek)
            && calls.contains { Pattern.hasPrefix(bytes, content, $0) }
        guard isCall else { return content.count <= 120 && holdsAddress(bytes, content) }
        if RowEnding.last(bytes, content) == 0x3002 || bytes[content.lowerBound] < 0x80 {
            return holdsAddress(bytes, content)
        }
        return holdsAddress(bytes, content) || announcing.contains { Pattern.contains(bytes, content, $0) }
    }

    private static func holdsAddress(_ bytes: TextBytes, _ content: Range<Int>) -> Bool {
        guard let base = bytes.baseAddress, memchr(base + content.lowerBound, 0x2E, content.count) != nil else {
            return false
        }
        return Pattern.contains(bytes, content, "www.") || Pattern.contains(bytes, content, "://")
    }
}
