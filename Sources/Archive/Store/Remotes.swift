import Foundation
import GRDB

/// A place to synchronize with, as this replica knows it.
public struct RemoteRecord: Sendable {
    public let name: String
    public let url: String
    /// The file that holds the token; the token itself never enters the archive.
    public let tokenFile: String?
    /// When it last answered.
    public let reached: Timestamp?
    /// Its vector as last seen, and the digest that it gave of it.
    public let vector: ArchiveVector
    public let digest: String?
}

extension ArchiveReader {
    public func remotes() throws -> [RemoteRecord] {
        try Row.fetchAll(db, sql: "SELECT name, url, token_file, reached, digest, id FROM remote ORDER BY id").map { row in
            RemoteRecord(
                name: row[0], url: row[1], tokenFile: row[2], reached: (row[3] as Int64?).map { Timestamp(milliseconds: $0) },
                vector: try remoteVector(row[5]), digest: row[4])
        }
    }

    /// The remote of that name; the only one if no name is given.
    public func remote(_ name: String?) throws -> RemoteRecord {
        let remotes = try remotes()
        if let name {
            if let found = remotes.first(where: { $0.name == name }) { return found }
            throw ArchiveError(.notFound, "there is no remote '\(name)'", advice: "`archivectl remote list` shows them")
        }
        guard let first = remotes.first else {
            throw ArchiveError(.usage, "no remote is set", advice: "Name one with `archivectl remote add NAME URL --token-file FILE`")
        }
        if remotes.count == 1 { return first }
        if let origin = remotes.first(where: { $0.name == "origin" }) { return origin }
        throw ArchiveError(.usage, "there are several remotes: \(remotes.map(\.name).joined(separator: ", "))", advice: "Say which")
    }

    private func remoteVector(_ remote: Int64) throws -> ArchiveVector {
        let rows = try Row.fetchAll(
            db, sql: "SELECT r.hash, l.seq, l.chain FROM remote_log l JOIN replica r ON r.id = l.replica WHERE l.remote = ?",
            arguments: [remote])
        return rows.reduce(into: [:]) { vector, row in
            vector[ReplicaID(blob: row[0])] = LogPosition(sequence: row[1], chain: Chain(blob: row[2]))
        }
    }
}

extension ArchiveWriter {
    public func addRemote(_ name: String, url: String, tokenFile: String?) throws {
        let exists = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM remote WHERE name = ?)", arguments: [name])!
        guard !exists else {
            throw ArchiveError(.usage, "there is a remote '\(name)' already", advice: "Remove it first, or choose another name")
        }
        try db.execute(sql: "INSERT INTO remote (name, url, token_file) VALUES (?, ?, ?)", arguments: [name, url, tokenFile])
    }

    public func removeRemote(_ name: String) throws {
        try db.execute(sql: "DELETE FROM remote WHERE name = ?", arguments: [name])
        guard db.changesCount == 1 else {
            throw ArchiveError(.notFound, "there is no remote '\(name)'", advice: "`archivectl remote list` shows them")
        }
    }

    /// Records a remote's vector, in the same transaction as what it sent.
    public func setRemote(_ name: String, vector: ArchiveVector, digest: String?) throws {
        guard let remote = try Int64.fetchOne(db, sql: "SELECT id FROM remote WHERE name = ?", arguments: [name]) else {
            throw ArchiveError(.notFound, "there is no remote '\(name)'")
        }
        try db.execute(sql: "UPDATE remote SET digest = ?, reached = ? WHERE id = ?", arguments: [digest, now.milliseconds, remote])
        try db.execute(sql: "DELETE FROM remote_log WHERE remote = ?", arguments: [remote])
        for (replica, position) in vector {
            try db.execute(
                sql: "INSERT INTO remote_log (remote, replica, seq, chain) VALUES (?, ?, ?, ?)",
                arguments: [remote, LogStore(db: db).replica(replica), position.sequence, position.chain.blob])
        }
    }
}
