import Prose

/// What an item is. Kinds unknown to this version are kept and passed on untouched.
public struct ItemKind: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A text with its title, tags and other fields. Its revisions are its versions.
    public static let essay = ItemKind(rawValue: "essay")
    /// A note on a passage of one version of an essay, or a reply to another annotation.
    public static let annotation = ItemKind(rawValue: "annotation")
    /// An imported original, byte for byte, and how it was cut into essays.
    public static let source = ItemKind(rawValue: "source")
}

/// One immutable state of an item.
///
/// It holds no replica, dot or vector, so logging it anew, anywhere, never changes its ID.
public struct Revision: Hashable, Sendable {
    /// The format number `v` that this version writes.
    public static let format: Int64 = 1

    public var kind: ItemKind
    /// The item; `nil` in a root, which founds the item that its own ID names.
    public var item: ItemID?
    /// The revisions that this one replaces, ascending; none in a root.
    public var parents: [RevisionID]
    public var author: ExactString?
    /// When its author wrote it, by the author's clock; `nil` if made by an import or a merge.
    public var written: Timestamp?
    /// 32 hexadecimal digits that keep two people's equal roots apart, or an imported annotation's own `id`.
    public var nonce: ExactString?
    /// The item is deleted in this state.
    public var isTombstone: Bool
    /// Title, tags, selectors …: see `FieldKey`.
    public var fields: Fields
    /// The text's hash; `nil` if this state has none.
    public var text: TextHash?
    /// The number of the algorithm that made this revision from its parents; only in a written merge.
    public var merge: Int64?
    /// The source that this revision is a newer form of, in an import's revision only: its text is then the file's bytes.
    public var source: ItemID?

    public init(
        kind: ItemKind, item: ItemID? = nil, parents: [RevisionID] = [], author: ExactString? = nil,
        written: Timestamp? = nil, nonce: ExactString? = nil, isTombstone: Bool = false, fields: Fields = [:],
        text: TextHash? = nil, merge: Int64? = nil, source: ItemID? = nil
    ) {
        self.kind = kind
        self.item = item
        self.parents = Set(parents).sorted()
        self.author = author
        self.written = written
        self.nonce = nonce
        self.isTombstone = isTombstone
        self.fields = fields
        self.text = text
        self.merge = merge
        self.source = source
    }

    /// The longest canonical bytes to write. An entry of them and of the longest text fits a segment, even where nothing compresses.
    package static let maximumSize = 512 << 10

    /// SHA-256 of the canonical bytes.
    public var id: RevisionID { RevisionID(canonicalBytes: canonicalBytes) }

    /// The canonical bytes, whose SHA-256 is the revision's ID.
    public var canonicalBytes: [UInt8] {
        var members: Fields = ["v": .integer(Self.format), "kind": .text(kind.rawValue)]
        if let item { members["item"] = .text(item.hex) }
        if !parents.isEmpty { members["parents"] = .array(parents.map { .text($0.hex) }) }
        if let author { members["author"] = .string(author) }
        if let written { members["written"] = .text(written.description) }
        if let nonce { members["nonce"] = .string(nonce) }
        if isTombstone { members["tombstone"] = .integer(1) }
        if !fields.isEmpty { members["fields"] = .object(fields) }
        if let text { members["text"] = .text(text.hex) }
        if let merge { members["merge"] = .integer(merge) }
        if let source { members["source"] = .text(source.hex) }
        return CanonicalValue.object(members).bytes
    }
}

/// Bytes that are canonical JSON but no revision.
public struct RevisionError: Error, Hashable, CustomStringConvertible {
    public let reason: String
    public var description: String { "not a revision: \(reason)" }

    package init(reason: String) { self.reason = reason }
}

extension Revision {
    /// Reads canonical bytes. Keys that this version does not know are let stand: the bytes, not this value, are kept.
    public init(canonicalBytes bytes: [UInt8]) throws {
        guard case .object(let members) = try CanonicalValue(canonical: bytes) else {
            throw RevisionError(reason: "not an object")
        }
        guard members["v"]?.integer == Self.format else {
            throw RevisionError(
                reason:
                    "format \(members["v"]?.integer.map(String.init) ?? "missing"), this version reads \(Self.format)")
        }
        guard let kind = members["kind"]?.string else { throw RevisionError(reason: "no kind") }
        let item: ItemID? = try Self.digest(members["item"], "item")
        let parents: [RevisionID] = try (members["parents"]?.array ?? []).map { try Self.digest($0, "parents")! }
        self.init(kind: ItemKind(rawValue: kind), item: item, parents: parents)
        guard self.parents == parents else { throw RevisionError(reason: "parents are not sorted, or one is repeated") }
        guard (item == nil) == parents.isEmpty else {
            throw RevisionError(reason: "a root has neither item nor parents, every other revision has both")
        }
        author = try Self.string(members["author"], "author")
        if let text = try Self.string(members["written"], "written") {
            guard let written = Timestamp(text.string) else { throw RevisionError(reason: "written is not a time") }
            self.written = written
        }
        nonce = try Self.string(members["nonce"], "nonce")
        if let flag = members["tombstone"] {
            guard flag.integer == 1 else { throw RevisionError(reason: "tombstone is not 1") }
            isTombstone = true
        }
        if let value = members["fields"] {
            guard let fields = value.object else { throw RevisionError(reason: "fields is not an object") }
            self.fields = fields
        }
        text = try Self.digest(members["text"], "text")
        source = try Self.digest(members["source"], "source")
        if let value = members["merge"] {
            guard let number = value.integer else { throw RevisionError(reason: "merge is not a number") }
            merge = number
        }
    }

    private static func string(_ value: CanonicalValue?, _ key: String) throws -> ExactString? {
        guard let value else { return nil }
        guard case .string(let string) = value else { throw RevisionError(reason: "\(key) is not a string") }
        return string
    }

    private static func digest<Subject>(_ value: CanonicalValue?, _ key: String) throws -> Digest<Subject>? {
        guard let value else { return nil }
        guard let hex = value.string, let digest = Digest<Subject>(hex: hex) else {
            throw RevisionError(reason: "\(key) is not 64 hexadecimal digits")
        }
        return digest
    }
}

extension RevisionID {
    /// The ID of the revision that these canonical bytes are.
    public init(canonicalBytes bytes: [UInt8]) { self.init(hashing: bytes) }
}
