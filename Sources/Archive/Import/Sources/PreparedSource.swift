import Files
import Foundation
import History
import Prose

/// One original, read, decoded, cut, hashed and compressed: all that importing needs no database for.
struct PreparedSource: Sendable {
    struct Piece: Sendable {
        let fields: Fields
        let text: PreparedText
        let characters: Int
        let sections: Int
        let range: Range<Int>
        let reason: String
        let confidence: Double
        /// By what the text says of itself.
        let writtenAuthor: String?
        /// Whether the title is out of the text, rather than the file's name for want of one.
        let isNamed: Bool

        var title: String { fields[string: FieldKey.title] ?? "" }

        /// The fields of a newer form of an essay: tags and an author that were given at its import, rather than by the text, stay.
        func fields(keepingWhatWasGivenTo last: Revision, text: @autoclosure () throws -> [UInt8]) rethrows -> Fields {
            var fields = fields
            var given = last.fields.tags
            var author = last.fields[string: FieldKey.author]
            if !given.isEmpty || author != nil, last.fields[FieldKey.mediaType] != nil,
                let written = FrontMatter.parse(try text())
            {
                let tags = written.tags.map { ExactString($0) }
                given.removeAll { tags.contains($0) }
                if written.author != nil { author = nil }
            }
            fields.tags += given
            fields[string: FieldKey.author] = writtenAuthor ?? author
            return fields
        }
    }

    let input: ImportInput
    let original: PreparedText
    /// What a text was in; `nil` for other formats.
    let encoding: TextEncoding?
    /// The original's.
    let mediaType: String
    /// What made text of it, if anything did.
    let converter: String?
    let pieces: [Piece]
    let warnings: [String]
    let compression: TextCompression?

    /// Whether the original's bytes are the text of its one essay.
    var isOneText: Bool {
        pieces.count == 1 && pieces[0].text.hash == original.hash && encoding == .utf8 && converter == nil
    }

    /// The largest original, in bytes.
    static let maximumSize = TextStore.maximumSize
    /// The longest title and front matter, in bytes: what else a revision says fits beside them.
    private static let maximumDetails = Revision.maximumSize / 2
    /// The most essays out of one file: the source names each, in some 150 bytes.
    private static let maximumPieces = 3000

    /// - Parameters:
    ///   - split: how to cut it.
    ///   - compression: `nil` if the original is most likely a newer form of one that the archive has.
    init(_ input: ImportInput, split: SplitMode, options: ImportOptions, _ compression: TextCompression?) throws {
        let data = try Self.read(input)
        let format = SourceFormat(name: input.name) ?? .text
        let document = try DocumentText(
            of: data, name: input.name, encoding: options.encoding, converters: options.converters,
            until: options.isStopped)
        let text = document.bytes
        guard text.count <= Self.maximumSize else {
            throw ArchiveError(.badInput, "its text of \(text.count) bytes is over the limit of \(Self.maximumSize)")
        }
        let stem = Self.stem(input.name)
        var named = FileTitle(stem)
        var cuts = try CompilationSplitter.cuts(
            in: text, mode: split, isMarkdown: format.isMarkdown, fallbackTitle: document.fallbackTitle ?? named.title,
            until: options.isStopped)
        if cuts.count == 1, let title = document.title { cuts[0].title = title }
        if format.isMarkdown {
            for index in cuts.indices { cuts[index].title = Self.plain(cuts[index].title, else: named.title) }
        }
        // `《旧城》作者：某某` may stand in the first line as well.
        if cuts.count == 1, case let line = FileTitle(cuts[0].title), line.author != nil {
            named.author = line.author
            cuts[0].title = line.title
        }
        let original = PreparedText(data, compression)
        self.input = input
        self.compression = compression
        self.original = original
        encoding = document.encoding
        mediaType = format.mediaType
        converter = document.converter
        var warnings = document.metadata?.warnings ?? []
        if case .pattern(let pattern) = split, cuts[0].reason == CompilationSplitter.unmatched {
            warnings.append("no line matches the pattern '\(pattern)', so that it is one essay")
        }
        self.warnings = warnings
        // An original in UTF-8 that is one essay is one text, stored once.
        let isOneText =
            cuts.count == 1 && document.converter == nil && document.encoding == .utf8 && data.count == text.count
        let common = Fields(
            document.metadata, isMarkdown: format.isMarkdown, tags: options.tags,
            author: options.essayAuthor ?? named.author.map { ExactString($0) })
        let details = CanonicalValue.object(common).bytes.count + (cuts.map(\.title.utf8.count).max() ?? 0)
        guard details <= Self.maximumDetails else {
            throw ArchiveError(
                .badInput, "its title and front matter of \(details) bytes are over the limit of \(Self.maximumDetails)"
            )
        }
        guard cuts.count <= Self.maximumPieces else {
            throw ArchiveError(
                .badInput, "it would be cut into \(cuts.count) essays, and one file may hold \(Self.maximumPieces)",
                remedy: .importWhole)
        }
        pieces = cuts.map { cut in
            let bytes = cuts.count == 1 ? text : Array(text[cut.range])
            var fields = common
            fields[string: FieldKey.title] = cut.title
            return Piece(
                fields: fields, text: isOneText ? original : PreparedText(bytes, compression),
                characters: CodePoints.count(bytes),
                sections: SectionParser.sections(in: bytes, isMarkdown: format.isMarkdown).count, range: cut.range,
                reason: cut.reason, confidence: cut.confidence, writtenAuthor: document.metadata?.author,
                isNamed: !cut.title.utf8.elementsEqual(named.title.utf8) || Self.begins(bytes, with: cut.title))
        }
    }

    /// Whether a title stands in the beginning of a text.
    private static func begins(_ text: [UInt8], with title: String) -> Bool {
        let beginning = text.prefix(1 << 10)
        let title = Array(title.utf8)
        guard let first = title.first, beginning.count >= title.count else { return false }
        return (0...beginning.count - title.count).contains {
            beginning[$0] == first && beginning[$0..<$0 + title.count].elementsEqual(title)
        }
    }

    private static func read(_ input: ImportInput) throws -> [UInt8] {
        guard case .file(let file) = input else {
            guard case .bytes(let bytes, _) = input else { return [] }
            return bytes
        }
        guard file.size <= Int64(maximumSize) else {
            throw ArchiveError(
                .badInput, "\(file.size) bytes are more than the \(maximumSize) that an original may have")
        }
        return try file.read()
    }

    /// The words of a title in Markdown; `name` if it holds none.
    private static func plain(_ title: String, else name: String) -> String {
        let plain = MarkdownTitle.plain(title)
        return plain.isEmpty ? name : plain
    }

    /// A file's name without its ending.
    private static func stem(_ name: String) -> String {
        let stem = (PathParts.name(of: name) as NSString).deletingPathExtension
        return stem.isEmpty ? name : stem
    }
}

/// Reads a whole file with plain POSIX calls.
func readFile(_ path: SystemPath, expected: Int = 0) throws -> [UInt8] {
    func failure() -> ArchiveError {
        ArchiveError(errno == ENOENT ? .notFound : .badInput, "\(path.text): \(String(cString: strerror(errno)))")
    }
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw failure() }
    defer { Glibc.close(descriptor) }
    var content: [UInt8] = []
    var chunk = max(expected + 1, 1 << 16)
    while true {
        var count = 0
        let part = [UInt8](unsafeUninitializedCapacity: chunk) { buffer, filled in
            count = Glibc.read(descriptor, buffer.baseAddress, chunk)
            filled = max(count, 0)
        }
        guard count >= 0 else { throw failure() }
        if count == 0 { return content }
        if content.isEmpty { content = part } else { content += part }
        chunk = 1 << 16
    }
}
