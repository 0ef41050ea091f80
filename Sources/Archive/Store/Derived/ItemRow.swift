import Foundation
import GRDB
import History
import Prose

/// A row of the derived table of items: what an item is now, as a pure function of its revisions.
struct ItemRow: Hashable {
    var id: Int64
    var kind: String
    var title: String?
    var shown: Int64?
    var text: Int64?
    var target: Data?
    var author: String?
    var date: String?
    var characters: Int
    var versions: Int
    var modified: Int64
    var isConflict: Bool
    var isDeleted: Bool
    /// These stand in a table of their own.
    var tags: [ExactString] = []

    static let columns =
        "id, kind, title, shown, text, target, author, date, characters, versions, modified, conflict, deleted"

    /// - Parameter state: what the item shows: its kind and fields.
    init(
        id: Int64, state: Revision, shown: Int64?, text: Int64?, characters: Int, versions: Int, modified: Timestamp,
        isConflict: Bool = false,
        isDeleted: Bool
    ) {
        self.id = id
        kind = state.kind.rawValue
        title = (state.fields[string: FieldKey.title] ?? state.fields[string: FieldKey.name])?.withoutNull
        target =
            (state.fields[string: FieldKey.essay] ?? state.fields[string: FieldKey.replaces]).flatMap {
                ItemID(hex: $0)
            }?.blob
        if state.kind == .essay {
            (author, date) = (
                state.fields[string: FieldKey.author]?.withoutNull, state.fields[string: FieldKey.date]?.withoutNull
            )
        }
        tags = state.fields.tags.map { ExactString($0.string.withoutNull) }
        (self.shown, self.text, self.characters, self.versions) = (shown, text, characters, versions)
        (self.modified, self.isConflict, self.isDeleted) = (modified.milliseconds, isConflict, isDeleted)
    }

    /// From `columns`.
    init(_ row: Row) throws {
        (id, kind, title, shown) = (try row[0], try row[1], try row[2], try row[3])
        (text, target, author, date) = (try row[4], try row[5], try row[6], try row[7])
        (characters, versions, modified, isConflict, isDeleted) = (
            try row[8], try row[9], try row[10], try row[11], try row[12]
        )
    }

    var arguments: StatementArguments {
        [id, kind, title, shown, text, target, author, date, characters, versions, modified, isConflict, isDeleted]
    }

    /// What the item counts for.
    var counts: ArchiveCounts {
        ArchiveCounts(ItemKind(rawValue: kind), versions: versions, isConflict: isConflict, isDeleted: isDeleted)
    }

    // Words are compared by their bytes, not as Unicode has it. Tags are compared with their own table.
    static func == (left: Self, right: Self) -> Bool {
        left.id == right.id && left.kind == right.kind && left.words == right.words
            && left.shown == right.shown && left.text == right.text && left.target == right.target
            && left.characters == right.characters
            && left.versions == right.versions && left.modified == right.modified && left.isConflict == right.isConflict
            && left.isDeleted == right.isDeleted
    }

    private var words: [ExactString?] { [title, author, date].map { word in word.map { ExactString($0) } } }
}
