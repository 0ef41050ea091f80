import Prose

/// Why heads do not merge cleanly.
public struct MergeConflict: Hashable, Sendable {
    /// A head, or several heads that merged cleanly with each other.
    public struct Side: Hashable, Sendable {
        /// Ascending.
        public let revisions: [RevisionID]
        public let fields: Fields
        public let text: [UInt8]?
    }

    /// A field that the sides set to different values.
    public struct Field: Hashable, Sendable {
        public let key: ExactString
        public let base: CanonicalValue?
        /// In the order of `MergeConflict.sides`; `nil` where a side removed the field.
        public let sides: [CanonicalValue?]
    }

    /// What was merged, ascending.
    public let sides: [Side]
    public let fields: [Field]
    /// The passages of the text, each with its base and what each side made of it.
    public let hunks: [MergeHunk]
    /// The text with all changes that do not conflict; each hunk stands in it, at its `resultRange`, as the base has it.
    /// `nil` if the item has no text.
    public let text: [UInt8]?

    /// The text with each hunk as `choice` has it.
    public func text(choosing choice: (MergeHunk) throws -> [UInt8]) rethrows -> [UInt8]? {
        guard let text else { return nil }
        return try TextMergeResult(text: text, conflicts: hunks).text(choosing: choice)
    }

    /// The side that a head is, or is part of.
    public func side(of head: RevisionID) -> Int? { sides.firstIndex { $0.revisions.contains(head) } }
}
