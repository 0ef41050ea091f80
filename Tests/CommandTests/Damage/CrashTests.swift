import Foundation
import Testing

/// Processes that are killed, and processes that meet on one archive.
@Suite struct CrashTests {
    private func fill(_ command: Command, files: Int) throws {
        for number in 0..<files {
            let body = (0..<40).map { "第\(number)篇第\($0)句，为了占一些地方而写得稍长一点。" }.joined(separator: "\n")
            try command.write("关于\(number)号事项的说明\n一、开头\n\(body)\n", to: "in/\(number).txt")
        }
    }

    @Test func anImportThatIsKilledTwentyTimesLeavesASoundArchive() throws {
        let command = try Command()
        let files = 400
        try fill(command, files: files)
        try command.run("init")
        var killed = 0
        var delay: UInt32 = 20_000
        for _ in 0..<20 {
            if try self.killed(command.process(["import", "in", "--quiet"]), after: delay) { killed += 1 }
            delay += 15_000
            let report = try command.run("verify", "--json").object()
            #expect(report["ok"] as? Bool == true, "\(report)")
        }
        #expect(killed >= 5, "most imports were to be cut short")
        let last = try command.run("import", "in", "--json").object()
        #expect(last["essays"] as? Int == files && last["failed"] as? Int == 0)
        #expect(try command.run("list", "--json").array().count == files)
        #expect(try command.run("verify", "--json").object()["ok"] as? Bool == true)
    }

    /// Starts the command, kills it after a while, and says whether it was still running.
    private func killed(_ process: Process, after delay: UInt32) throws -> Bool {
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        usleep(delay)
        let isRunning = process.isRunning
        if isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return isRunning
    }

    @Test func aSyncThatIsKilledAgainAndAgainLosesNothing() throws {
        let command = try Command()
        try fill(command, files: 300)
        try command.run("init")
        try command.run("import", "in")
        let hub = try SyncCommandTests.LiveHub(command)
        defer { hub.stop() }
        try command.run("remote", "add", "origin", hub.url, "--token-file", "token")
        // First the sender dies, then the receiver, at ever later moments.
        var kills = 0
        for round in 0..<12
        where try killed(command.process(["sync", "--quiet"]), after: 5_000 + UInt32(round) * 9_000) { kills += 1 }
        try command.run("sync")
        for round in 0..<12 {
            let clone = command.process(["clone", hub.url, "--token-file", "token", "--quiet"], archive: "b.db")
            guard try killed(clone, after: 5_000 + UInt32(round) * 20_000) else { break }
            kills += 1
            #expect(
                !FileManager.default.fileExists(atPath: command.path("b.db")),
                "a clone that was cut short left an archive")
        }
        #expect(kills >= 4, "most runs were to be cut short")
        if !FileManager.default.fileExists(atPath: command.path("b.db")) {
            try command.run("clone", hub.url, "--token-file", "token", archive: "b.db")
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: command.folder.path).filter {
            $0.contains(".clone")
        }
        #expect(left == [], "what was cut off is resumed, and leaves nothing")
        for number in 0..<20 { try command.run("tag", "关于\(number)号事项的说明", "新标签", archive: "b.db") }
        for round in 0..<6
        where try killed(command.process(["sync", "--quiet"], archive: "b.db"), after: 4_000 + UInt32(round) * 4_000) {
            kills += 1
        }
        for archive in ["b.db", "a.db"] { try command.run("sync", archive: archive) }
        let reports = try ["a.db", "b.db"].map { try command.run("status", "--views", "--json", archive: $0).object() }
        for key in ["stateHash", "viewHash"] {
            #expect(reports[0][key] as? String != nil && reports[0][key] as? String == reports[1][key] as? String)
        }
        for archive in ["a.db", "b.db"] {
            #expect(try command.run("verify", "--json", archive: archive).object()["ok"] as? Bool == true)
        }
    }

    @Test func aBackupThatIsKilledLeavesNoFileOrAWholeOne() throws {
        let command = try Command()
        try fill(command, files: 300)
        try command.run("init")
        try command.run("import", "in")
        let hash = try #require(command.run("status", "--json").object()["stateHash"] as? String)
        var kills = 0
        for round in 0..<12 {
            let name = "backup-\(round).db"
            if try killed(command.process(["backup", name, "--quiet"]), after: 3_000 + UInt32(round) * 6_000) {
                kills += 1
            }
            if FileManager.default.fileExists(atPath: command.path(name)) {
                try command.run("restore", name, "--to", command.path("restored-\(round).db"))
                #expect(
                    try command.run("status", "--json", archive: "restored-\(round).db").object()["stateHash"]
                        as? String == hash)
            }
        }
        #expect(kills >= 2, "some backups were to be cut short")
        try command.run("backup", "last.db")
        #expect(try command.run("verify", "--json").object()["ok"] as? Bool == true)
    }

    /// SQLite would take the log for that of whatever file comes under the archive's name.
    @Test func whatADeadProcessLeavesIsNotMixedIntoAnotherArchive() throws {
        let command = try Command()
        try fill(command, files: 20)
        try command.run("init")
        try command.run("import", "in")
        try command.run("backup", "backup.db")
        try command.run("remote", "add", "origin", command.path("remote"), "--create")
        try command.run("sync")
        let hash = try #require(command.run("status", "--json").object()["stateHash"] as? String)
        let log = command.path("a.db-wal")
        let watch = command.process(["sync", "--watch", "--quiet"])
        try watch.run()
        func size() -> Int { (try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int) ?? 0 }
        while size() == 0, watch.isRunning { usleep(10_000) }
        try command.run("new", "--title", "后来", "--from", "-", input: "后来写的。")
        kill(watch.processIdentifier, SIGKILL)
        watch.waitUntilExit()
        #expect(size() > 0)

        // Over the archive, which its own log belongs to.
        try FileManager.default.copyItem(atPath: command.path("a.db"), toPath: command.path("kept.db"))
        try FileManager.default.removeItem(atPath: command.path("a.db"))
        try FileManager.default.copyItem(atPath: command.path("backup.db"), toPath: command.path("a.db"))
        #expect(try command.run("list", expecting: 65).errors.contains("a.db-wal"))
        // In its place.
        try FileManager.default.removeItem(atPath: command.path("a.db"))
        for arguments in [
            ["init"], ["clone", command.path("remote")],
            ["restore", command.path("backup.db"), "--to", command.path("a.db")],
        ] {
            let result = try command.run(arguments, expecting: 73)
            #expect(
                result.errors.contains("a.db-wal was left behind")
                    && !FileManager.default.fileExists(atPath: command.path("a.db")))
        }
        #expect(
            try command.run("backup", command.path("a.db"), archive: "kept.db", expecting: 73).errors.contains(
                "a.db-wal"))
        // Nothing was done to it: with its file the archive is whole.
        try FileManager.default.moveItem(atPath: command.path("kept.db"), toPath: command.path("a.db"))
        #expect(try command.run("show", "后来").text.contains("后来写的。"))
        try FileManager.default.removeItem(atPath: command.path("a.db"))
        try command.run("restore", "backup.db", "--to", command.path("a.db"))
        #expect(try command.run("status", "--json").object()["stateHash"] as? String == hash)
    }

    @Test func commandsAtTheSameTimeWaitForEachOther() throws {
        let command = try Command()
        try fill(command, files: 200)
        try command.run("init")
        let processes = try (0..<4).map { number in
            let process = command.process(
                number == 0
                    ? ["import", "in", "--quiet"] : ["new", "--title", "并行\(number)", "--from", "in/\(number).txt"])
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            return process
        }
        for process in processes {
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        #expect(try command.run("list", "--json").array().count == 203)
        #expect(try command.run("search", "第7篇第3句", "--json").object()["total"] as? Int == 1)
    }

    @Test func aClosedPipeIsSuccess() throws {
        let command = try Command()
        try fill(command, files: 50)
        try command.run("init")
        try command.run("import", "in")
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/bash")
        shell.arguments = [
            "-c",
            "set -o pipefail; for i in 1 2 3; do '\(Command.executable.path)' show 关于3号事项的说明; done | head -c 10 >/dev/null; exit ${PIPESTATUS[0]}",
        ]
        shell.environment = command.process([]).environment
        try shell.run()
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 0)
    }
}
