import Archive
import History

/// The places of a quotation in an essay, for somebody who is to choose one.
struct Occurrences {
    private let essay: ItemID
    /// `…文字前面的[引文]后面的文字…`, one for each place.
    private let lines: [String]

    /// So many code points are shown on either side.
    private static let context = 16
    /// So many places are shown.
    private static let limit = 20

    /// - Returns: `nil` if it occurs at most once: then something else is wrong.
    init?(of quote: [UInt8], in essay: ItemID, _ reader: ArchiveReader) throws {
        let state = try reader.state(essay)
        let text = try reader.text(of: state)
        let places = PassageName.places(of: quote, in: text)
        guard places.count > 1 else { return nil }
        self.essay = essay
        lines = places.map { place in
            let section =
                PassageName.section(around: place, in: text, isMarkdown: state.isMarkdown).map { "  \($0)" } ?? ""
            return Self.shown(place, in: text) + section
        }
    }

    private static func shown(_ place: Range<Int>, in text: [UInt8]) -> String {
        func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
        let before = String(
            string(text[max(0, place.lowerBound - 4 * context)..<place.lowerBound]).unicodeScalars.suffix(context).map(
                Character.init))
        let behind = String(
            string(text[place.upperBound..<min(text.count, place.upperBound + 4 * context)]).unicodeScalars.prefix(
                context
            ).map(Character.init))
        let line = "…\(before)[\(string(text[place]))]\(behind)…"
        return line.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// - Parameter occurrence: the one that was asked for, if any: there is none of that number.
    func error(chosen occurrence: Int?) -> CommandError {
        // Nothing is left out for one line.
        let shown = lines.count <= Self.limit + 1 ? lines : Array(lines.prefix(Self.limit))
        let width = String(shown.count).count
        let list = shown.enumerated().map { index, line in
            let number = String(index + 1)
            return "\n  " + String(repeating: " ", count: width - number.count) + number + "  " + line
        }.joined()
        let more = lines.count > shown.count ? "\n  and \(lines.count - shown.count) more" : ""
        let choice = "Choose one with --occurrence N, or quote more of the text"
        if let occurrence {
            return CommandError(
                .notFound,
                "there is no occurrence \(occurrence); the passage occurs \(lines.count) times:\(list)\(more)\n",
                advice: choice)
        }
        return CommandError(
            .ambiguous, "the passage occurs \(lines.count) times in \(essay.short):\(list)\(more)\n", advice: choice)
    }
}
