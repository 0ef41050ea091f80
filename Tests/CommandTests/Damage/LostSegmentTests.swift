import Foundation
import Testing

/// A remote that holds less than it held: whoever comes to it learns that something is missing.
@Suite struct LostSegmentTests {
    private func segments(_ command: Command, below folder: String) throws -> [String] {
        let names = try #require(FileManager.default.enumerator(atPath: command.path(folder))).compactMap {
            $0 as? String
        }
        return names.filter { $0.contains("/") }.sorted().map { command.path(folder + "/" + $0) }
    }

    private func damage(_ path: String) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count - 1] ^= 4
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    /// An archive of three essays, each in a segment of its own on a hub: the paths of these.
    private func threeSegments(_ command: Command, _ hub: SyncCommandTests.LiveHub) throws -> [String] {
        try command.run("init")
        try command.run("remote", "add", "origin", hub.url, "--token-file", "token")
        for title in ["一", "二", "三"] {
            try command.run("new", "--title", title, "--from", "-", input: "\(title)：一些话。")
            try command.run("sync")
        }
        let files = try segments(command, below: "store/essays/log")
        try #require(files.count == 3)
        return files
    }

    @Test func `a clone of a hub whose only segment is damaged is not complete, until it has come again`() throws {
        let command = try Command()
        var hub = try SyncCommandTests.LiveHub(command)
        defer { hub.stop() }
        try command.run("init")
        try command.run("new", "--title", "一", "--from", "-", input: "一些话。")
        try command.run("remote", "add", "origin", hub.url, "--token-file", "token")
        try command.run("sync")
        let files = try segments(command, below: "store/essays/log")
        try #require(files.count == 1)
        try damage(files[0])
        let first = try command.run("clone", hub.url, "--token-file", "token", archive: "c1.db", expecting: 2)
        #expect(first.errors.contains("lost") && first.errors.contains("not complete"))
        #expect(try command.run("list", "--json", archive: "c1.db").array().isEmpty)
        let port = try #require(URL(string: hub.url)?.port)
        hub.stop()
        hub = try SyncCommandTests.LiveHub(command, again: port)
        try command.run("clone", hub.url, "--token-file", "token", archive: "c2.db", expecting: 2)
        #expect(
            try command.run("sync", "--json", archive: "c1.db", expecting: 2).object()["incomplete"] as? Bool == true)
        try command.run("sync")
        for name in ["c1.db", "c2.db"] {
            try command.run("sync", archive: name)
            #expect(try command.run("list", "--json", archive: name).array().count == 1)
        }
        try command.run("clone", hub.url, "--token-file", "token", archive: "c3.db")
    }

    @Test func `what stands behind a damaged segment, and what is gone, is missed as well`() throws {
        let command = try Command()
        var hub = try SyncCommandTests.LiveHub(command)
        defer { hub.stop() }
        let files = try threeSegments(command, hub)
        try damage(files[1])
        let clone = try command.run("clone", hub.url, "--token-file", "token", archive: "c1.db", expecting: 2)
        #expect(clone.errors.contains("of which it held 3"))
        #expect(try command.run("list", "--json", archive: "c1.db").array().count == 1)
        let port = try #require(URL(string: hub.url)?.port)
        hub.stop()
        unlink(files[0])
        hub = try SyncCommandTests.LiveHub(command, again: port)
        try command.run("clone", hub.url, "--token-file", "token", archive: "c2.db", expecting: 2)
        try command.run("sync")
        try command.run("clone", hub.url, "--token-file", "token", archive: "c3.db")
        #expect(try command.run("list", "--json", archive: "c3.db").array().count == 3)
    }

    @Test(arguments: [0, 1, 2]) func `a segment whose file is taken from a running hub is missed, and comes again`(
        number: Int
    ) throws {
        let command = try Command()
        let hub = try SyncCommandTests.LiveHub(command)
        defer { hub.stop() }
        let files = try threeSegments(command, hub)
        unlink(files[number])
        let clone = try command.run("clone", hub.url, "--token-file", "token", archive: "c1.db", expecting: 2)
        #expect(clone.errors.contains("lost"))
        try command.run("sync")
        try command.run("sync", archive: "c1.db")
        try command.run("clone", hub.url, "--token-file", "token", archive: "c2.db")
        for name in ["c1.db", "c2.db"] { #expect(try command.run("list", "--json", archive: name).array().count == 3) }
        try command.run("verify", "--remote", "origin")
    }

    @Test func `a clone of a folder whose only segment is damaged is not complete`() throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "一", "--from", "-", input: "一些话。")
        try FileManager.default.createDirectory(atPath: command.path("remote"), withIntermediateDirectories: true)
        try command.run("remote", "add", "stick", command.path("remote"))
        try command.run("sync")
        for file in try segments(command, below: "remote/log") { try damage(file) }
        let clone = try command.run("clone", command.path("remote"), archive: "c.db", expecting: nil)
        #expect(clone.status != 0 && !clone.errors.contains("still empty"), "\(clone.status) \(clone.errors)")
    }
}
