/// Text out of a PDF file, which knows lines and pages but no paragraphs.
///
/// A line that is as long as lines get there, and does not end a sentence, goes on in the next: the line end between them is
/// taken out, or becomes a space between two words in Latin letters. Everything else is left as it is: headings and verse are
/// shorter, and the last line of a paragraph ends a sentence. Page numbers (`PDFPageNumbers`) are left out, and so are form feeds.
/// The original is kept, for whoever wants another reading.
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
        var pages = text.split(separator: 0x0C, omittingEmptySubsequences: false).map { page in
            withoutBlankEdges(
                page.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(trimmed)[...])
        }
        if pages.last?.isEmpty == true { pages.removeLast() }
        let numbers = PDFPageNumbers(pages.map(Array.init))
        return pages.enumerated().flatMap { index, page in
            let kept = page.dropFirst(numbers.tops.contains(index) ? 1 : 0).dropLast(
                numbers.bottoms.contains(index) ? 1 : 0)
            return withoutBlankEdges(kept)
        }
    }

    private static func withoutBlankEdges(_ lines: ArraySlice<ArraySlice<UInt8>>) -> ArraySlice<ArraySlice<UInt8>> {
        var lines = lines.drop(while: \.isEmpty)
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let start = line.firstIndex { $0 > 0x20 } ?? line.endIndex
        let end = line.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? start
        return line[start..<end]
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
