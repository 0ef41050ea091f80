import History
import Prose

/// How a person names a passage.
public enum PassageName: Sendable {
    /// The text itself; the nth time it stands there, from 1, if it does so more than once.
    case quote([UInt8], occurrence: Int?)
    /// A section's label path, label or title.
    case section(String)
    /// Unicode code points, the end not included.
    case range(Range<Int>)
}

/// What an annotation says.
public struct AnnotationContent: Sendable {
    /// Plain text; empty for a mere highlight.
    public var body: String
    /// The tags of the annotation.
    public var tags: [ExactString]
    /// The colour of a highlight: any name.
    public var colour: String?

    public init(body: String, tags: [ExactString] = [], colour: String? = nil) {
        self.body = body
        self.tags = tags
        self.colour = colour
    }
}

extension ArchiveWriter {
    /// Annotates a passage of the essay's current text.
    /// - Throws: `ArchiveError` if the passage is not there, or the name fits several.
    public func annotate(
        _ essay: ItemID, _ name: PassageName, _ content: AnnotationContent, replyTo: ItemID? = nil, author: Author
    ) throws -> ItemID {
        let state = try reader.state(essay)
        let version = try citableRevision(of: state)
        let text = try reader.text(of: state)
        let passage = try Passages.find(name, in: text, isMarkdown: state.isMarkdown)
        let start = CodePoints.codePointOffset(ofByte: passage.lowerBound, in: text)
        var fields = Fields(
            on: essay, version, passage, codePoints: start..<start + CodePoints.count(text, in: passage), in: text,
            section: Passages.section(holding: passage, in: text, isMarkdown: state.isMarkdown)?.path)
        fields[string: FieldKey.replyTo] = replyTo?.hex
        fields.set(content)
        return try append(
            Revision(
                kind: .annotation, author: author.name, written: now, nonce: environment.newNonce(), fields: fields)
        ).asRoot
    }

    /// Answers an annotation.
    public func reply(to annotation: ItemID, _ content: AnnotationContent, author: Author) throws -> ItemID {
        let state = try reader.state(annotation)
        _ = try Annotation(state)
        var fields = state.fields
        fields[string: FieldKey.replyTo] = annotation.hex
        fields[string: FieldKey.motivation] = "replying"
        fields.set(AnnotationContent(body: content.body, tags: content.tags, colour: content.colour))
        return try append(
            Revision(
                kind: .annotation, author: author.name, written: now, nonce: environment.newNonce(), fields: fields)
        ).asRoot
    }
}

extension Fields {
    /// The length of the text kept before and after a passage, in code points.
    private static let contextLength = 32

    /// What an annotation says about its place.
    /// - Parameters:
    ///   - passage: bytes of the version's text.
    ///   - codePoints: the same in code points.
    ///   - text: of the version.
    ///   - section: the path of the innermost section that holds the passage.
    init(
        on essay: ItemID, _ version: RevisionID, _ passage: Range<Int>, codePoints: Range<Int>, in text: [UInt8],
        section: String?
    ) {
        self = [
            FieldKey.essay: .text(essay.hex), FieldKey.version: .text(version.hex),
            FieldKey.start: .integer(Int64(codePoints.lowerBound)),
            FieldKey.end: .integer(Int64(codePoints.upperBound)), FieldKey.motivation: .text("commenting"),
        ]
        self[string: FieldKey.quote] = string(text[passage])
        let before = Self.place(Self.contextLength, before: passage.lowerBound, in: text)
        let after = Self.place(Self.contextLength, after: passage.upperBound, in: text)
        self[string: FieldKey.prefix] = string(text[before..<passage.lowerBound])
        self[string: FieldKey.suffix] = string(text[passage.upperBound..<after])
        self[string: FieldKey.section] = section
    }

    private static func place(_ count: Int, before start: Int, in text: [UInt8]) -> Int {
        var (place, left) = (start, count)
        while place > 0, left > 0 {
            place -= 1
            if text[place] & 0xC0 != 0x80 { left -= 1 }
        }
        return place
    }

    private static func place(_ count: Int, after start: Int, in text: [UInt8]) -> Int {
        var (place, left) = (start, count)
        while place < text.count, left > 0 || text[place] & 0xC0 == 0x80 {
            if text[place] & 0xC0 != 0x80 { left -= 1 }
            place += 1
        }
        return place
    }

    mutating func set(_ content: AnnotationContent) {
        self[string: FieldKey.body] = content.body
        self[string: FieldKey.colour] = content.colour
        tags = content.tags
    }
}

extension ItemState {
    /// Whether the text is Markdown.
    public var isMarkdown: Bool { fields[string: FieldKey.mediaType] == "text/markdown" }
}

private func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
