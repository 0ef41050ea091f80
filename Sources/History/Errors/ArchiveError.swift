/// What went wrong, to what, and what to do about it. The code decides the exit status of the command.
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
    public let message: String
    /// One sentence that says what to do; may be empty.
    public let advice: String
    /// What is damaged, if the error says that of one thing.
    public let damage: Damage?
    /// What is wrong with that, as the end of a sentence: `cannot be read`; `nil` if the message does not say it so.
    package let reason: String?

    public init(_ code: Code, _ message: String, advice: String = "", damage: Damage? = nil) {
        self.init(code, message, advice: advice, damage: damage, reason: nil)
    }

    package init(_ code: Code, _ message: String, advice: String = "", damage: Damage?, reason: String?) {
        self.code = code
        self.message = message
        self.advice = advice
        self.damage = damage
        self.reason = reason
    }

    public var description: String {
        if advice.isEmpty { return message }
        // After a list.
        return message.hasSuffix("\n") ? message + advice : "\(message). \(advice)"
    }
}
