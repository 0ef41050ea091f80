import Foundation
import GRDB
import History
import Prose

/// How a place to synchronize with is reached.
public struct RemoteAddress: Hashable, Sendable {
    /// `http:`, `https:` or `file:`.
    public var url: String
    /// The file that holds the token; the token itself never enters the archive.
    public var tokenFile: String?
    /// A proxy's URL; the environment's if absent.
    public var proxy: String?
    /// A file of certificates to trust in place of the system's.
    public var authorityFile: String?

    public init(url: String, tokenFile: String? = nil, proxy: String? = nil, authorityFile: String? = nil) {
        self.url = url
        self.tokenFile = tokenFile
        self.proxy = proxy
        self.authorityFile = authorityFile
    }
}

/// An end of a log on a remote, as last seen. A log has several there if two files used its replica ID.
public struct RemoteEnd: Hashable, Sendable {
    /// Whose log it is.
    public let replica: ReplicaID
    /// Where the log ends there.
    public let position: LogPosition
    /// Whether everything up to there is in this archive, though perhaps in another log.
    public let isTaken: Bool

    public init(replica: ReplicaID, position: LogPosition, isTaken: Bool) {
        self.replica = replica
        self.position = position
        self.isTaken = isTaken
    }
}

/// A place to synchronize with, as this replica knows it.
public struct RemoteRecord: Sendable {
    /// The name under which the archive knows it.
    public let name: String
    /// How it is reached.
    public let address: RemoteAddress
    /// Whether it is the one to take where none is named.
    public let isPreferred: Bool
    /// When it last answered.
    public let reached: Timestamp?
    /// Where its logs ended when it was last seen.
    public let ends: Set<RemoteEnd>
    /// What the remote gave as the digest of its vector.
    public let digest: String?

    /// The URL of its address.
    public var url: String { address.url }

    /// How far it held each log; the furthest end where there are several.
    public var vector: ArchiveVector {
        ends.reduce(into: [:]) { vector, end in
            if end.position.sequence > vector[end.replica]?.sequence ?? 0 { vector[end.replica] = end.position }
        }
    }
}

extension ArchiveReader {
    /// All remotes, in the order in which they were added.
    public func remotes() throws -> [RemoteRecord] { try remoteRows().map { try remote($0) } }

    private func remoteRows() throws -> [Row] {
        let sql = "SELECT name, url, token_file, proxy, ca_file, preferred, reached, digest, id FROM remote ORDER BY id"
        return try Row.fetchAll(db.cachedStatement(sql: sql))
    }

    private func remote(_ row: Row) throws -> RemoteRecord {
        let ends = try usableEnds(row[8])
        return try RemoteRecord(
            name: row[0], address: RemoteAddress(url: row[1], tokenFile: row[2], proxy: row[3], authorityFile: row[4]),
            isPreferred: (row[5] as Int64) != 0, reached: reached(row[6]), ends: ends ?? [],
            digest: ends == nil ? nil : row[7])
    }

    /// A time that is none, of a damaged row, is not shown.
    private func reached(_ milliseconds: Int64?) -> Timestamp? {
        milliseconds.flatMap { 0..<RowNumbers.end ~= $0 ? Timestamp(milliseconds: $0) : nil }
    }

    /// What a remote was seen to hold; `nil` if that is damaged. It is only remembered, and learnt anew by the next synchronization.
    func usableEnds(_ remote: Int64) throws -> Set<RemoteEnd>? {
        do {
            return try remoteEnds(remote)
        } catch  where isDamage(error) {
            return nil
        }
    }

    /// The remote of that name; without a name the preferred one, or the only one.
    public func remote(_ name: String?) throws -> RemoteRecord {
        // Of the others not even what they hold is read: of thousands of logs each, that is much.
        let rows = try remoteRows()
        let names: [String] = try rows.map { try $0[0] }
        if let name {
            if let found = names.firstIndex(where: { ExactString($0) == ExactString(name) }) {
                return try remote(rows[found])
            }
            throw ArchiveError(.notFound, "there is no remote '\(name)'", subject: name, remedy: .listRemotes)
        }
        guard let first = rows.first else {
            throw ArchiveError(.usage, "no remote is set", remedy: .addRemote)
        }
        if rows.count == 1 { return try remote(first) }
        if let chosen = try rows.firstIndex(where: { try ($0[5] as Int64) != 0 }) ?? names.firstIndex(of: "origin") {
            return try remote(rows[chosen])
        }
        throw ArchiveError(
            .usage, "there are several remotes: \(names.joined(separator: ", "))",
            remedy: .chooseRemote)
    }

    /// How many log entries a remote is not known to hold.
    public func unsent(to remote: RemoteRecord) throws -> Int {
        var held: [ReplicaID: Int64] = [:]
        for end in remote.ends where try logs.holds(end.position, of: end.replica) {
            held[end.replica] = max(held[end.replica] ?? 0, end.position.sequence)
        }
        return try vector().reduce(0) { $0 + Int($1.value.sequence - (held[$1.key] ?? 0)) }
    }

    private func remoteEnds(_ remote: Int64) throws -> Set<RemoteEnd> {
        let statement = try db.cachedStatement(
            sql:
                "SELECT r.hash, l.seq, l.chain, l.taken FROM remote_log l JOIN replica r ON r.id = l.replica WHERE l.remote = ?"
        )
        let rows = try Row.fetchAll(statement, arguments: [remote])
        return Set(
            try rows.map { row in
                let sequence: Int64 = try row[1]
                guard 0..<RowNumbers.end ~= sequence else { throw ArchiveError.damagedRow }
                return try RemoteEnd(
                    replica: ReplicaID(blob: row[0]),
                    position: LogPosition(sequence: sequence, chain: Chain(blob: row[2])), isTaken: row[3])
            })
    }

    /// The sequence numbers at which segments sent to a remote end that it is not known to hold, ascending.
    public func cuts(for remote: String) throws -> [ReplicaID: [Int64]] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT r.hash, c.seq FROM remote_cut c JOIN replica r ON r.id = c.replica JOIN remote m ON m.id = c.remote
                WHERE m.name = ? AND c.seq BETWEEN 1 AND \(RowNumbers.end - 1) ORDER BY c.seq
                """)
        let rows = try Row.fetchAll(statement, arguments: [remote])
        return try rows.reduce(into: [:]) { try $0[ReplicaID(blob: $1[0]), default: []].append($1[1]) }
    }
}

extension ArchiveWriter {
    public func addRemote(_ name: String, _ address: RemoteAddress, isPreferred: Bool = false) throws {
        let exists = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM remote WHERE name = ?)"), arguments: [name])!
        guard !exists else {
            throw ArchiveError(.usage, "there is a remote '\(name)' already", subject: name, remedy: .removeRemoteFirst)
        }
        try db.cachedStatement(sql: "INSERT INTO remote (name, url, token_file, proxy, ca_file) VALUES (?, ?, ?, ?, ?)")
            .execute(arguments: [name, address.url, address.tokenFile, address.proxy, address.authorityFile])
        if isPreferred { try preferRemote(name) }
    }

    public func removeRemote(_ name: String) throws {
        try db.execute(sql: "DELETE FROM remote WHERE id = ?", arguments: [remoteRow(name)])
    }

    /// Makes a remote the one to take where none is named.
    public func preferRemote(_ name: String) throws {
        try db.execute(sql: "UPDATE remote SET preferred = (id = ?)", arguments: [remoteRow(name)])
    }

    /// Records what a remote holds, in the same transaction as what it sent.
    public func setRemote(_ name: String, ends: Set<RemoteEnd>, digest: String?) throws {
        let remote = try remoteRow(name)
        try db.cachedStatement(sql: "UPDATE remote SET digest = ?, reached = ? WHERE id = ?")
            .execute(arguments: [digest, now.milliseconds, remote])
        // Mostly little has changed of much.
        let known = try unrefreshedReader.usableEnds(remote)
        if known == nil { try db.execute(sql: "DELETE FROM remote_log WHERE remote = ?", arguments: [remote]) }
        let before = known ?? []
        for end in before.subtracting(ends) {
            try db.cachedStatement(
                sql: "DELETE FROM remote_log WHERE remote = ? AND replica = ? AND seq = ? AND chain = ?"
            )
            .execute(arguments: [remote, knownLog(end.replica).row, end.position.sequence, end.position.chain.blob])
        }
        for end in ends.subtracting(before) {
            try db.cachedStatement(
                sql: "INSERT INTO remote_log (remote, replica, seq, chain, taken) VALUES (?, ?, ?, ?, ?)"
            )
            .execute(arguments: [
                remote, knownLog(end.replica).row, end.position.sequence, end.position.chain.blob, end.isTaken,
            ])
            try db.cachedStatement(sql: "DELETE FROM remote_cut WHERE remote = ? AND replica = ? AND seq <= ?")
                .execute(arguments: [remote, knownLog(end.replica).row, end.position.sequence])
        }
    }

    /// Records where segments end that are about to be sent.
    public func addCuts(_ cuts: [(replica: ReplicaID, sequence: Int64)], for remote: String) throws {
        let row = try remoteRow(remote)
        for cut in cuts {
            try db.cachedStatement(sql: "INSERT OR IGNORE INTO remote_cut (remote, replica, seq) VALUES (?, ?, ?)")
                .execute(arguments: [row, knownLog(cut.replica).row, cut.sequence])
        }
    }

    private func remoteRow(_ name: String) throws -> Int64 {
        guard
            let row = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT id FROM remote WHERE name = ?"), arguments: [name])
        else {
            throw ArchiveError(.notFound, "there is no remote '\(name)'", subject: name, remedy: .listRemotes)
        }
        return row
    }
}
