import Foundation
import Testing

/// Long output on a terminal, as git shows it.
@Suite struct PagerTests {
    private static let count = 60

    private func archive() throws -> Command {
        let command = try Command()
        for number in 1...Self.count {
            try command.write("第\(number)件事的说明。\n", to: "in/事项\(String(format: "%02d", number)).txt")
        }
        try command.run("init")
        try command.run("import", "in")
        return command
    }

    /// less with a prompt that is seen where nothing else is; its options are those that the command sets.
    private static let less = ["ARCHIVECTL_PAGER": "less -P less-waits"]

    @Test func `less shows long output, and quitting it early is success`() throws {
        let command = try archive()
        let terminal = try TerminalSession(command, environment: Self.less)
        for line in ["list", "search 件 --limit 60"] {
            terminal.type("archivectl \(line)\r")
            let shown = try terminal.wait(for: "less-waits")
            #expect(
                shown.contains("事项")
                    && !(line == "list" && (1...Self.count).allSatisfy { shown.contains(String(format: "事项%02d", $0)) })
            )
            terminal.type("q")
            try terminal.wait(for: TerminalSession.prompt)
            #expect(try terminal.status() == 0 && terminal.isSane())
        }
    }

    @Test func `essays, versions and differences are paged, too`() throws {
        let command = try Command()
        try command.run("init")
        let lines = (1...200).map { "第\($0)句话在这里。\n" }
        try command.run("new", "--title", "长", "--from", "-", input: lines.joined())
        for number in 0..<40 {
            try command.run("edit", "长", "--from", "-", input: lines.map { number % 2 == 0 ? "改" + $0 : $0 }.joined())
        }
        let terminal = try TerminalSession(command, environment: Self.less)
        for line in ["show 长", "log 长", "diff 长"] {
            terminal.type("archivectl \(line)\r")
            try terminal.wait(for: "less-waits")
            // To the end: nothing is missing there.
            terminal.type("G")
            try terminal.wait(for: line == "log 长" ? "测试者" : "200句")
            terminal.type("q")
            try terminal.wait(for: TerminalSession.prompt)
        }
    }

    @Test func `what fits the screen is shown without waiting`() throws {
        let command = try archive()
        let terminal = try TerminalSession(command, environment: Self.less)
        let shown = try terminal.run("archivectl list --limit 3").shown
        #expect(shown.components(separatedBy: "事项").count == 4 && !shown.contains("less-waits"))
    }

    @Test(arguments: [
        "archivectl list --no-pager", "archivectl --no-pager list", "archivectl list --json", "archivectl list | cat",
        "PAGER= archivectl list", "PAGER=cat archivectl list", "ARCHIVECTL_PAGER=cat PAGER=less archivectl list",
        "PAGER=false ARCHIVECTL_PAGER= archivectl list", "TERM=dumb archivectl list",
    ])
    func `no pager where none is wanted`(line: String) throws {
        let terminal = try TerminalSession(archive())
        let (shown, status) = try terminal.run(line)
        #expect(status == 0 && (1...Self.count).allSatisfy { shown.contains(String(format: "事项%02d", $0)) }, "\(shown)")
    }

    @Test func `the pager is that of ARCHIVECTL_PAGER, else of PAGER, options and all`() throws {
        let terminal = try TerminalSession(archive())
        #expect(try terminal.run("PAGER='sed s/事项/PAGED/' archivectl list").shown.contains("PAGED60"))
        #expect(
            try terminal.run("ARCHIVECTL_PAGER='sed s/事项/OWN/' PAGER='sed s/事项/PAGED/' archivectl list").shown.contains(
                "OWN60"))
        // One that is not there is said not to be, and nothing is lost.
        let (shown, status) = try terminal.run("PAGER=no-such-pager archivectl list")
        #expect(status == 0 && shown.contains("no-such-pager") && shown.contains("事项60"))
    }

    @Test func `a pager that reads nothing ends the command as done`() throws {
        let terminal = try TerminalSession(archive())
        #expect(try terminal.run("PAGER=true archivectl list").status == 0)
    }

    @Test func `Ctrl-C leaves the pager there, and ends the command once that is quit`() throws {
        let terminal = try TerminalSession(archive(), environment: Self.less)
        terminal.type("archivectl list\r")
        try terminal.wait(for: "less-waits")
        terminal.type("\u{3}")
        // less is still the one that answers.
        terminal.type("/事项\r")
        try terminal.wait(for: "事项")
        terminal.type("q")
        try terminal.wait(for: TerminalSession.prompt)
        #expect(try terminal.status() == 130)
        #expect(try terminal.isSane())
    }

    @Test func `Ctrl-Z suspends the pager and the command, and fg goes on with both`() throws {
        let terminal = try TerminalSession(archive(), environment: Self.less)
        terminal.type("archivectl list\r")
        try terminal.wait(for: "less-waits")
        terminal.type("\u{1A}")
        try terminal.wait(for: "Stopped")
        try terminal.wait(for: TerminalSession.prompt)
        #expect(try terminal.isSane())
        // The shell tells of the command; less stops a moment later, when it has put the terminal in order. Nobody types faster.
        #expect(try terminal.run("sleep 0.5").status == 0)
        terminal.type("fg\r")
        try terminal.wait(for: "less-waits")
        terminal.type("q")
        try terminal.wait(for: TerminalSession.prompt)
        #expect(try terminal.status() == 0)
    }

    @Test func `notes come when the pager has the screen no more`() throws {
        let terminal = try TerminalSession(archive(), environment: Self.less)
        terminal.type("archivectl search 件 --limit 40\r")
        let shown = try terminal.wait(for: "less-waits")
        #expect(!shown.contains("40 are shown"))
        terminal.type("q")
        try terminal.wait(for: "40 are shown")
    }
}
