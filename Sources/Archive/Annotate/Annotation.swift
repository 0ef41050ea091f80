import History
import Prose

/// An annotation as its author wrote it: a note on a passage of one version of an essay, or a reply.
public struct Annotation: Sendable {
    /// Identifies the annotation in every replica.
    public let id: ItemID
    /// The essay that it is on.
    public let essay: ItemID
    /// The version of the essay that the passage was chosen in; `nil` if another program did not say it. The passage is then
    /// looked for by its quotation.
    public let version: RevisionID?
    /// The passage in that version, in Unicode code points.
    public let range: Range<Int>
    /// The words of the passage.
    public let quote: String
    /// Up to 32 code points before the passage.
    public let prefix: String
    /// Up to 32 code points behind it.
    public let suffix: String
    /// The path of the section that held the passage then.
    public let section: String?
    /// What the annotation says: plain text, empty for a mere highlight.
    public let body: String
    /// Its own tags, not those of the essay.
    public let tags: [ExactString]
    /// The colour of a highlight, as its author named it.
    public let colour: String?
    /// Who wrote the shown version.
    public let author: String?
    /// The annotation that this one answers.
    public let replyTo: ItemID?
    /// Whether changes to it made on several machines could not be merged.
    public let isConflict: Bool
    /// Whether it was deleted. Its revisions are still there.
    public let isDeleted: Bool
    /// When it was last changed.
    public let modified: Timestamp

    /// - Throws: `ArchiveError` if the item's fields are not those of an annotation.
    init(_ state: ItemState) throws {
        try self.init(
            state.item, state.fields, author: state.shown.flatMap { state.history[$0]?.author?.string },
            modified: state.history.modified,
            isConflict: state.isConflict, isDeleted: state.isDeleted)
    }

    /// - Parameter fields: those of the shown revision, or of a merge.
    init(_ id: ItemID, _ fields: Fields, author: String?, modified: Timestamp, isConflict: Bool, isDeleted: Bool) throws
    {
        guard let essay = fields[string: FieldKey.essay].flatMap({ ItemID(hex: $0) }) else {
            throw ArchiveError(.badInput, "the annotation \(id) does not say what it is on")
        }
        self.id = id
        self.essay = essay
        let version = fields[string: FieldKey.version].flatMap { RevisionID(hex: $0) }
        if let version, let start = fields[integer: FieldKey.start], let end = fields[integer: FieldKey.end],
            0 <= start, start <= end
        {
            self.version = version
            range = start..<end
        } else {
            self.version = nil
            range = 0..<0
        }
        quote = fields[string: FieldKey.quote] ?? ""
        prefix = fields[string: FieldKey.prefix] ?? ""
        suffix = fields[string: FieldKey.suffix] ?? ""
        section = fields[string: FieldKey.section]
        body = fields[string: FieldKey.body] ?? ""
        tags = fields.tags
        colour = fields[string: FieldKey.colour]
        self.author = author
        replyTo = fields[string: FieldKey.replyTo].flatMap { ItemID(hex: $0) }
        self.isConflict = isConflict
        self.isDeleted = isDeleted
        self.modified = modified
    }
}

/// An annotation and where its passage is in the text that is shown now.
public struct PlacedAnnotation: Sendable {
    /// The annotation as its author wrote it.
    public let annotation: Annotation
    /// How the passage was found, if it was.
    public let state: AnchorState
    /// The passage in the current text, in Unicode code points; `nil` for an orphan.
    public let range: Range<Int>?
    /// The section that holds it now.
    public let section: String?
    /// The number of the version that it was made on; `nil` if that is not here.
    public let version: Int?
}
