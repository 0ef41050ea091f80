/// How a command ended, as it tells whoever called it. From 64 on the numbers are those of sysexits.h.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    /// All was done; also if whoever reads the output closed it.
    case done = 0
    /// It failed for a reason that no other status names.
    case failed = 1
    /// It was done, but something needs a person.
    case needsAttention = 2
    /// The arguments are wrong, a name fits several things, or a query cannot be understood.
    case usage = 64
    /// The data is bad: no archive, no text, damaged, or of another archive.
    case badData = 65
    /// What was named is not there.
    case notFound = 66
    /// The remote is not available now.
    case unavailable = 69
    /// It cannot write, or the name is taken.
    case cannotWrite = 73
    /// Trying again may help.
    case tryAgain = 75
    /// The token is not accepted, or may not do this.
    case notAllowed = 77
}
