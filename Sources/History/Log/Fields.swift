import Prose

/// A revision's fields. A field that is not set is absent, never empty.
public typealias Fields = [ExactString: CanonicalValue]

/// The fields that archivectl itself reads and writes. Others are kept, merged and shown.
public enum FieldKey {
    public static let title: ExactString = "title"
    /// A sorted array of distinct strings; merged element by element.
    public static let tags: ExactString = "tags"
    public static let author: ExactString = "author"
    public static let date: ExactString = "date"
    public static let language: ExactString = "language"
    /// `text/markdown` if the text is Markdown; absent for plain text.
    public static let mediaType: ExactString = "mediaType"

    // Annotations.
    /// The essay's item ID.
    public static let essay: ExactString = "essay"
    /// The revision of the essay that the passage was chosen in.
    public static let version: ExactString = "version"
    /// The annotation that this one answers.
    public static let replyTo: ExactString = "replyTo"
    public static let body: ExactString = "body"
    public static let colour: ExactString = "colour"
    public static let motivation: ExactString = "motivation"
    /// The passage's place in that version, in Unicode code points.
    public static let start: ExactString = "start"
    public static let end: ExactString = "end"
    /// The passage itself, and up to 32 code points on either side of it.
    public static let quote: ExactString = "quote"
    public static let prefix: ExactString = "prefix"
    public static let suffix: ExactString = "suffix"
    /// The path of the section that holds the passage: a hint, never a key.
    public static let section: ExactString = "section"

    // Sources.
    /// The file's name.
    public static let name: ExactString = "name"
    /// The encoding that the original was decoded from.
    public static let encoding: ExactString = "encoding"
    /// The name and version of the program that made text of the original.
    public static let converter: ExactString = "converter"
    /// The source that this one takes the place of.
    public static let replaces: ExactString = "replaces"
    /// `[[essay, revision, start, end], …]`: byte ranges in the decoded original.
    public static let cuts: ExactString = "cuts"
    /// The way to split that was asked for, if it was not `auto`.
    public static let split: ExactString = "split"
}

extension Fields {
    public subscript(string key: ExactString) -> String? {
        get { self[key]?.string }
        set { self[key] = newValue.flatMap { $0.isEmpty ? nil : .text($0) } }
    }

    public subscript(integer key: ExactString) -> Int? {
        get { self[key]?.integer.map(Int.init) }
        set { self[key] = newValue.map { .integer(Int64($0)) } }
    }

    /// The tags, ascending by their bytes.
    public var tags: [ExactString] {
        get {
            (self[FieldKey.tags]?.array ?? []).compactMap { value in
                if case .string(let tag) = value { tag } else { nil }
            }
        }
        set {
            let sorted = Set(newValue).filter { !$0.isEmpty }.sorted()
            self[FieldKey.tags] = sorted.isEmpty ? nil : .array(sorted.map { .string($0) })
        }
    }
}
