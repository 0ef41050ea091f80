import GRDB
import History
import Prose

extension ArchiveError {
    /// A row holds something else than it should.
    static var damagedRow: ArchiveError { ArchiveError(.corrupt, "a row of the archive is damaged") }

    static func damaged(text: TextHash, _ reason: String = "does not have the hash that names it") -> ArchiveError {
        ArchiveError(.corrupt, "the text \(text) is damaged: it \(reason)", damage: .text(text), reason: reason)
    }

    static func missing(text: TextHash) -> ArchiveError {
        ArchiveError(
            .corrupt, "the text \(text) is not in the archive", damage: .text(text), reason: "is not in the archive")
    }

    static func damaged(entry: EntryID, _ reason: String = "does not have the hash that names it") -> ArchiveError {
        ArchiveError(.corrupt, "the entry \(entry) is damaged: it \(reason)", damage: .entry(entry), reason: reason)
    }
}

/// Whether an error says that the file is damaged, as against busy, full or not to be had.
func isDamage(_ error: any Error) -> Bool {
    switch error {
    case let error as ArchiveError: error.code == .corrupt
    case let error as DatabaseError:
        [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
            // What the disk cannot read is as good as damaged.
            || [.SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ, .SQLITE_IOERR_DATA, .SQLITE_IOERR_CORRUPTFS].contains(
                error.extendedResultCode)
    case is RowDecodingError, is SpliceError, is RevisionError, is CanonicalError: true
    default: false
    }
}
