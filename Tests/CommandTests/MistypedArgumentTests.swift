import Testing

/// Arguments that are mistyped or absurd.
@Suite struct MistypedArgumentTests {
    @Test(arguments: ["A naïve man", "Москва…", "• ½ m² 😀", "ｶﾞ⼀𠀀", "cafe\u{301}"])
    func `a name that fits nothing is answered, whatever the titles hold`(title: String) throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", title, "--from", "-", input: "这是原文。")
        for arguments in [["show", "zzz"], ["log", "zzz"], ["edit", "zzz"], ["delete", "zzz"], ["annotations", "zzz"], ["resolve", "zzz"]] {
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
        ["import", "a.html", "--time-limit", "inf"], ["import", "a.html", "--time-limit", "1e308"], ["import", "a.html", "--time-limit", "nan"],
        ["hub", "serve", "--store", ".", "--timeout", "0"], ["hub", "serve", "--store", ".", "--timeout", "9223372036854775807"],
        ["hub", "serve", "--store", ".", "--max-connections", "-1"], ["hub", "serve", "--store", ".", "--max-request", "0"],
    ])
    func `numbers that make no sense are refused`(arguments: [String]) throws {
        let command = try Command()
        try command.run("init")
        try command.write("<p>文</p>", to: "a.html")
        try command.run(arguments, expecting: 64)
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
