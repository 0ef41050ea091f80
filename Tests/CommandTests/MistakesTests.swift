import Foundation
import Testing

/// What people get wrong at first, and what the command makes of it: nothing is made or changed that was not meant.
@Suite struct MistakesTests {
    private func archive(_ titles: String...) throws -> Command {
        let command = try Command()
        try command.run("init")
        for title in titles { try command.run("new", "--title", title, "--from", "-", input: "\(title)的正文在这里。\n") }
        return command
    }

    /// An essay of two heads in conflict.
    private func conflict() throws -> (command: Command, heads: [String]) {
        let command = try archive("文")
        let heads = try ["甲", "乙"].map { word in
            let result = try command.run(
                "edit", "文", "--from", "-", "--base", "1", "--json", input: "文的\(word)正文在这里。\n", expecting: nil)
            return try #require(result.object()["revision"] as? String)
        }
        return (command, heads)
    }

    // MARK: Places

    @Test(arguments: ["full", ".", "file:///dev"])
    func `a folder of other files is no remote`(place: String) throws {
        let command = try archive()
        try command.write("日记", to: "full/日记.txt")
        let refused = try command.run("remote", "add", "usb", place, expecting: 64).errors
        #expect(refused.contains("and no remote; nothing was changed") && refused.contains("--create"), "\(refused)")
        #expect(try command.run("remote", "list", "--json").array().isEmpty)
        try command.run("remote", "add", "usb", "full/essays", "--create")
        try command.run("sync")
        // What a disk has at its root is nobody's.
        try FileManager.default.createDirectory(
            atPath: command.path("disk/lost+found"), withIntermediateDirectories: true)
        try command.run("remote", "add", "disk", "disk")
    }

    @Test func `a token file is not read beyond what a token can be`() throws {
        let command = try archive()
        let refused = try command.run(
            "remote", "add", "hub", "https://hub.example/v1/archives/x", "--token-file", "/dev/zero", expecting: 65
        ).errors
        #expect(refused.contains("/dev/zero does not contain a token"), "\(refused)")
    }

    @Test func `a backup is read and never written`() throws {
        let command = try archive("文")
        try command.run("backup", "b.db")
        let before = try Data(contentsOf: command.folder.appendingPathComponent("b.db"))
        for line in [
            "set 文 author=李", "edit 文 --from -", "delete 文", "sync", "rebuild", "import a.txt", "new --from -",
        ] {
            let refused = try command.run(
                line.split(separator: " ").map(String.init), archive: "b.db", input: "字。", expecting: 64
            ).errors
            #expect(
                refused.contains("is a backup, and is only read") && refused.contains("archivectl restore"),
                "\(line): \(refused)")
        }
        for line in ["show 文", "list", "search 文", "verify", "status"] {
            try command.run(line.split(separator: " ").map(String.init), archive: "b.db")
        }
        #expect(try Data(contentsOf: command.folder.appendingPathComponent("b.db")) == before)
        try command.run("restore", "b.db", "--to", "c.db")
        try command.run("set", "文", "author=李", archive: "c.db")
        // A copy over a lost archive goes on.
        try FileManager.default.copyItem(atPath: command.path("b.db"), toPath: command.path("e.db"))
        try command.run("set", "文", "author=李", archive: "e.db")
        try command.run("backup", "d.db", archive: "c.db")
        try command.run("set", "文", "author=王", archive: "d.db", expecting: 64)
    }

    @Test func `two changes of fields in a conflict are of one side, and named by its title`() throws {
        let (command, heads) = try conflict()
        try command.run("set", "文", "author=李", expecting: 2)
        let second = try command.run("set", "文", "title=文二", expecting: 2)
        #expect(second.text.contains("文二"), "\(second.text)")
        let fields = try command.run("conflicts", "--json").array()
        let sides = try #require(fields[0]["heads"] as? [String])
        // One of the first heads is as it was; the other was replaced twice.
        #expect(sides.count == 2 && heads.count { sides.contains($0) } == 1, "\(sides)")
    }

    @Test func `an editor that removes its file is told plainly`() throws {
        let command = try archive("文")
        let said = try command.run("edit", "文", environment: ["EDITOR": "rm -f"], expecting: 66).errors
        #expect(said.contains("is gone") && !said.contains("what you wrote is in"), "\(said)")
    }

    @Test func `the title of a long first line is its beginning`() throws {
        let command = try archive()
        let title = try #require(
            try command.run("new", "--from", "-", "--json", input: String(repeating: "长", count: 700_000)).object()[
                "title"] as? String)
        #expect(title == String(repeating: "长", count: 80) + "…")
    }

    @Test(arguments: ["stik", "./stik", "file://FOLDER/stik", "~/stik"])
    func `a folder that is not there is made only if that is asked for`(place: String) throws {
        let command = try archive()
        try FileManager.default.createDirectory(atPath: command.path("stick"), withIntermediateDirectories: false)
        let place = place.replacing("FOLDER", with: command.folder.path)
        let refused = try command.run("remote", "add", "usb", place, expecting: 66).errors
        #expect(refused.contains("--create") && refused.contains("there is \(command.path("stick"))"), "\(refused)")
        #expect(!FileManager.default.fileExists(atPath: command.path("stik")))
        #expect(try command.run("remote", "list", "--json").array().isEmpty)
        #expect(try command.run("clone", place, archive: "b.db", expecting: 66).errors.contains("no folder"))
        #expect(
            !FileManager.default.fileExists(atPath: command.path("stik"))
                && !FileManager.default.fileExists(atPath: command.path("b.db")))
        try command.run("remote", "add", "usb", place, "--create")
        #expect(FileManager.default.fileExists(atPath: command.path("stik")))
        try command.run("remote", "add", "other", "stick")
    }

    @Test func `a folder whose parent is missing is never made`() throws {
        let command = try archive()
        #expect(try command.run("remote", "add", "usb", "media/stick", expecting: 66).errors.contains("mount"))
        #expect(
            try command.run("remote", "add", "usb", "media/stick", "--create", expecting: 73).errors.contains(
                "cannot be made"))
        #expect(!FileManager.default.fileExists(atPath: command.path("media")))
    }

    @Test func `a place or a slip in place of a remote's name is told what to do`() throws {
        let command = try archive()
        try FileManager.default.createDirectory(atPath: command.path("stick"), withIntermediateDirectories: false)
        for place in ["stick", "./stick", "elsewhere/stick", "http://127.0.0.1:9/v1/archives/x"] {
            let errors = try command.run("sync", place, expecting: 66).errors
            #expect(errors.contains("archivectl remote add NAME \(place)"), "\(errors)")
        }
        try command.run("remote", "add", "origin", "stick")
        for line in [
            ["sync", "orgin"], ["verify", "--remote", "orgin"], ["remote", "default", "orgin"],
            ["remote", "remove", "orgin"], ["rebuild", "--from", "orgin"],
        ] {
            #expect(try command.run(line, expecting: 66).errors.contains("Did you mean 'origin'?"))
        }
    }

    // MARK: Fields and tags

    @Test(arguments: [("titel", "title"), ("Title", "title"), ("auther", "author"), ("标题", "title"), ("dat", "date")])
    func `a field whose name is nearly a usual one is taken for a slip`(name: String, meant: String) throws {
        let command = try archive("论水")
        let refused = try command.run("set", "论水", "author=王", "\(name)=x", expecting: 64).errors
        #expect(refused.contains("Did you mean \(meant)=?") && refused.contains("--force"), "\(refused)")
        let fields = { try #require(command.run("show", "论水", "--json").object()["fields"] as? [String: Any]) }
        #expect(try Set(fields().keys) == ["title"], "not even the other field is set")
        try command.run("set", "论水", "\(name)=x", "--force")
        #expect(try fields()[name] as? String == "x")
        try command.run("set", "论水", "\(name)=")
        #expect(try Set(fields().keys) == ["title"], "what is there may go")
    }

    @Test func `fields of one's own are set, tags are not a field, and an essay keeps a title`() throws {
        let command = try archive("论水")
        try command.run("set", "论水", "source=Oxford", "来源=文集", "language=zh")
        #expect(
            (try command.run("show", "论水", "--json").object()["fields"] as? [String: Any])?["来源"] as? String == "文集")
        for name in ["tags", "tag", "Tags", "标签"] {
            #expect(try command.run("set", "论水", "\(name)=x", expecting: 64).errors.contains("archivectl tag"))
        }
        for value in ["title=", "title= ", "title=　"] {
            #expect(try command.run("set", "论水", value, expecting: 64).errors.contains("needs a title"))
        }
        #expect(
            try command.run("new", "--title", " ", "--from", "-", input: "话。", expecting: 64).errors.contains(
                "the title is empty"))
        #expect(try command.run("tag", "论水", "", expecting: 64).errors.contains("a tag is empty"))
        #expect(try command.run("list", "--json").array().map { $0["title"] as? String } == ["论水"])
    }

    @Test func `a tag that is not there, or is there already, is spoken of`() throws {
        let command = try archive("论水")
        #expect(try command.run("tag", "论水").errors.contains("has no tags"))
        try command.run("tag", "论水", "reading", "要")
        let removed = try command.run("tag", "论水", "要", "--remove", "readng")
        #expect(
            removed.errors.contains("no tag 'readng'; did you mean 'reading'?")
                && removed.errors.contains("has the tag '要' already"), "\(removed.errors)")
        #expect(removed.text.contains("reading"))
        #expect(try command.run("tag", "论水", "--remove", "无", "--quiet").errors.isEmpty)
        let note = try #require(command.run("annotate", "论水", "--quote", "正文", "--json").object()["id"] as? String)
        #expect(
            try command.run("annotations", "edit", note, "--remove-tag", "无").errors.contains(
                "the annotation has no tag '无'"))
    }

    @Test func `what is not deleted is not said to be back`() throws {
        let command = try archive("论水", "Gifts")
        #expect(try command.run("undelete", "论水").text.contains("was not deleted  论水"))
        #expect(try command.run("undelete", "论水", "--json").array().first?["changed"] as? Bool == false)
        try command.run("delete", "Gifts")
        #expect(try command.run("undelete", "Giftz", expecting: 66).errors.contains("Did you mean 'Gifts' ("))
        #expect(try command.run("undelete", "Gifts", "--json").array().first?["changed"] as? Bool == true)
    }

    @Test func `an empty list says that it is empty`() throws {
        let command = try archive()
        #expect(try command.run("remote", "list").errors.contains("no remotes"))
        #expect(try command.run("remote", "list", "--quiet").errors.isEmpty)
        #expect(try command.run("hub", "create", "x", "--store", "store").text.contains("token"))
        let taken = try command.run("hub", "create", "x", "--store", "store", expecting: 73)
        #expect(taken.errors.contains("already an archive 'x'") && taken.text.isEmpty, "\(taken.errors)")
        let id = try #require(
            command.run("hub", "token", "list", "x", "--store", "store", "--json").array().first?["id"] as? String)
        try command.run("hub", "token", "revoke", "x", id, "--store", "store")
        #expect(try command.run("hub", "token", "list", "x", "--store", "store").errors.contains("no tokens"))
    }

    // MARK: Names

    @Test func `a title is found whatever its case, width and normalization, if only one is meant`() throws {
        let command = try archive("On Gifts", "ＡＢＣ的意义", "Cafe\u{301} 札记", "on gifts, again")
        func title(_ name: String) throws -> String? {
            try command.run("show", name, "--json").object()["title"] as? String
        }
        #expect(
            try title("ON GIFTS") == "On Gifts" && title("abc的意义") == "ＡＢＣ的意义" && title("CAFÉ 札记") == "Cafe\u{301} 札记")
        #expect(try title("GIFTS, AGAIN") == "on gifts, again" && title("On Gifts") == "On Gifts")
        let several = try command.run("show", "GIFTS", expecting: 64).errors
        #expect(several.contains("On Gifts") && several.contains("on gifts, again"), "\(several)")
        try command.run("delete", "on gifts, again")
        #expect(try title("GIFTS") == "On Gifts")
    }

    @Test func `a passage that occurs several times is listed with its surroundings, to be chosen`() throws {
        let command = try archive()
        try command.run("new", "--title", "文", "--from", "-", input: "一、开头\n山很高，山路远。\n二、结尾\n水边也有山影。\n")
        let errors = try command.run("annotate", "文", "--quote", "山", expecting: 64).errors
        #expect(
            errors.contains("occurs 3 times") && errors.contains("  2  …") && errors.contains("，[山]路远")
                && errors.contains("--occurrence N"), "\(errors)")
        #expect(errors.contains("也有[山]影。 …  二"), "\(errors)")
        #expect(
            try command.run("annotate", "文", "--quote", "山", "--occurrence", "4", expecting: 66).errors.contains(
                "there is no occurrence 4"))
        #expect(
            try command.run("annotate", "文", "--quote", "山", "--occurrence", "2", "--json").object()["start"] as? Int
                == 9)
    }

    @Test func `no list leaves out a single line`() throws {
        let command = try archive()
        for number in 1...12 { try command.run("new", "--title", "同名\(number)", "--from", "-", input: "话\(number)。\n") }
        #expect(try command.run("show", "同名", expecting: 64).errors.contains("and 2 more"))
        try command.run("delete", "同名12")
        let errors = try command.run("show", "同名", expecting: 64).errors
        #expect(!errors.contains("more") || errors.contains("同名11") && !errors.contains("and 1 more"), "\(errors)")
    }

    // MARK: Conflicts

    @Test func `changing an essay in conflict says which heads there are and what becomes of them`() throws {
        let (command, heads) = try conflict()
        func isTold(_ errors: String) -> Bool {
            heads.allSatisfy { errors.contains($0.prefix(12)) } && errors.contains("archivectl resolve ")
                && errors.contains("Saving ")
        }
        let shown = try #require(command.run("conflicts", "--json").array().first?["shown"] as? String)
        let unchanged = try command.run("edit", "文", environment: ["EDITOR": "true"], expecting: 2).errors
        #expect(isTold(unchanged) && unchanged.contains("replaces head \(shown.prefix(12)) only"), "\(unchanged)")
        #expect(isTold(try command.run("set", "文", "author=王", expecting: 2).errors))
        #expect(try command.run("tag", "文", "要").errors.contains("Saving replaces head "))
    }

    @Test func `a side is taken by its number, too`() throws {
        let (command, _) = try conflict()
        let sides = try #require(command.run("conflicts", "--json").array().first?["sides"] as? [[String]])
        #expect(try command.run("resolve", "文", "--take", "3", expecting: 66).errors.contains("The sides are 1 to 2"))
        #expect(try command.run("resolve", "文", "--take", "0", expecting: 66).errors.contains("The sides are 1 to 2"))
        let wanted = try command.run("show", "文", "--version", sides[1][0]).text
        try command.run("resolve", "文", "--take", "2")
        #expect(try command.run("show", "文").text == wanted)
    }

    @Test func `whoever settles a conflict place by place gets the keys explained`() throws {
        let (command, _) = try conflict()
        let process = command.process(["resolve", "文"], environment: ["NO_COLOR": "1"])
        let shown = try PseudoTerminal().run(process, typing: "?\n\n1\n")
        #expect(
            process.terminationStatus == 0 && shown.contains("take what it was before")
                && shown.contains("answer with one of the keys"), "\(shown)")
    }

    // MARK: Output

    @Test func `a quiet import prints problems and one line`() throws {
        let command = try archive()
        for number in 1...30 { try command.write("第\(number)件事的说明。\n", to: "in/事项\(number).txt") }
        try command.write("这不是 Word 文件。", to: "in/坏.docx")
        let quiet = try command.run("import", "in", "-q", expecting: 2)
        #expect(
            quiet.text.split(separator: "\n").count == 1 && quiet.text.contains("30 essays: 30 new"), "\(quiet.text)")
        #expect(
            quiet.errors.hasPrefix("archivectl: ") && quiet.errors.contains("坏.docx") && !quiet.errors.contains("事项"),
            "\(quiet.errors)")
    }

    @Test(arguments: [
        ["import"], ["list", "--limit", "many"], ["annotate", "x", "--start"], ["sync", "--dry-run", "--watch"],
        ["list", "--sort", "sideways"], ["show"],
    ])
    func `every error begins with the command's name`(line: [String]) throws {
        let command = try archive()
        let errors = try command.run(line, expecting: 64).errors
        #expect(errors.hasPrefix("archivectl: ") && !errors.contains("Error:"), "\(errors)")
    }

    @Test func `nothing alarms where nothing is wrong`() throws {
        let command = try archive("论水")
        for line in [["status"], ["verify"]] { #expect(try !command.run(line).text.contains("bug")) }
        #expect(try command.run("status", "--json").object()["sqlite"] is String)
        #expect(try command.run("verify").text.contains("the archive is sound"))
    }

    @Test func `a date that cannot be read is told how, and is read as people write it`() throws {
        let command = try archive("论水")
        let errors = try command.run("search", "before:yesterday", "水", expecting: 64).errors
        #expect(errors.contains("before:2024-03-15"), "\(errors)")
        for date in ["2000", "2000-01", "2000/1/5", "2000年1月5日", "2000.1"] {
            #expect(try command.run("search", "after:\(date)", "水", "--json").object()["total"] as? Int == 1)
        }
        for date in ["2000-13", "2000-", "20001", "2000-01-01x"] {
            try command.run("search", "after:\(date)", "水", expecting: 64)
        }
    }

    @Test func `suggestions of a search leave words whole`() throws {
        let command = try archive()
        try command.run("new", "--title", "Growth", "--from", "-", input: "economy grows slowly, and 经济增长 is slow.\n")
        let errors = try command.run("search", "\"economy growing\"").errors
        #expect(errors.contains("but economy is found in 1 essay") && !errors.contains("economy g"), "\(errors)")
        #expect(try command.run("search", "经济增长率").errors.contains("经济增长 is found in 1 essay"))
    }

    @Test(arguments: [
        ["backup", ""], ["restore", "", "--to", "n.db"], ["restore", "a.db", "--to", ""], ["import", ""],
        ["import", "in", ""], ["export-source", "x", "--to", ""],
        ["edit", "x", "--from", ""], ["new", "--from", ""], ["resolve", "x", "--from", ""],
        ["search", "--queries", ""], ["rebuild", "--from", ""],
        ["status", "--archive", ""], ["search", "x", "--archive", ""], ["hub", "create", "a", "--store", ""],
        ["hub", "list", "--store", ""],
        ["hub", "serve", "--store", "s", "--ready-file", ""],
        ["hub", "serve", "--store", "s", "--tls-cert", "", "--tls-key", ""],
        ["remote", "add", "o", "http://127.0.0.1:1/v1/archives/a", "--token-file", ""],
        ["remote", "add", "o", "http://127.0.0.1:1/v1/archives/a", "--ca-file", ""],
        ["clone", ""], ["remote", "add", "o", ""],
    ]) func `an empty path is named as such`(arguments: [String]) throws {
        let command = try Command()
        let result = try command.run(arguments, expecting: 64)
        #expect(result.errors.contains("is empty"), "\(result.errors)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: command.folder.path).filter { !$0.hasPrefix(".") }
                .isEmpty)
    }
}
