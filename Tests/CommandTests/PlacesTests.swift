import Foundation
import Testing

/// Home directories and arguments as the system has them.
@Suite struct PlacesTests {
    /// Runs a command line in a shell whose `/etc/passwd` is another, where `$HOME` is not set.
    private func run(_ command: Command, accounts: String, _ line: String) throws -> (status: Int32, text: String) {
        try command.write(accounts, to: "passwd")
        try command.write("passwd: files\n", to: "nsswitch")
        let process = command.process([])
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = [
            "--mount", "--map-root-user", "/bin/bash", "-c",
            """
            mount --bind '\(command.path("passwd"))' /etc/passwd && mount --bind '\(command.path("nsswitch"))' /etc/nsswitch.conf || exit 99
            \(line)
            """,
        ]
        process.environment = ["PATH": "\(Command.executable.deletingLastPathComponent().path):/usr/bin:/bin"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus != 99, "no file can be mounted here: \(text)")
        return (process.terminationStatus, text)
    }

    @Test func `without HOME the password database says where it is`() throws {
        let command = try Command()
        let accounts = "root:x:0:0::\(command.path("home")):/bin/sh\n"
        for (line, home) in [
            ("archivectl init", "home"), ("HOME= archivectl init", "home"), ("HOME=relative archivectl init", "home"),
            ("HOME=\(command.path("other")) archivectl init", "other"),
        ] {
            let made = try run(command, accounts: accounts, line)
            #expect(made.status == 0, "\(made.text)")
            let archive = command.path("\(home)/.local/share/archivectl/archive.db")
            #expect(FileManager.default.fileExists(atPath: archive))
            try FileManager.default.removeItem(atPath: command.path(home))
        }
    }

    @Test func `without any home directory nothing is done but said`() throws {
        let command = try Command()
        let refused = try run(
            command, accounts: "other:x:77:77::/nowhere:/bin/sh\n", "cd '\(command.folder.path)'; archivectl init")
        #expect(refused.status == 64 && refused.text.contains("Set HOME"), "\(refused.text)")
        let named = try run(
            command, accounts: "",
            "cd '\(command.folder.path)'; XDG_STATE_HOME=$PWD/state archivectl init --archive named.db")
        #expect(named.status == 0, "\(named.text)")
    }

    /// Runs a line of bash, where `$'\\xc4'` is a byte.
    private func shell(_ command: Command, _ line: String) throws -> (status: Int32, text: String) {
        let process = command.process([])
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "archivectl='\(Command.executable.path)'\n\(line)"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test(arguments: [
        "backup $'\\xc4\\xe3.bak'", "remote add r $'\\xc4\\xe3'", "new --title $'\\xc4\\xe3' --from text",
        "list --title $'\\xc4\\xe3'", "tag 文 $'\\xc4'",
        "--archive $'\\xc4.db' list", "search $'\\xc4\\xe3'", "export-source 文 --to $'\\xc4'",
        "restore b --to $'\\xc4'", "clone $'\\xc4' --archive c.db",
        "new --title=$'\\xc4' --from $'\\xc4'", "set 文 author=$'\\xc4'", "annotate 文 --quote 话 --note $'\\xc4'",
    ])
    func `an argument that is not UTF-8 is refused where it is no file to read`(line: String) throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "文", "--from", "-", input: "一些话。\n")
        try command.write("话。\n", to: "text")
        let before = try command.run("status", "--json").object()["stateHash"] as? String
        let refused = try shell(
            command, "cp text $'\\xc4'; \"$archivectl\" \(line); echo status $?; rm $'\\xc4'; ls -b")
        #expect(refused.text.contains("is not UTF-8") && refused.text.contains("status 64"), "\(refused.text)")
        #expect(
            !refused.text.contains("\\304") && !refused.text.contains("\\357\\277\\275"),
            "no file was made: \(refused.text)")
        #expect(try command.run("status", "--json").object()["stateHash"] as? String == before)
    }

    @Test func `a file that is read may have any name`() throws {
        let command = try Command()
        try command.run("init")
        let done = try shell(
            command,
            """
            echo 这是一。 >$'\\xc4\\xe3'; echo 这是二。 >$'\\xc4\\xe4'; echo 这是三。 >$'\\xef\\xbf\\xbd'
            "$archivectl" new --title 一 --from $'\\xc4\\xe3' && "$archivectl" new --title 二 --from=$'\\xc4\\xe4' && "$archivectl" new --title 三 --from $'\\xef\\xbf\\xbd'
            "$archivectl" edit 三 --from $'\\xc4\\xe3'
            echo 这是 >$'\\xff'; "$archivectl" search --queries $'\\xff'
            "$archivectl" import $'\\xc4\\xe4'
            """)
        #expect(done.status == 0, "\(done.text)")
        #expect(try ["一", "二", "三"].map { try command.run("show", $0).text } == ["这是一。\n", "这是二。\n", "这是一。\n"])
        #expect(done.text.contains("\"total\":3"), "\(done.text)")
        #expect(try command.run("new", "--from", "missing", expecting: 66).errors.contains("No such file"))
    }

    @Test func `a variable that is not UTF-8 names no other file`() throws {
        let command = try Command()
        let refused = try shell(command, "ARCHIVECTL_ARCHIVE=$'\\xc4.db' \"$archivectl\" init; echo status $?; ls -b")
        #expect(
            refused.text.contains("ARCHIVECTL_ARCHIVE is not UTF-8") && refused.text.contains("status 64")
                && !refused.text.contains(".db\n"), "\(refused.text)")
    }

    @Test func `streams that are closed are not taken by files`() throws {
        let command = try Command()
        try command.run("init")
        try command.run("new", "--title", "文", "--from", "-", input: "一些话。\n")
        #expect(try shell(command, "\"$archivectl\" backup b.bak >&-; echo status $?").text.contains("status 73"))
        #expect(
            try shell(
                command,
                "\"$archivectl\" list <&- && \"$archivectl\" verify --archive b.bak 2>&- >/dev/null; echo status $?"
            ).text.contains("status 0"))
    }
}
