import Prose

/// How to import.
public struct ImportOptions: Sendable {
    /// How to cut compilations into essays; `nil`: as this source was cut the last time, else `auto`.
    public var split: SplitMode?
    /// The encoding of formats that are text; found out if `nil`.
    public var encoding: TextEncoding?
    /// Bring essays back that were deleted.
    public var undelete = false
    /// Make new essays even of what is in the archive already.
    public var asNew = false
    /// Tags for every essay, whether it is new or not.
    public var tags: [ExactString] = []
    /// Keep all of web pages, not their articles only.
    public var wholePages = false
    /// What to make of changes that a document keeps track of.
    public var tracked = TrackedChanges.versions
    /// Who makes the changes that are people's: essays brought back, tags given.
    public var author = Author(nil)
    /// The author of new essays, as a field, where their text names none.
    public var essayAuthor: ExactString?
    /// The programs that make text of documents.
    public var converters = Converters(searchPath: "/usr/local/bin:/usr/bin:/bin")

    /// Asked again and again. Once it says yes no further file is read, converters are ended, and what was read goes in.
    public var isStopped: @Sendable () -> Bool = { false }

    public init() {}
}

/// What becomes of the changes that a Word document keeps track of.
public enum TrackedChanges: String, CaseIterable, Sendable {
    /// The text without them is a version, and the text with them the next.
    case versions
    /// Only the text with them is kept.
    case accept
    /// Only the text without them is kept.
    case reject
}

/// Where an original comes from.
public enum ImportInput: Sendable {
    case file(FoundFile)
    /// Bytes that were read elsewhere, such as from standard input. Indirect, so that an input is no larger than a pointer: there
    /// may be a million of them, in several lists.
    indirect case bytes([UInt8], name: String)

    var name: String {
        switch self {
        case .file(let file): file.name
        case .bytes(_, let name): name
        }
    }

    /// How messages name it.
    public var source: String {
        switch self {
        case .file(let file): file.path
        case .bytes(_, let name): name
        }
    }

    var canonicalPath: ExactString? {
        if case .file(let file) = self { file.canonicalPath } else { nil }
    }

    /// Bytes of the original.
    public var size: Int64 {
        switch self {
        case .file(let file): file.size
        case .bytes(let bytes, _): Int64(bytes.count)
        }
    }

    /// How much work it is, in bytes of plain text: a converter takes as long as megabytes of that do.
    var weight: Int64 { SourceFormat(name: name)?.converters.isEmpty ?? true ? size : size + 1 << 20 }
}
