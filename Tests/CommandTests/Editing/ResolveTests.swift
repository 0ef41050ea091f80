import Foundation
import Testing

/// Conflicts as a person meets and settles them.
@Suite struct ResolveTests {
    private static let base = "开头的话。甲句在这里。中间的话。乙句在这里。末尾的话。\n"

    /// An essay of which two machines changed the same two sentences, and each one more; both heads, and the command.
    private func conflict(in base: String = Self.base) throws -> (command: Command, heads: [String]) {
        let command = try Command()
        try command.run("init")
        let id = try #require(
            try command.run("new", "--title", "文", "--from", "-", "--json", input: base).object()["id"] as? String)
        var heads: [String] = []
        for (name, other) in [("一", ("开头", "起头")), ("二", ("末尾", "结尾"))] {
            let text = base.replacing("甲句", with: "甲\(name)句").replacing("乙句", with: "乙\(name)句").replacing(
                other.0, with: other.1)
            let result = try command.run(
                "edit", id, "--from", "-", "--base", "1", "--json", input: text, expecting: nil
            ).object()
            heads.append(try #require(result["revision"] as? String))
        }
        return (command, heads)
    }

    @Test func conflictsAreShownWithTheirSurroundingsAndPlaces() throws {
        let (command, heads) = try conflict()
        let shown = try command.run("conflicts", "--vectors").text
        for part in [
            "side 1: head", "side 2: head", "passage 1 of 2", "passage 2 of 2", "… 起头的话。", "base:   甲句在这里。", "{+",
            "中间的话。 …", "archivectl resolve",
        ] {
            #expect(shown.contains(part), "\(part) in \(shown)")
        }
        let list = try command.run("conflicts", "文", "--json").array()
        #expect(Set(try #require(list[0]["heads"] as? [String])) == Set(heads))
        let show = try command.run("show", "文", "--json").object()
        let text = try #require(show["text"] as? String).unicodeScalars.map(String.init)
        let shownHead = try #require(list[0]["shown"] as? String)
        let side = try #require((list[0]["sides"] as? [[String]])?.firstIndex(of: [shownHead]))
        let hunks = try #require(list[0]["hunks"] as? [[String: Any]])
        #expect(hunks.count == 2)
        for hunk in hunks {
            let start = try #require(hunk["start"] as? Int)
            let end = try #require(hunk["end"] as? Int)
            #expect(text[start..<end].joined() == (hunk["sides"] as? [String])?[side])
        }
    }

    @Test func takingAHeadKeepsTheOthersChangesElsewhere() throws {
        let (command, heads) = try conflict()
        #expect(
            try command.run("resolve", "文", "--take", String(heads[1].prefix(12))).errors.contains(
                "what the other side has there stays"))
        #expect(try command.run("show", "文").text == "起头的话。甲二句在这里。中间的话。乙二句在这里。结尾的话。\n")
        try command.run("resolve", "文", "--take", heads[1], expecting: 64)
        let (other, others) = try conflict()
        try other.run("resolve", "文", "--take", others[1], "--whole")
        #expect(try other.run("show", "文").text == "开头的话。甲二句在这里。中间的话。乙二句在这里。结尾的话。\n")
        #expect(try other.run("log", "文", "--json").array().count == 4, "both sides stay in the history")
    }

    @Test func aTextSettlesOnlyTheHeadsThatItsAuthorSaw() throws {
        let (command, heads) = try conflict()
        let third = Self.base.replacing("甲句", with: "甲三句")
        let late = try #require(
            try command.run("edit", "文", "--from", "-", "--base", "1", "--json", input: third, expecting: 2).object()[
                "revision"] as? String)
        let seen = ["resolve", "文", "--from", "-", "--base", heads[0], "--base", heads[1]]
        let settled = "起头的话。甲一二句在这里。中间的话。乙一二句在这里。结尾的话。\n"
        #expect(try command.run(seen, input: settled, expecting: 75).errors.contains(late.prefix(12)))
        #expect(try command.run("log", "文", "--json").array().count == 4)
        try command.run(seen + ["--base", late], input: settled)
        #expect(try command.run("show", "文").text == settled)
    }

    @Test func anEditorGetsAllSides() throws {
        let (command, _) = try conflict()
        func resolve(_ editor: String, expecting status: Int32) throws -> Command.Result {
            try command.run(
                "resolve", "文", "--edit", environment: ["EDITOR": editor, "TMPDIR": command.folder.path],
                expecting: status)
        }
        #expect(try resolve("true", expecting: 2).errors.contains("was not changed"))
        let left = try resolve("sed -i s/甲一句/甲三句/", expecting: 65)
        #expect(left.errors.contains("⟪⟪⟪") && left.errors.contains("Nothing was changed"))
        let path = try #require(left.errors.split(separator: " ").last)
        let file = path.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("甲三句"), "what was written is kept")
        #expect(try resolve("truncate -s 0", expecting: 65).errors.contains("nothing is left"))
        #expect(try resolve("false", expecting: 1).errors.contains("status 1"))
        #expect(try command.run("conflicts", "--json").array().count == 1)
        // Keeps the base's lines: deletes every side's lines and all marks.
        try command.write(
            """
            #!/usr/bin/awk -f
            /^⟪⟪⟪ / { skip = /: side/; next }
            !skip { print > FILENAME ".new" }
            END { system("mv " FILENAME ".new " FILENAME) }
            """, to: "keep.awk")
        _ = try resolve("awk -f \(command.path("keep.awk"))", expecting: 0)
        #expect(try command.run("show", "文").text == "起头的话。甲句在这里。中间的话。乙句在这里。结尾的话。\n")
        #expect(try command.run("conflicts", "--json").array().isEmpty)
    }

    /// What an editor's user does who deletes a passage's marks, and with them all that stands between.
    private static let emptying =
        "sed -i -n '/^⟪⟪⟪ 1 of 2: as/,/^⟪⟪⟪ 1 of 2: end/d;/^⟪⟪⟪ 2 of 2: as/,/^⟪⟪⟪ 2 of 2: side 1/d;/^⟪⟪⟪ 2 of 2: side 2/,/^⟪⟪⟪ 2 of 2: end/d;p'"

    @Test func `sides that went with the marks are named, and how they come back`() throws {
        let (command, heads) = try conflict()
        let result = try command.run("resolve", "文", "--edit", environment: ["EDITOR": Self.emptying])
        #expect(
            result.errors.contains("note: passage 1 of 2 is empty: no side's text was kept there"), "\(result.errors)")
        for head in heads {
            #expect(
                result.errors.contains("archivectl show") && result.errors.contains("--version \(head.prefix(12))`"),
                "\(result.errors)")
        }
        let shown = try #require(result.errors.firstMatch(of: /`archivectl (show [^`]+)`/))
        #expect(try command.run(shown.1.split(separator: " ").map(String.init)).text.contains("甲"))
    }

    @Test func `on a terminal an empty passage is asked about`() throws {
        let (command, _) = try conflict()
        func edit(_ answer: String) throws -> (shown: String, status: Int32) {
            let process = command.process(
                ["resolve", "文", "--edit"], environment: ["NO_COLOR": "1", "EDITOR": Self.emptying])
            return (try PseudoTerminal().run(process, typing: answer), process.terminationStatus)
        }
        let refused = try edit("n\n")
        #expect(
            refused.status == 65 && refused.shown.contains("passage 1 of 2 is empty now")
                && refused.shown.contains("甲一句在这里") && refused.shown.contains("what you wrote is in"),
            "\(refused.shown)")
        #expect(try command.run("conflicts", "--json").array().count == 1)
        #expect(try edit("y\n").status == 0)
        #expect(try command.run("conflicts", "--json").array().isEmpty)
    }

    @Test func `all sides one after another are asked about on a terminal, and told elsewhere`() throws {
        let marksOnly = "sed -i '/^⟪⟪⟪ /d'"
        let (command, _) = try conflict()
        func edit(_ answer: String) throws -> (shown: String, status: Int32) {
            let process = command.process(
                ["resolve", "文", "--edit"], environment: ["NO_COLOR": "1", "EDITOR": marksOnly])
            return (try PseudoTerminal().run(process, typing: answer), process.terminationStatus)
        }
        let refused = try edit("n\n")
        #expect(
            refused.status == 65 && refused.shown.contains("passage 1 of 2 keeps several of these texts")
                && refused.shown.contains("as it was: 甲句在这里。"), "\(refused.shown)")
        #expect(try command.run("conflicts", "--json").array().count == 1)
        #expect(try edit("y\ny\n").status == 0)
        let (other, _) = try self.conflict()
        let result = try other.run("resolve", "文", "--edit", environment: ["EDITOR": marksOnly])
        #expect(
            result.errors.contains("note: passage 2 of 2 keeps several of its texts, one after another"),
            "\(result.errors)")
    }

    @Test func `a side's title whose line went is named`() throws {
        let command = try Command()
        try command.run("init")
        let id = try #require(
            try command.run("new", "--title", "文", "--from", "-", "--json", input: "话。\n").object()["id"] as? String)
        try command.run("backup", "copy.db")
        try command.run("restore", "copy.db", "--to", "b.db")
        for (archive, title) in [("a.db", "文甲"), ("b.db", "文乙")] {
            try command.run("set", id, "title=\(title)", archive: archive)
            try command.run("remote", "add", "stick", "stick", "--create", archive: archive)
        }
        for archive in ["b.db", "a.db"] { try command.run("sync", archive: archive, expecting: nil) }
        let result = try command.run("resolve", id, "--edit", environment: ["EDITOR": "sed -i '/^⟪⟪⟪=/d'"])
        #expect(result.errors.contains("no line was kept for title, so side 1's was taken: 文"), "\(result.errors)")
    }

    @Test func aTerminalIsAskedPassageByPassage() throws {
        let (command, heads) = try conflict()
        func walk(_ input: String) throws -> (shown: String, status: Int32) {
            let process = command.process(
                ["resolve", "文"], environment: ["NO_COLOR": "1", "EDITOR": "sed -i -n '/甲一句/p'"])
            let shown = try PseudoTerminal().run(process, typing: input)
            return (shown, process.terminationStatus)
        }
        let given = try walk("1\nq\n")
        #expect(
            given.status == 2 && given.shown.contains("passage 1 of 2") && given.shown.contains("the conflict stays"))
        #expect(try command.run("conflicts", "--json").array().count == 1)
        // What was answered is there another time; so it is if the input ends.
        let again = try walk("y\n\u{4}")
        #expect(
            again.shown.contains("1 of 2 was answered before") && again.shown.contains("passage 2 of 2")
                && !again.shown.contains("passage 1 of 2"))
        // An unknown key asks again; what is skipped comes again; e opens the editor on that passage.
        let done = try walk("n\n9\ns\nb\ne\n")
        #expect(
            done.status == 0 && done.shown.contains("not one of the keys") && done.shown.contains("1 left"),
            "\(done.shown)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: command.path("state/archivectl/resolve")).isEmpty)
        #expect(try command.run("show", "文").text == "起头的话。甲一句在这里。中间的话。乙句在这里。结尾的话。\n")
        #expect(
            try command.run("log", "文", "--json").array().contains {
                Set($0["parents"] as? [String] ?? []) == Set(heads)
            })
    }

    @Test func withoutATerminalItSaysWhatToGive() throws {
        let (command, _) = try conflict()
        #expect(try command.run("resolve", "文", expecting: 64).errors.contains("--take SIDE"))
        try command.run("resolve", "文", "--take", "abcd", "--edit", expecting: 64)
        try command.run("resolve", "文", "--take", "zzzz", expecting: 66)
        #expect(try command.run("resolve", "文", "--from", "-", expecting: 65).errors.contains("is empty"))
        // A file that an editor was opened on, with marks left in it.
        try command.run("resolve", "文", "--from", "-", input: "⟪⟪⟪ 1 of 1: as it was\n我定的。\n", expecting: 65)
        #expect(try !command.run("show", "文").text.contains("⟪"))
        try command.run("resolve", "文", "--from", "-", input: "我定的。\n")
        #expect(try command.run("show", "文").text == "我定的。\n")
    }

    /// The key of the side that has a text in its passage; the sides' order hangs on IDs that no test knows.
    private func key(_ text: String, _ command: Command, archive: String = "a.db") throws -> Int {
        let hunks = try #require(
            try command.run("conflicts", "--json", archive: archive).array().first?["hunks"] as? [[String: Any]])
        let sides = hunks.compactMap { ($0["sides"] as? [String])?.firstIndex { $0.contains(text) } }
        return try #require(sides.first) + 1
    }

    /// What `resolve` shows to somebody who types some answers.
    @discardableResult
    private func resolve(_ command: Command, _ input: String, archive: String = "a.db", expecting status: Int32) throws
        -> String
    {
        let process = command.process(["resolve", "文"], archive: archive, environment: ["NO_COLOR": "1"])
        let shown = try PseudoTerminal().run(process, typing: input + "\u{4}")
        #expect(process.terminationStatus == status, "\(shown)")
        return shown
    }

    @Test func aConflictMayBeSettledInSeveralSittings() throws {
        let (command, _) = try conflict(in: Self.base + "别处的话。\n")
        try resolve(command, "\(key("甲一句", command))\nq\n", expecting: 2)
        // What changes elsewhere leaves the answers as they are.
        let before = try command.run("show", "文").text
        try command.run("edit", "文", "--from", "-", input: before.replacing("别处的话", with: "别处这句很长的话"), expecting: 2)
        try resolve(command, "y\n\(key("乙二句", command))\n", expecting: 0)
        let text = try command.run("show", "文").text
        #expect(text == "起头的话。甲一句在这里。中间的话。乙二句在这里。结尾的话。\n别处这句很长的话。\n")
    }

    /// Of passages that are the same, an edit may settle the one that was answered. With other sentences around them the answer is
    /// known to be that one's; with the same ones, nobody knows.
    @Test(arguments: ["别的前句。", "前句在这里。"]) func anAnswerIsNeverGivenToAnotherPassage(before: String) throws {
        let same = "甲句在这里。后句在这里。\n"
        let base = "开头的话。\n前句在这里。\(same)\(before)\(same)末尾的话。\n"
        let (command, heads) = try conflict(in: base)
        #expect(try resolve(command, "\(key("甲一句", command))\nq\n", expecting: 2).contains("passage 1 of 2"))
        let side = try command.run("show", "文", "--version", heads[0]).text
        let first = try #require(side.range(of: "甲一句"))
        let settled = side.replacingCharacters(in: first, with: "甲句")
        try command.run("edit", "文", "--from", "-", "--base", heads[0], input: settled, expecting: 2)
        let shown = try resolve(command, "q\n", expecting: 2)
        #expect(shown.contains("passage 1 of 1") && !shown.contains("answered before"), "\(shown)")
    }

    @Test func replicasOnOneMachineKeepAnswersOfTheirOwn() throws {
        let (command, _) = try conflict()
        try command.run("backup", "copy.db")
        try command.run("restore", "copy.db", "--to", "b.db")
        try resolve(command, "\(key("甲一句", command))\nq\n", expecting: 2)
        #expect(try !resolve(command, "q\n", archive: "b.db", expecting: 2).contains("answered before"))
        #expect(try resolve(command, "?\ny\nq\n", expecting: 2).contains("1 of 2 was answered before"))
    }

    @Test func aHeadThatWaitsIsSaidToWait() throws {
        let command = try Command()
        try command.run("init")
        let id = try #require(
            try command.run("new", "--title", "文", "--from", "-", "--json", input: Self.base).object()["id"] as? String)
        func edit(_ base: String, _ old: String, _ new: String) throws -> String {
            let text = try command.run("show", id, "--version", base).text.replacing(old, with: new)
            return try #require(
                try command.run("edit", id, "--from", "-", "--base", base, "--json", input: text, expecting: nil)
                    .object()["revision"] as? String)
        }
        // Two that are kin conflict with each other; the third, which has the root alone, waits for what comes of them.
        let parent = try edit("1", "开头", "起头")
        let kin = [try edit(parent, "甲句", "甲一句"), try edit(parent, "甲句", "甲二句")]
        let other = try edit("1", "末尾", "结尾")
        let listed = try #require(try command.run("conflicts", "--json").array().first)
        #expect(listed["waiting"] as? [String] == [other] && (listed["heads"] as? [String])?.count == 3)
        #expect(try command.run("resolve", id, "--take", other, expecting: 64).errors.contains("it waits"))
        let taken = try command.run("resolve", id, "--take", kin[0]).errors
        #expect(taken.contains("what the other side has there stays"), "\(taken)")
        let text = try command.run("show", id).text
        #expect(text.contains("甲一句") && text.contains("结尾"))
    }

    @Test func goingBackSettlesNoConflictUnseen() throws {
        let (command, heads) = try conflict()
        let refused = try command.run("revert", "文", "1", expecting: 64).errors
        #expect(refused.contains("is in conflict") && refused.contains("resolve"))
        #expect(try command.run("conflicts", "--json").array().first?["heads"] as? [String] == heads.sorted())
    }

    @Test func aFileSettlesTheNoteOfAnAnnotation() throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "文", "--from", "-", input: Self.base)
        let id = try #require(
            try command.run("annotate", "文", "--quote", "中间", "--note", "原注", "--json").object()["id"] as? String)
        try command.run("backup", "copy.db")
        try command.run("restore", "copy.db", "--to", "b.db")
        for (archive, note) in [("a.db", "甲注"), ("b.db", "乙注")] {
            try command.run("annotations", "edit", id, "--note", note, archive: archive)
            try command.run("remote", "add", "stick", "stick", "--create", archive: archive)
            try command.run("sync", archive: archive, expecting: archive == "a.db" ? 0 : 2)
        }
        try command.run("resolve", id, "--from", "-", archive: "b.db", input: "合并后的注\n")
        #expect(
            try command.run("annotations", "show", id, "--json", archive: "b.db").object()["body"] as? String == "合并后的注"
        )
    }

    @Test func aDeletedHeadHasNoSideAndIsSaidTo() throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "文", "--from", "-", input: Self.base)
        try command.run("backup", "copy.db")
        try command.run("restore", "copy.db", "--to", "b.db")
        try command.run("edit", "文", "--from", "-", input: Self.base.replacing("甲句", with: "甲一句"))
        try command.run(
            "edit", "文", "--from", "-", "--base", "1", input: Self.base.replacing("甲句", with: "甲二句"), expecting: 2)
        try command.run("delete", "文", archive: "b.db")
        for archive in ["a.db", "b.db", "a.db"] {
            try command.run("remote", "add", "stick", "stick", "--create", archive: archive, expecting: nil)
            try command.run("sync", archive: archive, expecting: 2)
        }
        let deletion = try #require(
            try command.run("log", "文", "--json").array().first { $0["deleted"] as? Bool == true }?["id"] as? String)
        #expect(
            (try command.run("conflicts", "--json").array().first?["heads"] as? [String])?.contains(deletion) == true)
        #expect(try command.run("resolve", "文", "--take", deletion, expecting: 64).errors.contains("archivectl delete"))
        try command.run("delete", "文")
        #expect(try command.run("conflicts", "--json").array().isEmpty && command.run("list", "--json").array().isEmpty)
    }

    @Test func aDeletionBesideAChangeIsShown() throws {
        let command = try Command()
        try command.run("init")
        try command.write(Self.base, to: "文.txt")
        try command.run("import", "文.txt")
        let id = try #require(try command.run("list", "--json").array().first?["id"] as? String)
        try command.run("edit", id, "--from", "-", input: Self.base.replacing("甲句在这里。", with: ""))
        try command.run(
            "edit", id, "--from", "-", "--base", "1", input: Self.base.replacing("甲句", with: "甲某句"), expecting: 2)
        let shown = try command.run("conflicts").text
        #expect(shown.contains("(nothing)") && shown.contains("甲{+某+}句在这里。"))
    }
}
