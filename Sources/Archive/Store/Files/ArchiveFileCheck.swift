import Files
import Foundation
import GRDB
import History

/// Which files are an archive's, and which are not: looked at before SQLite touches any of them.
extension DatabaseFile {
    /// The files that SQLite makes beside a database, by the ends of their names.
    private static let companions = PartialFile.companions

    /// - Parameter remedy: what helps where the name is taken.
    /// - Throws: `ArchiveError` if an archive cannot come to `path`: something is there, or beside it where SQLite would take it
    ///   for a part of the archive.
    package static func requireFree(_ path: String, remedy: Remedy) throws {
        PartialFile.sweepLocks(path)
        try requireNoCompanionName(path)
        try requireArchiveName(path)
        guard try FileStatus.of(path) == nil else {
            throw ArchiveError(.cannotWrite, "\(path) exists already", subject: path, remedy: remedy)
        }
        try requireNoCompanions(path)
    }

    /// The files of an archive `y.db` are named after it: no other archive has such a name, even where there is no `y.db` yet. A search
    /// index is known by its content, so that a name of one ending (`essays.search`) is left to whoever wants it.
    /// - Throws: `ArchiveError` if SQLite, or the search index of another archive, would come to this name.
    static func requireArchiveName(_ path: String) throws {
        let name = PathParts.name(of: path)
        let ends = companions + companions.map { SearchIndex.suffix + $0 } + [SearchIndex.suffix]
        guard let end = ends.first(where: { name.utf8.count > $0.utf8.count && name.hasSuffix($0) }) else { return }
        let archive = name.dropLast(end.count)
        guard end != SearchIndex.suffix || archive.dropFirst().contains(".") else { return }
        throw ArchiveError(
            .cannotWrite,
            "\(path) would be the name of a file that belongs to an archive \(archive): names that end in \(end) do",
            subject: path, remedy: .chooseAnotherName)
    }

    /// Names that an archive's own files have, or are to have, are not for anything else: of its log, and of its search index.
    /// - Throws: `ArchiveError` if a file of this name would be taken for one of these, whether there is one by now or not.
    package static func requireNoCompanionName(_ path: String) throws {
        let ends = companions + [SearchIndex.suffix] + companions.map { SearchIndex.suffix + $0 }
        for end in ends where path.utf8.count > end.utf8.count && path.hasSuffix(end) {
            let archive = String(path.dropLast(end.count))
            guard PathParts.name(of: archive) != "", try FileStatus.of(archive, followingLinks: true)?.kind == .regular,
                DatabaseHeader(path: archive)?.applicationID == applicationID
            else { continue }
            throw ArchiveError(
                .cannotWrite, "\(path) is the name of a file that belongs to the archive \(archive)", subject: path,
                remedy: .chooseAnotherName)
        }
    }

    /// SQLite reads a write-ahead log beside a file as that file's own, whatever it is of: what an archive that was removed
    /// left behind would be mixed into the one that comes under its name.
    /// - Throws: `ArchiveError` if there is anything where SQLite's own files are to come.
    static func requireNoCompanions(_ path: String) throws {
        for file in companions.map({ path + $0 }) {
            guard let status = try FileStatus.of(file), status.kind != .regular || status.size > 0 else { continue }
            throw ArchiveError(
                .cannotWrite,
                "\(file) was left behind by another archive or program; SQLite would take it for a part of the new archive",
                subject: file, remedy: .moveAway(file))
        }
    }

    /// - Parameter schema: of which versions it may be; `nil`: of any.
    /// - Throws: `ArchiveError` if the file is not an archive, or something beside it is not its own. Nothing was changed then.
    static func requireArchive(_ path: String, _ schema: Schema? = .present) throws {
        let header = try header(path)
        guard header.applicationID == applicationID else {
            if isLaidOutAsArchive(path) { throw damagedHeader(path) }
            if !header.isDatabase, try holdsWholePages(path) {
                throw ArchiveError(
                    .badInput, "\(path) is not an archive, or its beginning is destroyed", subject: path,
                    remedy: .nameOrSalvage(path))
            }
            throw ArchiveError(.badInput, "\(path) is not an archive", subject: path, remedy: .nameArchive)
        }
        guard header.isSound else { throw damagedHeader(path) }
        try schema?.requireKnown(header.userVersion, path)
        try requireOwnCompanions(of: path, header) { file, problem in
            ArchiveError(.corrupt, problem, subject: file, remedy: .moveAway(file))
        }
    }

    /// Whether a file has just the tables and columns of an archive of this schema: the numbers in its header that say otherwise are
    /// then damaged.
    static func isLaidOutAsArchive(_ path: String) -> Bool {
        guard let queue = try? ReadOnlyFile.withoutLog(path) else { return false }
        defer { try? queue.close() }
        return (try? queue.tolerantRead { try Schema.columns($0) } == Schema.columns) ?? false
    }

    /// Whether a file is as long as an archive may be, and hardly any other file is.
    static func holdsWholePages(_ path: String) throws -> Bool {
        let size = try FileStatus.of(path, followingLinks: true)?.size ?? 0
        return size > 0 && size % Int64(pageSize) == 0
    }

    /// SQLite reads nothing of such a file; what stands in its other pages can be.
    static func damagedHeader(_ path: String) -> ArchiveError {
        ArchiveError(
            .corrupt, "\(path) is damaged: its header is overwritten",
            subject: path, remedy: .salvage(path))
    }

    /// - Throws: `ArchiveError` if a file is whole and of a later schema, of which not all would be understood.
    static func requireNotLater(_ path: String) throws {
        let header = try header(path)
        guard header.isSound, header.applicationID == applicationID, header.userVersion > Schema.present.version,
            !isLaidOutAsArchive(path)
        else { return }
        try Schema.present.requireKnown(header.userVersion, path)
    }

    /// - Throws: `ArchiveError` if nothing, or no file, has this name, or it cannot be read.
    static func header(_ path: String) throws -> DatabaseHeader {
        try requireFile(path)
        guard let header = DatabaseHeader(path: path) else {
            throw ArchiveError(
                .cannotWrite, "\(path) cannot be read: \(String(cString: strerror(errno)))",
                subject: path, remedy: .checkPermissions)
        }
        return header
    }

    /// - Throws: `ArchiveError` if nothing, or something that is no file, has this name.
    static func requireFile(_ path: String) throws {
        guard let status = try FileStatus.of(path, followingLinks: true) else {
            throw ArchiveError(.notFound, "there is no file \(path)", subject: path)
        }
        guard status.kind == .regular else {
            throw ArchiveError(
                .badInput, "\(path) is \(status.kind.rawValue), not an archive", subject: path, remedy: .nameAnotherFile
            )
        }
    }

    // MARK: Files beside it

    /// - Throws: `ArchiveError` if something that is no file stands where SQLite looks for a log: it could not read the database then.
    static func requireReadableCompanions(of path: String) throws {
        let path = SystemPath(path).resolved?.text ?? path
        for file in companions.map({ path + $0 }) {
            guard let kind = try FileStatus.of(file, followingLinks: true)?.kind, kind != .regular else { continue }
            throw ArchiveError(
                .badInput, "\(file) is \(kind.rawValue), but SQLite would take it for a part of \(path)",
                subject: path, remedy: .moveAway(file))
        }
    }

    /// What SQLite's files beside a database begin with (file format, sections 3 and 4.1).
    private static let logMagic: [[UInt8]] = [[0x37, 0x7F, 0x06, 0x82], [0x37, 0x7F, 0x06, 0x83]]
    private static let journalMagic: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
    /// The index of a write-ahead log grows by so many bytes, from three.
    private static let logIndexStep: Int64 = 4096

    /// - Parameter error: makes the error, of the file and what is wrong with it.
    /// - Throws: that error if something beside a database is not its own.
    static func requireOwnCompanions(
        of path: String, _ header: DatabaseHeader, _ error: (_ file: String, _ problem: String) -> ArchiveError
    ) throws {
        // Beside what a link leads to, as SQLite looks for them.
        let path = SystemPath(path).resolved?.text ?? path
        for suffix in companions {
            let file = path + suffix
            guard let status = try FileStatus.of(file), status.kind != .regular || status.size > 0 else { continue }
            guard try isOwn(file, suffix, status) else {
                throw error(
                    file,
                    "\(file) does not belong to \(path), but SQLite would take it for a part of it and overwrite it")
            }
            // A backup that was copied over an archive has no write-ahead log, and its header says so.
            guard suffix != "-wal" || header.hasWriteAheadLog else {
                throw error(
                    file,
                    "\(path) is a copy of a backup, but \(file) is of the archive that was there before, and would be mixed into it"
                )
            }
        }
    }

    /// Of the index of a write-ahead log, which begins with two copies of a header that begins with a version (file format of the
    /// WAL-index, section 2.1). SQLite leaves zeros where it was killed before it wrote them.
    private static let logIndexHeaderSize = 48
    private static let logIndexVersion: UInt32 = 3_007_000

    private static func isLogIndex(_ bytes: [UInt8]) -> Bool {
        if bytes.allSatisfy({ $0 == 0 }) { return true }
        return [0, logIndexHeaderSize].contains { start in
            // In the machine's own order.
            bytes.count >= start + 4
                && bytes[start..<start + 4].elementsEqual(withUnsafeBytes(of: logIndexVersion) { Array($0) })
        }
    }

    static func isOwn(_ file: String, _ suffix: String, _ status: FileStatus) throws -> Bool {
        guard status.kind == .regular else { return false }
        return switch suffix {
        case "-shm":
            try status.size == 3
                || status.size % logIndexStep == 0 && isLogIndex(beginning(of: file, 2 * logIndexHeaderSize))
        case "-wal":
            try WriteAheadLog.isLog(beginning(of: file, WriteAheadLog.headerSize + WriteAheadLog.frameHeaderSize))
                || isLog(file)
        default: try beginning(of: file, 8) == journalMagic
        }
    }

    /// Whether a file is a log that SQLite keeps beside a database.
    static func isLog(_ path: String) throws -> Bool {
        let beginning = try beginning(of: path, 8)
        return logMagic.contains(Array(beginning.prefix(4))) || beginning == journalMagic
    }

    /// SQLite has no locks on these files, so that they may be opened and closed.
    private static func beginning(of path: String, _ count: Int) throws -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? file.close() }
        return try file.read(upToCount: count).map(Array.init) ?? []
    }
}
