/// Which lines at the edges of a PDF file's pages are page numbers: those that count up from page to page at one place.
///
/// A number that stands there once is content, such as the last cell of a table or a year. `- 3 -`, `第 3 页` or `3/12` may also
/// stand once, if the page is that one of the file.
struct PDFPageNumbers {
    typealias Line = ArraySlice<UInt8>

    /// A number at an edge of a page.
    private struct Candidate {
        let page: Int
        let number: Int
        let isDecorated: Bool
        /// How much the number is more than the page's place in the file.
        var offset: Int { number - page }
    }

    /// The pages, from 0, whose first or last line is their number.
    let tops: Set<Int>
    let bottoms: Set<Int>

    /// - Parameter pages: their lines without blanks around them and without blank lines at their edges.
    init(_ pages: [[Line]]) {
        tops = Self.numbered(pages.map { $0.count > 1 ? $0.first : nil })
        bottoms = Self.numbered(pages.map { $0.count > 1 ? $0.last : nil })
    }

    private static func numbered(_ lines: [Line?]) -> Set<Int> {
        let candidates = lines.enumerated().compactMap { page, line in line.flatMap { candidate($0, page: page) } }
        let counting = Dictionary(grouping: candidates, by: \.offset).values.filter { counts($0, pages: lines.count) }
            .flatMap { $0 }
        let single = candidates.filter { $0.isDecorated && $0.offset == 1 }
        return Set((counting + single).map(\.page))
    }

    /// Whether numbers that all are as much more than their pages' places are page numbers: most pages have one, or three pages in a row do.
    private static func counts(_ candidates: [Candidate], pages: Int) -> Bool {
        let numbered = candidates.map(\.page).sorted()
        guard numbered.count > 1 else { return false }
        if candidates.contains(where: \.isDecorated) { return true }
        var (run, longest) = (1, 1)
        for (page, next) in zip(numbered, numbered.dropFirst()) {
            run = next == page + 1 ? run + 1 : 1
            longest = max(longest, run)
        }
        // Tables of several years may stand on pages one after another.
        if candidates.contains(where: { (1900...2100).contains($0.number) }) { return longest >= 5 }
        return longest >= 3 || longest >= 2 && 2 * numbered.count >= pages - 1
    }

    /// `7`, `3/12`, `- 7 -`, `— 7 —`, `第 7 页`, `Page 7 of 12`, but not a date.
    private static func candidate(_ line: Line, page: Int) -> Candidate? {
        guard line.count <= 40 else { return nil }
        let compact = String(decoding: line, as: UTF8.self).lowercased().unicodeScalars.filter {
            !$0.properties.isWhitespace
        }
        let groups = compact.split(whereSeparator: { digit($0) == nil })
        guard (1...2).contains(groups.count), groups.allSatisfy({ $0.count <= 4 }) else { return nil }
        let numbers = groups.map { $0.reduce(0) { 10 * $0 + digit($1)! } }
        let others = String(String.UnicodeScalarView(compact.filter { digit($0) == nil }))
        guard numbers.count == 1 || numbers[0] <= numbers[1] else { return nil }
        if others.isEmpty {
            return groups.count == 1 ? Candidate(page: page, number: numbers[0], isDecorated: false) : nil
        }
        let isEnclosed =
            numbers.count == 1 && enclosures.contains(others) && digit(compact.first!) == nil
            && digit(compact.last!) == nil
        let isCounted = numbers.count == 1 ? ["第页", "第頁", "p.", "page", "p"].contains(others) : pairs.contains(others)
        return isEnclosed || isCounted ? Candidate(page: page, number: numbers[0], isDecorated: true) : nil
    }

    /// What may stand around a number, before and behind it.
    private static let enclosures: Set<String> = {
        let dashes = ["-", "–", "—", "－", "·", "•", "~", "～", "─", "−", "――", "——", "--"]
        return Set(dashes.map { $0 + $0 } + ["（）", "()", "[]", "【】", "〔〕", "·—", "—·"])
    }()

    /// The same with how many pages there are.
    private static let pairs: Set<String> = {
        var pairs: Set<String> = [
            "/", "／", "of", "pageof", "page/", "p./", "-/-", "—/—", "第/页", "第页/", "第页/页", "第/頁", "第頁/", "第頁/頁",
        ]
        for page in ["页", "頁"] {
            for separator in ["", "，", ",", "/", "、"] { pairs.insert("第\(page)\(separator)共\(page)") }
            pairs.insert("第\(page)（共\(page)）")
            pairs.insert("第\(page)(共\(page))")
        }
        return pairs
    }()

    private static func digit(_ scalar: Unicode.Scalar) -> Int? {
        switch scalar.value {
        case 0x30...0x39: Int(scalar.value) - 0x30
        case 0xFF10...0xFF19: Int(scalar.value) - 0xFF10
        default: nil
        }
    }
}
