import Foundation
import Testing

/// What a program reads on standard error of a command that failed with `--json`.
@Suite struct JSONErrorTests {
    private func archive() throws -> Command {
        let command = try Command()
        try command.run("init")
        for title in ["论读书", "论写作"] {
            try command.run("new", "--title", title, "--from", "-", input: "读书使人充实。\n读书使人明理。\n")
        }
        return command
    }

    /// The error of a command that prints nothing else.
    private func error(
        _ line: [String], _ command: Command, archive: String = "a.db", input: String = "", status: Int32,
        location: SourceLocation = #_sourceLocation
    ) throws -> [String: String] {
        let result = try command.run(line, archive: archive, input: input, expecting: status, location: location)
        #expect(result.text.isEmpty, sourceLocation: location)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 1 && result.errors.hasSuffix("\n"), "\(result.errors)", sourceLocation: location)
        let value = try JSONSerialization.jsonObject(with: Data(result.errors.utf8)) as? [String: [String: String]]
        let object = try #require(value, "\(result.errors)", sourceLocation: location)
        #expect(object.keys.elementsEqual(["error"]), sourceLocation: location)
        let members = try #require(object["error"], sourceLocation: location)
        #expect(Set(members.keys).isSubset(of: ["code", "message", "subject", "advice"]), sourceLocation: location)
        #expect(
            members["message"]?.isEmpty == false && members["advice"] != "" && members["subject"] != "",
            sourceLocation: location)
        return members
    }

    @Test(
        arguments: [
            (["show", "不在"], 66, "not-found", "不在"), (["show", "论"], 64, "ambiguous", "论"),
            (["show", "论读书", "--version", "7"], 66, "not-found", "7"), (["sync", "stick"], 66, "not-found", "stick"),
            (["remote", "remove", "stick"], 66, "not-found", "stick"),
            (["rebuild", "--from", "不在"], 66, "not-found", "不在"),
            (["annotate", "论读书", "--section", "九"], 66, "not-found", "九"),
            (["edit", "论读书", "--from", "none.txt"], 66, "not-found", "none.txt"),
            (["backup", "a.db"], 73, "cannot-write", "a.db"),
            (["restore", "none.db", "--to", "b.db"], 66, "not-found", "none.db"),
        ] as [([String], Int32, String, String)])
    func `an error names its code and what it is about`(line: [String], status: Int32, code: String, subject: String)
        throws
    {
        let command = try archive()
        let error = try error(line + ["--json"], command, status: status)
        #expect(error["code"] == code && error["subject"] == subject, "\(error)")
        // The same words as people read.
        let text = try command.run(line, expecting: status).errors
        let parts = [error["message"]!, error["advice"] ?? error["message"]!]
        #expect(text.hasPrefix("archivectl: ") && parts.allSatisfy(text.contains), "\(text) \(error)")
    }

    @Test func `advice is apart from the message, and names the archive`() throws {
        let command = try archive()
        let missing = try error(["--json", "list", "--archive", "c.db"], command, archive: "none.db", status: 66)
        #expect(
            missing["code"] == "not-found" && missing["subject"] == "c.db"
                && missing["message"] == "there is no archive at c.db")
        #expect(missing["advice"]?.contains("`archivectl --archive c.db init`") == true)
        try command.run("delete", "论读书")
        let deleted = try error(["show", "论读书", "--json", "--archive", "a.db"], command, status: 66)
        #expect(deleted["advice"]?.hasPrefix("`archivectl --archive a.db undelete ") == true)
        #expect(deleted["message"]?.contains("undelete") == false && deleted["subject"]?.count == 64)
    }

    @Test(arguments: [
        (["list", "--jsno"], "unknown option '--jsno'"), (["show"], "missing expected argument '<essay>'"),
        (["lst"], "there is no command `archivectl lst`"), (["hub", "serve"], "missing expected argument"),
        (["search", "--limit", "x", "y"], "invalid"),
        (["init", "--read-only"], "--read-only"), (["resolve", "论读书", "--whole"], ""),
        (["annotate", "论读书"], "which passage"),
        (["set", "论读书", "date", "2011"], "KEY=VALUE"),
    ])
    func `a wrong command line is an error, too`(line: [String], message: String) throws {
        let error = try error(line + ["--json"], archive(), status: 64)
        #expect(error["code"] == "usage" && (message.isEmpty || error["message"]!.contains(message)), "\(error)")
        #expect(error["message"]?.contains(/Usage:|Help:/) == false && error["message"]?.hasPrefix("Error") == false)
    }

    @Test func `how a command is used is the advice on a wrong option`() throws {
        let error = try error(["list", "--jsno", "--json"], archive(), status: 64)
        #expect(
            error["advice"]?.hasPrefix("Usage: archivectl list ") == true
                && error["advice"]?.contains("list --help") == true, "\(error)")
        #expect(error["message"]?.contains("\n") == false || error["message"]?.contains("Did you mean") == true)
    }

    @Test func `a query that cannot be understood has a code of its own`() throws {
        let command = try archive()
        for query in ["\"读书", "OR 读书", "before:x", "-"] {
            let error = try error(["search", "--json", "--", query], command, status: 64)
            #expect(
                error["code"] == "query" && error["message"]?.contains("at character") == true
                    && error["advice"] != nil, "\(error)")
        }
    }

    @Test func `a remote and a hub have codes of their own`() throws {
        let command = try archive()
        try command.write("token\n", to: "token")
        try command.run("remote", "add", "hub", "http://127.0.0.1:1/v1/archives/a", "--token-file", "token")
        #expect(try error(["sync", "--json"], command, status: 69)["code"] == "unavailable")
        try command.run("init", archive: "b.db")
        for archive in ["a.db", "b.db"] {
            try command.run("remote", "add", "stick", "stick", "--create", archive: archive)
        }
        try command.run("sync", "stick")
        let other = try command.run("sync", "stick", "--json", archive: "b.db", expecting: 65).errors
        #expect(other.contains("{\"error\":{\"code\":\"archive-mismatch\","), "\(other)")
        let store = try error(["hub", "list", "--store", "none", "--json"], command, status: 66)
        #expect(
            store["code"] == "not-found" && store["advice"]?.contains("`archivectl hub create NAME --store ") == true,
            "\(store)")
        try command.run("hub", "create", "a", "--store", "store")
        let taken = try error(["hub", "create", "a", "--store", "store", "--json"], command, status: 73)
        #expect(taken["code"] == "name-taken" && taken["advice"]?.contains("hub token create") == true)
        let token = try error(["hub", "token", "revoke", "a", "x", "--store", "store", "--json"], command, status: 66)
        #expect(
            token["code"] == "no-such-token" && token["advice"]?.contains("`archivectl hub token list a`") == true,
            "\(token)")
    }

    @Test func `what a later version wrote on a remote is told with the advice to update`() throws {
        let command = try archive()
        try command.run("remote", "add", "stick", "stick", "--create")
        try command.run("sync", "stick")
        let files = try #require(
            FileManager.default.enumerator(
                at: URL(fileURLWithPath: command.path("stick/log")), includingPropertiesForKeys: nil))
        for case let file as URL in files where !file.hasDirectoryPath {
            var bytes = try Data(contentsOf: file)
            let codec = try #require(bytes.range(of: Data("\"zstd\"".utf8)))
            bytes.replaceSubrange(codec, with: Data("\"later\"".utf8))
            try bytes.write(to: file)
        }
        let clone = try error(["clone", "stick", "--archive", "b.db", "--json"], command, status: 65)
        #expect(
            clone["code"] == "malformed" && clone["message"]?.contains("this version cannot read") == true, "\(clone)")
        #expect(clone["advice"] == "Use a newer archivectl")
        let problems =
            try command.run("verify", "--remote", "stick", "--json", expecting: 2).object()["problems"]
            as? [[String: Any]]
        #expect(problems?.contains { $0["repair"] as? String == "a newer archivectl" } == true)
    }

    @Test func `a damaged archive and one of a newer version say so`() throws {
        let command = try archive()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: command.path("a.db")))
        // PRAGMA user_version: https://sqlite.org/fileformat2.html#the_database_header
        try file.seek(toOffset: 60)
        try file.write(contentsOf: [0, 0, 1, 0])
        let newer = try error(["list", "--json"], command, status: 65)
        #expect(newer["code"] == "bad-input" && newer["subject"]?.hasSuffix("/a.db") == true, "\(newer)")
        #expect(
            newer["message"]?.contains("it has schema 256") == true
                && newer["advice"]?.hasPrefix("Use a newer archivectl") == true)
        // The size of a page, and what follows it.
        try file.seek(toOffset: 16)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 20))
        try file.close()
        let damaged = try error(["list", "--json"], command, status: 65)
        #expect(
            damaged["code"] == "corrupt" && damaged["advice"]?.contains("archivectl restore --salvage ") == true,
            "\(damaged)")
    }

    @Test func `an import tells the advice on a file beside what is wrong`() throws {
        let command = try archive()
        try Data([0xC4, 0xE3, 0xBA, 0xC3, 0x0A]).write(to: URL(fileURLWithPath: command.path("g.txt")))
        let result = try command.run("import", "g.txt", "--encoding", "utf-8", "--json", expecting: 2)
        let errors = try #require(result.object()["errors"] as? [[String: String]])
        #expect(errors.count == 1 && errors[0]["message"]?.contains("--encoding") == true, "\(errors)")
        // No other command takes an encoding.
        let broken = Array(String(repeating: "关于山的短文，山高水长。\n", count: 20).utf8) + [0xE5, 0xB1] + Array("山\n".utf8)
        try Data(broken).write(to: URL(fileURLWithPath: command.path("u.txt")))
        let edit = try error(["edit", "论读书", "--from", "u.txt", "--json"], command, status: 65)
        #expect(
            edit["code"] == "bad-input" && edit["subject"] == "u.txt" && edit["message"]?.contains("at byte") == true,
            "\(edit)")
        #expect(edit["advice"] == "Repair it there, or convert it to UTF-8 first")
    }

    @Test func `an error is JSON only if that is asked for`() throws {
        let command = try archive()
        for line in [["show", "不在"], ["list", "--jsno"], ["show", "--", "--json"]] {
            #expect(try command.run(line, expecting: nil).errors.hasPrefix("archivectl: "))
        }
        // Notes stay what they are.
        try command.run("delete", "论读书")
        #expect(try command.run("list", "--json", "--tag", "无").errors.hasPrefix("{") == false)
    }
}
