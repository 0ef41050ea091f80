import Foundation
import History
import Prose

/// What a source's revision says: an imported original, and how it was cut.
public struct SourceRecord: Sendable {
    public struct Cut: Sendable {
        public let essay: ItemID
        /// The imported revision that the piece became.
        public let revision: RevisionID
        /// Bytes of the decoded original.
        public let range: Range<Int>
    }

    public let id: ItemID
    /// The revision of its essay that says what the source holds now; `nil` if the source itself does.
    ///
    /// A file that is one essay, in UTF-8, needs no record of its own for each of its later forms: they are the essay's imported
    /// revisions that name the source.
    public let form: RevisionID?
    /// The hash of the original bytes.
    public let original: TextHash?
    /// The file's name; of a member of an archive that archive's name, `/` and the path within.
    public let name: String
    public let mediaType: String?
    /// What a text was in; `nil` for other formats.
    public let encoding: String?
    /// The name and version of the program that made text of it; `nil` if none was needed.
    public let converter: String?
    /// The older form that this one takes the place of.
    public let replaces: ItemID?
    /// How it was asked to be cut; `nil` if nothing was asked.
    public let split: SplitMode?
    public let cuts: [Cut]

    init(id: ItemID, _ revision: Revision) {
        self.id = id
        form = nil
        original = revision.text
        let fields = revision.fields
        name = fields[string: FieldKey.name] ?? ""
        mediaType = fields[string: FieldKey.mediaType]
        encoding = fields[string: FieldKey.encoding]
        converter = fields[string: FieldKey.converter]
        replaces = fields[string: FieldKey.replaces].flatMap { ItemID(hex: $0) }
        split = fields[string: FieldKey.split].flatMap { SplitMode($0) }
        cuts = (fields[FieldKey.cuts]?.array ?? []).compactMap { value in
            guard let parts = value.array, parts.count == 4, let essay = parts[0].string.flatMap({ ItemID(hex: $0) }),
                let revision = parts[1].string.flatMap({ RevisionID(hex: $0) }), let start = parts[2].integer,
                let end = parts[3].integer, start >= 0, start <= end
            else { return nil }
            return Cut(essay: essay, revision: revision, range: Int(start)..<Int(end))
        }
    }

    private init(_ record: SourceRecord, form: RevisionID, original: TextHash?, range: Range<Int>) {
        id = record.id
        self.form = form
        self.original = original
        (name, mediaType, encoding, converter) = (record.name, record.mediaType, record.encoding, record.converter)
        (replaces, split) = (record.replaces, record.split)
        cuts = record.cuts.prefix(1).map { Cut(essay: $0.essay, revision: form, range: range) }
    }

    /// The source in one of its later forms.
    /// - Parameter size: bytes of the text.
    func at(_ form: RevisionID, _ revision: Revision, size: Int) -> SourceRecord {
        SourceRecord(self, form: form, original: revision.text, range: 0..<size)
    }

    /// The essay whose imported revisions may be later forms of the source.
    var followed: ItemID? { cuts.count == 1 ? cuts[0].essay : nil }

    /// The canonical form of cuts.
    static func value(_ cuts: [Cut]) -> CanonicalValue {
        .array(
            cuts.map {
                .array([
                    .text($0.essay.hex), .text($0.revision.hex), .integer(Int64($0.range.lowerBound)),
                    .integer(Int64($0.range.upperBound)),
                ])
            })
    }
}
