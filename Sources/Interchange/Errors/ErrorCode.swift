/// What kind of error ended a command. Programs tell errors apart by it: a code keeps its meaning, and more may be added.
package enum ErrorCode: String, Codable, CaseIterable, Sendable {
    // Of any command.
    case usage, ambiguous, query
    case badInput = "bad-input"
    case corrupt
    case notFound = "not-found"
    case cannotWrite = "cannot-write"
    case busy, failed

    // Of a remote.
    case unauthorized, forbidden
    case noSuchArchive = "no-such-archive"
    case archiveMismatch = "archive-mismatch"
    case unavailable, untrusted, unencrypted
    case remoteBusy = "remote-busy"
    case interrupted, stalled, rejected
    case tooLarge = "too-large"
    case full
    case seenUnknown = "seen-unknown"
    case malformed
    case laterFormat = "later-format"

    // Of a hub's store.
    case invalidName = "invalid-name"
    case plainText = "plain-text"
    case certificate
    case noSuchToken = "no-such-token"
    case cannotListen = "cannot-listen"
    case nameTaken = "name-taken"
    case foreignFolder = "foreign-folder"
    case storage
    case diskFull = "disk-full"
    case storeInUse = "store-in-use"

    /// The exit statuses that a command may end with, the usual one first.
    package var statuses: [ExitStatus] {
        switch self {
        case .usage, .ambiguous, .query, .invalidName, .plainText: [.usage]
        case .badInput, .corrupt, .archiveMismatch, .certificate: [.badData]
        case .notFound, .noSuchArchive, .noSuchToken: [.notFound]
        case .unavailable, .untrusted, .unencrypted, .remoteBusy, .cannotListen: [.unavailable]
        case .cannotWrite, .nameTaken, .foreignFolder, .storage, .diskFull: [.cannotWrite]
        case .busy, .interrupted, .stalled, .storeInUse: [.tryAgain]
        case .unauthorized, .forbidden: [.notAllowed]
        case .failed, .rejected, .tooLarge, .full, .seenUnknown, .laterFormat: [.failed]
        // The answer of a hub, or what a remote holds.
        case .malformed: [.failed, .badData]
        }
    }
}
