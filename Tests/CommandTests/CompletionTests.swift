import Foundation
import Testing

/// What shells complete, asked as their scripts ask.
@Suite struct CompletionTests {
    private func complete(
        _ command: Command, _ words: [String], _ position: String = "positional@0", shell: String = "fish"
    ) throws -> [String] {
        let subcommands = words.dropLast().prefix { !$0.hasPrefix("-") }
        let asked =
            ["---completion"] + subcommands + [
                "--", position, "\(words.count)", "\(words.last!.unicodeScalars.count)", "archivectl",
            ] + words
        return try command.run(asked, environment: ["SAP_SHELL": shell, "SAP_SHELL_VERSION": "5.2"]).text.split(
            separator: "\n"
        ).map(String.init)
    }

    private func archive() throws -> Command {
        let command = try Command()
        try command.run("init")
        for title in ["论水", "论山 上篇", "山居", "两篇", "两篇"] {
            try command.run("new", "--title", title, "--from", "-", input: "\(title)的正文。", expecting: 0)
        }
        try command.run("tag", "论水", "短文", "山水")
        return command
    }

    @Test func `essays complete by title and by ID`() throws {
        let command = try archive()
        #expect(try Set(complete(command, ["show", "论"])) == ["论水", "论山 上篇"])
        #expect(try complete(command, ["show", "山"]) == ["山居"])
        // A title that two have names neither.
        #expect(try complete(command, ["show", "两"]).isEmpty)
        #expect(try Set(complete(command, ["show", ""])) == ["论水", "论山 上篇", "山居"])
        let id = try #require(try command.run("list", "--json").array()[0]["id"] as? String)
        #expect(try complete(command, ["show", String(id.prefix(5))]) == [String(id.prefix(12))])
        try command.run("delete", "山居")
        #expect(try complete(command, ["show", "山"]).isEmpty)
    }

    @Test func `tags, remotes and annotations complete, too`() throws {
        let command = try archive()
        #expect(
            try complete(command, ["list", "--tag", ""], "--tag")
                == ["山水", "短文"].sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        try command.run("remote", "add", "stick", "stick", "--create")
        #expect(try complete(command, ["sync", "st"]) == ["stick"])
        let annotation = try command.run("annotate", "论水", "--quote", "正文", "--json").object()["id"] as? String
        #expect(try complete(command, ["annotations", "show", ""]) == [String(try #require(annotation).prefix(12))])
    }

    @Test func `no title runs a command or drives a terminal`() throws {
        let command = try Command()
        try command.run("init")
        for title in ["甲$(touch pwned)", "甲`touch pwned`", "甲'题'", "甲\"题\"", "甲\u{1B}[2J", "甲乙"] {
            try command.run("new", "--title", title, "--from", "-", input: "文。")
        }
        #expect(try complete(command, ["show", "甲"], shell: "bash") == ["甲乙"])
        #expect(try complete(command, ["show", "甲"]).count == 5)
    }

    @Test func `where there is no archive nothing is completed, and nothing is made`() throws {
        let command = try Command()
        #expect(try complete(command, ["show", "甲"]).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: command.path("a.db")))
    }
}
