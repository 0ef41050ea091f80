import Foundation
import Testing

/// Derived tables that cannot be read: they follow from the history, and make no command useless.
@Suite struct DerivedDamageTests {
    private static let page = 16384
    private static let text = "推进社区建设的说明。\n"

    /// An archive without a log, with essays of several versions and an annotation.
    private func filled() throws -> (command: Command, essay: String) {
        let command = try Command()
        try command.run("init")
        for number in 0..<8 {
            try command.run("new", "--title", "第\(number)篇", "--from", "-", input: "（\(number)）" + Self.text)
        }
        try command.run("annotate", "第3篇", "--start", "2", "--end", "5", "--note", "一条注")
        try command.run("tag", "第3篇", "待议")
        try command.run("search", "社区")
        return (
            command, try #require(try command.run("list", "--title", "第3篇", "--json").array().first?["id"] as? String)
        )
    }

    private func overwriteRoot(of name: String, _ command: Command) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            (root,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (sys.argv[2],)).fetchone()
            db.close()
            with open(sys.argv[1], "r+b") as file:
                file.seek((root - 1) * \(Self.page))
                file.write(b"\\xff" * \(Self.page))
            """, command.path("a.db"), name,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try Data(contentsOf: URL(fileURLWithPath: command.path("a.db")))
    }

    @Test(arguments: [
        "revision", "revision_item", "head", "item", "item_kind_title", "item_kind_modified", "item_target", "tag",
        "tag_name", "totals", "anchor",
    ])
    func `commands that read do without a derived table`(name: String) throws {
        let (command, essay) = try filled()
        let damaged = try overwriteRoot(of: name, command)
        for arguments in [
            ["list", "--json"], ["search", "社区", "--json"], ["search", "--annotations", "注", "--json"],
            ["annotations", "list", "--json"], ["status", "--json"],
        ] {
            let result = try command.run(arguments, expecting: nil)
            #expect([0, 2].contains(result.status), "\(arguments): \(result.errors)")
            #expect(
                result.status == 0 || result.errors.contains("rebuild") || result.errors.contains("damaged"),
                "\(arguments): \(result.errors)")
            switch arguments[0] {
            case "list": #expect(try result.array().count == 8)
            case "annotations": #expect(try result.array().count == 1)
            case "search":
                #expect(try result.object()["total"] as? Int == (arguments.contains("--annotations") ? 1 : 8))
            default: #expect(try result.object()["essays"] as? Int == 8)
            }
        }
        #expect(try command.run("show", essay).text == "（3）" + Self.text)
        for arguments in [["log", essay], ["diff", essay], ["sections", essay], ["conflicts"]] {
            try command.run(arguments)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: command.path("a.db"))) == damaged)
        try command.run("rebuild")
        try command.run("verify")
        #expect(!(try command.run("search", "社区", "--json").errors.contains("rebuild")))
    }

    @Test(arguments: [
        "DELETE FROM item", "DELETE FROM item WHERE title = '第3篇'", "UPDATE item SET id = -id",
        "UPDATE item SET kind = 'x'",
    ])
    func `an essay that the listing lacks is shown out of the history`(change: String) throws {
        let (command, essay) = try filled()
        try execute(change, command)
        for name in [essay, String(essay.prefix(12)), "第3篇"] {
            let shown = try command.run("show", name)
            #expect(shown.text == "（3）" + Self.text && shown.errors.contains("rebuild"), "\(name): \(shown.errors)")
        }
        #expect(try command.run("show", "第9篇", expecting: nil).status == 66)
    }

    @Test func `an essay whose entry is under another number is shown out of the history`() throws {
        let (command, essay) = try filled()
        try execute("UPDATE entry SET id = -id", command)
        #expect(try command.run("show", essay).text == "（3）" + Self.text)
    }

    /// Changes an archive as no command would.
    private func execute(_ sql: String, _ command: Command) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            db.execute("PRAGMA ignore_check_constraints = ON")
            db.execute(sys.argv[2])
            db.commit()
            db.close()
            """, command.path("a.db"), sql,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `a damaged log is named by whatever lists, and the text that is sound is shown`() throws {
        let (command, essay) = try filled()
        try leaveDamagedLog(command)
        for arguments in [["status"], ["list"], ["search", "社区"], ["annotations", "list"]] {
            #expect(try command.run(arguments, expecting: 2).errors.contains("a.db-wal is damaged"), "\(arguments)")
        }
        let shown = try command.run("show", essay)
        #expect(shown.text == "（3）" + Self.text && shown.errors.contains("a.db-wal is damaged"))
        #expect(try command.run("list", "--json", expecting: 2).array().count == 9)
    }

    /// A change that stands in the log only, whose first frame is then said to be of no page.
    private func leaveDamagedLog(_ command: Command) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.environment = command.process([]).environment
        process.arguments = [
            "python3", "-c",
            """
            import shutil, sqlite3, subprocess, sys
            path = sys.argv[1]
            db = sqlite3.connect(path)
            db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            for title in ("新一", "新二"):
                subprocess.run([sys.argv[2], "new", "--title", title, "--from", "-", "-q"], input=title.encode(), check=True, stdout=subprocess.DEVNULL)
                if title == "新一": shutil.copy(path + "-wal", path + "-kept")
            for end in ("", "-wal"): shutil.copy(path + end, path + end + ".copy")
            db.close()
            for end in ("", "-wal"): shutil.move(path + end + ".copy", path + end)
            log = bytearray(open(path + "-kept", "rb").read())
            log[32:36] = bytes(4)
            open(path + "-wal", "wb").write(log)
            """, command.path("a.db"), Command.executable.path,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        for end in ["-shm", "-kept"] { unlink(command.path("a.db" + end)) }
    }
}
