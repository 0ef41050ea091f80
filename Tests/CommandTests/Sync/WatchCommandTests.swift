import Foundation
import Testing

/// `sync --watch` as a person leaves it running.
@Suite struct WatchCommandTests {
    /// A watch on `b.db` that runs until the object goes.
    final class Watch {
        private let process: Process
        private let command: Command

        init(_ command: Command, _ arguments: String...) throws {
            self.command = command
            process = command.process(["sync", "--watch", "--json"] + arguments, archive: "b.db")
            for (file, name) in [("watch.out", \Process.standardOutput), ("watch.err", \Process.standardError)] {
                _ = FileManager.default.createFile(atPath: command.path(file), contents: nil)
                process[keyPath: name] = FileHandle(forWritingAtPath: command.path(file))
            }
            try process.run()
        }

        /// The events so far; a line that is still being written is left out.
        var events: [[String: Any]] {
            get throws {
                let text = try String(contentsOfFile: command.path("watch.out"), encoding: .utf8)
                return text.split(separator: "\n").compactMap {
                    try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
                }
            }
        }

        func has(_ event: String) throws -> Bool { try events.contains { $0["event"] as? String == event } }

        /// Sends a signal, and returns the exit status.
        func stop(_ number: Int32) -> Int32 {
            kill(process.processIdentifier, number)
            process.waitUntilExit()
            return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        }

        deinit { if process.isRunning { process.terminate() } }
    }

    private func write(_ command: Command, _ archive: String, _ title: String) throws {
        try command.run("new", "--title", title, "--from", "-", archive: archive, input: "\(title)的正文。")
    }

    private func titles(_ command: Command, _ archive: String) throws -> Set<String> {
        Set(try command.run("list", "--json", archive: archive).array().compactMap { $0["title"] as? String })
    }

    @Test func aWatchTakesWhatOthersWriteAndSendsWhatIsWrittenHere() throws {
        let command = try Command()
        let hub = try SyncCommandTests.LiveHub(command)
        defer { hub.stop() }
        try command.run("init")
        try write(command, "a.db", "起初")
        try command.run("remote", "add", "origin", hub.url, "--token-file", "token")
        try command.run("sync")
        try command.run("clone", hub.url, "--token-file", "token", archive: "b.db")
        let watch = try Watch(command)
        try command.waitUntil { try watch.has("sync") }

        try write(command, "a.db", "从甲来")
        try command.run("sync")
        try command.waitUntil { try titles(command, "b.db").contains("从甲来") }
        // What came is found at once, too.
        try command.waitUntil {
            try command.run("search", "从甲来的正文", "--json", archive: "b.db").object()["total"] as? Int == 1
        }
        try write(command, "b.db", "从乙来")
        try command.waitUntil {
            try command.run("sync")
            return try titles(command, "a.db").contains("从乙来")
        }
        #expect(watch.stop(SIGINT) == 0)
        let end = try #require(try watch.events.last)
        #expect(end["event"] as? String == "end" && end["pushed"] as? Int == 1 && end["pulled"] as? Int == 1)
        // Three runs moved something or were the first; the others are no news.
        #expect(try watch.events.filter { $0["event"] as? String == "sync" }.count == 3)
        try command.run("verify", archive: "b.db")
    }

    @Test func aWatchOutlivesItsHub() throws {
        let command = try Command()
        var hub = try SyncCommandTests.LiveHub(command)
        let port = try #require(URL(string: hub.url)?.port)
        try command.run("init", archive: "b.db")
        try write(command, "b.db", "起初")
        try command.run("remote", "add", "origin", hub.url, "--token-file", "token", archive: "b.db")
        let watch = try Watch(command)
        try command.waitUntil { try watch.has("sync") }
        hub.stop()
        try write(command, "b.db", "无人接收")
        try command.waitUntil { try watch.has("waiting") }
        hub = try SyncCommandTests.LiveHub(command, again: port)
        defer { hub.stop() }
        try command.waitUntil { try watch.events.filter { $0["event"] as? String == "sync" }.count == 2 }
        try command.run("clone", hub.url, "--token-file", "token", archive: "c.db")
        #expect(try titles(command, "c.db") == ["起初", "无人接收"])
        // And it listens again: of what others bring only the hub's events tell.
        try write(command, "c.db", "从丙来")
        try command.run("sync", archive: "c.db")
        try command.waitUntil { try titles(command, "b.db").contains("从丙来") }
        #expect(watch.stop(SIGTERM) == 0)
    }

    @Test func aWatchEndsWithAMessageWhenItsTokenIsTakenAway() throws {
        let command = try Command()
        let hub = try SyncCommandTests.LiveHub(command)
        defer { hub.stop() }
        try command.run("init", archive: "b.db")
        try command.run("remote", "add", "origin", hub.url, "--token-file", "token", archive: "b.db")
        let watch = try Watch(command)
        try command.waitUntil { try watch.has("sync") }
        let token =
            try command.run("hub", "token", "list", "essays", "--store", "store", "--json").array()[0]["id"] as! String
        try command.run("hub", "token", "revoke", "essays", token, "--store", "store")
        try write(command, "b.db", "写给谁")
        try command.waitUntil {
            try String(contentsOfFile: command.path("watch.err"), encoding: .utf8).contains("token")
        }
        try command.waitUntil { try watch.has("end") }
    }

    @Test func aFolderIsWatchedToo() throws {
        let command = try Command()
        try command.run("init")
        try write(command, "a.db", "起初")
        try command.run("remote", "add", "disk", command.path("disk"), "--create")
        try command.run("sync", "disk")
        try command.run("clone", command.path("disk"), archive: "b.db")
        try command.run("sync", "--watch", "--dry-run", expecting: 64)
        let watch = try Watch(command)
        try command.waitUntil { try watch.has("sync") }
        try write(command, "a.db", "从甲来")
        try command.run("sync", "disk")
        try command.waitUntil { try titles(command, "b.db").contains("从甲来") }
        #expect(watch.stop(SIGTERM) == 0)
    }
}
