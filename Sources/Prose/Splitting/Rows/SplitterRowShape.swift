/// Tells what a short line is from its own characters, without blanks and in half width.
struct RowShape {
    private let bytes: TextBytes
    private let range: Range<Int>
    private let length: Int
    private let last: UInt32

    init(_ bytes: TextBytes, _ range: Range<Int>, length: Int, last: UInt32) {
        self.bytes = bytes
        self.range = range
        self.length = length
        self.last = last
    }

    var kind: SplitterRow.Kind {
        if isRule { return .rule }
        if range.allSatisfy({ (0x30...0x39).contains(bytes[$0]) || bytes[$0] == 0x2E }) { return .number }
        if length <= 6, begins("目录") || begins("目錄") || begins("目次") { return .contents }
        if isDocumentNumber { return .documentNumber }
        if beginsWithDate { return length <= 16 ? .date : .note }
        if isRemark { return .note }
        if length <= 60, begins("附件") || begins("附:") || begins("附表") || begins("附录") || begins("附图") {
            return .attachment
        }
        if length <= 24, isClosing { return .closing }
        if isMetadata { return .metadata }
        if isSalutation { return .salutation }
        if last == 0x3A { return Self.namesOffices(bytes, range) ? .addressee : .paragraph }
        if begins("—") || begins("--") || begins("―") || begins("─") { return length <= 60 ? .subtitle : .paragraph }
        return isTitleLike ? .titleLike : .paragraph
    }

    private func begins(_ text: StaticString) -> Bool { Pattern.hasPrefix(bytes, range, text) }
    private func ends(_ text: StaticString) -> Bool { Pattern.hasSuffix(bytes, range, text) }
    private func holds(_ text: StaticString) -> Bool { Pattern.contains(bytes, range, text) }

    private var isRule: Bool {
        guard length >= 3 else { return false }
        if range.allSatisfy({ [0x2A, 0x2D, 0x3D, 0x5F, 0x7E, 0x23].contains(bytes[$0]) }) { return true }
        // Dashes and box-drawing lines: U+2014, U+2015, U+2500, U+2501, U+2026.
        guard length >= 4, bytes[range.lowerBound] == 0xE2, range.count.isMultiple(of: 3) else { return false }
        let first = (bytes[range.lowerBound], bytes[range.lowerBound + 1], bytes[range.lowerBound + 2])
        guard first.1 == 0x80 || first.1 == 0x94 else { return false }
        return stride(from: range.lowerBound, to: range.upperBound, by: 3).allSatisfy {
            bytes[$0] == first.0 && bytes[$0 + 1] == first.1 && bytes[$0 + 2] == first.2
        }
    }

    /// `国发〔2019〕5号` with any brackets around the year, or `第706号`.
    private var isDocumentNumber: Bool {
        guard length <= 40, ends("号") || ends("號") || ends("号)") else { return false }
        if holds("〕") || holds("]") || holds("】") { return holds("20") || holds("19") || holds("〔") }
        return begins("第") && length <= 10 || begins("(第") && length <= 12 || holds("(20") || holds("(19")
    }

    /// Begins with a date such as 2019年1月24日, 二〇〇四年八月 or 2019-01-24.
    private var beginsWithDate: Bool {
        var cursor = ScalarCursor(bytes, range)
        _ = cursor.take("(")
        var digits = 0
        while (0x30...0x39).contains(cursor.peek) || (HanNumeral.value(of: cursor.peek) ?? 10) < 10
            || cursor.peek == 0x25CB
        {
            _ = cursor.next()
            digits += 1
        }
        guard digits == 4 else { return false }
        if cursor.take("年") { return cursor.isAtEnd || followsMonth(cursor) }
        guard cursor.take("-") || cursor.take("/") || cursor.take(".") else { return false }
        return (0x30...0x39).contains(cursor.peek) && length <= 12
    }

    private func followsMonth(_ start: ScalarCursor) -> Bool {
        var cursor = start
        return HanNumeral.readAny(&cursor) != nil && cursor.take("月") || cursor.take(")") || cursor.take("X")
            || cursor.take("x")
    }

    private var isRemark: Bool {
        if begins("<!--") { return true }
        guard begins("(") || begins("[") || begins("【") || begins("〔") else { return false }
        guard ends(")") || ends("]") || ends("】") || ends("〕") else { return false }
        return length <= 120
    }

    private var isClosing: Bool {
        begins("谢谢") || begins("此致") || begins("敬礼") || begins("特此") || begins("以上报告") || begins("以上意见") || begins("妥否")
            || begins("祝大家") || begins("我的发言完") || begins("我的汇报完") || begins("完毕")
    }

    private static let metadataWords: [StaticString] = [
        "摘要", "内容摘要", "内容提要", "提要", "关键词", "关键字", "作者", "来源", "日期", "时间", "发布", "单位", "姓名", "学号", "主讲", "报告人",
        "讲话人", "汇报人", "述职人", "发言人", "文/", "文号", "发文", "索引号", "成文日期", "主题词", "编者按", "撰稿", "地点", "底本", "初出", "入力", "校正",
    ]

    /// The characters such words begin with, and brackets around them; nearly every paragraph begins otherwise.
    private static let metadataStarts = ScalarSet("摘内提关作来日时发单姓学主讲报汇述文索成编撰地底初入校[【")

    private var isMetadata: Bool {
        let inner =
            begins("[")
            ? range.lowerBound + 1..<range.upperBound : begins("【") ? range.lowerBound + 3..<range.upperBound : range
        guard let word = Self.metadataWords.first(where: { Pattern.hasPrefix(bytes, inner, $0) }) else { return false }
        var cursor = ScalarCursor(bytes, inner.lowerBound + word.utf8CodeUnitCount..<inner.upperBound)
        for _ in 0..<3 {
            let scalar = cursor.next()
            if scalar == 0x3A || scalar == 0x5D || scalar == 0x3011 || scalar == 0x2F { return true }
        }
        return word.utf8CodeUnitCount == 4
    }

    /// Whether a long line begins with such a word, blanks between its characters or not (`摘 要：…`).
    static func beginsAsMetadata(_ bytes: TextBytes, _ content: Range<Int>) -> Bool {
        var cursor = ScalarCursor(bytes, content)
        guard metadataStarts.contains(cursor.peek) else { return false }
        var head = String.UnicodeScalarView()
        while !cursor.isAtEnd, head.count < 10 {
            let scalar = cursor.next()
            if scalar == 0x3002 || scalar == 0x2C { break }
            if scalar > 0x20, let value = Unicode.Scalar(scalar) { head.append(value) }
        }
        var text = String(head)
        return text.withUTF8 { RowShape($0, 0..<$0.count, length: 10, last: 0).isMetadata }
    }

    private var isSalutation: Bool {
        guard length <= 60, last == 0x3A || last == 0x21 || last == 0x2C else { return false }
        return begins("同志们") || begins("各位") || begins("尊敬的") || begins("敬爱的") || begins("亲爱的") || begins("朋友们")
            || begins("同学们") || begins("老师们") || begins("女士们") || begins("大家好") || begins("主席") || begins("委员们")
            || begins("代表们") || ends("同志们:") || ends("同志:") || ends("您好!") || ends("你们好!")
    }

    private static let offices: [StaticString] = [
        "人民政府", "各部", "各单位", "各地", "委员会", "直属机构", "直辖市", "总局", "各省", "各市", "各县", "支部", "党委", "党组",
    ]
    private static let officeEndings: [StaticString] = [
        "部", "委", "局", "厅", "院", "会", "办", "处", "公司", "省", "市", "县", "区", "校", "学院", "大学", "代表", "委员", "主席", "同志",
        "单位", "部门", "机构", "银行", "政府",
    ]
    /// Words of sentences, which a list of offices does not hold.
    private static let verbs: [StaticString] = ["的", "如下", "以下", "下列", "。", "要", "了", "是", "做", "说", "为"]

    /// Whether a line that ends with a colon names the offices or persons that an official document is addressed to.
    static func namesOffices(_ bytes: TextBytes, _ range: Range<Int>) -> Bool {
        let colon = bytes[range.upperBound - 1] == 0x3A ? 1 : 3
        let names = range.lowerBound..<max(range.lowerBound, range.upperBound - colon)
        guard
            offices.contains(where: { Pattern.contains(bytes, names, $0) })
                || officeEndings.contains(where: { Pattern.hasSuffix(bytes, names, $0) })
        else { return false }
        return !verbs.contains { Pattern.contains(bytes, names, $0) }
    }

    private static let closingPunctuation = ScalarSet("。;:,、!…")
    private static let bullets = ScalarSet("-•●·*+|>○◆■□▲△★☆◇#&=`~【![]$<@{}")

    private var isTitleLike: Bool {
        guard length >= 2, length <= (isLatin ? 100 : 60) else { return false }
        if Self.closingPunctuation.contains(last) || last == 0x2E || holds("。") || holds(";") || holds("|") {
            return false
        }
        var cursor = ScalarCursor(bytes, range)
        if Self.bullets.contains(cursor.peek) { return false }
        var words = 0
        var count = 0
        while !cursor.isAtEnd {
            let scalar = cursor.next()
            count += 1
            // `副主任：陈宝生`, a row of a list, or `问：…`.
            if scalar == 0x3A, count <= 2 || count <= 5 && length <= 12 { return false }
            if scalar >= 0x4E00 && scalar <= 0x9FFF || (0x41...0x5A).contains(scalar) || (0x61...0x7A).contains(scalar)
            {
                words += 1
            }
        }
        return words * 2 > length
    }

    /// No character outside ASCII: an English line.
    private var isLatin: Bool { range.allSatisfy { bytes[$0] < 0x80 } }
}
