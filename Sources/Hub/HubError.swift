import History
import Prose

/// What went wrong in a hub.
public struct HubError: Error, Sendable, CustomStringConvertible {
    /// Stable names: the `error` of an HTTP answer. More may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let malformed = Code(rawValue: "malformed")
        public static let unauthorized = Code(rawValue: "unauthorized")
        public static let forbidden = Code(rawValue: "forbidden")
        public static let notFound = Code(rawValue: "not-found")
        public static let methodNotAllowed = Code(rawValue: "method-not-allowed")
        public static let noSuchArchive = Code(rawValue: "no-such-archive")
        public static let archiveMismatch = Code(rawValue: "archive-mismatch")
        public static let seenUnknown = Code(rawValue: "seen-unknown")
        public static let tooLarge = Code(rawValue: "too-large")
        /// A range that begins after the segment's end.
        public static let badRange = Code(rawValue: "bad-range")
        /// The archive has used up what it may hold.
        public static let overQuota = Code(rawValue: "over-quota")
        /// The hub's disk is full.
        public static let diskFull = Code(rawValue: "disk-full")
        /// The disk does not read or write as it should.
        public static let storage = Code(rawValue: "storage")
        public static let invalidName = Code(rawValue: "invalid-name")
        public static let nameTaken = Code(rawValue: "name-taken")
        /// Another hub serves the same store.
        public static let storeInUse = Code(rawValue: "store-in-use")
        /// The folder is somebody's, not a hub's.
        public static let foreignFolder = Code(rawValue: "foreign-folder")
        /// No token goes by that name, or several do.
        public static let noSuchToken = Code(rawValue: "no-such-token")
    }

    public let code: Code
    public let message: String
    /// The archive that the hub holds, where the code is `archiveMismatch`.
    public let archive: ArchiveID?
    /// What helps whoever runs the hub, beside what the message says.
    public let remedy: Remedy?

    init(_ code: Code, _ message: String, archive: ArchiveID? = nil, remedy: Remedy? = nil) {
        self.code = code
        self.message = message
        self.archive = archive
        self.remedy = remedy
    }

    public var description: String { message }

    /// The body of the HTTP answer that reports it.
    var json: [UInt8] {
        var fields: [ExactString: CanonicalValue] = ["error": .text(code.rawValue), "message": .text(message)]
        fields["archive"] = archive.map { .text($0.hex) }
        return CanonicalValue.object(fields).bytes + [UInt8(ascii: "\n")]
    }
}
