import Foundation
import Testing

/// Files that are not ours, in each place that a command writes or removes; and commands that meet there.
@Suite struct ForeignFileTests {
    /// Name and content of all in a folder but the state and logs of processes.
    private func listing(_ command: Command) throws -> [String: Data?] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: command.folder.path).filter { name in
            !name.hasPrefix("state") && !name.hasPrefix(".out-") && !name.hasPrefix(".err-") && !name.hasPrefix(".in-")
        }
        return Dictionary(
            uniqueKeysWithValues: names.map { ($0, FileManager.default.contents(atPath: command.path($0))) })
    }

    private func prepared() throws -> Command {
        let command = try Command()
        try command.write("一些话。\n", to: "in/一.txt")
        try command.run("init")
        try command.run("import", "in")
        try command.run("remote", "add", "origin", command.path("remote"), "--create")
        try command.run("sync")
        try command.run("backup", "backup.db")
        return command
    }

    @Test func `the index of an archive is no other archive`() throws {
        let command = try Command()
        try command.run("init", archive: "essays.search")
        try command.run("new", "--title", "一", "--from", "-", archive: "essays.search", input: "一些话。")
        try command.run("init", archive: "essays")
        try command.run("new", "--title", "二", "--from", "-", archive: "essays", input: "另一些话。")
        let found = try command.run("search", "另一些", "--json", archive: "essays")
        #expect(try found.object()["total"] as? Int == 1)
        #expect(found.errors.contains("essays.search"))
        #expect(try command.run("list", "--json", archive: "essays.search").array().count == 1)
        #expect(try command.run("verify", "--json", archive: "essays.search").object()["ok"] as? Bool == true)
    }

    @Test func `commands that make an archive delete nothing beside it`() throws {
        let command = try prepared()
        for name in ["x.db.clone", "x.db.new", "x.db.partial", ".x.db.partial"] {
            try command.write("别人的。\n", to: name)
        }
        try command.write("别人的。\n", to: "x.db.new.d/内.txt")
        let before = try listing(command)
        for arguments in [["init"], ["clone", command.path("remote")], ["restore", "backup.db", "--to", "x.db"]] {
            try command.run(arguments, archive: "x.db")
            for suffix in ["", "-wal", "-shm", ".search", ".search-wal", ".search-shm"] {
                unlink(command.path("x.db" + suffix))
            }
            #expect(try listing(command) == before, "\(arguments)")
        }
    }

    @Test(arguments: [
        "a.db", "a.db-wal", "a.db.search", "link", "dangling", "pipe", "folder", "text.txt", "other.db",
        "no/such/folder/x",
    ])
    func `outputs never replace what is not theirs`(target: String) throws {
        let command = try prepared()
        try command.write("文字。\n", to: "text.txt")
        symlink(command.path("a.db"), command.path("link"))
        symlink(command.path("nowhere"), command.path("dangling"))
        mkfifo(command.path("pipe"), 0o600)
        mkdir(command.path("folder"), 0o700)
        try command.run("init", archive: "other.db")
        // Somebody has the archive open, so that its log is there.
        let watch = command.process(["sync", "--watch", "--quiet"])
        try watch.run()
        defer {
            watch.terminate()
            watch.waitUntilExit()
        }
        for _ in 0..<200 where !FileManager.default.fileExists(atPath: command.path("a.db-wal")) { usleep(20_000) }
        let before = try listing(command).filter { !$0.key.hasPrefix("a.db") && !$0.key.hasPrefix("remote") }
        let hash = try command.run("status", "--json").object()["stateHash"] as? String
        let backup = try command.run("backup", target, "--force", expecting: nil)
        #expect(backup.status != 0 && backup.errors.contains(target), "\(backup.errors)")
        if target != "text.txt" {
            let export = try command.run("export-source", "一", "--to", target, "--force", expecting: nil)
            #expect(
                export.status != 0 && export.errors.contains(target) && !export.errors.contains("NSCocoa"),
                "\(export.errors)")
        }
        #expect(try listing(command).filter { !$0.key.hasPrefix("a.db") && !$0.key.hasPrefix("remote") } == before)
        #expect(try command.run("status", "--json").object()["stateHash"] as? String == hash)
        #expect(try command.run("verify", "--json").object()["ok"] as? Bool == true)
    }

    @Test func `an exported original replaces a plain file only if asked to`() throws {
        let command = try prepared()
        try command.write("旧的。\n", to: "out.txt")
        #expect(try command.run("export-source", "一", "--to", "out.txt", expecting: 73).errors.contains("--force"))
        #expect(FileManager.default.contents(atPath: command.path("out.txt")) == Data("旧的。\n".utf8))
        try command.run("export-source", "一", "--to", "out.txt", "--force")
        #expect(FileManager.default.contents(atPath: command.path("out.txt")) == Data("一些话。\n".utf8))
    }

    /// Whatever two of them do at once, one file comes of it, and only one of them says that it made it.
    @Test func `of two commands that make one archive at once, one succeeds`() throws {
        let command = try prepared()
        let makers = [
            ["init"], ["clone", command.path("remote")], ["restore", "backup.db", "--to", "x.db"], ["backup", "x.db"],
        ]
        for (number, first) in makers.enumerated() {
            for second in makers[number...] {
                let processes = [first, second].map { arguments in
                    let process = command.process(
                        arguments + ["--quiet"].filter { _ in arguments[0] != "restore" },
                        archive: arguments[0] == "backup" ? "a.db" : "x.db")
                    process.standardOutput = FileHandle.nullDevice
                    process.standardError = FileHandle.nullDevice
                    return process
                }
                for process in processes { try process.run() }
                for process in processes { process.waitUntilExit() }
                let statuses = processes.map(\.terminationStatus)
                #expect(statuses.sorted() == [0, 73], "\(first[0]) and \(second[0]): \(statuses)")
                #expect(try command.run("verify", "--json", archive: "x.db").object()["ok"] as? Bool == true)
                let debris = try FileManager.default.contentsOfDirectory(atPath: command.folder.path).filter {
                    $0.hasPrefix(".x.db")
                }
                #expect(debris.isEmpty, "\(first[0]) and \(second[0]): \(debris)")
                for suffix in ["", "-wal", "-shm", ".search", ".search-wal", ".search-shm"] {
                    unlink(command.path("x.db" + suffix))
                }
            }
        }
    }

    @Test func `what killed commands left goes with the next that writes there`() throws {
        let command = try prepared()
        for (folder, name) in [
            (".", ".b.db.00112233445566ff.partial"), ("remote/heads", ".x.00112233445566ff.partial"),
        ] {
            try command.write("残", to: "\(folder)/\(name)")
        }
        try command.run("backup", "b.db")
        try command.run("new", "--title", "二", "--from", "-", input: "另一些话。")
        try command.run("sync")
        let left = try FileManager.default.subpathsOfDirectory(atPath: command.folder.path).filter {
            $0.hasSuffix(".partial")
        }
        #expect(left.isEmpty)
    }

    @Test func `a ready file replaces only that of an earlier hub`() throws {
        let command = try Command()
        try command.run("hub", "create", "essays", "--store", "store")
        try command.write("笔记。\n", to: "notes.txt")
        let result = try command.run(
            "hub", "serve", "--store", "store", "--listen", "127.0.0.1:0", "--ready-file", "notes.txt", expecting: 73)
        #expect(result.errors.contains("notes.txt"))
        #expect(FileManager.default.contents(atPath: command.path("notes.txt")) == Data("笔记。\n".utf8))
    }

    @Test(arguments: ["file:x.db", "FILE:x.db?mode=rw", ":memory:"])
    func `a name that SQLite would read as a URI is a file's name`(name: String) throws {
        let command = try Command()
        try command.write("别人的文件。", to: "x.db")
        try command.run("init", archive: name)
        try command.run("new", "--title", "题", "--from", "-", archive: name, input: "一句。")
        #expect(try command.run("list", "--json", archive: name).array().count == 1)
        try command.run("backup", "file:b.db", archive: name)
        try command.run("restore", "file:b.db", "--to", "file:r.db")
        #expect(try command.run("list", "--json", archive: "file:r.db").array().count == 1)
        let names = try FileManager.default.contentsOfDirectory(atPath: command.folder.path)
        #expect(names.contains(name) && names.contains("file:b.db") && names.contains("file:r.db"))
        #expect(!names.contains("b.db") && !names.contains("r.db"))
        #expect(try String(contentsOf: command.folder.appending(path: "x.db"), encoding: .utf8) == "别人的文件。")
    }

    @Test(arguments: ["y.db-wal", "y.db-shm", "y.db-journal", "y.db.search", "y.db.search-wal", "y-wal"])
    func `no archive is made under a name that another's files are to have`(name: String) throws {
        let command = try prepared()
        for arguments in [["init"], ["clone", command.path("remote")], ["restore", "backup.db", "--to", name]] {
            #expect(
                try command.run(arguments, archive: name, expecting: 73).errors.contains(
                    "\(name) would be the name of a file that belongs to"))
        }
        #expect(try command.run("backup", name, expecting: 73).errors.contains(name))
        #expect(!FileManager.default.fileExists(atPath: command.path(name)))
    }

    @Test(arguments: ["-wal", "-shm", "-journal"]) func `a folder where a log would be is named`(suffix: String) throws
    {
        let command = try prepared()
        mkdir(command.path("backup.db" + suffix), 0o700)
        for salvage in [[], ["--salvage"]] {
            let refused = try command.run(["restore", "backup.db", "--to", "n.db"] + salvage, expecting: 65)
            #expect(refused.errors.contains("backup.db\(suffix) is a folder"), "\(refused.errors)")
        }
    }

    @Test func `what is no file is no backup`() throws {
        let command = try prepared()
        let folder = try command.run("restore", "remote", "--to", "n.db", expecting: 65).errors
        #expect(folder.contains("remote is a folder, not a backup") && folder.contains("archivectl clone remote"))
        #expect(
            try command.run("restore", "/dev/null", "--to", "n.db", expecting: 65).errors.contains(
                "/dev/null is a device, not a backup"))
    }

    @Test func `a lock that a finished clone left goes with the next command that makes the archive`() throws {
        let command = try prepared()
        for name in [".x.db.00112233445566ff.clone-lock", ".x.db.00112233445566fe.partial-lock"] {
            try command.write("", to: name)
        }
        try command.write("别人的。", to: ".x.db.00112233445566ff.other-lock.txt")
        try command.run("init", archive: "x.db")
        let left = try FileManager.default.contentsOfDirectory(atPath: command.folder.path).filter {
            $0.hasPrefix(".x.db")
        }
        #expect(left == [".x.db.00112233445566ff.other-lock.txt"])
    }
}
