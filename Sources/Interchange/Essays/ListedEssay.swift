import Archive
import History
import Prose

/// An essay in a listing.
package struct ListedEssay: Codable, Sendable {
    /// The essay's ID.
    package let id: ItemID
    /// Its title; `""` if it has none.
    package let title: String
    /// The number of the version that is shown; `null` for a clean merge that nobody has written yet.
    package let version: Int?
    /// How many versions it has.
    package let versions: Int
    /// The length of its text in Unicode code points.
    package let characters: Int
    /// How many annotations are on it, replies included, without deleted ones.
    package let annotations: Int
    /// Whether it is in conflict.
    package let conflict: Bool
    /// When what it says now was written, or first logged; the latest of its heads.
    package let modified: Timestamp
    /// Whether it is deleted.
    package let deleted: Bool
    /// The author, as its field says; `null` if that is not set.
    package let author: String?
    /// The date, as its field says: a year, a month or a day; `null` if that is not set.
    package let date: String?
    /// Its tags.
    package let tags: [String]

    package init(_ item: ItemSummary) {
        id = item.id
        title = item.title
        version = item.version
        versions = item.versions
        characters = item.characters
        annotations = item.annotations
        conflict = item.isConflict
        modified = item.modified
        deleted = item.isDeleted
        author = item.author
        date = item.date
        tags = item.tags
    }
}
