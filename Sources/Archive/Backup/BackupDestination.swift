import Files
import Foundation
import GRDB
import History

/// Whether a backup may take the place of the file that has its name: only an older backup of the same archive, all of which
/// the archive still holds.
struct BackupDestination {
    let archive: Archive
    let path: String

    /// - Throws: `ArchiveError` if the file is not to be replaced.
    func check(_ status: FileStatus) throws {
        guard try !archive.fileIdentities().contains(status.identity) else {
            throw ArchiveError(
                .usage, "\(path) is the archive itself, or a part of it", subject: path, remedy: .chooseAnotherName)
        }
        let header = try DatabaseFile.header(path)
        guard header.isDatabase, header.applicationID == DatabaseFile.applicationID else {
            throw refusal("is not a backup of an archive")
        }
        // A backup has no write-ahead log: what has one is a replica that somebody works with.
        guard !header.hasWriteAheadLog else { throw refusal("is an archive in use, not a backup") }
        let old = try opened()
        defer { try? old.close() }
        try old.tolerantRead { db in
            let (old, reader) = (ArchiveReader(db: db), try archive.read { try $0.archiveID })
            guard try old.archiveID == reader else { throw refusal("is a backup of another archive") }
            guard try holdsAll(of: old) else { throw refusal("holds changes that this archive does not") }
        }
    }

    private func opened() throws -> DatabaseQueue {
        do {
            return try DatabaseFile.openBackup(path)
        } catch {
            throw refusal("cannot be read (\(error))")
        }
    }

    /// By the ends of the logs, and where a log ended otherwise, as one that was forked does, by each entry.
    private func holdsAll(of old: ArchiveReader) throws -> Bool {
        try archive.read { reader in
            for (replica, position) in try old.vector() where try !reader.holds(position, of: replica) {
                var isHeld = true
                try old.forEachEntry(of: replica, in: 1...position.sequence) { entry in
                    isHeld = try reader.entries.row(of: entry.id) != nil
                    return isHeld
                }
                if !isHeld { return false }
            }
            return true
        }
    }

    private func refusal(_ reason: String) -> ArchiveError {
        ArchiveError(
            .cannotWrite, "\(path) \(reason), and is not replaced", subject: path, remedy: .chooseAnotherNameOrMoveAway)
    }
}

extension Archive {
    /// - Throws: `ArchiveError` if a file is a part of this archive, or of any other: none that is exported takes its place.
    package func requireForeign(_ status: FileStatus, path: String) throws {
        let header = DatabaseHeader(path: path)
        let isOurs =
            header.map { [DatabaseFile.applicationID, SearchIndexFile.applicationID].contains($0.applicationID) }
            ?? false
        let isLog = try DatabaseFile.isLog(path)
        let isPart = try fileIdentities().contains(status.identity)
        guard !isOurs, !isLog, !isPart else {
            throw ArchiveError(
                .cannotWrite, "\(path) is an archive, or a part of one, and is not replaced", subject: path,
                remedy: .chooseAnotherName)
        }
    }

    /// The files that make up the archive on this machine, the search index included.
    package func fileIdentities() throws -> Set<FileStatus.Identity> {
        guard let path else { return [] }
        let resolved = SystemPath(path).resolved?.text ?? path
        let files = [resolved, path + SearchIndex.suffix].flatMap { file in
            ([""] + PartialFile.companions).map { file + $0 }
        }
        return Set(try files.compactMap { try FileStatus.of($0, followingLinks: true)?.identity })
    }
}
