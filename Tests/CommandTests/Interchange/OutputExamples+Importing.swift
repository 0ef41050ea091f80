import Foundation
import Testing

extension OutputExamples {
    private static let report =
        "关于山的报告\n" + (1...30).map { "第\($0)段说山里的第\($0)种树，它长在第\($0)道坡上，鸟多而人少。\n" }.joined()

    func imports() throws {
        try command.run("init", archive: "i.db")
        try command.write(Self.report, to: "in/a.txt")
        try command.write("---\ntitle: 甲\ndate: 明天\n---\n山高而水深。\n", to: "in/甲.md")
        try command.write("图", to: "in/b.png")
        try command.write("锁", to: "in/.~lock.a.txt#")
        try command.write("没有压缩", to: "in/坏.zip")
        #expect(mkfifo(command.path("in/pipe"), 0o600) == 0)
        try run("import", ["import", "in", "--dry-run"], archive: "i.db", expecting: 2)
        try run("import", ["import", "in"], archive: "i.db", expecting: 2)
        for name in ["in/坏.zip", "in/pipe"] { try FileManager.default.removeItem(atPath: command.path(name)) }
        try run("import", ["import", "in"], archive: "i.db")
        try FileManager.default.moveItem(atPath: command.path("in/a.txt"), toPath: command.path("in/c.txt"))
        try command.write(Self.report.replacing("鸟多", with: "兽多"), to: "in/c.txt")
        try run("import", ["import", "in"], archive: "i.db")
        try run("show --source", ["show", "--source", "甲"], archive: "i.db")
        try run("log", ["log", "甲"], archive: "i.db")
        try run("status", ["status"], archive: "i.db")
        try run("import --formats", ["import", "--formats"], archive: "i.db")
        try watchImports()
    }

    private func watchImports() throws {
        try command.write("关于水的短文\n水长。\n", to: "watched/水.txt")
        let output = URL(fileURLWithPath: command.path("import.out"))
        try Data().write(to: output)
        let process = command.process(["import", "--watch", "watched", "--json"], archive: "i.db")
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        func has(_ event: String) throws -> Bool {
            try String(contentsOf: output, encoding: .utf8).contains("{\"event\":\"\(event)\"")
        }
        try command.waitUntil { try has("watching") }
        try FileManager.default.moveItem(atPath: command.path("watched"), toPath: command.path("moved"))
        try command.waitUntil { try has("gone") }
        try command.write("关于山的短文\n山高。\n", to: "watched/山.txt")
        try command.waitUntil { try has("replaced") }
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        #expect(try has("stopped"))
        add("import --watch", lines: try Data(contentsOf: output))
    }
}
