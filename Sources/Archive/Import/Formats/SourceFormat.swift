import Foundation

/// A kind of file that can be imported, told by the ending of its name.
public enum SourceFormat: String, CaseIterable, Sendable {
    case text, markdown, html, docx, odt, rtf, epub, pdf, zip

    /// In lower case, without the dot; the usual one first.
    public var endings: [String] {
        switch self {
        case .text: ["txt", "text"]
        case .markdown: ["md", "markdown"]
        case .html: ["html", "htm"]
        default: [rawValue]
        }
    }

    /// As registered with IANA.
    public var mediaType: String {
        switch self {
        case .text: "text/plain"
        case .markdown: "text/markdown"
        case .html: "text/html"
        case .docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        case .odt: "application/vnd.oasis.opendocument.text"
        case .rtf: "application/rtf"
        case .epub: "application/epub+zip"
        case .pdf: "application/pdf"
        case .zip: "application/zip"
        }
    }

    /// The program that makes text of it; `nil` where none is needed.
    public var converter: Converter? {
        switch self {
        case .text, .markdown, .zip: nil
        case .html, .docx, .odt, .rtf, .epub: .pandoc
        case .pdf: .pdftotext
        }
    }

    /// Whether essays out of it are Markdown.
    var isMarkdown: Bool { self == .markdown || converter == .pandoc }

    /// The format that a name's ending stands for.
    public init?(name: String) {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")),
            let format = Self.byEnding[name[name.index(after: dot)...].lowercased()]
        else { return nil }
        self = format
    }

    private static let byEnding = Dictionary(
        uniqueKeysWithValues: allCases.flatMap { format in format.endings.map { ($0, format) } })
}
