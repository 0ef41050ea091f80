/// The bytes of a text that a snippet shows: about `width` code points around a match, cut where a reader would.
struct SnippetWindow {
    let range: Range<Int>

    /// How far, in code points, a cut may move to a better place.
    static let slack = 12

    init(text: [UInt8], width: Int, around match: Range<Int>?) {
        guard let match else {
            let end = Self.forward(text, from: 0, by: width)
            range = 0..<Self.betterEnd(text, end, notBefore: 0)
            return
        }
        let shown = Self.count(text[match])
        let planned = Self.back(text, from: match.lowerBound, by: max(0, width - shown) / 3)
        let start = Self.betterStart(text, planned, match.lowerBound)
        let left = Self.count(text[start..<match.lowerBound]) + shown
        let end = Self.forward(text, from: match.upperBound, by: max(0, width - left))
        range = start..<Self.betterEnd(text, end, notBefore: match.upperBound)
    }

    /// Whether anything but white space is in these bytes.
    static func holdsText(_ bytes: ArraySlice<UInt8>) -> Bool {
        var decoder = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        while case .valid(let encoded) = decoder.parseScalar(from: &rest) {
            if !Unicode.UTF8.decode(encoded).properties.isWhitespace { return true }
        }
        return false
    }

    /// Near the place: after the last end of a sentence, else after a comma or the like, else between words.
    private static func betterStart(_ text: [UInt8], _ start: Int, _ match: Int) -> Int {
        guard start > 0 else { return 0 }
        let earliest = back(text, from: start, by: slack)
        let search = earliest..<min(match, forward(text, from: start, by: slack))
        return lastBreak(text, search, sentenceEnds) ?? lastBreak(text, search, pauses)
            ?? betweenWords(text, start, earliest: earliest)
    }

    private static func betterEnd(_ text: [UInt8], _ end: Int, notBefore earliest: Int) -> Int {
        guard end < text.count else { return end }
        let search = max(earliest, back(text, from: end, by: slack))..<end
        return lastBreak(text, search, sentenceEnds) ?? lastBreak(text, search, pauses)
            ?? betweenWords(text, end, earliest: max(search.lowerBound, earliest))
    }

    private static let sentenceEnds: [[UInt8]] = ["\n", "。", "！", "？"].map { Array($0.utf8) }
    private static let pauses: [[UInt8]] = ["，", "；", "：", "、"].map { Array($0.utf8) }

    /// The offset right after the last of the marks that ends within the range.
    private static func lastBreak(_ text: [UInt8], _ range: Range<Int>, _ marks: [[UInt8]]) -> Int? {
        range.reversed().lazy.map { $0 + 1 }.first { end in
            marks.contains { $0.count <= end && text[(end - $0.count)..<end].elementsEqual($0) }
        }
    }

    /// The place itself, or the beginning of the word of ASCII letters or digits that it would cut in two.
    private static func betweenWords(_ text: [UInt8], _ place: Int, earliest: Int) -> Int {
        func isWord(_ byte: UInt8) -> Bool {
            byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
        }
        var start = place
        while start > earliest && start < text.count && isWord(text[start]) && isWord(text[start - 1]) { start -= 1 }
        return start > earliest ? start : place
    }

    // MARK: Code points of UTF-8

    static func count(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } }

    static func back(_ text: [UInt8], from place: Int, by count: Int) -> Int {
        var place = place
        var left = count
        while left > 0 && place > 0 {
            place -= 1
            if text[place] & 0xC0 != 0x80 { left -= 1 }
        }
        return place
    }

    static func forward(_ text: [UInt8], from place: Int, by count: Int) -> Int {
        var place = place
        var left = count
        while left > 0 && place < text.count {
            place += 1
            while place < text.count && text[place] & 0xC0 == 0x80 { place += 1 }
            left -= 1
        }
        return place
    }
}
