import Foundation
import GRDB
import TestSupport
import Testing

@testable import Archive
@testable import Files
@testable import History

@Suite(.serialized) struct CheckpointTests {
    /// Text that does not become shorter by compression: so much of it fills a write-ahead log.
    private func noise(seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<100_000).flatMap { _ in
            Array(String(UnicodeScalar(UInt32.random(in: 0x4E00..<0x9FA0, using: &generator))!).utf8)
        }
    }

    /// Twenty pages, which a text fills.
    private func environment(_ folder: TemporaryFolder) -> Archive.Environment {
        var environment = folder.environment
        environment.logPages = 20
        return environment
    }

    private func add(_ text: [UInt8], _ title: String, to archive: Archive) throws {
        _ = try archive.write { try $0.create([FieldKey.title: .text(title)], text: text, author: Author(nil)) }
    }

    @Test func `no checkpoint runs without the writer lock`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.db")
        try LockWitness.watching {
            let archive = try Archive.create(path, environment: environment(folder))
            let other = try Archive.open(path, environment: environment(folder), concurrently: true)
            let index = SearchIndex(archive)
            for number in 0..<6 {
                try add(noise(seed: UInt64(number)), "篇\(number)", to: number % 2 == 0 ? archive : other)
                try index.catchUp()
            }
            try archive.write { try $0.rebuild() }
            try index.remove()
            try index.catchUp()
            _ = try archive.backup(to: folder.file("b.db"), overwrites: false)
            try archive.close()
            try other.close()
            _ = try Archive.restore(folder.file("b.db"), to: folder.file("r.db"), environment: folder.environment)
                .verify()
        }
        for name in ["a.db", "a.db.search", "r.db"] {
            let seen = LockWitness.seen(folder.file(name))
            #expect(seen.checkpoints > 0 || name == "r.db", "\(name): none was seen")
            #expect(seen.withoutWriterLock == 0, "\(name): \(seen)")
        }
    }

    @Test func `the witness sees the checkpoints that SQLite makes by itself`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("plain.db")
        try LockWitness.watching {
            let (queue, other) = (try DatabaseQueue(path: path), try DatabaseQueue(path: path))
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA journal_mode = WAL; CREATE TABLE t (a)")
                for _ in 0..<30 { try db.execute(sql: "INSERT INTO t VALUES (zeroblob(200000))") }
            }
            try other.close()
        }
        #expect(LockWitness.seen(path).withoutWriterLock > 0)
    }

    @Test func `the log stays short while much is written`() throws {
        let folder = try TemporaryFolder()
        let archive = try Archive.create(folder.file("a.db"), environment: environment(folder))
        let limit = 3 * Int64(environment(folder).logPages) * 16384
        for number in 0..<20 {
            try add(noise(seed: UInt64(100 + number)), "篇\(number)", to: archive)
            let size = try FileStatus.of(folder.file("a.db-wal"))?.size ?? 0
            #expect(size < limit, "after \(number + 1) texts: \(size) bytes")
        }
    }

    @Test(arguments: [
        (3_051_003, true), (3_051_002, false), (3_050_007, true), (3_050_006, false), (3_046_001, false),
        (3_044_006, true), (3_044_005, false), (3_040_001, false), (3_052_000, true),
    ])
    func `versions of SQLite with the fix are known`(version: Int, isFixed: Bool) {
        #expect(SQLiteLibrary.hasWALResetFix(version) == isFixed)
    }
}
