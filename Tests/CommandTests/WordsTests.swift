import Foundation
import Testing

/// What the command says, where it is met daily.
@Suite struct WordsTests {
    private func archive() throws -> Command {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "论读书", "--from", "-", "--tag", "要", input: "读书使人充实。\n讨论使人机敏。\n")
        return command
    }

    @Test(arguments: [
        (["serch", "改革"], "archivectl search"), (["annotate-all"], "--help"),
        (["remote", "ad", "x"], "archivectl remote add"), (["hub", "token", "lsit"], "archivectl hub token list"),
        (["annotations", "lst"], "annotations list"), (["help", "improt"], "archivectl import"),
        (["list", "--jsno"], "--json"), (["search", "--limt", "3", "x"], "--limit"), (["stauts"], "archivectl status"),
    ])
    func `a mistyped word is told from others`(line: [String], meant: String) throws {
        let command = try archive()
        let result = try command.run(line, expecting: nil)
        #expect(result.status == 64 || result.status == 66, "\(result.errors)")
        #expect(result.errors.contains(meant), "\(result.errors)")
    }

    @Test(arguments: ["论读", "读书论", "論讀書", "论读书法"])
    func `a mistyped title is told from others`(name: String) throws {
        let command = try archive()
        let result = try command.run("show", name, expecting: nil)
        #expect(name == "论读" ? result.status == 0 : result.errors.contains("Did you mean '论读书' ("), "\(result.errors)")
        #expect(try !command.run("show", "完全不同", expecting: 66).errors.contains("Did you mean"))
    }

    @Test func `numbers and what they count agree`() throws {
        let command = try archive()
        try command.write("话。\n", to: "一.txt")
        #expect(
            try command.run("import", "一.txt").text.contains(
                "1 essay: 1 new, 0 updated, 0 unchanged; 1 file: 1 imported"))
        try command.run("annotate", "论读书", "--quote", "充实", "--note", "注")
        #expect(try command.run("list").text.contains("(1 annotation)"))
        try command.run("remote", "add", "stick", "stick", "--create")
        #expect(try command.run("sync", "--dry-run").text.contains(" changes to send"))
        try command.run("sync")
        try command.run("tag", "论读书", "新")
        #expect(try command.run("status").text.contains("1 change unsent"))
        #expect(try command.run("sync").text.hasPrefix("1 change sent, 0 received; 0 essays merged"))
        #expect(try command.run("backup", "b.db").text.contains("2 essays in 3 versions and 1 annotation"))
    }

    @Test func `what finds nothing says why`() throws {
        let command = try archive()
        #expect(try command.run("list", "--tag", "没有").errors.contains("no essay with the tag '没有', of 1"))
        #expect(try command.run("list", "--conflicts").errors.contains("no essay is in conflict"))
        #expect(try command.run("list", "--title", "论渎书").errors.contains("did you mean '论读书'"))
        #expect(try command.run("annotations", "--state", "foo", expecting: 64).errors.contains("orphan"))
        #expect(try command.run("annotations", "--state", "orphan").errors.contains("no annotations"))
        try command.run("annotate", "论读书", "--quote", "充实")
        #expect(
            try command.run("annotations", "--state", "orphan").errors.contains(
                "no annotation in the state orphan, of 1"))
        #expect(try command.run("list", "--limit", "-1", expecting: 64).errors.contains("cannot be negative"))
        #expect(try command.run("diff", "论读书", "1", "1").errors.contains("no differences"))
    }

    @Test func `a list shows the author field, where there is one`() throws {
        let command = try archive()
        #expect(try command.run("list").text.hasSuffix("  论读书\n"))
        try command.run("set", "论读书", "author=培根")
        #expect(try command.run("list").text.hasSuffix("  论读书  培根  (2 versions)\n"))
    }

    @Test func `a log says which version is current, also where that is a merge`() throws {
        let command = try archive()
        #expect(try command.run("log", "论读书", "--json").array().map { $0["current"] as? Bool } == [true])
        for (old, new) in [("充实", "完整"), ("机敏", "敏捷")] {
            try command.run(
                "edit", "论读书", "--from", "-", "--base", "1", input: "读书使人充实。\n讨论使人机敏。\n".replacing(old, with: new))
        }
        let lines = try command.run("log", "论读书").text.split(separator: "\n")
        #expect(
            lines.count == 4 && lines[0].hasPrefix("–  merged") && lines[0].contains("versions 2 and 3, merged")
                && lines[0].hasSuffix("(current)"), "\(lines)")
        #expect(
            lines[1].contains("one of 2 heads") && lines[2].contains("one of 2 heads") && !lines[3].contains("head"))
        let versions = try command.run("log", "论读书", "--json").array()
        #expect(
            versions.map { $0["head"] as? Bool } == [true, true, false]
                && versions.allSatisfy { $0["current"] as? Bool == false })
        try command.run("edit", "论读书", "--from", "-", "--base", "1", input: "读书使人丰富。\n讨论使人机敏。\n", expecting: 2)
        let conflict = try command.run("log", "论读书").text
        #expect(conflict.contains("heads in conflict; shown)") && !conflict.contains("merged"), "\(conflict)")
        #expect(try command.run("log", "论读书", "--json").array().filter { $0["current"] as? Bool == true }.count == 1)
    }

    @Test func `IDs take four digits or more, of any case`() throws {
        let command = try archive()
        let essay = try #require(command.run("list", "--json").array().first?["id"] as? String)
        try command.run("show", String(essay.prefix(8)).uppercased())
        #expect(try command.run("show", String(essay.prefix(3)), expecting: 66).errors.contains("at least 4 digits"))
        let revision = try #require(command.run("log", "论读书", "--json").array().first?["id"] as? String)
        try command.run("show", "论读书", "--version", String(revision.prefix(12)).uppercased())
    }

    @Test(arguments: [
        "list", "list --json", "show 论读书", "log 论读书", "--help", "help search", "--version", "status", "tag 论读书",
        "search 读书", "new --title 二 --from text",
    ])
    func `output that cannot be written is said, and is no success`(line: String) throws {
        let command = try archive()
        try command.write("话。\n", to: "text")
        let process = command.process([])
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "'\(Command.executable.path)' \(line) >/dev/full"]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 73 && text.contains("No space left on device"), "\(text)")
    }

    @Test func `values may begin with a dash`() throws {
        let command = try archive()
        try command.run("new", "--title", "-x", "--from", "-", input: "前文 -x 后文\n")
        #expect(try command.run("annotate", "--", "-x", expecting: nil).status != 0)
        let note = try command.run("annotate", "前文", "--quote", "-x", expecting: nil)
        #expect(note.status == 66, "the title is -x: \(note.errors)")
        let id = try #require(command.run("list", "--title", "-x", "--json").array().first?["id"] as? String)
        #expect(
            try command.run("annotate", id, "--quote", "-x", "--note", "-n", "--json").object()["body"] as? String
                == "-n")
        #expect(try command.run("show", "--help").text.components(separatedBy: "\n  --version").count == 2)
        #expect(try command.run("--version").text == "0.1.0\n")
    }

    @Test func `deleting and going back say what they change`() throws {
        let command = try archive()
        try command.run("set", "论读书", "title=论水", "author=王")
        try command.run("tag", "论水", "新", "--remove", "要")
        try command.run("edit", "论水", "--from", "-", input: "读书使人充实。\n讨论使人敏捷。\n")
        let log = try command.run("log", "论水").text.split(separator: "\n")
        #expect(
            log.count == 4 && log[0].contains("测试者: text") && log[1].contains(": tags")
                && log[2].contains(": author, title") && log[3].contains(": new"))
        #expect(
            try command.run("log", "论水", "--json").array().map { $0["changes"] as? [String] } == [
                ["text"], ["tags"], ["author", "title"], [],
            ])
        let fields = try command.run("diff", "论水", "1", "3").text
        #expect(
            ["title: [-论读书-]{+论水+}", "author: {+王+}", "tags: [-#要-] {+#新+}"].allSatisfy(fields.contains), "\(fields)")
        let back = try command.run("revert", "论水", "1")
        #expect(
            ["taken back: text, author, tags, title", "title: [-论水-]{+论读书+}"].allSatisfy(back.errors.contains),
            "\(back.errors)")
        try command.run("revert", "论读书", "4")
        #expect(try command.run("revert", "论水", "1", "--text-only").errors == "taken back: text\n")
        #expect(try command.run("show", "论水", "--json").object()["title"] as? String == "论水")
        #expect(try command.run("delete", "论水").text.contains("deleted  论水"))
        #expect(try command.run("diff", "论水").text.contains("the essay was deleted"))
        #expect(try command.run("undelete", "论水").text.contains("is back  论水"))
    }

    @Test func `annotations say whose they are, and replies stand under what they answer`() throws {
        let command = try archive()
        let id = try #require(
            command.run(
                "annotate", "论读书", "--quote", "充实", "--note", "问", "--colour", "yellow", "--author", "李", "--json"
            ).object()["id"] as? String)
        let reply = try #require(
            command.run("annotations", "reply", id, "--note", "答", "--author", "张", "--json").object()["id"] as? String)
        try command.run("annotations", "reply", reply, "--note", "再答")
        let lines = try command.run("annotations").text.split(separator: "\n")
        #expect(
            lines[0].hasPrefix("论读书  ") && lines[1].contains("exact") && lines[1].contains("yellow  李, 20"), "\(lines)")
        #expect(
            lines[4].hasPrefix("    \(reply.prefix(12))  reply") && lines[5] == "        答"
                && lines[6].hasPrefix("        ") && lines[7] == "            再答", "\(lines)")
        try command.run("annotations", "delete", id)
        #expect(try command.run("annotations", "show", id).text.contains("  deleted  "))
        #expect(try command.run("annotations", "show", id, "--json").object()["deleted"] as? Bool == true)
    }

    @Test func `people get the time of their zone, programs that of UTC`() throws {
        let command = try archive()
        func text(_ zone: String, _ arguments: String...) throws -> String {
            try command.run(arguments, environment: ["TZ": zone]).text
        }
        let recorded = try #require(command.run("log", "论读书", "--json").array().first?["recorded"] as? String)
        #expect(recorded.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        let zones = try ["<+14>-14", "<-12>12"].map { zone in (try text(zone, "log", "论读书"), try text(zone, "list")) }
        #expect(zones[0].0 != zones[1].0 && zones[0].1 != zones[1].1, "26 hours are between them")
        #expect(zones[0].0.firstMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d\s\s/) != nil && !zones[0].0.contains("Z  "))
    }

    @Test func `an essay in conflict has one title everywhere, and its sides are known`() throws {
        let command = try archive()
        try command.run("backup", "copy.db")
        try command.run("restore", "copy.db", "--to", "b.db")
        for (archive, title) in [("a.db", "论读书甲"), ("b.db", "论读书乙")] {
            try command.run("set", "论读书", "title=\(title)", archive: archive)
            try command.run("remote", "add", "stick", "stick", "--create", archive: archive)
        }
        for archive in ["a.db", "b.db", "a.db"] { try command.run("sync", archive: archive, expecting: nil) }
        let listed = try #require(command.run("list", "--json").array().first?["title"] as? String)
        let hits = try #require(command.run("search", "充实", "--json").object()["hits"] as? [[String: Any]])
        #expect(hits.allSatisfy { $0["title"] as? String == listed } && !hits.isEmpty)
        let shown = try command.run("conflicts").text
        #expect(shown.contains("  here") && shown.contains("  replica ") && shown.contains("测试者"))
        let walk = try PseudoTerminal().run(
            command.process(["resolve", listed], environment: ["NO_COLOR": "1"]), typing: "q\n")
        #expect(walk.contains("side 1: head") && walk.contains("side 2: head") && walk.contains("测试者"), "\(walk)")
    }

    @Test func `a note in conflict is called as its option is`() throws {
        let command = try archive()
        let id = try #require(
            command.run("annotate", "论读书", "--quote", "充实", "--note", "原", "--json").object()["id"] as? String)
        try command.run("backup", "copy.db")
        try command.run("restore", "copy.db", "--to", "b.db")
        for archive in ["a.db", "b.db"] {
            try command.run("annotations", "edit", id, "--note", archive, archive: archive)
            try command.run("remote", "add", "stick", "stick", "--create", archive: archive)
        }
        for archive in ["a.db", "b.db", "a.db"] { try command.run("sync", archive: archive, expecting: nil) }
        #expect(try command.run("conflicts").text.contains("\n  note\n"))
        try command.run(
            "resolve", id, "--edit", environment: ["EDITOR": "sed -i '/=note=b/d'", "TMPDIR": command.folder.path])
        #expect(try command.run("annotations", "show", id, "--json").object()["body"] as? String == "a.db")
    }

    @Test func `essays that a sync deletes are named, and how they come back`() throws {
        let command = try archive()
        try command.run("new", "--title", "论山", "--from", "-", input: "山。\n")
        try command.run("remote", "add", "stick", "stick", "--create")
        try command.run("sync")
        try command.run("backup", "copy.db")
        try command.run("delete", "论读书", "论山")
        try command.run("sync")
        #expect(try command.run("restore", "copy.db", "--to", "b.db").errors.contains("arrive with the next sync"))
        let synced = try command.run("sync", archive: "b.db")
        #expect(
            synced.errors.contains("2 essays were deleted on another machine and are now deleted here, too")
                && synced.errors.contains("'论读书'"), "\(synced.errors)")
        let advice = try #require(synced.errors.firstMatch(of: /archivectl (undelete [0-9a-f ]+)`/))
        try command.run(advice.1.split(separator: " ").map(String.init), archive: "b.db")
        #expect(try command.run("list", "--json", archive: "b.db").array().count == 2)
        #expect(try command.run("sync", "--json", archive: "b.db").object()["deleted"] as? [String] == [])
    }

    @Test(arguments: [
        "TOKEN", "\u{FEFF}TOKEN\r\n", "path   /v1/archives/x\ntoken  TOKEN\n", "token  TOKEN\n",
        "{\"path\":\"/v1/archives/x\",\"token\":\"TOKEN\"}\n",
    ])
    func `a token is taken as it was printed`(file: String) throws {
        let command = try archive()
        try command.write(file, to: "token")
        try Data([0xFF, 0xFE] + file.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }).write(
            to: URL(fileURLWithPath: command.path("wide")))
        for name in file.hasPrefix("\u{FEFF}") ? ["token"] : ["token", "wide"] {
            let added = try command.run(
                "remote", "add", "hub-\(name)", "http://127.0.0.1:9/v1/archives/x", "--token-file", name)
            #expect(added.errors.isEmpty)
        }
        try command.write("zwei Worte\n", to: "bad")
        #expect(
            try command.run(
                "remote", "add", "bad", "http://127.0.0.1:9/v1/archives/x", "--token-file", "bad", expecting: 65
            ).errors.contains("hub create"))
    }

    @Test func `a hub that is named wrongly is told how`() throws {
        let command = try archive()
        #expect(
            try command.run("clone", "127.0.0.1:8710/v1/archives/x", archive: "c.db", expecting: 64).errors.contains(
                "Did you mean http://127.0.0.1:8710/v1/archives/x"))
        #expect(
            try command.run("remote", "add", "far", "http://hub.example/v1/archives/x").errors.contains(
                "can read the token and read or change"))
        for near in ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9", "https://hub.example"] {
            #expect(
                try command.run("remote", "add", near, near + "/v1/archives/x").errors.contains("over http") == false)
        }
        #expect(
            try command.run("remote", "add", "sly", "http://127.0.0.1.hub.example/v1/archives/x").errors.contains(
                "can read the token"))
        let hub = try SyncCommandTests.LiveHub(command)
        defer { hub.stop() }
        try command.run("remote", "add", "tls", hub.url.replacing("http://", with: "https://"), "--token-file", "token")
        let plain = try command.run("sync", "tls", expecting: 69).errors
        #expect(
            plain.contains("does not speak TLS") && plain.contains("begins with http://")
                && !plain.contains("SSL routines"), "\(plain)")
    }

    @Test func `a line end in a file's name stays in its line`() throws {
        let command = try archive()
        try command.write("话。\n", to: "甲\n乙.txt")
        #expect(try command.run("import", "甲\n乙.txt").text.split(separator: "\n").count == 2)
        let id = try #require(
            command.run("list", "--json").array().first { ($0["title"] as? String) != "论读书" }?["id"] as? String)
        #expect(try command.run("list").text.split(separator: "\n").count == 2)
        #expect(try command.run("show", "--source", id).text.split(separator: "\n").allSatisfy { $0.contains("  ") })
        #expect(try command.run("import", "--dry-run", "甲\n乙.txt").text.split(separator: "\n").count == 3)
    }

    @Test func `examples in help fit a terminal`() throws {
        let command = try Command()
        for name in [
            "--help", "hub", "annotate", "search", "import", "edit", "resolve", "remote", "sync", "hub serve", "revert",
        ] {
            let text = try command.run(
                name.split(separator: " ").map(String.init) + (name == "--help" ? [] : ["--help"])
            ).text
            #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("USAGE:") || $0.count <= 80 })
            #expect(
                !text.split(separator: "\n").contains { $0.hasPrefix("--token-file") || $0.hasSuffix("--token-file") })
        }
    }
}
