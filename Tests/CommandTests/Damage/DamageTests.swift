import Foundation
import Testing

@testable import History

/// Damaged files, as a person meets them.
@Suite struct DamageTests {
    private static let long = String(repeating: "一、推进社区建设，落实各项任务。\n", count: 300)

    /// An archive of some essays, of which the text of one is damaged in the file.
    private func damaged() throws -> (command: Command, essay: String) {
        let command = try Command()
        try command.run("init")
        for number in 0..<5 {
            try command.run("new", "--title", "第\(number)篇", "--from", "-", input: "（\(number)）" + Self.long)
        }
        try command.run("backup", "good.db")
        let essays = try command.run("list", "--json").array()
        let essay = try #require(essays.first { $0["title"] as? String == "第2篇" }?["id"] as? String)
        try command.spoilText(number: 3)
        return (command, essay)
    }

    @Test func `a damaged text is named, and nothing of it is printed`() throws {
        let (command, essay) = try damaged()
        let shown = try command.run("show", essay, expecting: 65)
        #expect(
            shown.output.isEmpty && shown.errors.contains("version 1 of “第2篇”")
                && shown.errors.contains("archivectl verify"))
        for other in ["第0篇", "第4篇"] { #expect(try command.run("show", other).text.contains(Self.long)) }
        #expect(try command.run("list", "--json").array().count == 5)
        let report = try command.run("verify", "--json", expecting: 2).object()
        let problems = try #require(report["problems"] as? [[String: Any]])
        let subjects = problems.flatMap { $0["subjects"] as? [[String: Any]] ?? [] }
        #expect(
            subjects.contains {
                $0["id"] as? String == essay && $0["version"] as? Int == 1 && $0["title"] as? String == "第2篇"
            })
        #expect((report["sound"] as? [String: Int])?["texts"] == 4)
        let found = try command.run("search", "社区建设", "--json", expecting: 2).object()
        #expect(found["total"] as? Int == 5 || found["total"] as? Int == 4)
        #expect((found["damaged"] as? [[String: Any]])?.count == 1)
    }

    @Test func `a damaged archive replaces no backup, and what is damaged comes back from one`() throws {
        let (command, essay) = try damaged()
        let backup = command.folder.appendingPathComponent("good.db")
        let before = try Data(contentsOf: backup)
        let refused = try command.run("backup", "good.db", "--force", expecting: 65)
        #expect(refused.errors.contains("version 1 of “第2篇”"))
        #expect(try Data(contentsOf: backup) == before)
        #expect(try command.run("rebuild", "--from", "good.db").text.contains("repaired 1 of 1"))
        #expect(try command.run("show", essay).text == "（2）" + Self.long)
        try command.run("verify")
        #expect(try command.run("search", "社区建设", "--json").object()["total"] as? Int == 5)
    }

    @Test func `the right text given anew repairs a damaged one`() throws {
        let (command, essay) = try damaged()
        try command.run("edit", essay, "--from", "-", input: "（2）" + Self.long)
        #expect(try command.run("show", essay).text == "（2）" + Self.long)
        try command.run("verify")
    }

    @Test func `a damaged backup is refused, and salvaged`() throws {
        let (command, essay) = try damaged()
        let refused = try command.run("restore", "a.db", "--to", "r.db", expecting: 65)
        #expect(refused.errors.contains("a.db is damaged") && refused.errors.contains("第2篇"))
        #expect(!FileManager.default.fileExists(atPath: command.folder.appendingPathComponent("r.db").path))
        let salvaged = try command.run("restore", "a.db", "--salvage", "--to", "r.db", "--json", expecting: 2).object()
        #expect(
            salvaged["essays"] as? Int == 5
                && (salvaged["textsMissing"] as? [[String: Any]])?.first?["id"] as? String == essay)
        #expect(try command.run("show", "第4篇", archive: "r.db").text == "（4）" + Self.long)
        try command.run("rebuild", "--from", "good.db", archive: "r.db")
        try command.run("verify", archive: "r.db")
        // A file that was cut off, and one that is none.
        let whole = try Data(contentsOf: command.folder.appendingPathComponent("good.db"))
        try whole.prefix(whole.count / 2).write(to: command.folder.appendingPathComponent("cut.db"))
        let cut = try command.run("restore", "cut.db", "--to", "c.db", expecting: 65)
        #expect(cut.errors.contains("cut.db") && !cut.errors.contains("--archive"))
        try Data(repeating: 65, count: 40_000).write(to: command.folder.appendingPathComponent("none.db"))
        let none = try command.run("restore", "none.db", "--to", "c.db", expecting: 65)
        #expect(none.errors.contains("none.db is not an archive") && !none.errors.contains("--archive"))
    }

    @Test func `an archive whose beginning is destroyed is told from what is none, and salvaged`() throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "文", "--from", "-", input: "一句。\n")
        try command.run("backup", "good.db")
        let bytes = try Data(contentsOf: command.folder.appendingPathComponent("good.db"))
        let erased = Data(repeating: 0, count: 100) + bytes.dropFirst(100)
        try erased.write(to: command.folder.appendingPathComponent("bad.db"))
        for arguments in [["list"], ["verify"], ["restore", "bad.db", "--to", "r.db"]] {
            let said = try command.run(arguments, archive: "bad.db", expecting: 65).errors
            #expect(said.contains("its beginning is destroyed"), "\(said)")
            #expect(said.contains("`archivectl restore --salvage "), "\(said)")
        }
        try command.run("restore", "--salvage", "bad.db", "--to", "new.db", expecting: nil)
        #expect(try command.run("show", "文", archive: "new.db").text == "一句。\n")
    }

    @Test func `rebuild says how much that was missing came from a file`() throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "甲", "--from", "-", input: "一句。\n")
        try command.run("backup", "early.db")
        try command.run("new", "--title", "乙", "--from", "-", input: "又一句。\n")
        try command.run("backup", "late.db")
        try command.run("restore", "early.db", "--to", "r.db")
        let said = try command.run("rebuild", "--from", "late.db", archive: "r.db").text
        #expect(said.contains("1 missing version came from late.db") && !said.contains("was damaged"), "\(said)")
        #expect(try command.run("show", "乙", archive: "r.db").text == "又一句。\n")
        #expect(
            try command.run("rebuild", "--from", "late.db", archive: "r.db").text.contains(
                "no text or entry was damaged"))
    }

    @Test func `a sound compilation is salvaged whole, with the times of its logs`() throws {
        let command = try Command()
        try command.write("第一篇：山\n一、山高\n话。\n第二篇：水\n一、水长\n话。\n", to: "汇编.txt")
        try command.run("init")
        try command.run("import", "汇编.txt")
        Thread.sleep(forTimeInterval: 0.1)
        try command.run("restore", "a.db", "--salvage", "--to", "s.db")
        try command.run("verify", archive: "s.db")
    }

    @Test func `entries that an archive lacks come from another file of it`() throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "甲", "--from", "-", input: "先有的。\n")
        try command.run("backup", "old.db")
        try command.run("new", "--title", "乙", "--from", "-", input: "后来的。\n")
        try command.run("backup", "new.db")
        try command.run("restore", "old.db", "--to", "r.db")
        try command.run("rebuild", "--from", "new.db", archive: "r.db")
        #expect(try command.run("show", "乙", archive: "r.db").text == "后来的。\n")
        try command.run("verify", archive: "r.db")
    }

    @Test func `nothing waits for a pipe in the place of a file`() throws {
        let command = try Command()
        try command.run("init")
        #expect(mkfifo(command.path("pipe"), 0o600) == 0 && mkfifo(command.path("a.db.search"), 0o600) == 0)
        for arguments in [["list"], ["verify"], ["show", "x"]] {
            #expect(try command.run(arguments, archive: "pipe", expecting: 65).errors.contains("pipe is a pipe"))
        }
        for arguments in [["restore", "pipe", "--to", "r.db"], ["restore", "--salvage", "pipe", "--to", "r.db"]] {
            try command.run(arguments, expecting: 65)
        }
        let report = try command.run("verify", "--json", expecting: 2).object()["problems"] as? [[String: Any]]
        #expect(report?.count == 1 && (report?.first?["what"] as? String)?.contains("is no search index") == true)
    }

    @Test func `what is read at once has a bound`() throws {
        let command = try Command()
        try command.run("init")
        let refused = try command.run("new", "--from", "/dev/zero", expecting: 65)
        #expect(refused.errors.contains("longer than 32 MiB"))
    }

    /// `make damage` does the same a thousand times.
    @Test func `whatever is damaged, no command crashes, and none prints what is not right`() throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../Damage/damage.py"
        ).standardizedFileURL
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script.path, Command.executable.path, "--runs", "12", "--seed", "1"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(output)")
    }
}

extension Command {
    /// Damages the stored bytes of a text, through SQLite, as a flipped bit would.
    func spoilText(number: Int, archive: String = "a.db") throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            (piece,) = db.execute("SELECT piece FROM text_pack WHERE first = ?", (int(sys.argv[2]),)).fetchone()
            (data,) = db.execute("SELECT data FROM text_piece WHERE id = ?", (piece,)).fetchone()
            middle = len(data) // 2
            data = data[:middle] + bytes([data[middle] ^ 8]) + data[middle + 1:]
            db.execute("UPDATE text_piece SET data = ? WHERE id = ?", (data, piece))
            db.commit()
            """,
            folder.appendingPathComponent(archive).path, String(number),
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}

/// Files that can only be read, and backups.
@Suite struct ReadOnlyTests {
    private func contents(_ command: Command) throws -> [String: Data] {
        try FileManager.default.contentsOfDirectory(atPath: command.folder.path).reduce(into: [:]) { files, name in
            files[name] = try? Data(contentsOf: command.folder.appendingPathComponent(name))
        }
    }

    @Test func `no command that reads changes a backup, or makes a file beside it`() throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "一篇", "--from", "-", input: "山高水长。\n")
        try command.run("backup", "b.db")
        for suffix in ["", "-wal", "-shm", ".search", ".search-wal", ".search-shm"] {
            try? FileManager.default.removeItem(at: command.folder.appendingPathComponent("a.db" + suffix))
        }
        let before = try contents(command)
        #expect(try command.run("list", "--json", archive: "b.db").array().count == 1)
        #expect(try command.run("show", "一篇", archive: "b.db").text == "山高水长。\n")
        #expect(try command.run("search", "水长", "--json", archive: "b.db").object()["total"] as? Int == 1)
        try command.run("status", archive: "b.db")
        try command.run("verify", archive: "b.db")
        try command.run("log", "一篇", archive: "b.db")
        #expect(try contents(command) == before)
    }
}
