import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import Archive
@testable import History

/// Archives of older schemas, of newer ones, and changes of the schema that are cut off.
@Suite struct MigrationTests {
    /// Two steps as later releases may bring them: columns and a table of the replicated and the local kind.
    private static let later = Schema(migrations: [
        Migration { db in
            try db.execute(sql: "ALTER TABLE replica ADD COLUMN label TEXT")
            try db.execute(sql: "CREATE TABLE sketch (id INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT")
            try db.execute(sql: "INSERT INTO sketch SELECT id, hash FROM entry")
        },
        Migration { try $0.execute(sql: "UPDATE replica SET label = hex(hash)") },
    ])

    private let folder: TemporaryFolder

    /// An archive that the first release made: imported and written essays, annotations, a conflict, a tag, a deletion, a remote.
    init() throws {
        folder = try TemporaryFolder()
        let frame = try Data(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "schema-7.db.zst"))
        try folder.write(Zstd.decompress(Array(frame), limit: 1 << 20), to: "a.db")
    }

    private func environment(_ schema: Schema) -> Archive.Environment {
        var environment = folder.environment
        environment.schema = schema
        return environment
    }

    private func openLater(_ name: String = "a.db") throws -> Archive {
        try Archive.open(folder.file(name), environment: environment(Self.later))
    }

    /// All that a reader sees: the whole of the state, and the ends of the logs.
    private func seen(_ archive: Archive) throws -> [String] {
        try archive.read { reader in
            let titles = try reader.items().map { "\($0.title) \($0.versions) \($0.isConflict)" }
            return try [reader.stateHash()] + titles + reader.vector().map { "\($0.key.hex) \($0.value)" }.sorted()
        }
    }

    private func version(_ name: String) throws -> Int {
        try DatabaseQueue(path: folder.file(name)).read { try Int.fetchOne($0, sql: "PRAGMA user_version")! }
    }

    private var copies: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains(".v7") } }
    }

    @Test func `the archive of the first release opens as it is`() throws {
        let archive = try folder.open()
        #expect(archive.migration == nil)
        #expect(try archive.verify().isSound)
        #expect(try archive.read { try $0.counts().essays } == 2)
        #expect(try archive.read { try $0.counts().conflicts } == 1)
    }

    @Test func `an older archive is brought to the present schema and says the same`() throws {
        let before = try seen(folder.open())
        let archive = try openLater()
        #expect(archive.migration?.from == 7 && archive.migration?.to == 9)
        #expect(archive.migration?.keptCopy == nil)
        #expect(try copies == [])
        #expect(try seen(archive) == before)
        #expect(try archive.verify().isSound)
        #expect(
            try archive.read { try Int.fetchOne($0.db, sql: "SELECT count(*) FROM sketch JOIN entry USING (hash)") }
                == 10)
        try archive.close()
        #expect(try openLater().migration == nil, "once is enough")
    }

    @Test func `a new archive of the present schema has the same tables as one that was brought to it`() throws {
        let derived = Schema(migrations: [Migration { try $0.execute(sql: "DROP TABLE tag") }])
        let archive = try Archive.open(folder.file("a.db"), environment: environment(derived))
        let new = try folder.create("b.db")
        #expect(try definitions(archive) == definitions(new))
        #expect(try archive.verify().isSound)
    }

    /// The tables and indexes, without comments and white space.
    private func definitions(_ archive: Archive) throws -> Set<String> {
        try archive.read { reader in
            try Set(
                String.fetchAll(reader.db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").map { sql in
                    sql.split(separator: "\n").map { $0.prefix(upTo: $0.range(of: "--")?.lowerBound ?? $0.endIndex) }
                        .joined().filter { !$0.isWhitespace }
                })
        }
    }

    @Test func `a step that fails leaves the file as it was, and the next try goes through`() throws {
        struct Failed: Error {}
        let before = try seen(folder.open())
        let failing = Schema(migrations: Self.later.migrations + [Migration { _ in throw Failed() }])
        #expect(throws: Failed.self) { try Archive.open(folder.file("a.db"), environment: environment(failing)) }
        #expect(try version("a.db") == 7)
        #expect(try seen(folder.open()) == before)
        #expect(try seen(openLater()) == before)
        #expect(try copies == [])
    }

    @Test func `a step that loses entries is not committed`() throws {
        let losing = Schema(migrations: [
            Migration { try $0.execute(sql: "DELETE FROM log WHERE first = (SELECT max(first) FROM log)") }
        ])
        let error = #expect(throws: ArchiveError.self) {
            try Archive.open(folder.file("a.db"), environment: environment(losing))
        }
        #expect(error?.message.contains("logs would not end as they did") == true)
        #expect(try version("a.db") == 7)
        #expect(try folder.open().verify().isSound)
    }

    /// What a killed process leaves is what is on the disk at that moment: copies are made at many, and each is opened.
    @Test func `a process that is killed at any moment leaves an archive that opens`() throws {
        let before = try seen(folder.open())
        let moments = Mutex(0)
        let folder = folder
        @Sendable func snapshot() throws {
            let number = moments.withLock {
                $0 += 1
                return $0
            }
            for suffix in ["", "-wal", ".v7"] where FileManager.default.fileExists(atPath: folder.file("a.db" + suffix))
            {
                try FileManager.default.copyItem(
                    atPath: folder.file("a.db" + suffix), toPath: folder.file("\(number).db" + suffix))
            }
        }
        var environment = environment(
            Schema(
                migrations: Self.later.migrations.flatMap { step in
                    [
                        Migration { db in
                            try snapshot()
                            try step.change(db)
                            try snapshot()
                        }
                    ]
                }))
        // Pages are written before the commit, too.
        environment.logPages = 1
        let archive = try Archive.open(folder.file("a.db"), environment: environment) { _ in try? snapshot() }
        try snapshot()
        #expect(try seen(archive) == before)
        let count = moments.withLock { $0 }
        #expect(count > 6)
        for number in 1...count {
            #expect(
                FileManager.default.fileExists(atPath: folder.file("\(number).db.v7")) == (number < count),
                "the file as it was is kept until the end")
            let opened = try openLater("\(number).db")
            #expect(try seen(opened) == before)
            #expect(try opened.verify().isSound)
        }
        #expect(try copies == [])
    }

    @Test func `two processes that open an older archive change it once`() throws {
        let changes = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            if let archive = try? openLater(), archive.migration != nil { changes.withLock { $0 += 1 } }
        }
        #expect(changes.withLock { $0 } == 1)
        #expect(try openLater().verify().isSound)
    }

    @Test func `a program that has the archive open writes no more to a later schema`() throws {
        let old = try folder.open()
        let new = try openLater()
        let error = #expect(throws: ArchiveError.self) { try old.essay("太晚了。") }
        #expect(error?.code == .busy)
        _ = try new.essay("正好。")
        #expect(try new.verify().isSound)
    }

    @Test func `a damaged archive is brought over, and kept as it was beside it`() throws {
        try DatabaseQueue(path: folder.file("a.db")).write {
            try $0.execute(sql: "UPDATE text SET hash = zeroblob(32) WHERE number = 1")
        }
        let archive = try openLater()
        let copy = try #require(archive.migration?.keptCopy)
        #expect(try copies == ["a.db.v7"] && copy.hasSuffix("a.db.v7"))
        #expect(try DatabaseQueue(path: copy).read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 7)
        #expect(try !archive.verify().isSound)
        #expect(try archive.read { try $0.items().map(\.title) }.contains("灯塔记"), "what is sound is listed")
    }

    @Test func `a file that is none of ours where the copy would come is not touched`() throws {
        try folder.write("别人的文件", to: "a.db.v7")
        let error = #expect(throws: ArchiveError.self) { try openLater() }
        #expect(error?.remedy == .moveAway(folder.file("a.db.v7")))
        #expect(try String(contentsOfFile: folder.file("a.db.v7"), encoding: .utf8) == "别人的文件")
        #expect(try version("a.db") == 7)
    }

    // MARK: Read only

    @Test func `an older backup is read through a copy, and stays as it is`() throws {
        let before = try seen(folder.open())
        _ = try folder.open().backup(to: folder.file("backup.db"), overwrites: false)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file("backup.db")))
        let archive = try Archive.openForReading(folder.file("backup.db"), environment: environment(Self.later))
        #expect(try seen(archive) == before)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("backup.db"))) == bytes)
        #expect(try copies == [])
    }

    @Test func `an archive of a newer schema is refused, and can be read if it has all that is read`() throws {
        let before = try seen(openLater())
        let error = #expect(throws: ArchiveError.self) { try folder.open() }
        #expect(error?.message.contains("newer") == true && error?.message.contains("schema 9") == true)
        #expect(throws: ArchiveError.self) {
            try Archive.openForReading(folder.file("a.db"), environment: folder.environment)
        }
        let archive = try Archive.openForReading(folder.file("a.db"), environment: folder.environment, isForced: true)
        #expect(try seen(archive) == before)
        #expect(throws: (any Error).self) { try archive.essay("不行。") }
        #expect(try version("a.db") == 9)
    }

    @Test func `a newer schema that lacks what is read is refused`() throws {
        try DatabaseQueue(path: folder.file("a.db")).write {
            try $0.execute(sql: "ALTER TABLE log RENAME COLUMN times TO instants")
            try $0.execute(sql: "PRAGMA user_version = 8")
        }
        let error = #expect(throws: ArchiveError.self) {
            try Archive.openForReading(folder.file("a.db"), environment: folder.environment, isForced: true)
        }
        #expect(error?.remedy == .updateToRead)
    }

    @Test func `a schema that was never released is refused`() throws {
        try DatabaseQueue(path: folder.file("a.db")).write { try $0.execute(sql: "PRAGMA user_version = 3") }
        #expect(throws: ArchiveError.self) { try folder.open() }
    }
}
