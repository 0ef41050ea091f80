import Files
import Foundation
import GRDB
import History

/// What a backup holds, as was seen when it was read back.
public struct BackupReport: Sendable {
    /// The file.
    public let path: String
    /// Its size in bytes.
    public let bytes: Int64
    /// How many of each there are in it.
    public let counts: ArchiveCounts
    /// The hash of all that it holds: equal for replicas that hold the same.
    public let stateHash: String
}

extension Archive {
    /// Copies the archive, as it is at one moment, into one file, while others may read and write. The copy is made
    /// under another name, read back and compared, and then takes the place of `destination` in one step.
    /// - Parameter overwrites: replace a file that is there.
    /// - Throws: `ArchiveError`; whatever was at `destination` is then still there.
    public func backup(to destination: String, overwrites: Bool) throws -> BackupReport {
        let destination = DatabaseFile.literal(destination)
        try DatabaseFile.requireNoCompanionName(destination)
        if !overwrites { try DatabaseFile.requireFree(destination, remedy: .chooseAnotherNameOrReplace) }
        let replaceable = SafeFile.Replaceable.file {
            try BackupDestination(archive: self, path: destination).check($0)
        }
        try SafeFile.requireReplaceable(destination, replaceable)
        try DatabaseFile.requireNoCompanions(destination)
        return try SafeFile.makeDatabase(destination, replacing: overwrites ? replaceable : .nothing) { temporary in
            let queue = try DatabaseQueue(path: temporary, configuration: Configuration())
            let (counts, stateHash) = try database.tolerantRead { db in
                // The first read fixes the moment that the transaction, and so the copy, sees.
                let reader = ArchiveReader(db: db)
                let seen = (try reader.counts(), try reader.stateHash())
                try queue.writeWithoutTransaction { try db.backup(to: $0) }
                return seen
            }
            // One file, readable from read-only media: without a write-ahead log.
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA journal_mode = DELETE")
                try Identity(db: db).set(backupPlace: ReplicaState.place(of: destination))
            }
            try queue.close()
            try Self.check(temporary, of: path ?? "the archive", stateHash: stateHash, counts: counts)
            let size = try FileManager.default.attributesOfItem(atPath: temporary)[.size] as? Int64 ?? 0
            return BackupReport(path: destination, bytes: size, counts: counts, stateHash: stateHash)
        }
    }

    /// Reads a finished copy back.
    /// - Throws: `ArchiveError` if it is not what was copied, or not every text and entry in it is sound.
    private static func check(_ path: String, of source: String, stateHash: String, counts: ArchiveCounts) throws {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        try queue.tolerantRead { db in
            let reader = ArchiveReader(db: db)
            try requireSound(db, source, else: "and no backup was made of it")
            guard try reader.stateHash() == stateHash, try reader.counts().versions == counts.versions else {
                throw ArchiveError(.failed, "the copy does not read back as it was written", remedy: .checkDisk)
            }
        }
    }

    /// Makes a new replica at `path` out of a backup. It has a replica ID of its own, so that it and the archive that the
    /// backup was made of can both go on.
    public static func restore(_ backup: String, to path: String, environment: Environment) throws -> Archive {
        let (backup, path) = (DatabaseFile.literal(backup), DatabaseFile.literal(path))
        try DatabaseFile.requireFree(path, remedy: .chooseAnotherName)
        guard try FileStatus.of(backup, followingLinks: true) != nil else {
            throw ArchiveError(.notFound, "there is no backup at \(backup)", subject: backup)
        }
        try DatabaseFile.translatingErrors(backup) {
            let source = try DatabaseFile.openBackup(backup)
            try source.tolerantRead { try requireSound($0, backup, else: "and nothing was restored") }
            try SafeFile.makeDatabase(path) { temporary in
                let target = try DatabaseQueue(path: temporary, configuration: Configuration())
                try source.backup(to: target)
                let problems = try target.read { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") }
                guard problems == ["ok"] else {
                    throw ArchiveError(.failed, "the copy does not read back as it was written", remedy: .checkDisk)
                }
                try target.write {
                    try Identity(db: $0).set(backupPlace: nil)
                    try Identity(db: $0).set(replica: environment.newReplicaID())
                    try Identity(db: $0).renewLink()
                }
                try target.close()
            }
        }
        let archive = try open(path, environment: environment)
        // Without it the first change starts another ID, and says so.
        try? archive.record(archive.read { try $0.replicaID })
        return archive
    }
}
