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
        /// Notes of people on it that the document held.
        var comments: [DocumentComment] = []
        /// What it was before the changes that the document keeps track of: one piece, or none.
        var former: [Piece] = []

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
    /// The changes from former pieces to these.
    let changes: DocumentChanges?
    let warnings: [String]
    let compression: TextCompression?

    /// Whether the original's bytes are the text of its one essay.
    var isOneText: Bool {
        pieces.count == 1 && pieces[0].text.hash == original.hash && encoding == .utf8 && converter == nil
    }

    /// The largest original, in bytes.
    static let maximumSize = TextStore.maximumSize

    /// - Parameters:
    ///   - split: how to cut it.
    ///   - compression: `nil` if the original is most likely a newer form of one that the archive has.
    init(_ input: ImportInput, split: SplitMode, options: ImportOptions, _ compression: TextCompression?) throws {
        let data = try Self.read(input)
        let format = SourceFormat(name: input.name) ?? .text
        let document = try DocumentText(of: data, name: input.name, options: options)
        let original = PreparedText(data, compression)
        let pieces = SourcePieces(input.name, format, split, options, compression)
        var (all, warnings) = try pieces.pieces(of: document, original: original, size: data.count)
        if let former = document.former.first {
            let older = try pieces.pieces(of: former, original: original, size: data.count).pieces
            warnings += try all.follow(older)
        }
        self.input = input
        self.compression = compression
        self.original = original
        encoding = document.encoding
        mediaType = format.mediaType
        converter = document.converter
        changes = document.changes
        self.pieces = all
        self.warnings = (document.metadata?.warnings ?? []) + document.losses + warnings
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
