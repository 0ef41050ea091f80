import Foundation
import Testing

/// Machines that meet at a hub: real processes, real HTTP over loopback.
@Suite struct SyncCommandTests {
    /// A hub that runs until the object goes.
    final class LiveHub {
        let process: Process
        let url: String
        let command: Command

        /// - Parameter port: of a hub that served the same store before, and is to be there again.
        init(
            _ command: Command, archive name: String = "essays", again port: Int = 0, arguments: [String] = ["--quiet"]
        ) throws {
            self.command = command
            if port == 0 {
                let created = try command.run("hub", "create", name, "--store", "store", "--json").object()
                try command.write(created["token"] as! String, to: "token")
            }
            let ready = command.path("ready")
            try? FileManager.default.removeItem(atPath: ready)
            process = command.process(
                ["hub", "serve", "--store", "store", "--listen", "127.0.0.1:\(port)", "--ready-file", ready] + arguments
            )
            _ = FileManager.default.createFile(atPath: command.path("hub.log"), contents: nil)
            process.standardError = FileHandle(forWritingAtPath: command.path("hub.log"))
            try process.run()
            for _ in 0..<600 where !FileManager.default.fileExists(atPath: ready) { usleep(20_000) }
            let base = try String(contentsOfFile: ready, encoding: .utf8).trimmingCharacters(
                in: .whitespacesAndNewlines)
            url = base + "/v1/archives/\(name)"
        }

        func stop() {
            if process.isRunning { process.terminate() }
            process.waitUntilExit()
        }

        deinit { stop() }
    }

    private func hash(_ command: Command, _ archive: String) throws -> String {
        try #require(try command.run("status", "--json", archive: archive).object()["stateHash"] as? String)
    }

    private func edit(_ command: Command, _ archive: String, _ essay: String, _ old: String, _ new: String) throws {
        let text = try command.run("show", essay, archive: archive).text
        #expect(text.contains(old))
        try command.run(
            "edit", essay, "--from", "-", archive: archive, input: text.replacing(old, with: new), expecting: nil)
    }

    /// Two machines with the same two essays, and their hub.
    private func pair() throws -> (Command, LiveHub) {
        let command = try Command()
        try command.write(WorkflowTests.compilation, to: "in.txt")
        try command.run("init")
        try command.run("import", "in.txt")
        let hub = try LiveHub(command)
        try command.run("remote", "add", "origin", hub.url, "--token-file", "token")
        try command.run("sync")
        let cloned = try command.run("clone", hub.url, "--token-file", "token", "--json", archive: "b.db").object()
        #expect(cloned["pulled"] as? Int == 3)
        #expect(try hash(command, "a.db") == hash(command, "b.db"))
        return (command, hub)
    }

    @Test func aDryRunAsksAHubAndChangesNothing() throws {
        let (command, hub) = try pair()
        defer { hub.stop() }
        try edit(command, "a.db", "论旅行", "教育", "教养")
        try command.run("sync")
        try edit(command, "b.db", "论读书", "准确", "精确")
        try command.run("tag", "论读书", "甲", archive: "b.db")
        let before = try hash(command, "b.db")
        for _ in 0..<2 {
            let preview = try command.run("sync", "--dry-run", "--json", archive: "b.db").object()
            #expect(
                preview["toSend"] as? Int == 2 && preview["toReceive"] as? Int == 1
                    && preview["remote"] as? String == "origin")
        }
        #expect(try hash(command, "b.db") == before)
        // A hub that was set up anew knows nothing of what it held.
        hub.stop()
        try FileManager.default.removeItem(atPath: command.path("store"))
        let new = try LiveHub(command)
        defer { new.stop() }
        try command.run("remote", "remove", "origin", archive: "a.db")
        try command.run("remote", "add", "origin", new.url, "--token-file", "token", archive: "a.db")
        let preview = try command.run("sync", "--dry-run", "--json").object()
        #expect(preview["toSend"] as? Int == 4 && preview["toReceive"] as? Int == 0)
    }

    @Test func aProxyIsGoneThroughAndNamedWhereItIsNotThere() throws {
        let (command, hub) = try pair()
        defer { hub.stop() }
        // Nobody listens on port 1.
        try command.run("remote", "add", "around", hub.url, "--token-file", "token", "--proxy", "http://127.0.0.1:1")
        #expect(try command.run("sync", "around", expecting: 69).errors.contains("127.0.0.1"))
        // The environment's is for other machines: it could not reach this one's loopback.
        let environment = ["http_proxy": "http://127.0.0.1:1", "no_proxy": ""]
        try command.run("sync", "origin", environment: environment)
        try command.run("remote", "add", "away", "http://hub.invalid/v1/archives/essays", "--token-file", "token")
        #expect(try command.run("sync", "away", environment: environment, expecting: 69).errors.contains("127.0.0.1"))
        let remotes = try #require(try command.run("status", "--json").object()["remotes"] as? [[String: Any]])
        #expect(remotes.map { $0["reached"] is String } == [true, false, false])
    }

    @Test func theLogShowsRevisionVectors() throws {
        let (command, hub) = try pair()
        defer { hub.stop() }
        try edit(command, "b.db", "论读书", "准确", "精确")
        try command.run("sync", archive: "b.db")
        try command.run("sync")
        let vectors = try command.run("log", "论读书", "--json").array().map {
            try #require($0["vector"] as? [String: Int])
        }
        let replicas = try ["a.db", "b.db"].map {
            try #require(try command.run("status", "--json", archive: $0).object()["replica"] as? String)
        }
        // The newest first: b's only change rests on what a imported.
        #expect(vectors.count == 2 && vectors[0][replicas[1]] == 1 && vectors[1][replicas[1]] == nil)
        #expect(vectors[1][replicas[0]] != nil && vectors[0][replicas[0]] == vectors[1][replicas[0]])
        let shown = try command.run("log", "论读书", "--vectors").text
        for replica in replicas { #expect(shown.contains(replica.prefix(8))) }
        #expect(try !command.run("log", "论读书").text.contains(replicas[1].prefix(8)))
    }

    @Test func aCloneThatWasCutOffGoesOn() throws {
        let command = try Command()
        let hub = try LiveHub(command)
        defer { hub.stop() }
        try command.run("init")
        try command.run("new", "--title", "一", "--from", "-", input: "一些话。")
        try command.run("remote", "add", "origin", hub.url, "--token-file", "token")
        try command.run("sync")
        try command.run("clone", hub.url, "--token-file", "token", archive: "b.db")
        try command.run("new", "--title", "二", "--from", "-", input: "另一些话。")
        try command.run("sync")
        // As a clone that came as far as the first essay leaves it.
        try FileManager.default.moveItem(
            atPath: command.path("b.db"), toPath: command.path(".c.db.0123456789abcdef.clone"))
        let report = try command.run("clone", hub.url, "--token-file", "token", "--json", archive: "c.db").object()
        #expect(report["received"] as? Int == 1 || report["pulled"] as? Int == 1, "\(report)")
        #expect(try command.run("list", "--json", archive: "c.db").array().count == 2)
        #expect(!FileManager.default.fileExists(atPath: command.path(".c.db.0123456789abcdef.clone")))
        // One of another archive is begun anew.
        try command.run("init", archive: ".d.db.0123456789abcdef.clone")
        try command.run(
            "remote", "add", "origin", hub.url, "--token-file", "token", archive: ".d.db.0123456789abcdef.clone")
        try command.run("clone", hub.url, "--token-file", "token", archive: "d.db")
        #expect(try command.run("list", "--json", archive: "d.db").array().count == 2)
        #expect(try command.run("verify", archive: "d.db").text.contains("sound"))
    }

    @Test func differentChangesMergeAndTheSameSentenceConflictsUntilResolved() throws {
        let (command, hub) = try pair()
        defer { hub.stop() }
        // Different essays, then different sentences of one, with tags and annotations beside.
        try edit(command, "a.db", "论旅行", "教育", "教养")
        try edit(command, "b.db", "论读书", "准确", "精确")
        try edit(command, "a.db", "论读书", "浅尝", "略读")
        try command.run("tag", "论读书", "甲", archive: "a.db")
        try command.run("tag", "论读书", "乙", archive: "b.db")
        try command.run("annotate", "论读书", "--quote", "吞咽", "--note", "从甲机", archive: "a.db")
        try command.run("annotate", "论读书", "--quote", "机敏", "--note", "从乙机", archive: "b.db")
        for archive in ["a.db", "b.db", "a.db"] { try command.run("sync", archive: archive) }
        #expect(try hash(command, "a.db") == hash(command, "b.db"))
        for archive in ["a.db", "b.db"] {
            let text = try command.run("show", "论读书", archive: archive).text
            #expect(text.contains("精确") && text.contains("略读"))
            #expect(
                try command.run("tag", "论读书", "--json", archive: archive).object()["tags"] as? [String] == ["乙", "甲"])
            #expect(try command.run("annotations", "论读书", "--json", archive: archive).array().count == 2)
            #expect(try command.run("search", "略读", "--json", archive: archive).object()["total"] as? Int == 1)
        }
        // The same sentence.
        try edit(command, "a.db", "论旅行", "经验", "阅历")
        try edit(command, "b.db", "论旅行", "经验", "见识")
        try command.run("sync", archive: "a.db")
        try command.run("sync", archive: "b.db", expecting: 2)
        try command.run("sync", archive: "a.db", expecting: 2)
        #expect(try hash(command, "a.db") == hash(command, "b.db"))
        var lists: [[[String: Any]]] = []
        for archive in ["a.db", "b.db"] {
            lists.append(try command.run("conflicts", "--json", archive: archive).array())
        }
        for list in lists {
            #expect(list.count == 1)
            let sides = try #require((list[0]["hunks"] as? [[String: Any]])?.first?["sides"] as? [String])
            #expect(sides.contains { $0.contains("阅历") } && sides.contains { $0.contains("见识") })
            #expect((list[0]["hunks"] as? [[String: Any]])?.first?["base"] as? String == "旅行是经验的一部分。\n")
        }
        for side in ["阅历", "见识"] {
            #expect(try command.run("search", side, "--json").object()["total"] as? Int == 1, "every side is found")
        }
        let head = try #require((lists[0][0]["heads"] as? [String])?.last)
        try command.run("resolve", "论旅行", "--take", head)
        for archive in ["a.db", "b.db"] { try command.run("sync", archive: archive) }
        for archive in ["a.db", "b.db"] {
            #expect(try command.run("conflicts", "--json", archive: archive).array().isEmpty)
        }
        #expect(try command.run("show", "论旅行").text == command.run("show", "论旅行", archive: "b.db").text)
        // Delete against edit keeps the edit.
        try command.run("delete", "论旅行")
        try edit(command, "b.db", "论旅行", "教养", "修养")
        let said = try ["a.db", "b.db", "a.db"].map {
            try command.run("sync", archive: $0).errors.contains("'论旅行' was deleted on one machine and changed")
        }
        #expect(said == [false, true, true])
        #expect(try command.run("show", "论旅行").text.contains("修养"))
        #expect(try hash(command, "a.db") == hash(command, "b.db"))
        for archive in ["a.db", "b.db"] { try command.run("verify", archive: archive) }
    }

    @Test func aSyncOfNothingOrOneSentenceIsOneSmallRequest() throws {
        let (command, hub) = try pair()
        defer { hub.stop() }
        let idle = try command.run("sync", "--json").object()
        #expect(idle["requests"] as? Int == 1)
        #expect((idle["sentBytes"] as! Int) + (idle["receivedBytes"] as! Int) <= 900)
        try edit(command, "a.db", "论读书", "机敏", "敏捷")
        for archive in ["a.db", "b.db"] {
            let one = try command.run("sync", "--json", archive: archive).object()
            #expect(one["requests"] as? Int == 1)
            #expect((one["sentBytes"] as! Int) + (one["receivedBytes"] as! Int) <= 1600)
        }
        #expect(try command.run("show", "论读书", archive: "b.db").text.contains("敏捷"))
    }

    @Test func aRestoredBackupSyncsWithoutLosingOrDoubling() throws {
        let (command, hub) = try pair()
        defer { hub.stop() }
        try edit(command, "a.db", "论读书", "机敏", "灵敏")
        try command.run("backup", "backup.db")
        try edit(command, "a.db", "论旅行", "教育", "教化")
        try command.run("sync")
        try command.run("restore", "backup.db", "--to", "r.db")
        try edit(command, "r.db", "论读书", "细细", "慢慢")
        let (old, new) = (
            try command.run("status", "--json").object(), try command.run("status", "--json", archive: "r.db").object()
        )
        #expect(
            old["replica"] as? String != new["replica"] as? String
                && old["archive"] as? String == new["archive"] as? String)
        for archive in ["r.db", "a.db", "b.db", "r.db"] { try command.run("sync", archive: archive) }
        #expect(try Set(["a.db", "b.db", "r.db"].map { try hash(command, $0) }).count == 1)
        let text = try command.run("show", "论读书").text
        #expect(text.contains("灵敏") && text.contains("慢慢"))
        #expect(try command.run("list", "--json").array().count == 2)
    }

    @Test func aFolderServesAsARemoteForAllThatAHubDoes() throws {
        let command = try Command()
        try command.write(WorkflowTests.compilation, to: "in.txt")
        try command.run("init")
        try command.run("import", "in.txt")
        try command.run("remote", "add", "stick", "stick", "--create")
        let added = try command.run(
            "remote", "add", "other", "file://" + command.path("other%20stick"), "--create", "--default", "--json"
        ).object()
        #expect(added["name"] as? String == "other" && added["default"] as? Bool == true && added["reached"] is NSNull)
        #expect(FileManager.default.fileExists(atPath: command.path("other stick")))
        let preview = try command.run("sync", "stick", "--dry-run", "--json").object()
        #expect(preview["toSend"] as? Int == 3 && preview["toReceive"] as? Int == 0)
        func unsent(_ name: String) throws -> Int? {
            let remotes = try #require(try command.run("status", "--json").object()["remotes"] as? [[String: Any]])
            return try #require(remotes.first { $0["name"] as? String == name })["unsent"] as? Int
        }
        #expect(try unsent("stick") == 3 && unsent("other") == 3)
        try command.run("sync", "stick")
        #expect(try unsent("stick") == 0 && unsent("other") == 3)
        try command.run("sync")
        #expect(try unsent("other") == 0, "the default remote is taken where none is named")
        try command.run("clone", "stick", archive: "b.db")
        #expect(try hash(command, "a.db") == hash(command, "b.db"))
        try edit(command, "b.db", "论读书", "机敏", "敏锐")
        try command.run("sync", archive: "b.db")
        try command.run("sync", "stick")
        #expect(try hash(command, "a.db") == hash(command, "b.db"))
        // Damage is found, named and repaired.
        #expect(try command.run("verify", "--remote", "stick", "--json").object()["ok"] as? Bool == true)
        let files = try #require(FileManager.default.enumerator(atPath: command.path("stick/log"))).compactMap {
            $0 as? String
        }
        let file = command.path("stick/log/" + (try #require(files.filter { $0.contains("/") }.min())))
        try Data("坏".utf8).write(to: URL(fileURLWithPath: file))
        #expect(
            try command.run("clone", "stick", archive: "half.db", expecting: 2).errors.contains(
                "the clone is not complete"))
        let found = try command.run("verify", "--remote", "stick", "--repair", expecting: 2)
        #expect(
            found.text.contains("what is missing or damaged will be sent again")
                && found.text.contains("to repair: archivectl sync stick"))
        #expect(found.text.contains("is not what its name says"))
        try command.run("sync", "stick")
        try command.run("verify", "--remote", "stick")
        // A disk that is not there, and a folder that cannot be made.
        for name in ["heads", "log"] { try FileManager.default.removeItem(atPath: command.path("stick/" + name)) }
        try command.run("tag", "论旅行", "游记")
        for arguments in [["sync", "stick"], ["sync", "stick", "--dry-run"], ["verify", "--remote", "stick"]] {
            #expect(try command.run(arguments, expecting: 69).errors.contains("is empty, and was not"))
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: command.path("stick")).isEmpty && unsent("stick") == 1)
        let removed = try command.run("remote", "remove", "stick", "--json").object()
        #expect(removed["name"] as? String == "stick" && removed["reached"] is String)
        try command.run("remote", "add", "stick", "stick", "--create")
        #expect(try command.run("remote", "default", "stick", "--json").object()["default"] as? Bool == true)
        try command.run("sync")
        try command.run("verify", "--remote", "stick")
        try FileManager.default.removeItem(atPath: command.path("stick"))
        #expect(try command.run("sync", "stick", expecting: 69).errors.contains("mount"))
        #expect(
            try command.run("remote", "add", "x", "/proc/nowhere/x", "--create", expecting: 73).errors.contains(
                "cannot be made"))
        #expect(try command.run("remote", "add", "x", "ftp://host/x", expecting: 64).errors.contains("neither"))
    }

    @Test func aFolderThatIsReadOnlyGivesWhatItHas() throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "甲", "--from", "-", input: "甲写的。")
        try command.run("remote", "add", "stick", "stick", "--create")
        try command.run("sync")
        try command.run("clone", "stick", archive: "b.db")
        try command.run("new", "--title", "乙", "--from", "-", archive: "b.db", input: "乙写的。")
        try command.run("sync", archive: "b.db")
        try command.run("new", "--title", "丙", "--from", "-", input: "丙写的。")
        guard getuid() != 0 else { return try readOnly(command) }
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: command.path("stick"))
        try expectRefusal(command)
    }

    /// For the superuser permissions mean nothing; a bind mount does.
    private func readOnly(_ command: Command) throws {
        let stick = command.path("stick")
        let isMounted = try Self.run("mount --bind '\(stick)' '\(stick)' && mount -o remount,ro,bind '\(stick)'")
        try #require(isMounted, "nothing can be mounted here")
        defer { _ = try? Self.run("umount '\(stick)'") }
        try expectRefusal(command)
    }

    private static func run(_ script: String) throws -> Bool {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", script + " 2>/dev/null"]
        try shell.run()
        shell.waitUntilExit()
        return shell.terminationStatus == 0
    }

    private func expectRefusal(_ command: Command) throws {
        let result = try command.run("sync", "--json", expecting: 77)
        let report = try result.object()
        #expect(
            report["pulled"] as? Int == 1 && report["pushed"] as? Int == 0
                && (report["refused"] as? String)?.isEmpty == false)
        #expect(try command.run("list").text.contains("乙"))
    }

    @Test func aFolderOfAnotherArchiveIsLeftAlone() throws {
        let command = try Command()
        for archive in ["a.db", "b.db"] {
            try command.run("init", archive: archive)
            try command.run("new", "--title", archive, "--from", "-", archive: archive, input: "话。")
            try command.run("remote", "add", "stick", "stick", "--create", archive: archive)
        }
        try command.run("sync")
        for arguments in [["sync"], ["sync", "--dry-run"], ["verify", "--remote", "stick"]] {
            #expect(try command.run(arguments, archive: "b.db", expecting: 65).errors.contains("another archive"))
        }
        try command.run("verify", "--remote", "stick")
    }

    @Test func aRemoteThatCannotBeMeantIsRefused() throws {
        let command = try Command()
        try command.run("init")
        try command.write("", to: "file")
        for (name, place, part) in [
            ("", "folder", "name is empty"), ("x", "", "place is empty"), ("x", "file", "is a file"),
            ("x", "a.db", "is a file"),
            ("x", "http://user:secret@host/v1/archives/x", "--token-file"),
            ("x", "http://host/v1/archives/x?a", "no ?"),
            ("x", "https://host/v1/archives/x#a", "no ?"), ("x", "http:///x", "not the address of a hub"),
            ("x", "HTTPS://host", "/v1/archives/NAME"),
        ] {
            let result = try command.run("remote", "add", name, place, expecting: 64)
            #expect(
                result.errors.contains(part) && !result.errors.contains("secret"), "\(name) \(place): \(result.errors)")
        }
        #expect(try command.run("remote", "list", "--json").array().isEmpty)
        #expect(
            try command.run("remote", "add", "x", "HTTPS://Host:1/v1/archives/x/").errors.contains("no token is given"))
        #expect(try command.run("remote", "add", "y", "http://host/elsewhere").errors.contains("/v1/archives/NAME"))
        #expect(
            try command.run("remote", "list", "--json").array().map { $0["url"] as? String } == [
                "https://Host:1/v1/archives/x", "http://host/elsewhere",
            ])
        #expect(
            try command.run("remote", "add", "z", "http://host/v1/archives/x").errors.contains("can read the token"))
        #expect(
            try command.run("remote", "add", "l", "http://127.0.0.1:1/v1/archives/x").errors.contains("over http")
                == false)
        try command.run("remote", "add", "home", "~/stick", "--create")
        #expect(
            FileManager.default.fileExists(atPath: command.path("stick")), "where the environment says that home is")
    }

    @Test func aBackupCopiedOverTheArchiveLosesNothingThatWasSynced() throws {
        let (command, hub) = try pair()
        defer { hub.stop() }
        try command.run("backup", "old.db")
        try edit(command, "a.db", "论读书", "机敏", "灵敏")
        try command.run("sync")
        let replica = try command.run("status", "--json").object()["replica"] as? String
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: command.path("a.db" + suffix)) }
        try FileManager.default.removeItem(atPath: command.path("a.db"))
        try FileManager.default.copyItem(atPath: command.path("old.db"), toPath: command.path("a.db"))
        try edit(command, "a.db", "论旅行", "教育", "教化")
        #expect(try command.run("status", "--json").object()["replica"] as? String != replica)
        for archive in ["a.db", "b.db", "a.db"] { try command.run("sync", archive: archive) }
        #expect(try hash(command, "a.db") == hash(command, "b.db"))
        #expect(try command.run("show", "论读书").text.contains("灵敏"))
        #expect(try command.run("show", "论旅行", archive: "b.db").text.contains("教化"))
        for archive in ["a.db", "b.db"] { try command.run("verify", archive: archive) }
    }

    @Test func everyFailureIsExplainedAndLeavesTheArchiveAlone() throws {
        let (command, hub) = try pair()
        let before = try hash(command, "a.db")
        try edit(command, "a.db", "论读书", "机敏", "灵巧")
        let changed = try hash(command, "a.db")
        #expect(before != changed)
        try command.write("wrong-token", to: "wrong")
        try command.run("remote", "add", "wrong", hub.url, "--token-file", "wrong")
        #expect(try command.run("sync", "wrong", expecting: 77).errors.contains("token"))
        try command.run("remote", "add", "none", hub.url)
        #expect(try command.run("sync", "none", expecting: 77).errors.contains("--token-file"))
        try command.run("init", archive: "other.db")
        try command.run("new", "--title", "别的", "--from", "-", archive: "other.db", input: "别的档案。")
        try command.run("remote", "add", "origin", hub.url, "--token-file", "token", archive: "other.db")
        #expect(try command.run("sync", archive: "other.db", expecting: 65).errors.contains("another archive"))
        hub.stop()
        #expect(try command.run("sync", "origin", expecting: 69).errors.contains("not available"))
        #expect(try hash(command, "a.db") == changed)
        #expect(
            try command.run("clone", hub.url, "--token-file", "token", archive: "c.db", expecting: 69).errors.contains(
                "not available"))
        #expect(!FileManager.default.fileExists(atPath: command.path("c.db")))
    }

    @Test func aHubThatDiesInMidAnswerIsReportedAndTheNextSyncCompletes() throws {
        let (command, hub) = try pair()
        defer { hub.stop() }
        try edit(command, "a.db", "论读书", "机敏", "机警")
        try command.run("sync")
        let before = try hash(command, "b.db")
        let dying = try DyingServer()
        try command.run("remote", "add", "dying", dying.url, "--token-file", "token", archive: "b.db")
        #expect(try command.run("sync", "dying", archive: "b.db", expecting: 75).errors.contains("broke off"))
        dying.stop()
        #expect(try hash(command, "b.db") == before)
        try command.run("sync", "origin", archive: "b.db")
        #expect(try hash(command, "b.db") == hash(command, "a.db"))
    }
}

/// Accepts one connection, promises an answer, sends a part of it and hangs up.
final class DyingServer: @unchecked Sendable {
    // Everything is set before the thread starts and only read from then on.
    let url: String
    private let socketDescriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
            }
        }
        #expect(isBound)
        var size = length
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        socketDescriptor = descriptor
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/v1/archives/essays"
        Thread.detachNewThread {
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                var buffer = [UInt8](repeating: 0, count: 65536)
                _ = read(client, &buffer, buffer.count)
                let answer = Array(
                    "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nContent-Type: application/octet-stream\r\n\r\n{\"digest\":"
                        .utf8)
                _ = write(client, answer, answer.count)
                close(client)
            }
        }
    }

    func stop() {
        shutdown(socketDescriptor, Int32(SHUT_RDWR))
        close(socketDescriptor)
    }
}
