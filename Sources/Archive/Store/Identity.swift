import Foundation
import GRDB

/// Who this file is: the archive that it holds, and the replica ID under which it logs.
struct Identity {
    let db: Database

    /// Gives a new file its identity.
    func found(_ archive: ArchiveID) throws {
        try set("archive", archive.blob)
        try mint()
    }

    var archive: ArchiveID {
        get throws { ArchiveID(blob: try value("archive")) }
    }

    var replica: ReplicaID {
        get throws { ReplicaID(blob: try value("replica")) }
    }

    /// Starts a new incarnation: from here on this file logs under a new replica ID.
    @discardableResult
    func mint() throws -> ReplicaID {
        let replica = ReplicaID.random()
        try set("replica", replica.blob)
        return replica
    }

    private func value(_ key: String) throws -> Data {
        guard let value = try Data.fetchOne(db, sql: "SELECT value FROM local WHERE key = ?", arguments: [key]) else {
            throw ArchiveError(.corrupt, "the archive has no \(key) ID")
        }
        return value
    }

    private func set(_ key: String, _ value: Data) throws {
        try db.execute(sql: "INSERT OR REPLACE INTO local (key, value) VALUES (?, ?)", arguments: [key, value])
    }
}

/// Outside the archive: how far this machine saw a replica's own log come, and in which file.
///
/// A file that does not agree is a copy, or was rolled back; logging on under the same ID would give two entries one
/// number. A crash between a commit and this file's writing leaves the archive ahead of it, which agrees: the recorded
/// chain is still a part of the log.
struct ReplicaStateFile {
    private let file: String

    init?(_ environment: Archive.Environment, _ replica: ReplicaID) {
        guard let directory = environment.stateDirectory else { return nil }
        file = directory + "/" + replica.hex
    }

    /// Whether the archive at `path`, whose own log ends at `end`, is the one that last logged under this ID here.
    func agrees(path: String, end: LogPosition, chainAt: (Int64) throws -> Chain?) throws -> Bool {
        guard let content = try? String(contentsOfFile: file, encoding: .utf8) else {
            // A log without entries has nothing to disagree about.
            return end.sequence == 0
        }
        let lines = content.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, let sequence = Int64(lines[2]), let chain = Chain(hex: lines[3]) else { return false }
        guard lines[0] == Self.machine, lines[1] == Self.absolute(path), sequence <= end.sequence else { return false }
        return try chainAt(sequence) == chain
    }

    /// Records the end of the log; atomic.
    func write(path: String, position: LogPosition) throws {
        let content = "\(Self.machine)\n\(Self.absolute(path))\n\(position.sequence)\n\(position.chain)\n"
        let folder = (file as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(content.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            throw ArchiveError(
                .cannotWrite, "the archive was changed, but \(file) cannot be written: \(error.localizedDescription)",
                advice: "Without it the next change starts a new replica ID, which does no harm")
        }
    }

    private static var machine: String {
        // The machine's own ID where there is one: host names change and repeat.
        let id = try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)
        return id?.split(separator: "\n").first.map(String.init) ?? ProcessInfo.processInfo.hostName
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
}
