import History
import Prose

/// Makes annotations of the notes that a document holds.
///
/// They say what the document says and nothing of this machine, so that two machines that import one file make the same. A note that the
/// essay has already, be it deleted by now, is not made again.
struct CommentImport {
    private let comments: [DocumentComment]
    private let text: [UInt8]
    private let isMarkdown: Bool
    private let essay: ItemID
    private let version: RevisionID
    private let writer: ArchiveWriter

    /// The longest note, in bytes: what else a revision says fits beside it.
    private static let maximumText = Revision.maximumSize / 4
    /// The longest passage, in bytes.
    private static let maximumPassage = Revision.maximumSize / 8

    /// - Parameter version: what the piece became.
    init(_ piece: PreparedSource.Piece, _ essay: ItemID, _ version: RevisionID, _ writer: ArchiveWriter) throws {
        comments = piece.comments
        text = try piece.text.bytes()
        isMarkdown = piece.fields[FieldKey.mediaType] != nil
        (self.essay, self.version, self.writer) = (essay, version, writer)
    }

    private struct Key: Hashable {
        let author: ExactString?
        let written: Timestamp?
        let text: ExactString
    }

    /// Returns how many notes are new.
    func run() throws -> Int {
        let passages = comments.map(passage)
        let starts = CodePoints.codePointOffsets(ofBytes: passages.map(\.lowerBound), in: text)
        let sections = SectionParser.sections(in: text, isMarkdown: isMarkdown)
        var known = Dictionary(
            grouping: try writer.reader.annotationRoots(of: essay).map { (Self.key($0.root), $0) }, by: \.0
        ).mapValues { $0.map(\.1) }
        var made: [(id: ItemID, fields: Fields)] = []
        var count = 0
        for (index, comment) in comments.enumerated() {
            let body = String(comment.text.unicodeScalars.prefix(Self.maximumText / 4))
            let key = Key(
                author: comment.author.map { ExactString($0) }, written: comment.written, text: ExactString(body))
            if let same = known[key]?.first {
                known[key]?.removeFirst()
                made.append((same.id, same.root.fields))
                continue
            }
            let passage = passages[index]
            let codePoints = starts[index]..<starts[index] + CodePoints.count(text, in: passage)
            let section = sections.last {
                $0.range.lowerBound <= passage.lowerBound && passage.upperBound <= $0.range.upperBound
            }
            var fields =
                comment.parent.map { made[$0].fields }
                ?? Fields(on: essay, version, passage, codePoints: codePoints, in: text, section: section?.path)
            fields[string: FieldKey.replyTo] = comment.parent.map { made[$0].id.hex }
            if comment.parent != nil { fields[string: FieldKey.motivation] = "replying" }
            fields.set(AnnotationContent(body: body, tags: comment.isDone ? [Self.done] : []))
            let revision = Revision(kind: .annotation, author: key.author, written: key.written, fields: fields)
            made.append((try writer.append(revision).asRoot, fields))
            count += 1
        }
        return count
    }

    /// The tag of a note that was marked as done.
    private static let done = ExactString("done")

    private static func key(_ root: Revision) -> Key {
        Key(author: root.author, written: root.written, text: ExactString(root.fields[string: FieldKey.body] ?? ""))
    }

    private func passage(_ comment: DocumentComment) -> Range<Int> {
        let passage = comment.passage.isEmpty ? firstLine : comment.passage
        var end = min(passage.upperBound, passage.lowerBound + Self.maximumPassage)
        while end > passage.lowerBound, end < text.count, text[end] & 0xC0 == 0x80 { end -= 1 }
        return passage.lowerBound..<end
    }

    private var firstLine: Range<Int> {
        text.withUnsafeBufferPointer { buffer in
            let rest = Lines.trim(0..<buffer.count, in: buffer)
            return rest.lowerBound..<(buffer[rest].firstIndex(of: UInt8(ascii: "\n")) ?? rest.upperBound)
        }
    }
}
