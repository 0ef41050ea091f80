/// What went wrong, with what, and the kind of remedy.
public struct ArchiveError: Error, CustomStringConvertible, Sendable {
    /// Open: callers treat a code that they do not know as `failed`.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// An operation did not succeed and no other code fits.
        public static let failed = Code(rawValue: "failed")
        /// The named file, essay, version or remote does not exist.
        public static let notFound = Code(rawValue: "not-found")
        /// A name fits several things.
        public static let ambiguous = Code(rawValue: "ambiguous")
        /// The input is not what it should be.
        public static let badInput = Code(rawValue: "bad-input")
        /// The arguments contradict each other or the state of the archive.
        public static let usage = Code(rawValue: "usage")
        /// A file cannot be written.
        public static let cannotWrite = Code(rawValue: "cannot-write")
        /// Another process holds what is needed; trying again helps.
        public static let busy = Code(rawValue: "busy")
        /// The archive is damaged: it contradicts itself, or SQLite cannot read it.
        public static let corrupt = Code(rawValue: "corrupt")
    }

    public let code: Code
    /// What is wrong, in a sentence without a full stop.
    public let message: String
    /// What it is about, where that has a name: a path, a title or an ID, a remote, as it was given.
    public let subject: String?
    /// What helps, where something is known to.
    public let remedy: Remedy?
    /// What is damaged, if the error says that of one thing.
    public let damage: Damage?
    /// What is wrong with that, as the end of a sentence: `cannot be read`; `nil` if the message does not say it so.
    package let reason: String?

    public init(_ code: Code, _ message: String, subject: String? = nil, remedy: Remedy? = nil, damage: Damage? = nil) {
        self.init(code, message, subject: subject, remedy: remedy, damage: damage, reason: nil)
    }

    package init(
        _ code: Code, _ message: String, subject: String? = nil, remedy: Remedy? = nil, damage: Damage?, reason: String?
    ) {
        self.code = code
        self.message = message
        self.subject = subject
        self.remedy = remedy
        self.damage = damage
        self.reason = reason
    }

    /// The message alone: what helps is for the program to say.
    public var description: String { message }
}
