import Foundation
import Testing

/// What a text was made from, and that saving it takes back nothing that came in since.
@Suite struct EditBaseTests {
    private static let text = "开头的话。\n甲句在这里。\n乙句在这里。\n末尾的话。\n"

    /// An essay on two machines, and what synchronizes them.
    private func machines() throws -> (command: Command, sync: () throws -> Void) {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "文", "--from", "-", input: Self.text)
        try command.run("remote", "add", "stick", "stick", "--create")
        try command.run("sync")
        try command.run("clone", "stick", archive: "b.db")
        return (
            command,
            { for archive in ["a.db", "b.db", "a.db"] { try command.run("sync", archive: archive, expecting: nil) } }
        )
    }

    private func show(_ command: Command, _ archive: String = "a.db") throws -> String {
        try command.run("show", "文", archive: archive).text
    }

    private func edit(_ command: Command, _ old: String, _ new: String, archive: String) throws {
        let text = try command.run("show", "文", archive: archive).text
        try command.run("edit", "文", "--from", "-", archive: archive, input: text.replacing(old, with: new))
    }

    @Test func `a file made from an older show merges with what came in since`() throws {
        let (command, sync) = try machines()
        let shown = try show(command)
        try edit(command, "甲句", "甲句改了", archive: "b.db")
        try sync()
        let result = try command.run("edit", "文", "--from", "-", input: shown.replacing("乙句", with: "乙句也改了"))
        #expect(
            result.errors.firstMatch(of: /version 2 \([0-9a-f]{12}\) by 测试者/) != nil
                && result.errors.contains("the changes are merged"), "\(result.errors)")
        let merged = try show(command)
        #expect(merged.contains("甲句改了") && merged.contains("乙句也改了"))
        // The same file, changed on, is made from what was written, not from the merge that was looked at since.
        let nearest = try command.run("edit", "文", "--from", "-", input: shown.replacing("乙句", with: "乙句也改了一次")).errors
        #expect(nearest.contains("nearest to") && nearest.contains("--base"), "\(nearest)")
        let again = try show(command)
        #expect(again.contains("甲句改了") && again.contains("乙句也改了一次"), "\(again)")
    }

    @Test func `a text that was written here before may be written again`() throws {
        let (command, _) = try machines()
        let shown = try show(command)
        for text in [shown.replacing("甲句", with: "甲句改了"), shown, shown.replacing("甲句", with: "甲句改了")] {
            try command.run("edit", "文", "--from", "-", input: text)
            #expect(try show(command) == text)
        }
    }

    @Test func `a text that was looked up as an old version replaces what is there now`() throws {
        let (command, _) = try machines()
        try edit(command, "甲句", "甲句改了", archive: "a.db")
        let old = try command.run("show", "文", "--version", "1").text
        try command.run("edit", "文", "--from", "-", "--base", "2", input: old)
        #expect(try show(command) == Self.text)
    }

    @Test func `a file that changes the same sentence is a conflict, and is saved`() throws {
        let (command, sync) = try machines()
        let shown = try show(command)
        try edit(command, "甲句", "甲一句", archive: "b.db")
        try sync()
        let result = try command.run(
            "edit", "文", "--from", "-", input: shown.replacing("甲句", with: "甲二句"), expecting: 2)
        #expect(result.errors.contains("not all changes can be merged") && result.errors.contains("conflicts"))
        #expect(try command.run("conflicts", "--json").array().count == 1)
    }

    @Test func `whoever was not shown the text that others changed has to name its base`() throws {
        let (command, sync) = try machines()
        try edit(command, "甲句", "甲句改了", archive: "a.db")
        try sync()
        // The clone has two versions, and has given out none of them.
        let text = Self.text.replacing("乙句", with: "乙句改了")
        let refused = try command.run("edit", "文", "--from", "-", archive: "b.db", input: text, expecting: 64).errors
        #expect(
            refused.contains("Nothing was changed")
                && refused.firstMatch(of: /version 2 \([0-9a-f]{12}\) by 测试者/) != nil, "\(refused)")
        let advice = try #require(refused.firstMatch(of: /archivectl edit (\w+) --from - --base (\w+)\./))
        try command.run(
            "edit", String(advice.1), "--from", "-", "--base", String(advice.2), archive: "b.db", input: text)
        #expect(try show(command, "b.db") == text)
        try command.run("edit", "文", "--from", "-", "--base", "1", archive: "b.db", input: text)
        #expect(try show(command, "b.db").contains("乙句改了"))
    }

    @Test func `what was written here needs no base, whatever its author was shown`() throws {
        let (command, _) = try machines()
        for word in ["一", "二"] { try command.run("edit", "文", "--from", "-", input: "这是\(word)段别的话。\n") }
        #expect(try show(command) == "这是二段别的话。\n")
        // A clone that has the first version only may replace it.
        try command.run("edit", "文", "--from", "-", archive: "b.db", input: "三。\n")
        #expect(try show(command, "b.db") == "三。\n")
    }

    @Test func `tags and fields do not change what a file was made from`() throws {
        let (command, sync) = try machines()
        let shown = try show(command)
        try command.run("tag", "文", "要")
        try command.run("set", "文", "author=王")
        try edit(command, "甲句", "甲句改了", archive: "b.db")
        try sync()
        try command.run("edit", "文", "--from", "-", input: shown.replacing("乙句", with: "乙句改了"))
        let now = try command.run("show", "文", "--json").object()
        #expect(
            (now["text"] as? String)?.contains("甲句改了") == true && (now["text"] as? String)?.contains("乙句改了") == true)
        #expect((now["fields"] as? [String: Any])?["author"] as? String == "王")
    }

    @Test func `a merged text is a base of several heads, in JSON as on the command line`() throws {
        let (command, sync) = try machines()
        for (archive, old) in [("a.db", "甲句"), ("b.db", "乙句")] { try edit(command, old, old + "改了", archive: archive) }
        try sync()
        let merged = try command.run("show", "文", "--json").object()
        let base = try #require(merged["base"] as? [String])
        #expect(base.count == 2 && merged["version"] is NSNull)
        try edit(command, "开头", "起头", archive: "b.db")
        try sync()
        let text = try #require(merged["text"] as? String).replacing("末尾", with: "结尾")
        let saved = try command.run(
            ["edit", "文", "--from", "-", "--json"] + base.flatMap { ["--base", $0] }, input: text
        ).object()
        #expect(Set(saved["base"] as? [String] ?? []) == Set(base) && (saved["beside"] as? [String])?.count == 1)
        let now = try show(command)
        #expect(["起头", "甲句改了", "乙句改了", "结尾"].allSatisfy(now.contains), "\(now)")
        #expect(
            try command.run("edit", "文", "--from", "-", "--base", "1", "--base", "abcdef", input: text, expecting: 66)
                .errors.contains("no version"))
    }

    /// An editor that waits until others have changed the essay: it runs the commands itself.
    private func meanwhile(_ command: Command, _ script: String, _ arguments: [String], expecting status: Int32) throws
        -> Command.Result
    {
        try command.write("#!/bin/bash\nset -e\n\(script)\n", to: "ed")
        chmod(command.path("ed"), 0o755)
        let bin = Command.executable.deletingLastPathComponent().path
        return try command.run(
            arguments, environment: ["EDITOR": command.path("ed"), "PATH": "\(bin):/usr/bin:/bin"], expecting: status)
    }

    @Test func `an editor opened on a merged text saves beside what came in meanwhile`() throws {
        let (command, sync) = try machines()
        for (archive, old) in [("a.db", "甲句"), ("b.db", "乙句")] { try edit(command, old, old + "改了", archive: archive) }
        try sync()
        let result = try meanwhile(
            command,
            """
            archivectl --archive b.db show 文 | sed s/开头/起头/ | archivectl --archive b.db edit 文 --from - >log
            archivectl --archive b.db sync >>log
            archivectl sync >>log
            sed -i s/末尾/结尾/ "$1"
            """, ["edit", "文"], expecting: 0)
        #expect(result.errors.contains("the changes are merged"), "\(result.errors)")
        let now = try show(command)
        #expect(["起头", "甲句改了", "乙句改了", "结尾"].allSatisfy(now.contains), "\(now)")
    }

    @Test func `an editor opened on a conflict settles it beside what came in meanwhile`() throws {
        let (command, sync) = try machines()
        for (archive, new) in [("a.db", "甲一句"), ("b.db", "甲二句")] { try edit(command, "甲句", new, archive: archive) }
        try sync()
        let result = try meanwhile(
            command,
            """
            archivectl --archive b.db show 文 | sed s/开头/起头/ | archivectl --archive b.db edit 文 --from - >log || true
            archivectl --archive b.db sync >>log || true
            archivectl sync >>log || true
            printf '开头的话。\\n甲三句在这里。\\n乙句在这里。\\n末尾的话。\\n' >"$1"
            """, ["resolve", "文", "--edit"], expecting: 0)
        #expect(result.errors.contains("the changes are merged"), "\(result.errors)")
        let now = try show(command)
        #expect(now.contains("起头") && now.contains("甲三句"), "\(now)")
    }

    @Test func `the record of what was given out is bounded, and its loss loses nothing`() throws {
        let (command, sync) = try machines()
        let folder = command.path("state/archivectl/shown")
        for number in 0..<1200 { try command.write("x", to: "state/archivectl/shown/\(number)") }
        for archive in ["a.db", "b.db"] { _ = try show(command, archive) }
        try command.run("new", "--title", "别的", "--from", "-", input: "话。")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count < 1000)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            try command.write("坏\n", to: "state/archivectl/shown/\(name)")
        }
        let shown = try command.run("show", "文", "--json").object()["text"] as? String
        try edit(command, "甲句", "甲句改了", archive: "b.db")
        try sync()
        try command.run("edit", "文", "--from", "-", input: try #require(shown).replacing("乙句", with: "乙句改了"))
        #expect(try show(command).contains("甲句改了"))
    }
}
