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
            let process = command.process(["import", "in", "--quiet"])
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            usleep(delay)
            delay += 15_000
            if process.isRunning {
                kill(process.processIdentifier, SIGKILL)
                killed += 1
            }
            process.waitUntilExit()
            let report = try command.run("verify", "--json").object()
            #expect(report["ok"] as? Bool == true, "\(report)")
        }
        #expect(killed >= 5, "most imports were to be cut short")
        let last = try command.run("import", "in", "--json").object()
        #expect(last["essays"] as? Int == files && last["failed"] as? Int == 0)
        #expect(try command.run("list", "--json").array().count == files)
        #expect(try command.run("verify", "--json").object()["ok"] as? Bool == true)
    }

    @Test func commandsAtTheSameTimeWaitForEachOther() throws {
        let command = try Command()
        try fill(command, files: 200)
        try command.run("init")
        let processes = try (0..<4).map { number in
            let process = command.process(number == 0 ? ["import", "in", "--quiet"] : ["new", "--title", "并行\(number)", "--from", "in/\(number).txt"])
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
        shell.arguments = ["-c", "set -o pipefail; for i in 1 2 3; do '\(Command.executable.path)' show 关于3号事项的说明; done | head -c 10 >/dev/null; exit ${PIPESTATUS[0]}"]
        shell.environment = command.process([]).environment
        try shell.run()
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 0)
    }
}
