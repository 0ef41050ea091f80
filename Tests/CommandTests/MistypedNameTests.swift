import Testing

/// Names that fit nothing, whatever titles there are.
@Suite struct MistypedNameTests {
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
}
