import History
import Prose

/// What the front matter of an edited text says anew of its essay.
///
/// A field follows it where the essay had what the front matter said before. One that was set otherwise stays: somebody chose it.
/// All stay where the front matter is gone as a whole: a text that was copied without it says nothing of them.
public struct FrontMatterChange: Sendable {
    /// A field of which the front matter says something else than before.
    public struct Entry: Sendable, Equatable {
        public let key: ExactString
        let old: String?
        public let new: String?
    }

    public struct Result: Sendable {
        /// The fields that follow the front matter.
        public internal(set) var changed: [ExactString] = []
        /// What the front matter says of fields that stay as they are.
        public internal(set) var kept: [Entry] = []
        /// Whether the text has no front matter any more, and its fields stay.
        public internal(set) var isGone = false
    }

    private let isGone: Bool

    private let entries: [Entry]
    private let addedTags: [ExactString]
    private let removedTags: Set<ExactString>

    /// - Parameters:
    ///   - old: the text that was edited.
    ///   - isMarkdown: whether it is Markdown. Plain text has front matter only where it had some before.
    public init(from old: [UInt8], to new: [UInt8], isMarkdown: Bool) {
        let before = FrontMatter.parse(old)
        let after = isMarkdown || before != nil ? FrontMatter.parse(new) : nil
        isGone = before != nil && after == nil
        // One that cannot be read says nothing.
        guard !isGone, before?.warning == nil, after?.warning == nil else {
            (entries, addedTags, removedTags) = ([], [], [])
            return
        }
        let values = [
            (FieldKey.title, before?.title, after?.title), (FieldKey.author, before?.author, after?.author),
            (FieldKey.date, before?.date, after?.date), (FieldKey.language, before?.language, after?.language),
        ]
        entries = values.compactMap { key, old, new in
            // Every essay has a title.
            guard ExactString(old ?? "") != ExactString(new ?? ""), key != FieldKey.title || new != nil else {
                return nil
            }
            return Entry(key: key, old: old, new: new)
        }
        let (tags, newTags) = (
            (before?.tags ?? []).map { ExactString($0) }, (after?.tags ?? []).map { ExactString($0) }
        )
        addedTags = newTags.filter { !tags.contains($0) }
        removedTags = Set(tags).subtracting(newTags)
    }

    /// Makes the change.
    public func apply(to fields: inout Fields) -> Result {
        var result = Result()
        result.isGone = isGone
        for entry in entries {
            let present = fields[string: entry.key]
            if ExactString(present ?? "") == ExactString(entry.new ?? "") { continue }
            if ExactString(present ?? "") == ExactString(entry.old ?? "") {
                fields[string: entry.key] = entry.new
                result.changed.append(entry.key)
            } else {
                result.kept.append(entry)
            }
        }
        let tags = fields.tags
        fields.tags = tags.filter { !removedTags.contains($0) } + addedTags
        if fields.tags != tags { result.changed.append(FieldKey.tags) }
        return result
    }
}
