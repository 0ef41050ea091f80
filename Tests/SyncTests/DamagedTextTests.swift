import GRDB
import Testing

@testable import Archive
@testable import History
@testable import Sync

/// Texts that are damaged in an archive, or on a remote where an older version left them, and how they come back.
@Suite struct DamagedTextTests {
    private let id = ArchiveID.random()
    private let long = String(repeating: "一、推进社区建设，落实各项任务。\n", count: 200)

    private func text(_ machine: Machine, _ item: ItemID) throws -> String {
        try machine.archive.read { String(decoding: try $0.text(of: $0.state(item)), as: UTF8.self) }
    }

    /// Spoils the stored bytes of the text of one essay.
    private func spoil(_ machine: Machine, _ text: String) throws {
        try machine.archive.database.write { db in
            let number = try #require(try TextStore(db: db).id(of: TextHash(hashing: Array(text.utf8))))
            try db.execute(
                sql: """
                    UPDATE text_piece SET data = CAST(substr(data, 1, 8) || x'FFFFFFFF' || substr(data, 13) AS BLOB)
                    WHERE id = (SELECT piece FROM text_pack WHERE first = ?)
                    """, arguments: [number])
            #expect(db.changesCount == 1)
        }
    }

    private func remote(onHub: Bool) -> any Remote { onHub ? MemoryHub() : MemoryRemote() }

    @Test(arguments: [false, true]) func `a damaged text is not sent, and comes back from whoever holds it`(onHub: Bool)
        throws
    {
        let remote = remote(onHub: onHub)
        let (a, b) = (try Machine(id).connect("r", remote), try Machine(id).connect("r", remote))
        let item = try a.essay(long)
        try a.essay("别的")
        try a.sync("r")
        try b.sync("r")
        try b.essay("乙")
        try spoil(a, long)
        #expect(throws: ArchiveError.self) { try text(a, item) }
        try a.edit(item, "改过")
        // A fresh place gets all but the damaged text.
        let other = self.remote(onHub: onHub)
        try a.connect("other", other)
        let report = try a.sync("other")
        #expect(
            report.unsent == 1 && report.isDamaged
                && report.notes.contains { $0.contains("version 1") && $0.contains("not sent") })
        let c = try Machine(id).connect("other", other)
        let cloned = try c.sync("other")
        #expect(cloned.lacking == 1 && cloned.isDamaged)
        #expect(try c.archive.read { try $0.counts().essays } == 2)
        #expect(try text(c, item) == "改过")
        #expect(try !c.archive.verify().isSound)
        // b answers what a's log asks for.
        try a.sync("r")
        try b.sync("r")
        try a.sync("r")
        #expect(try a.archive.verify().problems == [])
        try a.sync("other")
        #expect(try c.sync("other").lacking == 0)
        for machine in [a, b, c] { try machine.sync(machine === c ? "other" : "r") }
        #expect(try c.archive.verify().isSound)
        let first = try c.archive.read { reader in
            try reader.text(of: reader.history(item)[reader.history(item).order[0]]!)
        }
        #expect(first == Array(long.utf8))
        let d = try Machine(id).connect("other", other)
        #expect(try d.sync("other").isDamaged == false)
        #expect(try d.archive.verify().isSound)
    }

    /// A segment whose payload has its hash, with a text in it that has not.
    private func segment(_ good: [LogEntry], spoiling text: String) -> Sync.LogSegment {
        let entries = good.map { entry in
            guard let found = entry.text, found.hash == TextHash(hashing: Array(text.utf8)) else { return entry }
            return LogEntry(
                replica: entry.replica, sequence: entry.sequence, recorded: entry.recorded, kind: entry.kind,
                bytes: entry.bytes,
                text: EncodedText(hash: found.hash, base: nil, data: Array("坏了".utf8)))
        }
        return Sync.LogSegment(archive: id, entries, after: .start)
    }

    @Test(arguments: [false, true])
    func `a remote that holds a damaged text is repaired by a replica that has it sound`(onHub: Bool) throws {
        let remote = remote(onHub: onHub)
        let a = try Machine(id)
        let item = try a.essay(long)
        try a.essay("别的")
        let replica = try a.replica
        var entries: [LogEntry] = []
        try a.archive.read {
            try $0.forEachEntry(of: replica, in: 1...2) {
                entries.append($0)
                return true
            }
        }
        let spoilt = segment(entries, spoiling: long)
        if let hub = remote as? MemoryHub {
            _ = try hub.sync(SyncRequest(archive: id, vector: [replica: 2]), segments: [spoilt])
        } else {
            try remote.put(spoilt.header.name.path, spoilt.bytes)
            try remote.put(spoilt.header.name.headPath, [])
        }
        try a.connect("r", remote)
        try a.sync("r")
        let report = try RemoteVerification(a.archive, remote: "r", remote).run(repairs: true)
        #expect(report.problems.contains { $0.subjects.first?.item == item }, "\(report.problems)")
        try a.sync("r")
        #expect(try RemoteVerification(a.archive, remote: "r", remote).run().isSound)
        let clone = try Machine(id).connect("r", remote)
        #expect(try !clone.sync("r").isDamaged)
        #expect(try text(clone, item) == long)
        #expect(try clone.archive.verify().isSound)
    }

    @Test func `what is damaged comes from a remote at once, and from another file`() throws {
        let remote = MemoryRemote()
        let a = try Machine(id).connect("r", remote)
        let item = try a.essay(long)
        for number in 0..<5 { try a.edit(item, long + "补\(number)。") }
        try a.sync("r")
        try spoil(a, long)
        var damage = try a.archive.damage()
        // Those that rest on it are as good as lost.
        #expect(damage.count >= 1)
        try RemoteRepair(a.archive, remote).run(&damage)
        #expect(damage.isEmpty)
        #expect(try a.archive.rebuild().isEmpty)
        #expect(try a.archive.verify().problems == [])
        #expect(try text(a, item) == long + "补4。")
    }
}
