import Foundation
import Testing

/// What an import says that it would do, or did to essays that a file held before.
@Suite struct ImportPreviewTests {
    @Test func `a file that is cut no more tells what became of its essays`() throws {
        let command = try Command()
        try command.run("init")
        try command.write("第一篇：论山\n一、山之高\n山高。\n第二篇：论水\n一、水之长\n水长。\n第三篇：论云\n一、云之轻\n云轻。\n", to: "in.txt")
        try command.run("import", "in.txt")
        let result = try command.run("import", "--split", "none", "in.txt")
        #expect(!result.text.contains("vanished") && result.text.contains("3 earlier essays kept"), "\(result.text)")
        #expect(
            result.errors.contains("3 essays cut from in.txt before stay in the archive")
                && result.errors.contains("'论山', '论水', '论云'"), "\(result.errors)")
        let delete = try #require(result.errors.firstMatch(of: /archivectl (delete [0-9a-f ]+)/))
        try command.run(delete.1.split(separator: " ").map(String.init))
        #expect(try command.run("list", "--json").array().count == 1)
        #expect(try !command.run("import", "--split", "none", "in.txt").errors.contains("stay"))
    }

    @Test func `a dry run works on what can only be read, and changes nothing there`() throws {
        let command = try Command()
        try command.run("init")
        try command.write("第一篇：论山\n一、山之高\n山高。\n第二篇：论水\n一、水之长\n水长。\n", to: "in.txt")
        try command.run("import", "in.txt")
        try command.write("第一篇：论山\n一、山之高\n山更高。\n第二篇：论水\n一、水之长\n水长。\n", to: "in.txt")
        try command.run("backup", "copy.db")
        let before = ["a.db", "copy.db"].map { FileManager.default.contents(atPath: command.path($0)) }
        let plain = try command.run("import", "--dry-run", "in.txt").text
        #expect(plain.contains("1 would be updated, 1 unchanged"), "\(plain)")
        for archive in ["a.db", "copy.db"] {
            #expect(try command.run("import", "--dry-run", "--read-only", "in.txt", archive: archive).text == plain)
        }
        #expect(try command.run("import", "--dry-run", "in.txt", archive: "copy.db").text == plain)
        #expect(["a.db", "copy.db"].map { FileManager.default.contents(atPath: command.path($0)) } == before)
        #expect(!FileManager.default.fileExists(atPath: command.path("copy.db-wal")))
        #expect(try command.run("import", "--read-only", "in.txt", expecting: 64).errors.contains("--read-only"))
    }
}
