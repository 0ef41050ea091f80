import Foundation
import Testing

/// Editors in a real terminal, as `git commit` starts them.
@Suite struct EditorTests {
    private static let text = "这是原文。\n"

    private func essay() throws -> Command {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "文", "--from", "-", input: Self.text)
        return command
    }

    private func script(_ text: String, _ command: Command, name: String = "ed") throws -> String {
        try command.write("#!/bin/sh\n" + text, to: "bin/\(name)")
        chmod(command.path("bin/\(name)"), 0o755)
        return command.path("bin/\(name)")
    }

    private static let vim = ["EDITOR": "vim -u NONE -i NONE -N"]

    @Test func `vim edits, and leaves the terminal as it was`() throws {
        let command = try essay()
        let terminal = try TerminalSession(command, environment: Self.vim)
        terminal.type("archivectl edit 文\r")
        try terminal.wait(for: "这是原文")
        terminal.type(":s/原/新/\r:wq\r")
        try terminal.wait(for: "version 2")
        try terminal.wait(for: TerminalSession.prompt)
        #expect(try terminal.isSane())
        #expect(try command.run("show", "文").text == "这是新文。\n")
    }

    @Test func `Ctrl-Z suspends vim and the command, and fg goes on with both`() throws {
        let command = try essay()
        let terminal = try TerminalSession(command, environment: Self.vim)
        terminal.type("archivectl edit 文\r")
        try terminal.wait(for: "这是原文")
        for _ in 0..<2 {
            terminal.type("\u{1A}")
            try terminal.wait(for: "Stopped")
            try terminal.wait(for: TerminalSession.prompt)
            #expect(try terminal.isSane())
            terminal.type("fg\r")
            try terminal.wait(for: "这是原文")
        }
        terminal.type(":s/原/新/\r:wq\r")
        try terminal.wait(for: "version 2")
        try terminal.wait(for: TerminalSession.prompt)
        #expect(try terminal.isSane())
    }

    @Test func `nano writes a new essay`() throws {
        let command = try essay()
        let terminal = try TerminalSession(command, environment: ["EDITOR": "nano -I"])
        terminal.type("archivectl new\r")
        try terminal.wait(for: "^X")
        terminal.type("用 nano 写的。")
        try terminal.wait(for: "写的")
        terminal.type("\u{18}y\r")
        try terminal.wait(for: TerminalSession.prompt)
        #expect(try terminal.isSane())
        #expect(try command.run("show", "nano").text == "用 nano 写的。\n")
    }

    @Test func `a conflict and a note are edited in vim`() throws {
        let command = try essay()
        try command.run("annotate", "文", "--quote", "原文", "--note", "旧注")
        let note = try #require(try command.run("annotations", "--json").array().first?["id"] as? String)
        for word in ["甲文", "乙文"] {
            try command.run(
                "edit", "文", "--from", "-", "--base", "1", input: Self.text.replacing("原文", with: word), expecting: nil)
        }
        let terminal = try TerminalSession(command, environment: Self.vim)
        terminal.type("archivectl annotations edit \(note)\r")
        try terminal.wait(for: "旧注")
        terminal.type(":s/旧/新/\r:wq\r")
        try terminal.wait(for: TerminalSession.prompt)
        #expect(try command.run("annotations", "show", note, "--json").object()["body"] as? String == "新注\n")
        terminal.type("archivectl resolve 文 --edit\r")
        try terminal.wait(for: "甲文")
        terminal.type(":%d\r:put ='丙文'\r:1d\r:wq\r")
        try terminal.wait(for: TerminalSession.prompt)
        #expect(try terminal.status() == 0)
        #expect(try command.run("show", "文").text == "丙文\n")
    }

    @Test func `an editor blocks no signal and ignores none`() throws {
        let command = try essay()
        let editor = try script("grep -E 'SigBlk|SigIgn' /proc/self/status >'\(command.path("signals"))'\n", command)
        try command.run("edit", "文", environment: ["EDITOR": editor])
        let signals = try String(contentsOfFile: command.path("signals"), encoding: .utf8).split(separator: "\n")
        // Two of the C library's own, above those of programs, may be ignored.
        let masks = try signals.map { try #require(UInt64($0.split(separator: "\t")[1], radix: 16)) & 0x7FFF_FFFF }
        #expect(masks == [0, 0], "\(signals)")
    }

    @Test func `a text with a null character is refused and kept`() throws {
        let command = try essay()
        let editor = try script("printf 'a\\000b\\n' >\"$1\"\n", command)
        let said = try command.run("edit", "文", environment: ["EDITOR": editor], expecting: 65).errors
        #expect(said.contains("null character") && said.contains("what you wrote is in"), "\(said)")
    }

    @Test func `Ctrl-C is the editor's while it runs`() throws {
        let command = try essay()
        // It survives Ctrl-C, and only then has something to save.
        let editor = try script(
            "trap 'echo 新文。 >\"$1\"; kill $!; exit 0' INT\nsleep 600 &\necho waiting\nwait\n", command)
        let terminal = try TerminalSession(command, environment: ["EDITOR": editor])
        terminal.type("archivectl edit 文\r")
        try terminal.wait(for: "waiting")
        terminal.type("\u{3}")
        try terminal.wait(for: "version 2")
        #expect(try command.run("show", "文").text == "新文。\n")
    }

    @Test func `an editor that Ctrl-C ends takes the command with it, and what was written stays`() throws {
        let command = try essay()
        let editor = try script("echo 写了一半 >\"$1\"\necho waiting\nexec sleep 600\n", command)
        let terminal = try TerminalSession(command, environment: ["EDITOR": editor, "TMPDIR": command.folder.path])
        terminal.type("archivectl edit 文\r")
        try terminal.wait(for: "waiting")
        terminal.type("\u{3}")
        try terminal.wait(for: "what you wrote is in ")
        let path = try terminal.wait(for: ".txt")
        try terminal.wait(for: TerminalSession.prompt)
        #expect(try terminal.status() == 130)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "写了一半\n")
        #expect(try terminal.isSane())
        #expect(try command.run("show", "文").text == Self.text)
    }

    @Test func `an editor that stops itself alone gives the terminal back`() throws {
        let command = try essay()
        let editor = try script("echo waiting\nkill -STOP $$\necho 新文。 >\"$1\"\n", command)
        let terminal = try TerminalSession(command, environment: ["EDITOR": editor])
        terminal.type("archivectl edit 文\r")
        try terminal.wait(for: "Stopped")
        try terminal.wait(for: TerminalSession.prompt)
        terminal.type("fg\r")
        try terminal.wait(for: "version 2")
    }

    @Test func `an editor that crashes leaves the terminal as it was`() throws {
        let command = try essay()
        let editor = try script("stty raw -echo\nkill -KILL $$\n", command)
        let terminal = try TerminalSession(command, environment: ["EDITOR": editor])
        #expect(try terminal.run("archivectl edit 文").shown.contains("signal 9"))
        #expect(try terminal.isSane())
    }

    @Test func `without a choice an installed editor is taken, and VISUAL goes before EDITOR`() throws {
        let command = try essay()
        for name in ["editor", "other"] { _ = try script("echo \(name) >\"$1\"\n", command, name: name) }
        let terminal = try TerminalSession(
            command,
            environment: [
                "PATH": "\(command.path("bin")):\(Command.executable.deletingLastPathComponent().path):/usr/bin:/bin"
            ])
        #expect(try terminal.run("archivectl edit 文").shown.contains("version 2"))
        #expect(try command.run("show", "文").text == "editor\n")
        #expect(try terminal.run("VISUAL=other EDITOR=false archivectl edit 文").shown.contains("version 3"))
        #expect(try command.run("show", "文").text == "other\n")
        // A terminal that cannot move its cursor is for EDITOR alone, if at all.
        #expect(try terminal.run("TERM=dumb VISUAL=other EDITOR=editor archivectl edit 文").shown.contains("version 4"))
        let dumb = try terminal.run("TERM=dumb VISUAL=other archivectl edit 文")
        #expect(dumb.status == 64 && dumb.shown.contains("Set EDITOR"))
        let missing = try terminal.run("EDITOR=no-such-editor archivectl edit 文")
        #expect(
            missing.status == 66 && missing.shown.contains("no-such-editor")
                && missing.shown.contains("Nothing was changed"))
        let bare = try terminal.run("PATH= \(Command.executable.path) edit 文")
        #expect(bare.status == 64 && bare.shown.contains("sensible-editor"), "\(bare.shown)")
    }

    @Test func `without a terminal no editor is guessed`() throws {
        let command = try essay()
        #expect(
            try command.run("edit", "文", environment: ["TERM": "xterm"], expecting: 64).errors.contains("--from FILE"))
    }

    @Test func `Ctrl-C during an import says what went in, and the archive is sound`() throws {
        let command = try essay()
        try command.write("甲。\n", to: "in/a.txt")
        try command.write("<p>乙</p>", to: "in/b.html")
        // A converter that never ends.
        _ = try script(
            "case $1 in --version) echo pandoc 3.1;; *) touch '\(command.path("started"))'; exec sleep 600;; esac\n",
            command, name: "pandoc")
        let path = "\(command.path("bin")):\(Command.executable.deletingLastPathComponent().path):/usr/bin:/bin"
        let terminal = try TerminalSession(command, environment: ["PATH": path])
        terminal.type("archivectl import in --time-limit 600\r")
        try command.waitUntil { FileManager.default.fileExists(atPath: command.path("started")) }
        terminal.type("\u{3}")
        try terminal.wait(for: "not read because you stopped; run the same command again to continue")
        try terminal.wait(for: TerminalSession.prompt)
        #expect(try terminal.status() == 2)
        try command.run("verify")
        #expect(try command.run("list", "--json").array().count == 2)
    }
}
