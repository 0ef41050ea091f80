import Foundation
import GRDB
import TestSupport
import Testing

@testable import Archive
@testable import History
@testable import Prose

@Suite struct ArchiveFileTests {
    /// An archive with a bit of everything.
    private func filled(_ folder: TemporaryFolder) throws -> Archive {
        let archive = try folder.create()
        let essay = try archive.essay("甲句。乙句。丙句。")
        try archive.edit(essay, "甲一句。乙句。丙句。", heads: [essay.root])
        try archive.edit(essay, "甲二句。乙句。丙句。", heads: [essay.root])
        let merged = try archive.essay("子句。丑句。寅句。", title: "合并")
        try archive.edit(merged, "子一句。丑句。寅句。", heads: [merged.root])
        try archive.edit(merged, "子句。丑句。寅三句。", heads: [merged.root])
        _ = try archive.write {
            try $0.annotate(
                merged, .quote(Array("丑句".utf8), occurrence: nil), AnnotationContent(body: "注", tags: ["重"]),
                author: Author("丙"))
        }
        let deleted = try archive.essay("要删的。", title: "删")
        try archive.write { try $0.delete(deleted, author: Author(nil)) }
        try folder.write("第一篇：山\n一、山高\n话。\n第二篇：水\n一、水长\n话。\n", to: "in.txt")
        try folder.importing("in.txt", to: archive)
        return archive
    }

    @Test func rebuildGivesIdenticalRows() throws {
        let folder = try TemporaryFolder()
        let archive = try filled(folder)
        let before = try archive.derivedRows()
        // No log of this archive was ended by a fork, and nobody has asked where annotations are.
        #expect(before.allSatisfy { !$0.value.isEmpty || ["log_end", "anchor"].contains($0.key) })
        try archive.write { try $0.rebuild() }
        #expect(try archive.derivedRows() == before)
    }

    @Test func verifyFindsWhatIsWrong() throws {
        let folder = try TemporaryFolder()
        let archive = try filled(folder)
        #expect(try archive.verify().isSound)
        for (damage, word) in [
            ("UPDATE text_open SET data = x'00'", "text"), ("UPDATE text_open SET first = 2", "missing"),
            ("UPDATE text_open SET first = 9223372036854775807", "damaged"),
            ("UPDATE log SET first = 9223372036854775807", "chain"),
            ("UPDATE entry SET bytes = x'7b7d' WHERE id = 2", "entry"),
            ("UPDATE log SET chain = zeroblob(32) WHERE first = 1", "chain"),
            ("UPDATE item SET title = 'x' WHERE kind = 'essay'", "derived"),
            ("DELETE FROM tag", "derived"), ("UPDATE tag SET tag = '轻'", "derived"),
            ("UPDATE totals SET versions = versions + 1", "derived"),
            ("UPDATE totals SET heads = zeroblob(2048)", "derived"),
            ("UPDATE item SET author = '某' WHERE kind = 'essay'", "derived"),
            ("UPDATE log SET count = 2", "chain"),
            ("UPDATE log SET first = first + 9 WHERE first = (SELECT max(first) FROM log)", "chain"),
            ("UPDATE entry SET id = 99 WHERE id = 3", "chain"),
            ("UPDATE entry SET bytes = x'1f04' WHERE id = 4", "stored"),
            ("UPDATE entry SET kind = 'note' WHERE id = 2", "stands as an entry of kind"),
        ] {
            try archive.database.writeWithoutTransaction { db in
                try db.inSavepoint {
                    try db.execute(sql: "PRAGMA defer_foreign_keys = ON; " + damage)
                    var verification = Verification(db: db)
                    try verification.run { _ in }
                    #expect(verification.report.problems.contains { $0.what.contains(word) }, "\(damage)")
                    return .rollback
                }
            }
        }
        #expect(try archive.verify().isSound)
    }

    @Test func aBackupMadeWhileOthersWriteIsWholeAndRestores() async throws {
        let folder = try TemporaryFolder()
        let archive = try filled(folder)
        let path = folder.file("a.db")
        let environment = folder.environment
        let writer = Background {
            let other = try Archive.open(path, environment: environment)
            for number in 0..<40 { _ = try other.essay("并行写入\(number)。", title: "并行\(number)") }
        }
        for number in 0..<5 {
            let report = try archive.backup(to: folder.file("backup\(number).db"), overwrites: false)
            let restored = try Archive.restore(
                folder.file("backup\(number).db"), to: folder.file("r\(number).db"), environment: environment)
            #expect(try restored.read { try $0.stateHash() } == report.stateHash)
            #expect(try restored.verify().isSound)
        }
        try writer.value()
        #expect(try archive.read { try $0.counts().essays } >= 40)
        #expect(throws: ArchiveError.self) { try archive.backup(to: folder.file("backup0.db"), overwrites: false) }
        #expect(throws: ArchiveError.self) {
            try Archive.restore(folder.file("backup0.db"), to: path, environment: environment)
        }
    }

    /// Another version that merged otherwise had the file: what it kept of merges is computed again.
    @Test(arguments: ["UPDATE local SET value = 1 WHERE key = 'merge'", "DELETE FROM local WHERE key = 'merge'"])
    func mergesOfAnotherAlgorithmAreComputedAgain(sql: String) throws {
        let folder = try TemporaryFolder()
        let archive = try filled(folder)
        let clean = try archive.essay("子句。丑句。寅句。", title: "各改一句")
        for text in ["子一句。丑句。寅句。", "子句。丑句。寅三句。"] { try archive.edit(clean, text, heads: [clean.root]) }
        let expected = try archive.derivedRows()
        try archive.database.write { db in
            try db.execute(
                sql: """
                    UPDATE item SET conflict = 1 - conflict, shown = NULL, text = NULL, characters = 1
                    WHERE id IN (SELECT item FROM head GROUP BY item HAVING count(*) > 1)
                    """)
            #expect(db.changesCount == 2)
            try db.execute(sql: sql)
        }
        #expect(try !archive.verify().isSound)
        for _ in 0..<2 {
            let opened = try folder.open()
            #expect(try opened.derivedRows() == expected && opened.verify().isSound)
        }
    }

    @Test func whatNoSegmentCouldCarryIsRefused() throws {
        let folder = try TemporaryFolder()
        let archive = try filled(folder)
        let before = try archive.read { try $0.stateHash() }
        let error = #expect(throws: ArchiveError.self) {
            try archive.essay("短。", title: String(repeating: "长", count: 200_000))
        }
        #expect(error?.code == .badInput && error?.description.contains("over the limit") == true)
        #expect(try archive.read { try $0.stateHash() } == before)
    }

    @Test func aRestoredArchiveHasAReplicaIDOfItsOwn() throws {
        let folder = try TemporaryFolder()
        let archive = try filled(folder)
        _ = try archive.backup(to: folder.file("b.db"), overwrites: false)
        let restored = try Archive.restore(
            folder.file("b.db"), to: folder.file("r.db"), environment: folder.environment)
        #expect(try restored.read { try $0.replicaID } != archive.read { try $0.replicaID })
        #expect(try restored.read { try $0.archiveID } == archive.read { try $0.archiveID })
        _ = try restored.essay("新的。")
        let vector = try restored.read { try $0.vector() }
        #expect(vector.count == 2)
    }

    @Test func aCopiedFileLogsUnderANewReplicaID() throws {
        let folder = try TemporaryFolder()
        let archive = try filled(folder)
        let id = try archive.read { try $0.replicaID }
        try archive.close()
        try FileManager.default.copyItem(atPath: folder.file("a.db"), toPath: folder.file("copy.db"))
        let original = try folder.open()
        _ = try original.essay("在原处。")
        #expect(try original.read { try $0.replicaID } == id)
        let copy = try folder.open("copy.db")
        #expect(try copy.read { try $0.replicaID } == id)
        _ = try copy.essay("在副本。")
        let copyID = try copy.read { try $0.replicaID }
        #expect(copyID != id)
        // Put back over the original, which went on since: a roll-back.
        try original.close()
        try copy.close()
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: folder.file("a.db" + suffix)) }
        try FileManager.default.copyItem(atPath: folder.file("copy.db"), toPath: folder.file("a.db"))
        let rolledBack = try folder.open()
        _ = try rolledBack.essay("回滚之后。")
        #expect(try ![id, copyID].contains(rolledBack.read { try $0.replicaID }))
    }

    @Test func twoWritersWaitForEachOther() throws {
        let folder = try TemporaryFolder()
        _ = try folder.create()
        let (path, environment) = (folder.file("a.db"), folder.environment)
        let workers = (0..<4).map { worker in
            Background {
                let archive = try Archive.open(path, environment: environment)
                for number in 0..<25 { _ = try archive.essay("第\(worker)人第\(number)篇。", title: "\(worker)-\(number)") }
            }
        }
        for worker in workers { try worker.value() }
        let archive = try folder.open()
        #expect(try archive.read { try $0.counts().essays } == 100)
        #expect(try archive.verify().isSound)
    }

    @Test func otherFilesAreNotTakenForArchives() throws {
        let folder = try TemporaryFolder()
        #expect(throws: ArchiveError.self) { try folder.open("none.db") }
        try folder.write("这不是数据库，只是一些文字。" + String(repeating: "x", count: 2000), to: "text.db")
        #expect(throws: ArchiveError.self) { try folder.open("text.db") }
        let queue = try DatabaseQueue(path: folder.file("other.db"))
        try queue.write { try $0.execute(sql: "CREATE TABLE t (a)") }
        #expect(throws: ArchiveError.self) { try folder.open("other.db") }
        _ = try folder.create()
        #expect(throws: ArchiveError.self) { try folder.create() }
    }

    @Test func aTransactionThatFailsLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let archive = try filled(folder)
        let before = try archive.read { (try $0.stateHash(), try $0.vector()) }
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try archive.write { writer in
                _ = try writer.create([FieldKey.title: "没有的"], text: [1], author: Author(nil))
                throw Stop()
            }
        }
        #expect(try archive.read { try $0.stateHash() } == before.0)
        #expect(try archive.read { try $0.vector() } == before.1)
    }

    @Test func aClockOutsideTheYearsThatCanBeWrittenSpoilsNothing() throws {
        #expect(Timestamp(milliseconds: .max).description == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .min).description == "0000-01-01T00:00:00.000Z")
        for time in [Int64.min, -1, 0, 253_402_300_799_999, 253_402_300_800_000, .max].map(
            Timestamp.init(milliseconds:))
        {
            #expect(Timestamp(time.description) == time)
            let archive = try Archive.inMemory(environment: Archive.Environment(stateDirectory: nil, clock: { time }))
            let essay = try archive.essay("甲句。")
            try archive.edit(essay, "乙句。")
            #expect(try archive.text(essay) == "乙句。" && archive.verify().isSound)
        }
    }

}
