import Foundation
import GRDB
import History

/// Who this file is: the archive that it holds, and the replica ID under which it logs; and by which algorithm it has merged.
struct Identity {
    let db: Database

    /// Gives a new file its identity.
    func initialize(_ archive: ArchiveID, as replica: ReplicaID) throws {
        try set("archive", archive.blob)
        try set(merge: TextMerge.algorithm)
        try set(replica: replica)
        try renewLink()
    }

    var archive: ArchiveID {
        get throws { try ArchiveID(blob: value("archive")) }
    }

    var replica: ReplicaID {
        get throws { try ReplicaID(blob: value("replica")) }
    }

    /// The number of the merge algorithm by which the derived tables were computed; `nil` in a file of before it was kept.
    var merge: Int? {
        get throws { try Int.fetchOne(db.cachedStatement(sql: "SELECT value FROM local WHERE key = 'merge'")) }
    }

    func set(merge: Int) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO local (key, value) VALUES ('merge', ?)").execute(
            arguments: [merge])
    }

    /// Where the file was made as a backup: there, nobody works with it. A copy of it in another place is an archive like any other.
    var backupPlace: String? {
        get throws {
            try String.fetchOne(db, sql: "SELECT value FROM local WHERE key = 'backup' AND typeof(value) = 'text'")
        }
    }

    func set(backupPlace place: String?) throws {
        try db.execute(sql: "DELETE FROM local WHERE key = 'backup'")
        if let place { try db.execute(sql: "INSERT INTO local (key, value) VALUES ('backup', ?)", arguments: [place]) }
    }

    /// Whether the numbers that are kept are ones that can be.
    var hasUsableNumbers: Bool {
        get throws {
            try !Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM local WHERE key IN ('merge', 'waiting')
                        AND NOT (typeof(value) = 'integer' AND value BETWEEN 0 AND \(RowNumbers.end - 1)))
                    """)!
        }
    }

    /// How many bytes the entries have that wait.
    var waiting: Int {
        get throws {
            let kept = try? Int.fetchOne(db.cachedStatement(sql: "SELECT value FROM local WHERE key = 'waiting'")) ?? 0
            if let kept, 0..<1 << 48 ~= kept { return kept }
            // Damaged: the entries say it themselves.
            return try Int.fetchOne(db, sql: "SELECT sum(length(bytes) + coalesce(length(text_data), 0)) FROM pending")
                ?? 0
        }
    }

    func set(waiting: Int) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO local (key, value) VALUES ('waiting', ?)").execute(
            arguments: [waiting])
    }

    /// From here on this file logs under this ID.
    func set(replica: ReplicaID) throws { try set("replica", replica.blob) }

    private func value(_ key: String) throws -> Data {
        guard
            let value = try Data.fetchOne(
                db.cachedStatement(sql: "SELECT value FROM local WHERE key = ?"), arguments: [key])
        else {
            throw ArchiveError(.corrupt, "the archive has no \(key) ID")
        }
        return value
    }

    private func set(_ key: String, _ value: Data) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO local (key, value) VALUES (?, ?)").execute(arguments: [
            key, value,
        ])
    }
}
