import Foundation
import History
import Prose

/// The text of an original: decoded, and made by a converter where the format needs one.
struct DocumentText {
    /// UTF-8. What essays are cut from.
    private(set) var bytes: [UInt8]
    /// What a format that is text was in; `nil` for others.
    let encoding: TextEncoding?
    /// The converter's name and version; `nil` if none was needed.
    var converter: String?
    /// What the document says of itself.
    let metadata: FrontMatter?
    /// Its title, if it is known from elsewhere than the first lines.
    let title: String?
    /// What to call it if no title is found in it.
    let fallbackTitle: String?
    /// Notes of people on its text.
    var comments: [DocumentComment] = []
    /// Its text before the changes that it keeps track of, none or one, and these changes.
    var former: [DocumentText] = []
    var changes: DocumentChanges?
    /// What of it is not in the text.
    var losses: [String] = []

    /// - Parameter name: the file's name, whose ending tells the format; plain text if it tells none.
    /// - Throws: `ArchiveError` or `TextDecodingError`.
    init(of data: [UInt8], name: String, options: ImportOptions) throws {
        guard !data.isEmpty else { throw ArchiveError(.badInput, "the file is empty") }
        let (encoding, converters, isStopped) = (options.encoding, options.converters, options.isStopped)
        let format = (SourceFormat(name: name) ?? .text).told(by: data)
        if format == .docx || format == .doc {
            self = try format == .doc ? Self.olderWord(data, options) : Self.word(data, options)
            return
        }
        if format == .html || format == .epub {
            self = try format == .html ? Self.web(data, options) : Self.book(data, options)
            return
        }
        guard let converter = format.converters.last else {
            let decoded = try TextDecoder.decode(data, as: encoding)
            guard decoded.bytes.withUnsafeBufferPointer({ !Lines.trim($0.indices, in: $0).isEmpty }) else {
                throw ArchiveError(.badInput, "the file holds nothing but blanks")
            }
            self.init(decoded, isMarkdown: format == .markdown)
            return
        }
        var document = data
        var rich: RTFCharacters?
        switch format {
        case .rtf:
            rich = RTFCharacters(data, encoding: encoding)
            document = rich!.bytes
        default: break
        }
        var (text, version) = try converters.text(of: document, format: format, by: converter, until: isStopped)
        if let rich { text = rich.restored(text) }
        if let place = text.firstIndex(of: 0) { throw TextDecodingError.binary(at: place) }
        try self.init(converted: format == .pdf ? PDFText.joined(text) : text, format, nil, version)
    }

    private init(_ decoded: DecodedText, isMarkdown: Bool) {
        bytes = decoded.bytes
        encoding = decoded.encoding
        converter = nil
        metadata = isMarkdown ? FrontMatter.parse(decoded.bytes) : nil
        title = nil
        fallbackTitle = nil
    }

    /// Text without the marks of quotations: a word processor has none, so that the converter takes indented paragraphs for such.
    static func unquoted(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            while index < text.count, text[index] == UInt8(ascii: ">") {
                index += 1
                if index < text.count, text[index] == 0x20 { index += 1 }
            }
            let end = text[index...].firstIndex(of: 0x0A) ?? text.count
            result += text[index..<end]
            if end < text.count { result.append(0x0A) }
            index = end + 1
        }
        return result
    }

    /// - Throws: `ArchiveError` if nothing but white space came out.
    init(converted text: [UInt8], _ format: SourceFormat, _ encoding: TextEncoding?, _ version: String) throws {
        let text = format == .odt || format == .rtf ? Self.unquoted(text) : text
        let metadata = format == .pdf ? nil : FrontMatter.parse(text)
        let start = metadata?.range.upperBound ?? 0
        guard text[start...].contains(where: { $0 > 0x20 }) else {
            throw ArchiveError(
                .badInput, "\(version) found no text in it",
                remedy: format == .pdf ? .recognizeText : .openInItsProgram)
        }
        // The title of a Word or OpenDocument file is a paragraph of it, which the converter took out of the text: the block that
        // names it stays.
        bytes = text
        self.encoding = encoding
        converter = version
        self.metadata = metadata
        title = nil
        fallbackTitle = nil
    }

    /// - Parameters:
    ///   - metadata: what was said about the text, outside of it.
    ///   - title: `nil` if the text's own is to be found.
    /// - Throws: `ArchiveError` if nothing but white space came out.
    init(
        converted text: [UInt8], encoding: TextEncoding?, _ version: String, about metadata: FrontMatter?,
        title: String?,
        fallbackTitle: String?
    ) throws {
        let start = text.firstIndex { $0 > 0x20 }
        guard let start else {
            throw ArchiveError(.badInput, "\(version) found no text in it", remedy: .openInItsProgram)
        }
        if let place = text.firstIndex(of: 0) { throw TextDecodingError.binary(at: place) }
        bytes = Array(text[start...])
        self.encoding = encoding
        converter = version
        (self.metadata, self.title, self.fallbackTitle) = (metadata, title, fallbackTitle)
    }
}
