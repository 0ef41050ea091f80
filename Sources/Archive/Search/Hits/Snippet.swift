/// One line out of a text that shows why it was found.
public struct Snippet: Sendable, Equatable {
    /// A single line; `…` stands for what was cut off before and after.
    public let text: String
    /// Where terms stand in `text`, in code points, ascending, apart from each other.
    public let highlights: [Range<Int>]
    /// The place that the snippet was made for, in bytes of the whole text; `nil` if no term stands in it.
    public let match: Range<Int>?

    /// Cuts a snippet out of a text, around the first place where the most different terms stand close together; the
    /// beginning of the text where there is none.
    /// - Parameters:
    ///   - text: valid UTF-8.
    ///   - phrases: what to show.
    ///   - around: a place, in bytes, to show instead of the one that would be chosen.
    ///   - width: how many code points of the text to show at most, the match itself excepted.
    public static func make(
        text: [UInt8], phrases: [Phrase], around: Range<Int>? = nil, width: Int = 60
    ) -> Snippet {
        // One phrase is best shown where it first stands; what is cut out goes no further than this behind it.
        let reach = phrases.count == 1 && around == nil ? (width + SnippetWindow.slack) * 4 : nil
        let matches = Matches.each(in: text, phrases, reach: reach)
        let match = around ?? best(of: matches, in: text, width: width)
        let window = SnippetWindow(text: text, width: width, around: match)
        return render(text, window.range, matches.map(\.bytes), match)
    }

    /// The first match from which the most different terms stand within the width.
    private static func best(of matches: [(term: Int, bytes: Range<Int>)], in text: [UInt8], width: Int) -> Range<Int>?
    {
        var best: Int?
        var most = 0
        for first in matches.indices {
            var seen: UInt64 = 0
            // A code point has at most four bytes; Han three. Near enough for a choice.
            let limit = matches[first].bytes.lowerBound + width * 2
            for other in matches[first...] {
                guard other.bytes.upperBound <= limit || other.bytes.lowerBound == matches[first].bytes.lowerBound
                else { break }
                seen |= 1 << UInt64(min(other.term, 63))
            }
            if seen.nonzeroBitCount > most { (best, most) = (first, seen.nonzeroBitCount) }
        }
        return best.map { matches[$0].bytes }
    }

    /// Writes the bytes of `window` as one line: white space and line ends become one space, control characters nothing.
    private static func render(
        _ text: [UInt8], _ window: Range<Int>, _ matches: [Range<Int>], _ match: Range<Int>?
    ) -> Snippet {
        var line = String.UnicodeScalarView()
        var length = 0
        var highlights: [Range<Int>] = []
        var remaining = matches.drop { $0.upperBound <= window.lowerBound }
        var covered = 0
        func append(_ scalar: Unicode.Scalar) {
            line.append(scalar)
            length += 1
        }
        if SnippetWindow.holdsText(text[..<window.lowerBound]) { append("…") }
        var isSpaceDue = false
        var isFirst = true
        var decoder = Unicode.UTF8.ForwardParser()
        var bytes = text[window].makeIterator()
        var position = window.lowerBound
        while case .valid(let encoded) = decoder.parseScalar(from: &bytes) {
            let scalar = Unicode.UTF8.decode(encoded)
            defer { position += encoded.count }
            while let next = remaining.first, next.lowerBound <= position {
                covered = max(covered, next.upperBound)
                remaining.removeFirst()
            }
            // Nearly all are Han, which need no look at their properties.
            if !("\u{3400}"..."\u{9FFF}" ~= scalar) {
                if scalar.properties.isWhitespace {
                    isSpaceDue = true
                    continue
                }
                if scalar.properties.generalCategory == .control { continue }
            }
            if isSpaceDue && !isFirst { append(" ") }
            if position < covered {
                // A space that was put in a match belongs to it.
                if let last = highlights.last, last.upperBound == length || last.upperBound + 1 == length && isSpaceDue
                {
                    highlights[highlights.count - 1] = last.lowerBound..<length + 1
                } else {
                    highlights.append(length..<length + 1)
                }
            }
            isSpaceDue = false
            isFirst = false
            append(scalar)
        }
        if SnippetWindow.holdsText(text[window.upperBound...]) { append("…") }
        return Snippet(text: String(line), highlights: highlights, match: match)
    }
}
