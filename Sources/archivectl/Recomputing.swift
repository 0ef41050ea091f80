import Archive
import History
import Prose

/// What a command does that reads an archive of which not all is sound: derived data, which can be computed from the history, makes no
/// command fail.
///
/// Where a command that only reads meets derived tables that are damaged, it is run again on a copy in which they are computed anew
/// (`Archive.openRecomputed`). The archive is left as it is: `rebuild` repairs it.
enum Recomputing {
    /// What an archive is opened to be read for.
    enum Purpose {
        /// To show one thing, which is checked against its hash.
        case showing
        /// To list or count: that something may be missing needs attention.
        case listing
        /// To look at the archive as it is.
        case checking
    }

    // Only the main thread opens archives.
    nonisolated(unsafe) private static var isPossible = false
    nonisolated(unsafe) private static var isOn = false
    nonisolated(unsafe) private static var isGivenUp = false
    /// In words, where it is known.
    nonisolated(unsafe) private static var table = ""
    /// Whether the command is done, but not all that it should have read can be relied upon.
    nonisolated(unsafe) private(set) static var needsAttention = false

    /// Opens an archive to be read.
    /// - Parameter open: opens it as it is.
    static func open(_ path: String, for purpose: Purpose, _ open: () throws -> Archive) throws -> Archive {
        isPossible = false
        let archive = try isOn ? Archive.openRecomputed(path, environment: Places.environment) : open()
        // What does not even open, as beside another archive's log, is not to be read in another way.
        isPossible = purpose != .checking && !isGivenUp
        guard purpose != .checking else { return archive }
        if isOn {
            warn(
                "what is derived from the history in \(path) is damaged\(table), and was computed anew for this command only; `archivectl rebuild` repairs it",
                purpose)
        }
        if archive.changesInDamagedLog > 0 {
            warn(
                "\(path)-wal is damaged: \(counted(archive.changesInDamagedLog, "change")) in it \(archive.changesInDamagedLog == 1 ? "is" : "are") read as far as possible, and "
                    + "some may be missing; `archivectl restore --salvage \(ShellWord.quoted(path)) --to NEW` makes a new archive of all that is there",
                purpose)
        }
        return archive
    }

    /// To be called where a listing passed over damage: what of it is derived can be computed, and nothing is missing then.
    /// - Throws: `ArchiveError` that has the command run again, if that is possible.
    static func retry(_ damage: Set<Damage>) throws {
        let tables = damage.compactMap { if case .rows(let table) = $0 { table } else { nil } }
        guard isPossible, !isOn, Output.isUnseen, let table = tables.min() else { return }
        throw ArchiveError(.corrupt, "part of the table '\(table)' cannot be read", damage: .rows(table))
    }

    /// Goes back to the archive as it is, where nothing can be computed from it.
    /// - Returns: whether the command may do without what it met.
    static func giveUp(_ error: ArchiveError) -> Bool {
        (isOn, isGivenUp, needsAttention) = (false, true, false)
        guard case .rows? = error.damage else { return false }
        return Output.takeBack()
    }

    /// To be called where an archive may be changed.
    static func forbid() { isPossible = false }

    private static func warn(_ text: String, _ purpose: Purpose) {
        Terminal.note("archivectl: warning: " + text)
        if purpose == .listing { needsAttention = true }
    }

    /// Whether to run the command again: it failed since what is derived cannot be read, and has printed nothing.
    static func begins(after error: any Error) -> Bool {
        guard isPossible, !isOn, let error = error as? ArchiveError, error.code == .corrupt else { return false }
        switch error.damage {
        case .text?, .entry?: return false
        case .rows(let found)?: table = " (the table '\(found)')"
        case nil: break
        }
        isOn = Output.takeBack()
        return isOn
    }
}
