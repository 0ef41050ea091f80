import Foundation
import Testing

/// A person at a terminal: a shell with job control, in a session of its own, whose controlling terminal is a pseudo-terminal.
final class TerminalSession {
    private let terminal: PseudoTerminal
    /// Its folder lives as long as it does.
    private let command: Command
    private let shell = Process()
    private var shown: [UInt8] = []
    /// How much of what was shown has been waited for.
    private var seen = 0

    static let prompt = "ready> "

    init(_ command: Command, environment: [String: String] = [:], rows: UInt16 = 24) throws {
        self.command = command
        terminal = try PseudoTerminal(rows: rows)
        let bin = Command.executable.deletingLastPathComponent().path
        shell.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        shell.arguments = ["--ctty", "--wait", "/bin/bash", "--norc", "--noprofile", "--noediting", "-i"]
        shell.currentDirectoryURL = command.folder
        shell.environment = try #require(command.process([]).environment).merging([
            "PATH": "\(bin):/usr/bin:/bin", "TERM": "xterm", "LANG": "C.UTF-8", "PS1": Self.prompt, "NO_COLOR": "1",
        ]) { $1 }.merging(environment) { $1 }
        try terminal.start(shell)
        try wait(for: Self.prompt)
    }

    deinit {
        // The terminal's end ends the session: SIGHUP to all in it.
        terminal.hangUp()
        shell.waitUntilExit()
    }

    func type(_ text: String) { terminal.type(text) }

    /// Waits until something is shown that was not waited for yet.
    /// - Returns: what was shown up to it.
    @discardableResult
    func wait(for text: String, location: SourceLocation = #_sourceLocation) throws -> String {
        let wanted = Array(text.utf8)
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let new = shown[seen...]
            if let range = new.firstRange(of: wanted) {
                seen = range.upperBound
                return String(decoding: new[..<range.upperBound], as: UTF8.self)
            }
            guard ContinuousClock.now < deadline, let more = terminal.read(milliseconds: 500) else {
                Issue.record(
                    "'\(text)' is not shown, but \(String(decoding: new, as: UTF8.self).debugDescription)",
                    sourceLocation: location)
                throw POSIXError(.ETIMEDOUT)
            }
            shown += more
        }
    }

    /// Runs a command line to its end.
    /// - Returns: what it showed, and its status.
    func run(_ line: String, location: SourceLocation = #_sourceLocation) throws -> (shown: String, status: Int) {
        type(line + "\r")
        let shown = try wait(for: Self.prompt, location: location)
        return (shown, try status(location: location))
    }

    /// The status of the command that ended last.
    func status(location: SourceLocation = #_sourceLocation) throws -> Int {
        type("echo \"status\"=$?.\r")
        try wait(for: "status=", location: location)
        let text = try wait(for: ".", location: location)
        try wait(for: Self.prompt, location: location)
        return try #require(Int(text.dropLast()))
    }

    /// Whether the terminal is as a shell's commands expect it: it echoes, and takes lines. Looked at up to five times, as the
    /// shell and a program that stops put it in order at the same time.
    func isSane() throws -> Bool {
        for _ in 0..<5 {
            let modes = try run("stty -a").shown
            if Set(["icanon", "echo", "isig"]).isSubset(
                of: modes.split(whereSeparator: \.isWhitespace).map(String.init))
            {
                return true
            }
            usleep(200_000)
        }
        return false
    }
}
