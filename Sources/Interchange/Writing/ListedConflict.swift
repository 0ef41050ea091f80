import History
import Prose

/// An item in conflict, with all that its sides say.
package struct ListedConflict: Codable, Sendable {
    /// The item's ID.
    package let id: ItemID
    /// Its title; `null` if it has none.
    package let title: String?
    /// `essay`, `annotation` or `source`.
    package let kind: ItemKind
    /// The ID of the head that is shown.
    package let shown: RevisionID?
    /// The IDs of all heads.
    package let heads: [RevisionID]
    /// The IDs of the heads of each side.
    package let sides: [[RevisionID]]
    /// The IDs of heads that take no part until the others are settled.
    package let waiting: [RevisionID]
    /// The vectors, in the order of `heads`.
    package let vectors: [RevisionVector]
    /// The passages in conflict.
    package let hunks: [ConflictPassage]
    /// The fields in conflict.
    package let fields: [ConflictField]

    /// - Parameters:
    ///   - conflict: that of the state.
    ///   - text: the text that is shown.
    package init(_ state: ItemState, _ conflict: MergeConflict, text: [UInt8]) {
        id = state.item
        title = state.fields[string: FieldKey.title]
        kind = state.kind
        shown = state.shown
        heads = state.heads
        sides = conflict.sides.map(\.revisions)
        waiting = state.waitingHeads
        vectors = state.heads.map { state.history.vector(of: $0) }
        hunks = conflict.hunks.map { ConflictPassage($0, TextPlace(state.place(of: $0, in: text), in: text)) }
        fields = conflict.fields.map { ConflictField(key: $0.key.string, base: $0.base, sides: $0.sides) }
    }
}

/// A passage that the sides of a conflict changed in different ways.
package struct ConflictPassage: Codable, Sendable {
    /// The passage before.
    package let base: String
    /// What each side made of it, in the order of the sides.
    package let sides: [String]
    /// Where it begins in the text that is shown, in code points.
    package let start: Int
    /// Where it ends in the text that is shown, in code points.
    package let end: Int

    init(_ hunk: MergeHunk, _ place: TextPlace) {
        base = String(decoding: hunk.base, as: UTF8.self)
        sides = hunk.sides.map { String(decoding: $0, as: UTF8.self) }
        start = place.start
        end = place.end
    }
}

/// A field that the sides of a conflict set to different values.
package struct ConflictField: Codable, Sendable {
    /// The field's name.
    package let key: String
    /// Its value before; `null` if there was none.
    package let base: CanonicalValue?
    /// Its value on each side, in their order; `null` where a side has none.
    package let sides: [CanonicalValue?]
}
