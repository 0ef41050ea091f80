import Foundation
import Testing

@Suite struct PathTests {
    /// Foundation's functions of paths end the process at a folder whose path is one character.
    @Test(arguments: [
        "b.db", "./b.db", "q/b.db", "q//b.db", "./q/b.db", "q/./b.db", "../FOLDER/b.db", ".//b.db", "水/b.db",
    ])
    func everyFormOfAPathIsMade(path: String) throws {
        let command = try Command()
        let path = path.replacing("FOLDER", with: command.folder.lastPathComponent)
        for folder in ["q", "水", "remote"] {
            try FileManager.default.createDirectory(atPath: command.path(folder), withIntermediateDirectories: true)
        }
        try command.run("init")
        try command.write("水善利万物而不争。", to: "t.txt")
        try command.run("import", "t.txt")
        try command.run("remote", "add", "r", "remote", "--create")
        try command.run("sync")
        try command.run("backup", "t.bk")
        func check(_ arguments: String...) throws {
            try command.run(arguments)
            #expect(FileManager.default.fileExists(atPath: command.path(path)), "\(arguments)")
            try FileManager.default.removeItem(atPath: command.path(path))
        }
        try check("backup", path)
        try check("init", "--archive", path)
        try check("restore", "t.bk", "--to", path)
        try check("clone", "remote", "--archive", path)
        try check("clone", "./remote", "--archive", path)
    }

    /// Where a disk is not mounted, nothing is to be made.
    @Test(arguments: ["n/b.db", "n/m/b.db"])
    func `folders that are missing are not made`(path: String) throws {
        let command = try Command()
        mkdir(command.path("remote"), 0o755)
        try command.run("init")
        try command.run("new", "--title", "一", "--from", "-", input: "一些话。")
        try command.run("remote", "add", "r", "remote", "--create")
        try command.run("sync")
        try command.run("backup", "t.bk")
        for arguments in [
            ["backup", path], ["init", "--archive", path], ["restore", "t.bk", "--to", path],
            ["clone", "remote", "--archive", path],
        ] {
            #expect(try command.run(arguments, expecting: 73).errors.contains("there is no folder"), "\(arguments)")
            #expect(!FileManager.default.fileExists(atPath: command.path("n")), "\(arguments)")
        }
    }

    @Test(arguments: ["e.txt", "./e.txt", "q/e.txt", "q//e.txt"])
    func originalsAreWrittenToEveryFormOfAPath(path: String) throws {
        let command = try Command()
        try FileManager.default.createDirectory(atPath: command.path("q"), withIntermediateDirectories: true)
        try command.run("init")
        try command.write("水善利万物而不争。", to: "t.txt")
        try command.run("import", "./t.txt")
        try command.run("export-source", "t.txt", "--to", path)
        #expect(
            FileManager.default.contents(atPath: command.path(path))
                == FileManager.default.contents(atPath: command.path("t.txt")))
    }

    @Test(arguments: ["q", "./q", "q/", ".", "./n"])
    func remotesAreFoldersOfEveryFormOfAPath(path: String) throws {
        let command = try Command()
        try FileManager.default.createDirectory(atPath: command.path("f/q"), withIntermediateDirectories: true)
        try command.run("init")
        // In a folder of its own.
        let process = command.process(["remote", "add", "r", path, "--create"])
        process.currentDirectoryURL = command.folder.appendingPathComponent(path == "." ? "f/q" : "f")
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        try command.run("sync")
    }
}
