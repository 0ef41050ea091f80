import History
import Prose

/// Finds the passage that a person names.
enum Passages {
    static func find(_ name: PassageName, in text: [UInt8], isMarkdown: Bool) throws -> Range<Int> {
        switch name {
        case .range(let range):
            let bytes = CodePoints.byteOffsets(ofCodePoints: [range.lowerBound, range.upperBound], in: text)
            guard !range.isEmpty, let start = bytes[0], let end = bytes[1] else {
                throw ArchiveError(
                    .badInput,
                    "\(range.lowerBound)–\(range.upperBound) is not a passage of a text of \(CodePoints.count(text)) code points",
                    remedy: .countFromZero)
            }
            return start..<end
        case .section(let label):
            return try section(label, in: text, isMarkdown: isMarkdown).range
        case .quote(let quote, let occurrence):
            return try find(quote, occurrence, in: text)
        }
    }

    /// Where a quotation is: exactly as it is written if it is there so, else as search compares texts.
    private static func find(_ quote: [UInt8], _ occurrence: Int?, in text: [UInt8]) throws -> Range<Int> {
        let places = places(of: quote, in: text)
        guard !places.isEmpty else {
            throw ArchiveError(
                .notFound, "the passage '\(String(decoding: quote, as: UTF8.self))' is not in the text",
                subject: String(decoding: quote, as: UTF8.self), remedy: .quoteExactly)
        }
        if let occurrence {
            guard occurrence >= 1, occurrence <= places.count else {
                throw ArchiveError(
                    .notFound,
                    "the passage occurs \(counted(places.count, "time")); there is no occurrence \(occurrence)")
            }
            return places[occurrence - 1]
        }
        guard places.count == 1 else {
            throw ArchiveError(
                .ambiguous, "the passage occurs \(counted(places.count, "time")) in the text",
                subject: String(decoding: quote, as: UTF8.self), remedy: .quoteMore)
        }
        return places[0]
    }

    static func places(of quote: [UInt8], in text: [UInt8]) -> [Range<Int>] {
        let exact = occurrences(of: quote, in: text).map { $0..<$0 + quote.count }
        return exact.isEmpty ? FoldedQuotation(quote).places(in: text) : exact
    }

    static func occurrences(of quote: [UInt8], in text: [UInt8]) -> [Int] {
        AnchorSearch.occurrences(of: quote[...], in: text, limit: .max)
    }

    /// The section that a person names.
    static func section(_ label: String, in text: [UInt8], isMarkdown: Bool) throws -> Section {
        let sections = SectionParser.sections(in: text, isMarkdown: isMarkdown)
        switch SectionParser.find(label, in: sections) {
        case .found(let index): return sections[index]
        case .none:
            throw ArchiveError(.notFound, "there is no section '\(label)'", subject: label, remedy: .listSections)
        case .ambiguous(let candidates):
            let list = candidates.map { "\n  \(sections[$0].path)  \(sections[$0].title)" }.joined()
            throw ArchiveError(
                .ambiguous, "'\(label)' fits \(candidates.count) sections:\(list)\n", subject: label,
                remedy: .nameSectionExactly)
        }
    }

    /// The innermost section around a passage.
    static func section(holding passage: Range<Int>, in text: [UInt8], isMarkdown: Bool) -> Section? {
        SectionParser.sections(in: text, isMarkdown: isMarkdown).last {
            $0.range.lowerBound <= passage.lowerBound && passage.upperBound <= $0.range.upperBound
        }
    }
}

extension PassageName {
    /// The bytes of every place where a quotation stands: exactly as it is written if it is there so, else as search compares texts.
    public static func places(of quote: [UInt8], in text: [UInt8]) -> [Range<Int>] {
        Passages.places(of: quote, in: text)
    }

    /// The label path of the innermost section around a passage; `nil` if it is in none.
    public static func section(around passage: Range<Int>, in text: [UInt8], isMarkdown: Bool) -> String? {
        Passages.section(holding: passage, in: text, isMarkdown: isMarkdown)?.path
    }
}
