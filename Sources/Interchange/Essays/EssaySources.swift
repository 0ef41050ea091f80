import Archive
import History

/// Where an essay was imported from.
package struct EssaySources: Codable, Sendable {
    /// The essay's ID.
    package let id: ItemID
    /// Its title; `null` if it has none.
    package let title: String?
    /// The sources, the newest first; none if the essay was written here.
    package let sources: [EssaySource]

    package init(_ essay: ItemID, title: String?, _ sources: [SourceRecord], _ reader: ArchiveReader) throws {
        id = essay
        self.title = title
        self.sources = try sources.map { try EssaySource($0, of: essay, reader) }
    }
}

/// A file that an essay was imported from, in one form.
package struct EssaySource: Codable, Sendable {
    /// The source's ID.
    package let id: ItemID
    /// The file's name.
    package let name: String
    /// The original's media type.
    package let mediaType: String?
    /// The encoding of the original; `null` if it is no text.
    package let encoding: String?
    /// The program that made text of the original, with its version; `null` if none was needed.
    package let converter: String?
    /// The size of the original in bytes.
    package let size: Int?
    /// The SHA-256 of the original.
    package let sha256: TextHash?
    /// How it was asked to be cut: `none`, `markers` or `pattern:…`; `null` if nothing was asked.
    package let split: String?
    /// Whether it is the newest form of the file.
    package let current: Bool
    /// The ID of the source that this one took the place of.
    package let replaces: ItemID?
    /// Which of the essay's revisions a later form of the file became; `null` for the form that founded the source.
    package let revision: RevisionID?
    /// Where the first of `ranges` begins, in bytes.
    package let start: Int?
    /// Where the first of `ranges` ends, in bytes.
    package let end: Int?
    /// Where the essay stands in the decoded or converted file.
    package let ranges: [ByteRange]
    /// How many essays were cut from the file.
    package let essays: Int
    /// Where it was on this machine; a name that is not UTF-8 is a `file:` URI.
    package let paths: [String]

    init(_ source: SourceRecord, of essay: ItemID, _ reader: ArchiveReader) throws {
        let cuts = source.cuts.filter { $0.essay == essay }
        id = source.id
        name = source.name
        mediaType = source.mediaType
        encoding = source.encoding
        converter = source.converter
        size = try source.original.flatMap { try reader.size(of: $0) }
        sha256 = source.original
        split = source.split?.description
        current = try reader.isCurrent(source)
        replaces = source.replaces
        revision = source.form
        start = cuts.first?.range.lowerBound
        end = cuts.first?.range.upperBound
        ranges = cuts.map { ByteRange(start: $0.range.lowerBound, end: $0.range.upperBound) }
        essays = source.cuts.count
        paths = try reader.paths(of: source)
    }
}

/// A place in a file.
package struct ByteRange: Codable, Sendable {
    /// Where it begins, in bytes.
    package let start: Int
    /// Where it ends, in bytes; what stands there is not part of it.
    package let end: Int
}
