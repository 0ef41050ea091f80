import GRDB
import Testing

@testable import Archive
@testable import History
@testable import Sync

/// What a file only remembers, and what is damaged of it: named, forgotten, and learnt anew.
@Suite struct LocalRowTests {
    private static let changes = [
        "UPDATE remote_log SET chain = substr(chain, 1, 16)", "UPDATE remote_log SET seq = -seq",
        "UPDATE remote_log SET seq = 9223372036854775807",
        "UPDATE remote_log SET chain = x''", "INSERT INTO lacking VALUES (9223372036854775807)",
        "INSERT INTO lacking VALUES (-1)",
        "INSERT INTO remote_cut VALUES (1, 1, -9223372036854775808)",
        """
        INSERT INTO pending (replica, seq, previous, chain, hash, recorded, kind, bytes, wanted, reached)
            VALUES (1, 2, x'00', zeroblob(32), zeroblob(32), 0, 'x', x'', 0, 0)
        """,
        "INSERT OR REPLACE INTO local VALUES ('waiting', 'many')",
        "INSERT OR REPLACE INTO local VALUES ('waiting', 9223372036854775807)",
        "UPDATE remote SET reached = 9223372036854775807",
    ]

    private func pair() throws -> (Machine, Machine) {
        let (id, remote) = (ArchiveID.random(), MemoryRemote())
        let (a, b) = (try Machine(id).connect("r", remote), try Machine(id).connect("r", remote))
        try a.essay("甲")
        try b.essay("乙")
        for machine in [a, b, a] { try machine.sync("r") }
        return (a, b)
    }

    @Test(arguments: changes) func `a damaged memory is named, and rebuild forgets it`(change: String) throws {
        let (a, b) = try pair()
        try a.archive.write { try $0.db.execute(sql: change) }
        #expect(try !a.archive.verify().isSound)
        #expect(try a.archive.rebuild().isEmpty)
        #expect(try a.archive.verify().problems == [])
        try b.essay("丙")
        try b.sync("r")
        try a.sync("r")
        try expectEqual([a, b], titles: ["甲", "乙", "丙"])
        #expect(try a.archive.verify().problems == [])
    }

    @Test(arguments: changes[0..<6]) func `a sync does without it`(change: String) throws {
        let (a, b) = try pair()
        try a.archive.write { try $0.db.execute(sql: change) }
        try a.essay("丁")
        try a.sync("r")
        try b.sync("r")
        #expect(try a.titles == b.titles && b.titles.count == 3)
    }
}
