/// What a command that fails prints on standard error, in one line.
package struct ErrorLine: Codable, Sendable {
    /// The error that ended the command.
    package let error: ErrorDetails

    package init(_ error: ErrorDetails) { self.error = error }
}

/// An error.
package struct ErrorDetails: Codable, Sendable {
    /// What kind of error it is. More kinds may be added.
    package let code: ErrorCode
    /// What is wrong, for people.
    package let message: String
    /// What it is about: a path, a title, an ID or the name of a remote, as it was given or as the archive has it. Left out where
    /// there is no such thing.
    @LeftOut package var subject: String?
    /// What to do, for people, with commands as they can be run. Left out where nothing is known to help.
    @LeftOut package var advice: String?

    package init(code: ErrorCode, message: String, subject: String?, advice: String?) {
        self.code = code
        self.message = message
        self.subject = subject
        self.advice = advice
    }
}
