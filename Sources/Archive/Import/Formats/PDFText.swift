/// Text out of a PDF file, which knows lines and pages but no paragraphs.
///
/// A line that is as long as lines get there, and does not end a sentence, goes on in the next: the line end between them is
/// taken out, or becomes a space between two words in Latin letters. Everything else is left as it is: headings and verse are
/// shorter, and the last line of a paragraph ends a sentence. Numbers of pages alone on a page's last line are left out, and so
/// are form feeds. The original is kept, for whoever wants another reading.
enum PDFText {
    /// The share of the usual greatest length that makes a line full.
    private static let full = 0.88
    /// Lines shorter than this are never joined.
    private static let shortest = 16

    static func joined(_ text: [UInt8]) -> [UInt8] {
        let lines = lines(of: text)
        let usual = usualLength(lines)
        var output: [UInt8] = []
        for (index, line) in lines.enumerated() {
            output += line
            let next = index + 1 < lines.count ? lines[index + 1] : []
            if let glue = glue(line, next, usual) { output += glue } else { output.append(UInt8(ascii: "\n")) }
        }
        return output
    }

    /// The lines of all pages without white space around them, page numbers and blank lines at the edges of pages.
    private static func lines(of text: [UInt8]) -> [ArraySlice<UInt8>] {
        text.split(separator: 0x0C, omittingEmptySubsequences: false).flatMap { page in
            var lines = page.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(trimmed)
            while lines.last?.isEmpty == true { lines.removeLast() }
            if let last = lines.last, lines.count > 1, isPageNumber(last) {
                lines.removeLast()
                while lines.last?.isEmpty == true { lines.removeLast() }
            }
            return Array(lines.drop(while: \.isEmpty))
        }
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let start = line.firstIndex { $0 > 0x20 } ?? line.endIndex
        let end = line.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? start
        return line[start..<end]
    }

    /// `7`, `3/12`, `- 7 -`, `— 7 —`, `第 7 页`, but not a date.
    private static func isPageNumber(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count <= 32 else { return false }
        let compact = String(decoding: line, as: UTF8.self).unicodeScalars.filter { !$0.properties.isWhitespace }
        let isDigit = { (scalar: Unicode.Scalar) in (0x30...0x39).contains(scalar.value) || (0xFF10...0xFF19).contains(scalar.value) }
        let groups = compact.split(whereSeparator: { !isDigit($0) })
        let others = compact.filter { !isDigit($0) }
        guard !groups.isEmpty, groups.count <= 2, groups.allSatisfy({ $0.count <= 4 }) else { return false }
        let isPlain = others.isEmpty || others.elementsEqual("/".unicodeScalars)
        let isBetweenDashes = others.count == 2 && others.allSatisfy { "-–—－·".unicodeScalars.contains($0) } && groups.count == 1
            && !isDigit(compact.first!) && !isDigit(compact.last!)
        let isCounted = compact.first == "第" && others.allSatisfy { "第页頁共，,/".unicodeScalars.contains($0) }
        return isPlain || isBetweenDashes || isCounted
    }

    /// The length in characters that one line in ten reaches.
    private static func usualLength(_ lines: [ArraySlice<UInt8>]) -> Int {
        let lengths = lines.filter { !$0.isEmpty }.map(length).sorted(by: >)
        return lengths.isEmpty ? 0 : lengths[lengths.count / 10]
    }

    private static func length(_ line: ArraySlice<UInt8>) -> Int { line.count { $0 & 0xC0 != 0x80 } }

    /// What goes between two lines of one paragraph; `nil` if they are not.
    private static func glue(_ line: ArraySlice<UInt8>, _ next: ArraySlice<UInt8>, _ usual: Int) -> [UInt8]? {
        let length = length(line)
        guard !next.isEmpty, length >= shortest, Double(length) >= full * Double(usual) else { return nil }
        let last = String(decoding: line.suffix(4), as: UTF8.self).unicodeScalars.last!
        guard !"。！？；：…”’」』.!?;:".unicodeScalars.contains(last) else { return nil }
        let first = String(decoding: next.prefix(4), as: UTF8.self).unicodeScalars.first!
        return last.value < 0x2E80 && first.value < 0x2E80 ? [0x20] : []
    }
}
