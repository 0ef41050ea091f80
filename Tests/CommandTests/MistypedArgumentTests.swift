import Testing

/// Arguments that are mistyped or absurd.
@Suite struct MistypedArgumentTests {
    @Test(arguments: ["A naïve man", "Москва…", "• ½ m² 😀", "ｶﾞ⼀𠀀", "cafe\u{301}"])
    func `a name that fits nothing is answered, whatever the titles hold`(title: String) throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", title, "--from", "-", input: "这是原文。")
        for arguments in [
            ["show", "zzz"], ["log", "zzz"], ["edit", "zzz"], ["delete", "zzz"], ["annotations", "zzz"],
            ["resolve", "zzz"],
        ] {
            #expect(try command.run(arguments, expecting: 66).errors.contains("'zzz'"), "\(arguments)")
        }
        #expect(try command.run("list", "--title", "zzz", "--json").text.contains("[]"))
    }

    @Test(arguments: [
        ["search", "原文", "--limit", "9223372036854775807"], ["search", "原文", "--limit", "4611686018427387904"],
        ["list", "--limit", "9223372036854775807"],
    ])
    func `numbers may be as large as there are`(arguments: [String]) throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "文", "--from", "-", input: "这是原文。")
        #expect(try command.run(arguments).text.contains("文"))
    }

    @Test(arguments: [
        ["import", "a.html", "--time-limit", "inf"], ["import", "a.html", "--time-limit", "1e308"],
        ["import", "a.html", "--time-limit", "nan"],
        ["hub", "serve", "--store", ".", "--timeout", "0"],
        ["hub", "serve", "--store", ".", "--timeout", "9223372036854775807"],
        ["hub", "serve", "--store", ".", "--max-connections", "-1"],
        ["hub", "serve", "--store", ".", "--max-request", "0"],
    ])
    func `numbers that make no sense are refused`(arguments: [String]) throws {
        let command = try Command()
        try command.run("init")
        try command.write("<p>文</p>", to: "a.html")
        try command.run(arguments, expecting: 64)
    }

    @Test(arguments: [
        ("ls", "list"), ("cat", "show"), ("rm", "delete"), ("grep", "search"), ("pull", "sync"),
        ("export", "export-source"), ("lis", "list"),
    ])
    func `a command by another program's name leads to ours`(typed: String, meant: String) throws {
        let said = try Command().run(typed, expecting: 64).errors
        #expect(
            said.contains("there is no command `archivectl \(typed)`. Did you mean `archivectl \(meant)`?"), "\(said)")
    }

    @Test func `only an option that is near is suggested`() throws {
        let command = try Command()
        #expect(!(try command.run("list", "--verson", expecting: 64).errors.contains("Did you mean")))
        #expect(try command.run("list", "--jsno", expecting: 64).errors.contains("Did you mean '--json'?"))
        #expect(try command.run("--archive", expecting: 64).errors.contains("--archive is given without a file"))
    }

    @Test func `fields are shown where none is given`() throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "文", "--tag", "甲", "--tag", "乙", "--from", "-", input: "甲。")
        try command.run("set", "文", "author=李", "date=2026-05-01")
        let shown = try command.run("set", "文").text
        #expect(
            shown.contains(/title +文\n/) && shown.contains(/author +李\n/) && shown.contains(/date +2026-05-01\n/)
                && shown.contains(/tags +., .\n/), "\(shown)")
        let fields = try command.run("set", "文", "--json").object()["fields"] as? [String: Any]
        #expect(fields?["author"] as? String == "李" && (fields?["tags"] as? [String])?.count == 2)
        #expect(try command.run("log", "文", "--json").array().count == 2)
    }

    @Test func `of essays with one title the ID is asked for`() throws {
        let command = try Command()
        try command.run("init")
        for text in ["甲。", "乙。"] { try command.run("new", "--title", "文", "--from", "-", input: text) }
        let said = try command.run("show", "文", expecting: 64).errors
        #expect(said.contains("Give the first digits of the ID") && !said.contains("more of the title"), "\(said)")
        try command.run("new", "--title", "文二", "--from", "-", input: "丙。")
        #expect(try command.run("delete", "文", expecting: 64).errors.contains("of the ID"))
    }
}
