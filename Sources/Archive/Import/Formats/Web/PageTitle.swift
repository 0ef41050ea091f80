import Foundation

/// Which of a page's lines is its title: the one that says what `<title>` says, which often has the site's name with it.
struct PageTitle {
    let text: String?
    /// The block that says it, if one does.
    let block: PageBlock?

    private static let separators: [Character] = [
        "-", "–", "—", "_", "|", "｜", "·", "«", "»", "/", ":", "：", "‹", "›", "•", "－",
    ]

    init(_ body: PageBlock, _ metadata: PageMetadata) {
        let leaves = body.leaves
        let said = [metadata.headline, metadata.title].compactMap { $0 }
        let headings = leaves.filter(\.isHeading)
        let found =
            Self.match(headings, said, metadata.site)
            ?? Self.match(
                leaves.filter { !$0.isHeading && $0.measure.linkShare < 0.5 && $0.measure.all < 60 }, said,
                metadata.site)
        block = found ?? Self.only(headings)
        text = block?.text ?? said.first.map { Self.withoutSite($0, metadata.site) }
    }

    /// The block whose text a title begins with, else the longest that is one of its parts.
    private static func match(_ blocks: [PageBlock], _ titles: [String], _ site: String?) -> PageBlock? {
        for title in titles {
            let title = folded(title)
            let fitting = blocks.filter { block in
                let text = folded(block.text)
                return text.count > 1 && text != site.map(folded) && (title == text || isPart(text, of: title))
            }
            let first = fitting.filter { title.hasPrefix(folded($0.text)) }
            if let best = longest(first.isEmpty ? fitting : first) { return best }
        }
        return nil
    }

    private static func longest(_ blocks: [PageBlock]) -> PageBlock? {
        let longest = blocks.map(\.text.count).max()
        return blocks.first { $0.text.count == longest }
    }

    /// Whether a text stands in a title between separators or at its ends.
    private static func isPart(_ text: String, of title: String) -> Bool {
        var from = title.startIndex
        while let place = title.range(of: text, range: from..<title.endIndex) {
            let before = title[..<place.lowerBound].last(where: { $0 != " " })
            let after = title[place.upperBound...].first(where: { $0 != " " })
            func isEdge(_ character: Character?) -> Bool {
                character.map { separators.contains($0) || "《》【】()（）".contains($0) } ?? true
            }
            if isEdge(before) && isEdge(after) { return true }
            from = title.index(after: place.lowerBound)
        }
        return false
    }

    private static func folded(_ text: String) -> String { text.lowercased() }

    /// The only heading of the highest level.
    private static func only(_ headings: [PageBlock]) -> PageBlock? {
        let first = headings.filter { $0.name == "h1" }
        return first.count == 1 && first[0].measure.linkShare < 0.5 ? first[0] : nil
    }

    /// A title without the name of the site before or after it.
    static func withoutSite(_ title: String, _ site: String?) -> String {
        let parts = title.split(whereSeparator: { ["-", "_", "|", "｜", "–", "—", "－", "»", "«"].contains($0) }).map {
            $0.split(separator: " ").joined(separator: " ")
        }.filter { !$0.isEmpty }
        guard parts.count > 1 else { return title }
        // A hyphen within a word parts nothing.
        let isSpaced =
            title.contains(" - ") || !title.contains("-")
            || title.unicodeScalars.contains { $0.properties.isIdeographic }
        guard isSpaced else { return title }
        return parts.first { $0 != site && $0.count > 1 } ?? title
    }
}
