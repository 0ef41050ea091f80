/// What a row says of itself as the title of an essay in a collection: its shape, its number, whether it names a part of a work.
struct CollectionLine {
    enum Number: Equatable {
        case none
        /// `第三章`, `第五回 …`, `卷二`, `CHAPTER IV`: divisions of one work.
        case chapter(Int)
        /// Nothing but a number: `三`, `IV`, `12`.
        case bare(Int)
        /// A number before a title: `三　灯下`, `3. A Walk`, `（三）灯下`.
        case counted(Int)
    }

    /// Short, and not ended as a sentence is.
    let isHeadline: Bool
    /// Holds no ideographs.
    let isLatin: Bool
    let number: Number

    private static let longest = 40
    private static let longestLatin = 75
    private static let sentenceEnds = ScalarSet("。;:,、")
    private static let quotes = ScalarSet("“\"「『‘'—―─-")
    private static let sentence = ScalarSet("。;")

    init(_ document: SplitterDocument, _ row: Int) {
        let line = document.rows[row]
        number = Self.number(document, row)
        let first = ScalarCursor(document.bytes, line.content).peek
        // Spoken lines begin with a quotation mark.
        let isQuoted = Self.quotes.contains(first)
        isLatin =
            document.bytes[line.content.lowerBound] < 0x80 && line.content.count <= 240
            && line.content.allSatisfy { document.bytes[$0] < 0xE3 }
        isHeadline = !isQuoted && Self.isHeadline(document, line)
    }

    private static func isHeadline(_ document: SplitterDocument, _ line: SplitterRow) -> Bool {
        guard !line.compact.isEmpty else { return false }
        switch line.kind {
        case .rule, .number, .date, .documentNumber, .closing, .addressee, .contents: return line.markdownRank > 0
        default: break
        }
        let isLatin =
            document.bytes[line.content.lowerBound] < 0x80 && line.content.allSatisfy { document.bytes[$0] < 0xE3 }
        guard line.length <= (isLatin ? longestLatin : longest) else { return false }
        let last = RowEnding.last(document.bytes, line.content)
        if sentenceEnds.contains(last) { return false }
        if isLatin { return isLatinHeadline(document, line) }
        var cursor = ScalarCursor(document.bytes, line.content)
        var commas = 0
        var words = 0
        while !cursor.isAtEnd {
            let scalar = cursor.next()
            if sentence.contains(scalar) { return false }
            if scalar == 0x2C { commas += 1 }
            if scalar >= 0x3040 || (0x41...0x7A).contains(scalar) { words += 1 }
        }
        return commas <= 2 && words > 0
    }

    /// A line in capitals, or most of whose longer words begin with one.
    private static func isLatinHeadline(_ document: SplitterDocument, _ line: SplitterRow) -> Bool {
        var (words, long, capitals, letters) = (0, 0, 0, 0)
        var (length, isCapital, isFirstCapital) = (0, false, false)
        for index in line.content.lowerBound...line.content.upperBound {
            let byte = index < line.content.upperBound ? document.bytes[index] : 0x20
            let isUpper = (0x41...0x5A).contains(byte)
            if isUpper || (0x61...0x7A).contains(byte) || byte >= 0x80 || byte == 0x27 && length > 0 {
                if length == 0 { isCapital = isUpper || byte >= 0x80 }
                length += 1
                letters += 1
            } else if length > 0 {
                if words == 0 { isFirstCapital = isCapital }
                words += 1
                if length > 3 || isCapital { long += 1 }
                if isCapital { capitals += 1 }
                length = 0
            }
        }
        return words > 0 && words <= 14 && letters * 2 > line.length && isFirstCapital && capitals * 3 >= long * 2
    }

    // MARK: Numbers

    private static let divisions = ScalarSet("章节節回卷集部辑輯折出场場幕话話季册冊编編讲講课課夜日梦")

    private static func number(_ document: SplitterDocument, _ row: Int) -> Number {
        let line = document.rows[row]
        guard line.length <= longestLatin, !line.content.isEmpty else { return .none }
        var cursor = ScalarCursor(document.bytes, line.content)
        if let heading = line.heading {
            if heading.end >= line.content.upperBound, heading.kind == .han || heading.kind == .digit {
                return .bare(heading.number)
            }
            switch heading.kind {
            case .chapter, .section, .volume, .part, .lecture, .act, .tale, .episode: return .chapter(heading.number)
            default: return .counted(heading.number)
            }
        }
        if cursor.take("第") { return division(&cursor) }
        if cursor.take("卷") || cursor.take("巻") {
            cursor.skipSpaces()
            _ = cursor.take("之")
            if let value = HanNumeral.readAny(&cursor) { return .chapter(value) }
            return .none
        }
        if document.bytes[line.content.lowerBound] < 0x80,
            let value = SplitterLatin.numberedDivision(document.text(line.content))
        {
            return .chapter(value)
        }
        let number = leading(document.bytes, line.content)
        return number == .none ? inside(document.bytes, line.content) : number
    }

    /// `正文 第三章 题`, `论法第三`, `故乡（2）`: a number behind other words.
    private static func inside(_ bytes: TextBytes, _ content: Range<Int>) -> Number {
        var at = content.lowerBound
        while at < content.upperBound {
            let first = bytes[at]
            guard first >= 0x80 || first == 0x28 else {
                at += 1
                continue
            }
            let (scalar, width) = ScalarCursor.decode(bytes, at)
            var cursor = ScalarCursor(bytes, at + width..<content.upperBound)
            at += width
            if scalar == 0x7B2C {
                cursor.skipSpaces()
                guard let value = HanNumeral.readAny(&cursor) else { continue }
                cursor.skipSpaces()
                if cursor.isAtEnd || divisions.contains(cursor.peek) { return .chapter(value) }
            } else if scalar == 0x28 || scalar == 0xFF08 {
                guard let value = HanNumeral.readAny(&cursor), cursor.take(")"), cursor.isAtEnd else { continue }
                return .counted(value)
            }
        }
        return .none
    }

    private static func division(_ start: inout ScalarCursor) -> Number {
        start.skipSpaces()
        guard let value = HanNumeral.readAny(&start) else { return .none }
        start.skipSpaces()
        return divisions.contains(start.peek) ? .chapter(value) : start.peek == 0x7BC7 ? .counted(value) : .none
    }

    /// `三　灯下`, `IV. A Walk`, `12`, `〔三〕`.
    private static func leading(_ bytes: TextBytes, _ content: Range<Int>) -> Number {
        var cursor = ScalarCursor(bytes, content)
        while SplitterMarker.opening.contains(cursor.peek) || SplitterMarker.decorations.contains(cursor.peek) {
            _ = cursor.next()
        }
        cursor.skipSpaces()
        let value: Int
        if let han = HanNumeral.readAny(&cursor) {
            value = han
        } else if let roman = SplitterLatin.romanNumeral(&cursor) {
            value = roman
        } else {
            return .none
        }
        let isSeparated = SplitterMarker.isSeparator(cursor.peek) || SplitterMarker.closing.contains(cursor.peek)
        while SplitterMarker.isSeparator(cursor.peek) || SplitterMarker.closing.contains(cursor.peek)
            || SplitterMarker.decorations.contains(cursor.peek)
        { _ = cursor.next() }
        if cursor.isAtEnd { return .bare(value) }
        return isSeparated ? .counted(value) : .none
    }

    // MARK: Parts of a work

    private static let front: [StaticString] = [
        "版权信息", "版权页", "版权声明", "版权", "书名页", "扉页", "封面", "目录", "目次", "出版说明", "出版前言", "内容简介", "内容提要", "编者按", "编者的话",
        "作者简介", "作者介绍", "题记", "献词", "献辞", "序", "序言", "自序", "前言", "凡例", "contents", "copyright", "preface", "foreword",
        "dedication", "imprint",
        "titlepage", "acknowledgements", "acknowledgments",
    ]
    private static let back: [StaticString] = [
        "后记", "跋", "附录", "编后记", "校后记", "译后记", "版权页", "封底", "年表", "年谱", "大事记", "index", "colophon", "appendix",
        "afterword", "uncopyright",
        "footnotes", "endnotes", "notes", "theend", "finis",
    ]
    private static let inner: [StaticString] = [
        "引言", "引子", "楔子", "绪论", "绪言", "导论", "导言", "尾声", "结语", "结论", "结束语", "终章", "序章", "参考文献", "主要参考文献", "参考书目", "注释",
        "索引", "摘要", "致谢", "名词解释", "术语表", "译名对照表", "introduction", "conclusion", "epilogue", "prologue", "bibliography",
        "references", "glossary",
        "abstract", "methods", "results", "discussion",
    ]

    enum Part { case front, back, inner }

    /// Whether the whole row names a part that books have around or inside their text.
    static func part(_ document: SplitterDocument, _ row: Int) -> Part? {
        guard document.rows[row].length <= 20 else { return nil }
        let name = lowercased(document, row)
        return name.withUnsafeBufferPointer { bytes in
            let range = 0..<bytes.count
            func isOne(of names: [StaticString]) -> Bool {
                names.contains { range.count == $0.utf8CodeUnitCount && Pattern.hasPrefix(bytes, range, $0) }
            }
            if isOne(of: front) { return .front }
            if isOne(of: back) { return .back }
            return isOne(of: inner) ? .inner : nil
        }
    }

    private static func lowercased(_ document: SplitterDocument, _ row: Int) -> [UInt8] {
        document.withCompact(row) { bytes, range in
            var name = range.map { (0x41...0x5A).contains(bytes[$0]) ? bytes[$0] + 0x20 : bytes[$0] }
            while let last = name.last, last == 0x2E || last == 0x3A { name.removeLast() }
            return name
        }
    }
}
