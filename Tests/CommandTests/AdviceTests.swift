import Foundation
import Testing

/// What the command advises does what it says: it works, and on the archive that the person named.
@Suite struct AdviceTests {
    private func archive(_ name: String = "a.db") throws -> Command {
        let command = try Command()
        try command.run("init", archive: name)
        try command.run("new", "--title", "论读书", "--from", "-", archive: name, input: "读书使人充实。\n讨论使人机敏。\n")
        return command
    }

    /// Runs a command line that a message advises, as a shell would.
    private func run(_ line: some StringProtocol, _ command: Command) throws -> Int32 {
        let process = command.process([], archive: "none.db")
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "PATH='\(Command.executable.deletingLastPathComponent().path)':$PATH; \(line) >/dev/null 2>&1",
        ]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    // MARK: Deleted annotations

    @Test func `a deleted annotation is listed if asked for, and comes back`() throws {
        let command = try archive()
        let ids = try ["充实", "机敏"].map { quote in
            try #require(
                command.run("annotate", "论读书", "--quote", quote, "--note", "注", "--json").object()["id"] as? String)
        }
        try command.run(["annotations", "delete"] + ids)
        #expect(try command.run("annotations", "--json").array().isEmpty)
        for list in [["annotations", "list", "--deleted"], ["annotations", "--deleted", "论读书"]] {
            let listed = try command.run(list + ["--json"]).array()
            #expect(
                Set(listed.compactMap { $0["id"] as? String }) == Set(ids)
                    && listed.allSatisfy { $0["deleted"] as? Bool == true })
            #expect(try command.run(list).text.components(separatedBy: "  deleted  ").count == 3)
        }
        let errors = try command.run("annotations", "edit", ids[0], "--note", "新", expecting: 66).errors
        #expect(errors.contains("the annotation \(ids[0].prefix(12)) is deleted"), "\(errors)")
        let advice = try #require(errors.firstMatch(of: /`archivectl (undelete [0-9a-f]+)`/))
        #expect(try command.run(advice.1.split(separator: " ").map(String.init)).text.contains("is back  注"))
        #expect(try command.run("annotations", "undelete", ids[1], "--json").array().first?["changed"] as? Bool == true)
        #expect(try command.run("annotations", "--json").array().count == 2)
        #expect(try command.run("undelete", ids[1]).text.contains("was not deleted"))
    }

    @Test func `nobody who undeletes is told to delete`() throws {
        let command = try archive()
        for line in [
            ["annotations", "undelete", "nope"], ["annotations", "undelet", "nope"], ["undelete", "nope"],
            ["remote", "undelete", "x"],
        ] {
            let errors = try command.run(line, expecting: nil).errors
            #expect(errors.firstMatch(of: /(?:archivectl|annotations|remote) delete/) == nil, "\(errors)")
        }
        let errors = try command.run("undelete", "nope", expecting: 66).errors
        #expect(
            errors.contains("`archivectl list --deleted`") && errors.contains("`archivectl annotations --deleted`"),
            "\(errors)")
    }

    @Test func `a deleted essay is named whatever its case`() throws {
        let command = try archive()
        try command.run("new", "--title", "The Poet", "--from", "-", input: "Words.\n")
        try command.run("delete", "The Poet")
        let errors = try command.run("show", "the poet", expecting: 66).errors
        #expect(
            errors.contains("'The Poet' (") && errors.contains("is deleted") && errors.contains("archivectl undelete "),
            "\(errors)")
    }

    // MARK: The archive that is named

    @Test(arguments: ["b.db", "it's b.db"])
    func `advice names the archive that the command line names`(file: String) throws {
        let command = try archive(file)
        let quoted = file == "b.db" ? file : "'it'\\''s b.db'"
        func errors(_ line: String..., status: Int32) throws -> String {
            try command.run(["--archive", file] + line, archive: "none.db", expecting: status).errors
        }
        #expect(try errors("lst", status: 64).contains("`archivectl --archive \(quoted) list`"))
        _ = try errors("delete", "论读书", status: 0)
        let deleted = try errors("show", "论读书", status: 66)
        let undelete = try #require(deleted.firstMatch(of: /`(archivectl [^`]* undelete [^`]*)`/), "\(deleted)")
        #expect(undelete.1.contains("--archive \(quoted) undelete"))
        #expect(try run(undelete.1, command) == 0)
        for word in ["甲", "乙"] {
            let process = ["edit", "论读书", "--from", "-", "--base", "1", "--archive", file]
            try command.run(process, archive: "none.db", input: "读书使人\(word)。\n", expecting: nil)
        }
        let conflicts = try command.run("conflicts", "--archive", file, archive: "none.db").text
        #expect(conflicts.contains("settle it: archivectl --archive \(quoted) resolve "), "\(conflicts)")
        #expect(
            try command.run("status", "--archive=\(file)", archive: "none.db").text.contains(
                "`archivectl --archive \(quoted) conflicts`"))
        // Nothing is added where the environment names it, nor to what is printed as data.
        #expect(try command.run("conflicts", archive: file).text.contains("settle it: archivectl resolve "))
        try command.run("new", "--title", "t", "--from", "-", archive: file, input: "see `archivectl list`\n")
        #expect(try command.run("show", "t", "--archive", file).text == "see `archivectl list`\n")
    }

    @Test func `advice about versions names the essay, so that it can be run as it stands`() throws {
        let command = try archive("b.db")
        for line in [
            ["show", "论读书", "--version", "9"], ["show", "论读书", "--version", "abcdef"],
            ["show", "论读书", "--source", "--version", "1"],
        ] {
            let errors = try command.run(line + ["--archive", "b.db"], expecting: 66).errors
            let advised = errors.matches(of: /`(archivectl [^`]+)`/)
            #expect(!advised.isEmpty, "\(errors)")
            for advice in advised { #expect(try run(advice.1, command) == 0, "\(errors)") }
        }
    }

    @Test func `what JSON advises names the archive, too`() throws {
        let command = try archive("b.db")
        let sqlite = Process()
        sqlite.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        sqlite.arguments = [
            "python3", "-c",
            "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('DELETE FROM head'); db.commit()",
            command.path("b.db"),
        ]
        try sqlite.run()
        sqlite.waitUntilExit()
        let repairs = try #require(
            command.run("verify", "--json", "--archive", "b.db", expecting: 2).object()["problems"] as? [[String: Any]]
        ).compactMap { $0["repair"] as? String }
        #expect(
            repairs.contains { $0.contains("archivectl --archive b.db rebuild") }
                && !repairs.contains { $0.contains("archivectl rebuild") }, "\(repairs)")
    }

    @Test func `advice on a missing or damaged archive names it, and a hub's has none`() throws {
        let command = try archive("b.db")
        let missing = try command.run("list", "--archive", "c.db", expecting: 66).errors
        #expect(
            missing.contains("`archivectl --archive c.db init`")
                && missing.contains("`archivectl --archive c.db clone URL`"), "\(missing)")
        let hubs = try command.run("remote", "add", "hub", "ftp://x", "--archive", "b.db", expecting: 64).errors
        #expect(hubs.contains("`archivectl hub create`"), "\(hubs)")
        try FileManager.default.createDirectory(atPath: command.path("empty"), withIntermediateDirectories: false)
        let formats = try command.run("import", "empty", "--archive", "b.db", expecting: 66).errors
        #expect(formats.contains("`archivectl import --formats`"), "\(formats)")
        let named = try command.run("init", "c.db", "--archive", "b.db", expecting: 64).errors
        #expect(named.contains("archivectl init --archive c.db"), "\(named)")
        let handle = try FileHandle(forWritingTo: command.folder.appendingPathComponent("b.db"))
        try handle.seek(toOffset: 8192)
        try handle.write(contentsOf: Data(repeating: 0xA5, count: 8192))
        try handle.close()
        let damaged = try command.run("verify", "--archive", "b.db", expecting: nil)
        let said = damaged.text + damaged.errors
        #expect(damaged.status != 0 && said.contains("`archivectl restore --salvage b.db --to NEW`"), "\(said)")
    }

    // MARK: Options

    @Test func `no command makes an archive with --read-only`() throws {
        let command = try Command()
        for line in [
            ["init", "--read-only"], ["--read-only", "init"], ["clone", "stick", "--read-only"],
            ["init", "--read-only", "--json"],
        ] {
            let errors = try command.run(line, expecting: 64).errors
            #expect(errors.contains("--read-only does not allow this command"), "\(errors)")
            #expect(!FileManager.default.fileExists(atPath: command.path("a.db")))
        }
    }

    @Test func `options that all commands take may stand before the command`() throws {
        let command = try archive()
        #expect(try command.run("--json", "list").array().count == 1)
        #expect(try command.run("--read-only", "--json", "search", "读书").object()["total"] as? Int == 1)
        #expect(try command.run("--read-only", "list").text.contains("论读书"))
        #expect(try command.run("--read-only", "delete", "论读书", expecting: 64).errors.contains("--read-only"))
    }

    @Test(arguments: [
        (["resolve", "论读书", "--take", "1", "--edit"], "--take and --edit exclude each other"),
        (["set", "论读书", "date", "2011"], "date=2011"),
        (["set", "title=X", "论读书"], "archivectl set 论读书 title=X"),
        (["init", "x.db"], "archivectl init --archive x.db"),
        (["annotate", "论读书", "充实"], "--quote 充实"), (["search", "--queries", "f", "读书"], "not both"),
        (["show", "论读书", "--version", "7"], "'论读书' has only versions 1 to 3"),
    ])
    func `a wrong combination is told what is right`(line: [String], right: String) throws {
        let command = try archive()
        for word in ["甲", "乙"] {
            try command.run("edit", "论读书", "--from", "-", "--base", "1", input: "读书使人\(word)。\n", expecting: nil)
        }
        let result = try command.run(line, expecting: nil)
        #expect([64, 66].contains(result.status) && result.errors.contains(right), "\(result.errors)")
    }

    // MARK: What is shown

    @Test func `on a terminal what a revert undoes is coloured, not spelled out`() throws {
        let command = try archive()
        try command.run("set", "论读书", "author=王")
        let shown = try PseudoTerminal().run(
            command.process(["revert", "论读书", "1"], environment: ["TERM": "xterm"]), typing: "")
        #expect(shown.contains("author: \u{1B}[9;31m王\u{1B}[0m"), "\(shown)")
        try command.run("delete", "论读书")
        #expect(try command.run("revert", "论读书", "1").errors.contains("taken back: deletion\n"))
        #expect(try command.run("set", "论读书", "author=\u{1B}[31m王").text.contains("version 6 ("))
        #expect(try !command.run("revert", "论读书", "1").errors.contains("\u{1B}"))
    }

    @Test func `lists compare titles and authors without regard to case, and show the date that they are sorted by`()
        throws
    {
        let command = try archive()
        try command.run("new", "--title", "On Gifts", "--from", "-", "--tag", "Prose", input: "Words.\n")
        try command.run("set", "On Gifts", "author=Émile", "date=1844-05")
        for line in [["--title", "gifts"], ["--title", "ON G"], ["--author", "ÉMI"]] {
            #expect(try command.run(["list", "--json"] + line).array().map { $0["title"] as? String } == ["On Gifts"])
        }
        #expect(try command.run("list", "--author", "emile").errors.contains("no essay"))
        #expect(try command.run("list", "--tag", "prose").errors.contains("did you mean 'Prose'?"))
        #expect(try command.run("list", "--sort", "date").text.contains("  1844-05     On Gifts"))
    }
}
