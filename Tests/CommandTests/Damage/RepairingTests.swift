import Foundation
import Testing

/// What is advised works: damage, the advice, and a sound archive after it.
@Suite struct MendingTests {
    private func filled() throws -> Command {
        let command = try Command()
        try command.run("init")
        for number in 0..<8 {
            try command.run("new", "--title", "第\(number)篇", "--from", "-", input: "（\(number)）推进社区建设的说明。\n")
        }
        try command.run("set", "第1篇", "author=张三")
        try command.run("search", "社区")
        try command.run("backup", "good.db")
        return command
    }

    private func sql(_ command: Command, _ statement: String, of archive: String = "a.db") throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute('PRAGMA ignore_check_constraints = 1'); d.executescript(sys.argv[2]); d.commit()",
            command.path(archive), statement,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test(arguments: ["rebuild", "search"]) func `what an index leaves that was deleted alone is no obstacle`(
        name: String
    ) throws {
        let command = try filled()
        // As a process leaves them that was killed.
        let log = try Data(contentsOf: URL(fileURLWithPath: command.path("a.db.search")))
        #expect(!log.isEmpty)
        try leaveLog(command)
        unlink(command.path("a.db.search"))
        #expect(FileManager.default.fileExists(atPath: command.path("a.db.search-wal")))
        let result = try name == "rebuild" ? command.run("rebuild") : command.run("search", "社区", "--json")
        #expect(!result.errors.contains("memory"))
        #expect(try command.run("search", "社区", "--json").object()["total"] as? Int == 8)
        #expect(FileManager.default.fileExists(atPath: command.path("a.db.search")))
        try command.run("verify")
    }

    /// Has the index keep its log, as if somebody had it open.
    private func leaveLog(_ command: Command) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import sqlite3, sys, shutil
            d = sqlite3.connect(sys.argv[1]); d.execute('PRAGMA wal_autocheckpoint = 0')
            d.execute("UPDATE meta SET value = value"); d.commit()
            for end in ('-wal', '-shm'): shutil.copy(sys.argv[1] + end, sys.argv[1] + end + '.kept')
            d.close()
            for end in ('-wal', '-shm'): shutil.move(sys.argv[1] + end + '.kept', sys.argv[1] + end)
            """, command.path("a.db.search"),
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `what is not the index's stays, and the message names it`() throws {
        let command = try filled()
        for suffix in ["", "-wal", "-shm"] { unlink(command.path("a.db.search" + suffix)) }
        try command.write("别人的。\n", to: "a.db.search-wal")
        let refused = try command.run("rebuild", expecting: 73)
        #expect(refused.errors.contains("a.db.search-wal") && refused.errors.contains("Move"))
        #expect(try String(contentsOfFile: command.path("a.db.search-wal"), encoding: .utf8) == "别人的。\n")
        unlink(command.path("a.db.search-wal"))
        try command.run("rebuild")
    }

    @Test func `an index whose application ID is damaged is made again`() throws {
        let command = try filled()
        for bytes in [Data([0, 0, 0, 0]), Data([0x61, 0x72, 0x69, 0x79])] {
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: command.path("a.db.search")))
            try file.seek(toOffset: 68)
            try file.write(contentsOf: bytes)
            try file.close()
            try command.run("rebuild")
            #expect(try command.run("search", "社区", "--json").object()["total"] as? Int == 8)
            try command.run("verify")
        }
    }

    @Test func `a text whose hash is damaged gets it back, and the archive is sound`() throws {
        for from in [["--from", "good.db"], []] {
            let command = try filled()
            try sql(
                command,
                "UPDATE text SET hash = CAST(substr(hash, 1, 9) || x'00' || substr(hash, 11) AS BLOB) WHERE number = 3")
            try command.run("verify", expecting: 2)
            if from.isEmpty { continue }
            try command.run(["rebuild"] + from)
            try command.run("verify")
            try command.run("backup", "after.db")
            #expect(try command.run("list", "--json").array().count == 8)
        }
    }

    @Test func `a text whose hash and bytes are damaged comes back, and nothing is left that no entry names`() throws {
        let command = try filled()
        try sql(
            command,
            "UPDATE text SET hash = CAST(substr(hash, 1, 9) || x'00' || substr(hash, 11) AS BLOB) WHERE number = 3")
        try sql(
            command, "UPDATE text_open SET data = CAST(replace(data, CAST('（2）' AS BLOB), CAST('（9）' AS BLOB)) AS BLOB)"
        )
        try command.run("rebuild", "--from", "good.db")
        try command.run("verify")
        try command.run("backup", "after.db")
        #expect(try command.run("show", "第2篇").text == "（2）推进社区建设的说明。\n")
    }

    @Test func `damage in a listing's columns is named`() throws {
        let command = try filled()
        #expect(try command.run("list", "--author", "张", "--json").array().count == 1)
        // A strict table takes nothing of another type.
        try sql(
            command,
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, ' STRICT', '') WHERE name = 'item'"
        )
        try sql(command, "UPDATE item SET author = CAST(author AS BLOB) WHERE author IS NOT NULL")
        try sql(
            command, "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'item'")
        let listed = try command.run("list", "--author", "张", expecting: 2)
        #expect(listed.errors.contains("item"))
        try command.run("rebuild")
        try command.run("verify")
        #expect(try command.run("list", "--author", "张", "--json").array().count == 1)
    }

    @Test func `a row number that none can have is no full disk`() throws {
        let command = try filled()
        try sql(command, "UPDATE text SET number = 9223372036854775807 WHERE number = 8")
        let refused = try command.run("new", "--title", "又一篇", "--from", "-", input: "新的。\n", expecting: 65)
        #expect(refused.errors.contains("damaged") && !refused.errors.contains("disk is full"))
    }

    @Test func `the same problem is listed once`() throws {
        let command = try filled()
        try sql(command, "PRAGMA writable_schema = 1")
        try sql(command, "DELETE FROM item")
        let report = try command.run("verify", "--json", expecting: 2).object()
        let problems = try #require(report["problems"] as? [[String: Any]]).map {
            "\($0["what"] ?? "") \($0["item"] ?? "")"
        }
        #expect(Set(problems).count == problems.count)
        #expect(problems.count < 8)
        try command.run("rebuild")
        try command.run("verify")
    }

    @Test(arguments: ["a.db-wal", "a.db-shm", "a.db-journal", "a.db.search", "a.db.search-wal", "a.db.search-shm"])
    func `no output takes a name that belongs to an archive`(name: String) throws {
        let command = try filled()
        try command.write("一些话。\n", to: "一.txt")
        try command.run("import", "一.txt")
        for suffix in ["-wal", "-shm", ".search", ".search-wal", ".search-shm"] {
            unlink(command.path("a.db" + suffix))
        }
        for arguments in [
            ["backup", name], ["backup", name, "--force"], ["export-source", "一", "--to", name],
            ["restore", "good.db", "--to", name],
        ] {
            #expect(try command.run(arguments, expecting: 73).errors.contains("belongs to the archive"), "\(arguments)")
        }
        #expect(try command.run("init", archive: name, expecting: 73).errors.contains("belongs to the archive"))
        #expect(!FileManager.default.fileExists(atPath: command.path(name)))
    }

    @Test func `commands that only read work on a backup`() throws {
        let command = try filled()
        try command.run("tag", "第1篇", "待议")
        try FileManager.default.createDirectory(atPath: command.path("remote"), withIntermediateDirectories: true)
        try command.run("remote", "add", "stick", command.path("remote"))
        try command.run("sync")
        try command.run("backup", "b.db")
        let before = try Data(contentsOf: URL(fileURLWithPath: command.path("b.db")))
        #expect(try command.run("tag", "第1篇", archive: "b.db").text.contains("待议"))
        #expect(try command.run("sync", "--dry-run", archive: "b.db").text.contains("to send"))
        try command.run("verify", "--remote", "stick", archive: "b.db")
        #expect(try Data(contentsOf: URL(fileURLWithPath: command.path("b.db"))) == before)
    }
}
