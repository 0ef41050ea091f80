import Foundation

/// One original, read, decoded, cut, hashed and compressed: all that importing needs no database for.
struct PreparedSource: Sendable {
    struct Piece: Sendable {
        let fields: Fields
        let text: PreparedText
        let characters: Int
        let sections: Int
        let range: Range<Int>
        let reason: String
        /// A sketch of the text, to find the piece again after it was changed; empty unless the source has several.
        let sketch: Set<UInt64>
    }

    let input: ImportInput
    let original: PreparedText
    let encoding: TextEncoding
    let mediaType: String
    let pieces: [Piece]
    let warnings: [String]
    let dictionary: TextDictionary?

    /// The largest original, in bytes.
    static let maximumSize = TextStore.maximumSize

    /// - Parameters:
    ///   - split: how to cut it.
    ///   - dictionary: the one of the archive that the texts are for.
    init(_ input: ImportInput, split: SplitMode, encoding: TextEncoding?, tags: [ExactString], dictionary: TextDictionary?) throws {
        let data = try Self.read(input)
        guard !data.isEmpty else { throw ArchiveError(.badInput, "the file is empty") }
        let decoded = try TextDecoder.decode(data, as: encoding)
        let isMarkdown = Self.isMarkdown(input.name)
        let metadata = isMarkdown ? FrontMatter.parse(decoded.bytes) : nil
        let cuts = try CompilationSplitter.cuts(
            in: decoded.bytes, mode: split, isMarkdown: isMarkdown, fallbackTitle: Self.fallbackTitle(input.name))
        self.input = input
        self.dictionary = dictionary
        self.encoding = decoded.encoding
        let mediaType = isMarkdown ? "text/markdown" : "text/plain"
        self.mediaType = mediaType
        warnings = metadata?.warning.map { [$0] } ?? []
        let original = PreparedText(data, dictionary: dictionary)
        self.original = original
        // An original in UTF-8 that is one essay is one text, stored once.
        let whole = data.count == decoded.bytes.count && decoded.encoding == .utf8 ? original : nil
        pieces = cuts.map { cut in
            let bytes = cuts.count == 1 ? decoded.bytes : Array(decoded.bytes[cut.range])
            var fields: Fields = [:]
            fields[string: FieldKey.title] = cut.title
            if isMarkdown { fields[string: FieldKey.mediaType] = mediaType }
            if let metadata {
                fields[string: FieldKey.author] = metadata.author
                fields[string: FieldKey.date] = metadata.date
                fields[string: FieldKey.language] = metadata.language
            }
            fields.tags = tags + (metadata?.tags ?? []).map { ExactString($0) }
            return Piece(
                fields: fields, text: cuts.count == 1 ? whole ?? PreparedText(bytes, dictionary: dictionary) : PreparedText(bytes, dictionary: dictionary),
                characters: CodePoints.count(bytes),
                sections: SectionParser.sections(in: bytes, isMarkdown: isMarkdown).count, range: cut.range,
                reason: cut.reason, sketch: cuts.count == 1 ? [] : Sketch.of(bytes))
        }
    }

    private static func read(_ input: ImportInput) throws -> [UInt8] {
        guard case .file(let file) = input else {
            guard case .bytes(let bytes, _) = input else { return [] }
            return bytes
        }
        guard file.stamp.size <= Int64(maximumSize) else {
            throw ArchiveError(.badInput, "\(file.stamp.size) bytes are more than the \(maximumSize) that an original may have")
        }
        return try readFile(file.path, expected: Int(file.stamp.size))
    }

    static func isMarkdown(_ name: String) -> Bool {
        name.lowercased().hasSuffix(".md") || name.lowercased().hasSuffix(".markdown")
    }

    private static func fallbackTitle(_ name: String) -> String {
        let stem = (name as NSString).deletingPathExtension
        return stem.isEmpty ? name : stem
    }
}

/// Reads a whole file with plain POSIX calls.
func readFile(_ path: String, expected: Int = 0) throws -> [UInt8] {
    func failure() -> ArchiveError {
        ArchiveError(errno == ENOENT ? .notFound : .badInput, "\(path): \(String(cString: strerror(errno)))")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
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

/// The hashes of a text's character quadruples that are least by value: two texts share the more of them the more they
/// have in common (Broder, "On the resemblance and containment of documents", 1997).
enum Sketch {
    static let size = 64

    static func of(_ text: [UInt8]) -> Set<UInt64> {
        var window: UInt64 = 0
        var seen: Set<UInt64> = []
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars where scalar.value > 0x20 {
            window = window << 16 | UInt64(scalar.value & 0xFFFF)
            seen.insert((window &* 0x9E37_79B9_7F4A_7C15) ^ (window >> 29))
        }
        return Set(seen.sorted().prefix(size))
    }

    /// From 0 (nothing in common) to 1.
    static func similarity(_ left: Set<UInt64>, _ right: Set<UInt64>) -> Double {
        let least = left.union(right).sorted().prefix(size)
        return least.isEmpty ? 0 : Double(least.count { left.contains($0) && right.contains($0) }) / Double(least.count)
    }
}
