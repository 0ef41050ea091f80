import Foundation
import Testing

/// What an edited front matter does to the fields of an essay.
@Suite struct FrontMatterEditTests {
    private static func text(_ front: String) -> String { "---\n\(front)\n---\n# 论水\n\n水是生命之源。\n" }

    private func essay() throws -> (command: Command, id: String) {
        let command = try Command()
        try command.run("init")
        try command.write(Self.text("title: 论水\nauthor: 李\ntags: [水, 河]"), to: "in.md")
        try command.run("import", "in.md")
        return (command, try #require(try command.run("list", "--json").array()[0]["id"] as? String))
    }

    private func fields(_ command: Command) throws -> (title: String?, author: String?, tags: [String]) {
        let essay = try command.run("list", "--json").array()[0]
        return (essay["title"] as? String, essay["author"] as? String, (essay["tags"] as? [String] ?? []).sorted())
    }

    @Test func `fields that follow the front matter follow it through an edit`() throws {
        let (command, id) = try essay()
        try command.run("tag", id, "长篇")
        let result = try command.run("edit", id, "--from", "-", input: Self.text("title: 论水二\nauthor: 王\ntags: [水, 湖]"))
        #expect(result.errors.contains("the front matter changed the essay's title, author, tags"), "\(result.errors)")
        let fields = try fields(command)
        #expect(fields.title == "论水二" && fields.author == "王" && fields.tags == ["水", "湖", "长篇"].sorted(), "\(fields)")
        // Nothing is said of what is as it was.
        #expect(
            !(try command.run(
                "edit", id, "--from", "-", input: Self.text("title: 论水二\nauthor: 王\ntags: [湖, 水]") + "新的一句。\n"
            ).errors.contains("front matter")))
    }

    @Test func `a field that was set by hand stays, and how to change it is told`() throws {
        let (command, id) = try essay()
        try command.run("set", id, "author=赵")
        let result = try command.run("edit", id, "--from", "-", input: Self.text("title: 论水\nauthor: 王\ntags: [水, 河]"))
        #expect(try fields(command).author == "赵")
        let advice = try #require(result.errors.firstMatch(of: /archivectl set (\w+) (author=\S+)/), "\(result.errors)")
        try command.run("set", String(advice.1), String(advice.2))
        #expect(try fields(command).author == "王")
    }

    @Test func `where the front matter is gone its fields stay, which is told`() throws {
        let (command, id) = try essay()
        let result = try command.run("edit", id, "--from", "-", input: "# 论水\n\n水是生命之源。\n")
        #expect(result.errors.contains("has no front matter any more"), "\(result.errors)")
        let fields = try fields(command)
        #expect(fields.title == "论水" && fields.author == "李" && fields.tags == ["水", "河"].sorted(), "\(fields)")
        // Once is enough; and front matter that comes back is read again.
        #expect(!(try command.run("edit", id, "--from", "-", input: "水。\n").errors.contains("front matter")))
        try command.run("edit", id, "--from", "-", input: Self.text("title: 论水\nauthor: 王\ntags: [水, 河]"))
        #expect(try self.fields(command).tags == ["水", "河"].sorted())
    }

    @Test func `front matter that cannot be read changes nothing`() throws {
        let (command, id) = try essay()
        try command.run("edit", id, "--from", "-", input: Self.text("title: [论水\nauthor: 王"))
        let fields = try fields(command)
        #expect(fields.title == "论水" && fields.author == "李" && fields.tags == ["水", "河"].sorted(), "\(fields)")
    }
}
