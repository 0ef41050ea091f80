import Foundation
import Testing

/// Edits whose terminal was closed or whose process was killed: what was written is kept, named, and taken up or discarded.
@Suite struct UnfinishedEditTests {
    private static let text = "这是原文。\n"

    private func essay(_ title: String = "文") throws -> Command {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", title, "--from", "-", input: Self.text)
        return command
    }

    private func script(_ text: String, _ command: Command) throws -> String {
        try command.write("#!/bin/sh\n" + text, to: "bin/ed")
        chmod(command.path("bin/ed"), 0o755)
        return command.path("bin/ed")
    }

    /// An editor that writes, and ends when the test or its terminal says so.
    private func waitingEditor(_ text: String, _ command: Command) throws -> String {
        try script("echo '\(text)' >\"$1\"\necho $$ >'\(command.path("pid"))'\necho waiting\nexec sleep 600\n", command)
    }

    /// All files under the folder of edits but the records.
    private func files(_ command: Command) -> [String] {
        let place = command.path("state/archivectl/edits")
        let names = FileManager.default.enumerator(atPath: place)?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: place + "/" + name, isDirectory: &isFolder)
                && !isFolder.boolValue && !name.hasSuffix(".edit.json")
        }.map { place + "/" + $0 }.sorted()
    }

    /// Runs a line that the command printed.
    private func run(_ line: Substring, _ command: Command) throws -> Int32 {
        let process = command.process([])
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c",
            "PATH='\(Command.executable.deletingLastPathComponent().path)':$PATH; \(line) >'\(command.path("taken"))' 2>&1",
        ]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func line(_ beginning: String, in text: String) throws -> Substring {
        let line = try #require(text.split(separator: "\n").first { $0.contains(beginning) }, "\(text)")
        return line[line.range(of: beginning)!.upperBound...]
    }

    /// Opens an editor that writes a text, and closes the terminal.
    private func closeTerminal(writing text: String, _ command: Command, line: String = "archivectl edit 文") throws {
        let editor = try waitingEditor(text, command)
        do {
            let terminal = try TerminalSession(command, environment: ["EDITOR": editor])
            terminal.type(line + "\r")
            try terminal.wait(for: "waiting")
        }
        // The shell has ended; the command, which it started, may take a moment longer.
        try command.waitUntil { try listed(command).count == files(command).count }
    }

    private func listed(_ command: Command) throws -> [[String: Any]] {
        try #require(command.run("status", "--json").object()["edits"] as? [[String: Any]])
    }

    @Test func `a closed terminal loses nothing, and the next edit says where it is and how it is taken up`() throws {
        let command = try essay()
        try closeTerminal(writing: "写了一半。", command)
        #expect(files(command).count == 1 && files(command)[0].contains("文-"))
        let status = try command.run("status")
        #expect(status.text.contains("an edit of '文'"), "\(status.text)")
        let edits = try listed(command)
        #expect(
            edits.count == 1 && edits[0]["kind"] as? String == "essay"
                && edits[0]["file"] as? String == files(command)[0])
        // Another edit goes on beside it, and takes nothing from it.
        let next = try command.run("edit", "文", environment: ["EDITOR": "true"])
        #expect(next.errors.contains("was not finished"), "\(next.errors)")
        #expect(files(command).count == 1)
        #expect(try run(line("to take it up:", in: next.errors), command) == 0)
        #expect(try command.run("show", "文").text == "写了一半。\n")
        #expect(files(command).isEmpty)
        #expect(try !command.run("edit", "文", environment: ["EDITOR": "true"]).errors.contains("was not finished"))
        #expect(try listed(command).isEmpty)
    }

    @Test func `it is made from what was shown then, not from what came since`() throws {
        let command = try essay()
        try closeTerminal(writing: "这是原文。\n下一句。", command)
        try command.run("edit", "文", "--from", "-", input: "新的开头。\n" + Self.text)
        let taken = try line("to take it up:", in: command.run("status").text)
        #expect(try run(taken, command) == 0)
        let text = try command.run("show", "文").text
        #expect(text.contains("新的开头。") && text.contains("下一句。"), "\(text)")
    }

    @Test func `a killed process loses nothing, and what it left is discarded as it says`() throws {
        let command = try essay("论 'water' & 水")
        let editor = try waitingEditor("写了一半。", command)
        let process = command.process(["edit", "论"], environment: ["EDITOR": editor])
        try process.run()
        try command.waitUntil {
            FileManager.default.fileExists(atPath: command.path("pid")) && files(command).count == 1
        }
        try command.waitUntil { try String(contentsOfFile: command.path("pid"), encoding: .utf8).hasSuffix("\n") }
        // As long as it runs it is no leftover.
        #expect(try listed(command).isEmpty)
        let editorProcess = try #require(
            pid_t(
                String(contentsOfFile: command.path("pid"), encoding: .utf8).trimmingCharacters(
                    in: .whitespacesAndNewlines)))
        // The command first. Foundation sees its end only when its child has ended, too.
        for victim in [process.processIdentifier, editorProcess] { kill(victim, SIGKILL) }
        process.waitUntilExit()
        let said = try command.run("edit", "论", environment: ["EDITOR": "true"]).errors
        #expect(said.contains("was not finished"), "\(said)")
        #expect(try run(line("to discard it:", in: said), command) == 0)
        #expect(try !command.run("edit", "论", environment: ["EDITOR": "true"]).errors.contains("was not finished"))
        #expect(try command.run("show", "论").text == Self.text)
    }

    @Test func `it is not taken for a text of another essay`() throws {
        let command = try essay()
        try command.run("new", "--title", "别的", "--from", "-", input: "别的原文。")
        try closeTerminal(writing: "写了一半。", command)
        let file = try #require(files(command).first)
        #expect(try command.run("edit", "别的", "--from", file, expecting: 64).errors.contains("an edit of '"))
        #expect(try command.run("show", "别的").text == "别的原文。")
        #expect(try !listed(command).isEmpty, "it is still there")
    }

    @Test func `two edits of one essay keep two files`() throws {
        let command = try essay()
        for text in ["甲的一半。", "乙的一半。"] { try closeTerminal(writing: text, command) }
        let texts = try files(command).map { try String(contentsOfFile: $0, encoding: .utf8) }
        #expect(texts.sorted() == ["乙的一半。\n", "甲的一半。\n"].sorted())
        let said = try command.run("edit", "文", environment: ["EDITOR": "true"]).errors
        #expect(said.components(separatedBy: "was not finished").count == 3, "\(said)")
        let first = try line("to take it up:", in: said)
        #expect(try run(first, command) == 0)
        #expect(files(command).count == 1)
    }

    @Test func `an edit in which nothing was written leaves nothing, and is not spoken of`() throws {
        let command = try essay()
        let editor = try script("echo waiting\nexec sleep 600\n", command)
        do {
            let terminal = try TerminalSession(command, environment: ["EDITOR": editor])
            terminal.type("archivectl edit 文\r")
            try terminal.wait(for: "waiting")
        }
        // The command takes a moment to end with its terminal; the next edit then removes what it left.
        try command.waitUntil {
            #expect(try !command.run("edit", "文", environment: ["EDITOR": "true"]).errors.contains("was not finished"))
            return try FileManager.default.contentsOfDirectory(atPath: command.path("state/archivectl/edits")).isEmpty
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: command.path("state/archivectl/edits")).isEmpty)
        try command.run("edit", "文", environment: ["EDITOR": "sed -i s/原/新/"])
        #expect(
            try command.run("edit", "文", environment: ["EDITOR": "false"], expecting: 1).errors.contains(
                "Nothing was changed"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: command.path("state/archivectl/edits")).isEmpty)
    }

    @Test func `what vim keeps of a text that was not written is named`() throws {
        let command = try essay()
        do {
            let terminal = try TerminalSession(
                command, environment: ["EDITOR": "vim -u NONE -i NONE -N -c 'set updatecount=1'"])
            terminal.type("archivectl edit 文\r")
            try terminal.wait(for: "这是原文")
            terminal.type("o没有写下的话。\u{1B}")
            try terminal.wait(for: "写下的话")
        }
        try command.waitUntil { try listed(command).count == 1 }
        let said = try command.run("status").text
        #expect(said.contains(".swp") && said.contains("recover"), "\(said)")
        try command.run("edit", "文", environment: ["EDITOR": "true"])
        #expect(files(command).contains { $0.hasSuffix(".swp") })
    }

    @Test
    func
        `what an editor leaves to recover from stays where it ends before its command hears that the terminal is closed`()
        throws
    {
        let command = try essay()
        let editor = try script("printf b0VIM >\"$(dirname \"$1\")/.$(basename \"$1\").swp\"\nexit 1\n", command)
        let said = try command.run("edit", "文", environment: ["EDITOR": editor], expecting: 1).errors
        #expect(said.contains("Nothing was changed; the editor left ") && said.contains("to recover"), "\(said)")
        #expect(files(command).contains { $0.hasSuffix(".swp") })
        let edits = try listed(command)
        #expect(edits.count == 1 && (edits[0]["recovery"] as? String)?.hasSuffix(".swp") == true)
    }

    @Test func `what an editor puts beside the text after it was told how to take that up stays`() throws {
        let command = try essay()
        try closeTerminal(writing: "写了一半。", command)
        let file = try #require(files(command).first)
        // nano's lock holds no text, and what it writes last may hold more than the file.
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        try Data("b0nano 7.2".utf8 + [UInt8](repeating: 0, count: 1014)).write(
            to: URL(fileURLWithPath: folder + "/.文.swp"))
        #expect(try !command.run("status").text.contains("recover"))
        try "写了一半，还有。\n".write(toFile: file + ".save", atomically: false, encoding: .utf8)
        try command.run("edit", "文", "--from", file)
        #expect(try listed(command).map { $0["file"] as? String } == [file + ".save"])
        try command.run("edit", "文", "--from", file + ".save")
        #expect(try listed(command).isEmpty && !FileManager.default.fileExists(atPath: folder))
        #expect(try command.run("show", "文").text == "写了一半，还有。\n")
    }

    @Test func `new essays, notes and conflicts are kept, too`() throws {
        let command = try essay()
        try closeTerminal(writing: "新篇的第一行", command, line: "archivectl new --title \"it's new\"")
        let said = try command.run("new", environment: ["EDITOR": "true"], expecting: 65).errors
        #expect(said.contains("a new essay"), "\(said)")
        #expect(try run(line("to take it up:", in: said), command) == 0)
        #expect(try command.run("show", "it's new").text == "新篇的第一行\n")
        let note = try #require(
            command.run("annotate", "文", "--quote", "原文", "--note", "注", "--json").object()["id"] as? String)
        try closeTerminal(writing: "长的注", command, line: "archivectl annotations edit \(note)")
        #expect(
            try command.run("annotations", "edit", note, environment: ["EDITOR": "true"]).errors.contains(
                "a note, \(note.prefix(12))"))
        for word in ["甲文", "乙文"] {
            try command.run(
                "edit", "文", "--from", "-", "--base", "1", input: Self.text.replacing("原文", with: word), expecting: nil)
        }
        try closeTerminal(writing: "这是丙文。", command, line: "archivectl resolve 文 --edit")
        let conflict = try command.run("resolve", "文", "--edit", environment: ["EDITOR": "true"], expecting: 2).errors
        #expect(conflict.contains("the conflict of '文'"), "\(conflict)")
        #expect(try run(line("to take it up:", in: conflict), command) == 0)
        #expect(try command.run("show", "文").text == "这是丙文。\n")
    }

    @Test(arguments: ["这是丁文。", "这是甲文。"])
    func `once a conflict is settled, a passage is spoken of only if the archive lacks it, and with advice that works`(
        text: String
    ) throws {
        let command = try essay()
        for word in ["甲文", "乙文"] {
            try command.run(
                "edit", "文", "--from", "-", "--base", "1", input: Self.text.replacing("原文", with: word), expecting: nil)
        }
        try closeTerminal(writing: text, command, line: "archivectl resolve 文\re")
        #expect(try command.run("status").text.contains("a passage of the conflict of '文'"))
        try command.run("resolve", "文", "--take", "1")
        let said = try command.run("status").text
        guard text == "这是丁文。" else {
            #expect(try !said.contains("not finished") && listed(command).isEmpty, "\(said)")
            #expect(try !command.run("edit", "文", environment: ["EDITOR": "true"]).errors.contains("not finished"))
            #expect(files(command).isEmpty)
            return
        }
        #expect(said.contains("the conflict is settled by now") && !said.contains("archivectl resolve"), "\(said)")
        let advice = try line("to take it up:", in: said).prefix { $0 != "," }
        #expect(try run("EDITOR=true \(advice.drop { $0 == " " })", command) == 0)
        #expect(files(command).count == 1)
    }

    @Test(arguments: [": >\"$1\"", ": >\"$1\"; exit 1", "echo >\"$1\"; exit 1"])
    func `a text that was emptied is not kept`(editor: String) throws {
        let command = try essay()
        let editor = try script(editor + "\n", command)
        let errors = try command.run("edit", "文", environment: ["EDITOR": editor], expecting: nil).errors
        #expect(errors.contains("Nothing was changed") && !errors.contains("what you wrote"), "\(errors)")
        #expect(try listed(command).isEmpty && files(command).isEmpty)
        #expect(try command.run("show", "文").text == Self.text)
    }

    @Test func `an edit that is saved and leaves a conflict leaves no file`() throws {
        let command = try essay()
        for word in ["甲文", "乙文"] {
            try command.run(
                "edit", "文", "--from", "-", "--base", "1", input: Self.text.replacing("原文", with: word), expecting: nil)
        }
        let result = try command.run("edit", "文", environment: ["EDITOR": "sed -i s/这/那/"], expecting: 2)
        #expect(!result.errors.contains("what you wrote is in"), "\(result.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: command.path("state/archivectl/edits")).isEmpty)
    }
}
