import History

/// An error that a command found, or one of the archive together with what a person can do about it.
struct CommandError: Error, CustomStringConvertible {
    let code: ArchiveError.Code
    /// What is wrong. After a list it ends with a line feed.
    let message: String
    /// What to do, in a sentence without a full stop; may be empty.
    let advice: String
    /// What it is about, as the person named it.
    let subject: String?

    init(_ code: ArchiveError.Code, _ message: String, advice: String = "", subject: String? = nil) {
        self.code = code
        self.message = message
        self.advice = advice
        self.subject = subject
    }

    init(_ error: ArchiveError) {
        self.init(error.code, error.message, advice: error.remedy?.advice ?? "", subject: error.subject)
    }

    /// `nil` if it is neither of a command nor of the archive.
    init?(_ error: any Error) {
        switch error {
        case let error as CommandError: self = error
        case let error as ArchiveError: self.init(error)
        default: return nil
        }
    }

    var description: String { Advice.joined(message, advice) }

    /// What any error says, with the advice if there is some.
    static func text(of error: any Error) -> String { CommandError(error)?.description ?? "\(error)" }
}
