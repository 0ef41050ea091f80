import History
import Prose

/// An original of which no text can be made. Nothing of the archive was changed for it.
struct UnreadableSource: Error {
    let reason: ArchiveError

    init(_ error: any Error) {
        reason =
            switch error {
            case let error as ArchiveError: error
            case let error as TextDecodingError: ArchiveError(error)
            case let error as SplitError: ArchiveError(.badInput, error.description, remedy: .simplifyExpression)
            default: ArchiveError(.badInput, "\(error)")
            }
    }
}
