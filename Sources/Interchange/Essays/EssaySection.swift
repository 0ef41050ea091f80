import Prose

/// A section of an essay.
package struct EssaySection: Codable, Sendable {
    /// The heading's own number, such as `（一）`.
    package let label: String
    /// The labels of the sections around it and its own, such as `二.（一）`.
    package let path: String
    /// How deep it lies, from 1.
    package let level: Int
    /// The heading without its number.
    package let title: String
    /// Where the heading begins, in code points of the text.
    package let start: Int
    /// Where the next section of the same or a higher level begins, in code points of the text.
    package let end: Int

    /// The sections of a text, in its order.
    package static func all(in text: [UInt8], isMarkdown: Bool) -> [EssaySection] {
        let sections = SectionParser.sections(in: text, isMarkdown: isMarkdown)
        let places = CodePoints.codePointOffsets(
            ofBytes: sections.flatMap { [$0.range.lowerBound, $0.range.upperBound] }, in: text)
        return sections.enumerated().map { index, section in
            EssaySection(
                label: section.label, path: section.path, level: section.level, title: section.title,
                start: places[2 * index], end: places[2 * index + 1])
        }
    }
}
