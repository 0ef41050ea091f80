import Files
import Foundation
import History

/// An archive that is being filled from elsewhere, under a name of its own beside the one that it is to get: it is there under
/// that name whole or not at all. One that was cut off stays, and can be gone on with.
package final class PartialArchive {
    private static let ending = "clone"

    package let archive: Archive
    private let file: PartialFile

    package var path: String { file.path }

    private init(_ archive: Archive, _ file: PartialFile) {
        (self.archive, self.file) = (archive, file)
    }

    /// Makes a new one.
    /// - Throws: `ArchiveError` if that cannot be written.
    package static func make(for target: String, id: ArchiveID) throws -> PartialArchive {
        let target = DatabaseFile.literal(target)
        let file = try PartialFile(for: target, ending: ending, isDatabase: true)
        let environment = Archive.Environment(stateDirectory: nil)
        do {
            // Closed, so that the file itself says what it is: one that is cut off later is known again by that.
            try DatabaseFile.translatingErrors(file.path) {
                try DatabaseFile.fillEmpty(file.path, environment) {
                    try Identity(db: $0).initialize(id, as: environment.newReplicaID())
                }.close()
            }
            return PartialArchive(try Archive.open(file.path, environment: environment), file)
        } catch let error as ArchiveError {
            throw error.ofNewFile(target)
        }
    }

    /// One that was cut off and that nobody works on, if it fits.
    package static func resume(for target: String, where fits: (ArchiveReader) throws -> Bool) throws -> PartialArchive?
    {
        var found: PartialArchive?
        for file in PartialFile.abandoned(target, ending: ending) {
            let archive = try? Archive.open(file.path, environment: Archive.Environment(stateDirectory: nil))
            guard found == nil, let archive, (try? archive.read(fits)) == true else {
                // It may be a clone of another place, which its own command resumes.
                if try archive.map({ try !$0.read(isBlank) }) ?? !isOurs(file.path) { file.keep() }
                continue
            }
            found = PartialArchive(archive, file)
        }
        return found
    }

    /// Whether nothing says yet what an archive was to be a clone of.
    private static func isBlank(_ reader: ArchiveReader) throws -> Bool {
        try reader.lastEntry() == 0 && reader.remotes().isEmpty
    }

    /// Whether a file is an archive, or was to become one.
    private static func isOurs(_ path: String) throws -> Bool {
        guard let status = try FileStatus.of(path) else { return true }
        guard status.size > 0, let header = DatabaseHeader(path: path) else { return true }
        // One whose making was cut off has its first page only, without an application ID.
        return header.applicationID == DatabaseFile.applicationID
            || header.applicationID == 0 && status.size <= PageFile.usualPageSize
    }

    /// Leaves it as it is, to be gone on with.
    package func keep() { file.keep() }

    /// Closes the archive and gives it its name.
    /// - Throws: `ArchiveError` if the name is not free any more, or the disk is full.
    package func finish() throws {
        try archive.close()
        try DatabaseFile.requireNoCompanions(file.path)
        try file.move()
    }
}
