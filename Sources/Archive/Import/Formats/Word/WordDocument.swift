import History
import Prose

/// A Word document, made ready for the converter.
struct WordDocument {
    /// What it is to be read from.
    let bytes: [UInt8]
    let comments: WordComments
    let changes: WordChanges
    let losses: WordLosses

    /// - Parameter answer: to all changes that it keeps track of.
    /// - Throws: `ArchiveError` if it is none, or a damaged one.
    init(_ document: [UInt8], _ answer: WordChanges.Answer) throws {
        let package = try WordPackage(document)
        let styles = try package.reader(.styles).map { try WordStyles($0) } ?? WordStyles()
        let numbering = try package.reader(.numbering).map { try WordNumbering($0) } ?? WordNumbering()
        comments = try WordComments(package)
        let body = WordBody(numbering, styles, comments, answer)
        var parts = [package.document: try body.rewritten(package.documentReader())]
        for part in [WordPackage.Part.footnotes, .endnotes] {
            guard let path = package.path(part), let reader = try package.reader(part) else { continue }
            parts[path] = try body.rewritten(reader)
        }
        if let path = package.path(.styles), let reader = try package.reader(.styles) {
            parts[path] = try Self.plain(reader)
        }
        if let path = package.path(.numbering) {
            parts[path] = Array("<w:numbering xmlns:w=\"\(Self.namespace)\"/>".utf8)
        }
        bytes = try package.replacing(parts)
        (changes, losses) = (body.changes, body.losses)
    }

    private static let namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

    /// The styles without lists and indents: lists are text by now, and the converter takes indents for quotations.
    private static func plain(_ source: some MarkupSource) throws -> [UInt8] {
        var writer = MarkupWriter()
        while let event = try source.next() {
            switch event {
            case .start(let tag) where ["w:numPr", "w:ind"].contains(tag.name): try source.skip()
            case .start(var tag) where tag.name == "w:styles":
                tag.attributes = WordPackage.declarations
                writer.start(tag)
            case .start(let tag): writer.start(tag)
            case .end(let name): writer.end(name)
            case .text(let text): writer.write(text: text)
            }
        }
        return writer.bytes
    }
}
