import Archive
import History

/// A piece of a file, which is an essay.
package struct ImportedPiece: Codable, Sendable {
    /// The essay's ID.
    package let id: ItemID
    /// Its title.
    package let title: String
    /// What became of it. `vanished`: the file no longer has it as an essay of its own; the essay is kept.
    package let status: ImportedItem.Status
    /// The file, as it was named, or as it was found in a folder or ZIP archive.
    package let source: String
    /// The number of the version with the imported text.
    package let version: Int
    /// How many sections the imported text has.
    package let sections: Int
    /// Where it begins in the decoded or converted file, in bytes; `null` if it vanished.
    package let start: Int?
    /// Where it ends in the decoded or converted file, in bytes; `null` if it vanished.
    package let end: Int?
    /// Why the file was cut there, for people.
    package let reason: String
    /// How sure that is, from 0 to 1; `null` if the file was not cut anew.
    package let confidence: Double?
    /// Of a new essay: another that is much like it, and whose file is gone from the same folder; else `null`.
    package let similar: SimilarPiece?

    init(_ item: ImportedItem) {
        id = item.id
        title = item.title
        status = item.status
        source = item.source
        version = item.version
        sections = item.sections
        start = item.range?.lowerBound
        end = item.range?.upperBound
        reason = item.reason
        confidence = item.confidence
        similar = item.similar.map(SimilarPiece.init)
    }
}

/// An essay that a new one is much like.
package struct SimilarPiece: Codable, Sendable {
    /// The essay's ID.
    package let id: ItemID
    /// Its title.
    package let title: String
    /// The path of the file that it was imported from, and that is gone.
    package let path: String
    /// The share of what both say, from 0.6 to 1.
    package let similarity: Double

    init(_ essay: SimilarEssay) {
        id = essay.id
        title = essay.title
        path = essay.path
        similarity = essay.similarity
    }
}
