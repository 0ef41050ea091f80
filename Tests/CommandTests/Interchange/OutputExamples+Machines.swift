import Foundation
import Testing

extension OutputExamples {
    /// Two machines that change the same, and a folder between them.
    func conflict() throws {
        try command.run("init", archive: "c.db")
        try command.run("new", "--title", "题", "--from", "-", archive: "c.db", input: "春来。夏往。\n")
        try command.run("new", "--title", "旧文", "--from", "-", archive: "c.db", input: "旧。\n")
        try run("remote add", ["remote", "add", "stick", "stick", "--create", "--default"], archive: "c.db")
        try run("sync --dry-run", ["sync", "--dry-run"], archive: "c.db")
        try run("sync", ["sync"], archive: "c.db")
        try run("clone", ["clone", "stick"], archive: "c2.db")
        for (archive, text, title) in [("c.db", "秋来。夏往。\n", "甲题"), ("c2.db", "冬来。夏往。\n", "乙题")] {
            try command.run("edit", "题", "--from", "-", archive: archive, input: text)
            try command.run("set", "题", "title=\(title)", archive: archive)
        }
        try command.run("delete", "旧文", archive: "c.db")
        try run("sync", ["sync"], archive: "c.db")
        try run("sync", ["sync"], archive: "c2.db", expecting: 2)
        try run("list", ["list", "--conflicts"], archive: "c2.db")
        let conflicts = try run("conflicts", ["conflicts"], archive: "c2.db").array()
        let id = try #require(conflicts.first?["id"] as? String)
        try run("show", ["show", id], archive: "c2.db")
        try run("resolve", ["resolve", id, "--take", "1"], archive: "c2.db")
        try run("conflicts", ["conflicts"], archive: "c2.db")
        try run("status", ["status"], archive: "c.db")
        try run("verify", ["verify", "--remote", "stick"], archive: "c.db")
        try run("remote list", ["remote", "list"], archive: "c.db")
        try run("remote default", ["remote", "default", "stick"], archive: "c.db")
        try run("remote remove", ["remote", "remove", "stick"], archive: "c.db")
    }

    func hub() throws {
        var hub = try SyncCommandTests.LiveHub(command)
        defer { hub.stop() }
        let store = ["--store", "store"]
        try run("hub create", ["hub", "create", "other", "--quota", "1MB"] + store)
        let made = try run("hub token create", ["hub", "token", "create", "essays", "--scope", "read"] + store)
        try run("hub token create", ["hub", "token", "create", "essays", "--label", "laptop"] + store)
        try command.run("init", archive: "b.db")
        try command.run("new", "--title", "起初", "--from", "-", archive: "b.db", input: "起初。\n")
        try run(
            "remote add", ["remote", "add", "origin", hub.url, "--token-file", "token", "--proxy", ""], archive: "b.db")
        hub = try watchSync(hub)
        try run("hub list", ["hub", "list"] + store)
        try run("hub quota", ["hub", "quota", "essays"] + store)
        try run("hub quota", ["hub", "quota", "essays", "2GiB"] + store)
        let tokens = try run("hub token list", ["hub", "token", "list", "essays"] + store).array()
        // Who may only read gets what there is, and is refused what is brought.
        try command.write(try #require(try made.object()["token"] as? String), to: "read-token")
        try run("clone", ["clone", hub.url, "--token-file", "read-token"], archive: "r.db")
        try command.run("new", "--title", "不收", "--from", "-", archive: "r.db", input: "不收。\n")
        try run("sync", ["sync"], archive: "r.db", expecting: 77)
        let id = try #require(tokens.first?["id"] as? String)
        try run("hub token revoke", ["hub", "token", "revoke", "essays", id] + store)
    }

    /// A watch whose hub goes away for a while.
    /// - Returns: the hub that came back.
    private func watchSync(_ hub: SyncCommandTests.LiveHub) throws -> SyncCommandTests.LiveHub {
        let watch = try WatchCommandTests.Watch(command)
        try command.waitUntil { try watch.has("sync") }
        hub.stop()
        try command.run("new", "--title", "无人接收", "--from", "-", archive: "b.db", input: "正文。\n")
        try command.waitUntil { try watch.has("waiting") }
        let again = try SyncCommandTests.LiveHub(command, again: try #require(URL(string: hub.url)?.port))
        try command.waitUntil { try watch.events.filter { $0["event"] as? String == "sync" }.count == 2 }
        #expect(watch.stop(SIGTERM) == 0)
        add("sync --watch", lines: try Data(contentsOf: URL(fileURLWithPath: command.path("watch.out"))))
        return again
    }
}
