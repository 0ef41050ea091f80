import Foundation

/// A kind of file that can be imported, told by the ending of its name.
public enum SourceFormat: String, CaseIterable, Sendable {
    case text, markdown, html, docx, doc, odt, rtf, epub, pdf, zip

    /// In lower case, without the dot; the usual one first.
    public var endings: [String] {
        switch self {
        case .text: ["txt", "text"]
        case .markdown: ["md", "markdown"]
        case .html: ["html", "htm"]
        case .doc: ["doc", "wps"]
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
        case .doc: "application/msword"
        case .odt: "application/vnd.oasis.opendocument.text"
        case .rtf: "application/rtf"
        case .epub: "application/epub+zip"
        case .pdf: "application/pdf"
        case .zip: "application/zip"
        }
    }

    /// The programs that make text of it, one after the other; none where none is needed.
    public var converters: [Converter] {
        switch self {
        case .text, .markdown, .zip: []
        case .html, .docx, .odt, .rtf, .epub: [.pandoc]
        case .doc: [.libreoffice, .pandoc]
        case .pdf: [.pdftotext]
        }
    }

    /// Whether essays out of it are Markdown.
    var isMarkdown: Bool { self == .markdown || converters.contains(.pandoc) }

    /// What a document of Word is in, whose name often says another of its formats.
    /// - Parameter beginning: of the file.
    func told(by beginning: [UInt8]) -> SourceFormat {
        guard self == .doc || self == .docx else { return self }
        if beginning.starts(with: WordPackage.compoundFile) { return .doc }
        if beginning.starts(with: "PK\u{3}\u{4}".utf8) { return .docx }
        if beginning.starts(with: "{\\rtf".utf8) { return .rtf }
        let head = String(decoding: beginning.prefix(1024), as: UTF8.self).lowercased()
        return self == .doc && (head.contains("<html") || head.contains("<!doctype html")) ? .html : self
    }

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
