import Prose

/// What a log entry carries. An entry of a kind unknown to this version is kept, passed on and ignored.
public struct EntryKind: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The entry's bytes are a revision's canonical bytes.
    public static let revision = EntryKind(rawValue: "revision")
    /// The entry's bytes are a `LogEnd`'s.
    public static let fork = EntryKind(rawValue: "fork")
    /// The entry's bytes are a `TextNotice`'s: a text comes with it, to replace one that is damaged or missing.
    public static let text = EntryKind(rawValue: "text")
    /// The entry's bytes are a `TextNotice`'s: some replica lacks that text.
    public static let lacks = EntryKind(rawValue: "lacks")

    /// The kind that bytes show by themselves: what has a `v` is a revision, of this version or a later one. `nil` if they
    /// are of no kind known here.
    public init?(of bytes: [UInt8]) {
        if let members = try? CanonicalValue(canonical: bytes).object, members["v"]?.integer != nil {
            self = .revision
        } else if LogEnd(bytes: bytes) != nil {
            self = .fork
        } else if let notice = TextNotice(bytes: bytes) {
            self = notice.kind
        } else {
            return nil
        }
    }
}

/// A text as it is stored and sent: whole, or as splices against another text.
public struct EncodedText: Hashable, Sendable {
    public let hash: TextHash
    /// The text that `data` is spliced into; `nil` if `data` is the text itself.
    public let base: TextHash?
    /// The text's bytes, or splices in the form of `Splices.encode`.
    public let data: [UInt8]

    public init(hash: TextHash, base: TextHash?, data: [UInt8]) {
        self.hash = hash
        self.base = base
        self.data = data
    }
}

/// One entry of one replica's log.
public struct LogEntry: Hashable, Sendable {
    public let replica: ReplicaID
    /// From 1, without gaps.
    public let sequence: Int64
    /// When the replica logged it, by that machine's clock. Not covered by the chain.
    public let recorded: Timestamp
    public let kind: EntryKind
    public let bytes: [UInt8]
    /// SHA-256 of `bytes`.
    public let id: EntryID
    /// The text that the revision names, unless whoever holds its parents holds it already; or that of a notice. `nil` also where
    /// whoever sends the entry lacks it.
    public let text: EncodedText?

    public init(
        replica: ReplicaID, sequence: Int64, recorded: Timestamp, kind: EntryKind, bytes: [UInt8], text: EncodedText?
    ) {
        self.replica = replica
        self.sequence = sequence
        self.recorded = recorded
        self.kind = kind
        self.bytes = bytes
        self.text = text
        id = EntryID(hashing: bytes)
    }
}

/// How far a log is known: its last sequence number and the chain up to it.
public struct LogPosition: Hashable, Sendable {
    public let sequence: Int64
    public let chain: Chain

    public init(sequence: Int64, chain: Chain) {
        self.sequence = sequence
        self.chain = chain
    }

    /// Before the first entry.
    public static let start = LogPosition(sequence: 0, chain: .empty)

    /// The position after one more entry.
    public func appending(_ entry: EntryID) -> LogPosition {
        LogPosition(sequence: sequence + 1, chain: chain.appending(entry))
    }
}

/// What a replica or a remote holds: each log it knows, and how far. All that synchronization needs.
public typealias ArchiveVector = [ReplicaID: LogPosition]
