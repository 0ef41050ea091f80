import Foundation
import Testing

/// Disks that are full and files that are damaged.
@Suite struct DiskTests {
    private func essay(_ number: Int) -> String {
        "关于\(number)号事项的说明\n一、开头\n" + (0..<60).map { "第\(number)篇第\($0)句，为了占一些地方而写得稍长一点。" }.joined(separator: "\n")
            + "\n"
    }

    private func archive(essays: Int) throws -> Command {
        let command = try Command()
        for number in 0..<essays { try command.write(essay(number), to: "in/\(number).txt") }
        try command.run("init")
        try command.run("import", "in")
        return command
    }

    /// Runs the command in a shell that has prepared what it runs in.
    private func run(_ command: Command, in shell: String, _ arguments: String) throws -> (
        status: Int32, errors: String
    ) {
        let process = command.process([])
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "\(shell); exec '\(Command.executable.path)' \(arguments)"]
        let errors = command.folder.appendingPathComponent(".shell-errors")
        try Data().write(to: errors)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit, "archivectl \(arguments) was ended by a signal")
        return (process.terminationStatus, String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }

    /// A limit on the size of files stands for a disk that fills up while a file grows: writing fails in the middle.
    @Test func aFileThatCannotGrowLeavesTheArchiveAsItWas() throws {
        let command = try archive(essays: 3)
        let before = try #require(command.run("status", "--json").object()["stateHash"] as? String)
        for number in 10..<600 { try command.write(essay(number), to: "more/\(number).txt") }
        let limit = "trap '' XFSZ; ulimit -f 400"
        let (status, errors) = try run(command, in: limit, "import more --quiet")
        #expect(status == 73 || status == 1, "\(errors)")
        #expect(!errors.isEmpty)
        #expect(try command.run("verify", "--json").object()["ok"] as? Bool == true)
        #expect(try command.run("status", "--json").object()["stateHash"] as? String == before)
        let (backed, reason) = try run(command, in: "trap '' XFSZ; ulimit -f 20", "backup --quiet full.db")
        #expect(backed == 73 || backed == 1, "\(reason)")
        #expect(!FileManager.default.fileExists(atPath: command.path("full.db")))
        #expect(try command.run("import", "more", "--json").object()["new"] as? Int == 590)
    }

    /// Imports 590 essays into an archive of three on a real file system of a size, where one can be mounted, and says what came of it.
    private func importing(onDiskOf size: String) throws -> String {
        let command = try archive(essays: 3)
        let disk = command.path("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        for number in 10..<600 { try command.write(essay(number), to: "more/\(number).txt") }
        let script = """
            mount -t tmpfs -o size=\(size) none '\(disk)' && cp '\(command.path("a.db"))' '\(disk)/a.db' && export ARCHIVECTL_ARCHIVE='\(disk)/a.db'
            archivectl='\(Command.executable.path)'
            "$archivectl" import '\(command.path("more"))' --quiet; echo "status $?"
            rm -f '\(disk)'/*.search*
            "$archivectl" verify --json --quiet
            "$archivectl" list --json | grep -o '"id"' | wc -l
            """
        return try mounting(script, command)
    }

    /// Runs a script that may mount file systems of its own, and says what it printed.
    private func mounting(_ script: String, _ command: Command) throws -> String {
        let process = command.process([])
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = ["--mount", "--map-root-user", "/bin/bash", "-c", script]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(
            !text.contains("unshare:") && !text.contains("mount:"), "no file system can be mounted here: \(text)")
        return text
    }

    @Test func aFullDiskIsSaidToBeFull() throws {
        let text = try importing(onDiskOf: "1m")
        #expect(text.contains("the disk is full") && text.contains("status 73"), "\(text)")
        // Everything was checked, and nothing but the index, for which there is no room, may be found wanting.
        #expect(text.contains("{\"ok\":") && text.contains("\"checked\":"), "\(text)")
        let items = text.components(separatedBy: "\"item\":").dropFirst()
        #expect(items.allSatisfy { $0.hasPrefix("\"search index\"") }, "\(text)")
        #expect(text.hasSuffix("\n3\n"), "what was there is there: \(text)")
    }

    /// There is room for the log, but not for moving it into the archive.
    @Test func whatWentInBeforeTheDiskWasFullIsSaidToBeIn() throws {
        let text = try importing(onDiskOf: "2m")
        #expect(text.contains("all changes are in") && text.contains("590 new") && text.contains("status 2"), "\(text)")
        #expect(!text.contains("a.db is as it was"), "\(text)")
        #expect(text.hasSuffix("\n593\n"), "\(text)")
    }

    @Test func `what only reads works on a full disk`() throws {
        let command = try archive(essays: 3)
        let disk = command.path("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        let script = """
            mount -t tmpfs -o size=2500k none '\(disk)' && cp '\(command.path("a.db"))' '\(disk)/a.db' && cd '\(disk)'
            dd if=/dev/zero of=fill bs=1k 2>/dev/null
            export ARCHIVECTL_ARCHIVE='\(disk)/a.db'
            for arguments in list status verify 'search 占一些地方' 'backup \(command.path("copy.db"))'; do
              '\(Command.executable.path)' $arguments >/dev/null; echo "$arguments: status $?"
            done
            """
        let text = try mounting(script, command)
        #expect(text.components(separatedBy: "status 0").count == 6, "\(text)")
        try command.run("restore", "copy.db", "--to", "r.db")
    }

    @Test func verifyFindsEachPageThatIsNotWhatItWas() throws {
        let command = try archive(essays: 24)
        let whole = try Data(contentsOf: URL(fileURLWithPath: command.path("a.db")))
        // SQLite's file format, 1.3: the size of pages stands in two bytes at 16.
        let pageSize = whole[16..<18].reduce(0) { $0 << 8 | Int($1) }
        let pages = whole.count / pageSize
        #expect(pages > 20)
        var unnoticed = 0
        for page in 1..<pages {
            var damaged = whole
            damaged.replaceSubrange(page * pageSize..<(page + 1) * pageSize, with: Data(count: pageSize))
            try damaged.write(to: URL(fileURLWithPath: command.path("damaged.db")))
            let result = try command.run("verify", "--json", archive: "damaged.db", expecting: nil)
            #expect([0, 2].contains(result.status), "page \(page): \(result.errors)")
            if result.status == 0 { unnoticed += 1 } else { #expect(!(result.text + result.errors).isEmpty) }
        }
        // SQLite's file format, 1.3: how many pages hold nothing stands in four bytes at 36.
        let empty = whole[36..<40].reduce(0) { $0 << 8 | Int($1) }
        #expect(
            unnoticed <= empty, "\(unnoticed) of \(pages) pages can be lost unnoticed, and only \(empty) hold nothing")
    }

    @Test func verifyFindsOneChangedCharacterInAText() throws {
        let command = try Command()
        try command.write("短文\n这里有一句话，以后会被改坏。\n", to: "短文.txt")
        try command.run("init")
        try command.run("import", "短文.txt")
        let file = URL(fileURLWithPath: command.path("a.db"))
        var bytes = try Data(contentsOf: file)
        let place = try #require(bytes.range(of: Data("以后会被改坏".utf8)))
        bytes.replaceSubrange(place, with: Data("以后会被改好".utf8))
        try bytes.write(to: file)
        let report = try command.run("verify", "--json", expecting: 2).object()
        #expect(report["ok"] as? Bool == false)
        let problems = try #require(report["problems"] as? [[String: Any]])
        #expect(problems.contains { ($0["what"] as? String)?.contains("hash") == true }, "\(problems)")
    }
}
