import Foundation

/// The program that shows long output page by page.
enum Pager {
    /// The command that somebody chose, as git has it: $ARCHIVECTL_PAGER, else $PAGER, else less; `nil` for none, which an empty
    /// variable and `cat` mean, too.
    static var command: String? {
        guard Terminal.isOutputTerminal, !Terminal.isDumb else { return nil }
        let chosen = Terminal.environment["ARCHIVECTL_PAGER"] ?? Terminal.environment["PAGER"]
        guard let command = chosen ?? Programs.find("less").map({ _ in "less" }) else { return nil }
        let words = command.trimmingCharacters(in: .whitespaces)
        return words.isEmpty || words == "cat" ? nil : words
    }

    /// What is running, for the handler of signals, which can reach nothing but globals; 0 and −1 if nothing is.
    nonisolated(unsafe) private static var process: pid_t = 0
    nonisolated(unsafe) private static var input: Int32 = -1
    /// Whether a signal has ended our output, and only the pager's end is waited for.
    nonisolated(unsafe) private(set) static var isStopping = false

    /// Starts the pager.
    /// - Returns: it, and where to write for it; `nil` if it cannot be started, which is said.
    static func start(_ command: String) -> (program: ForegroundProgram, output: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        defer { close(ends[0]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // As git sets them: leave at once what fits the screen, show colours, leave the text on the screen.
        let defaults = ["LESS": "FRX", "LV": "-c", "LESSCHARSET": "utf-8"].filter {
            Terminal.environment[$0.key] == nil
        }
        do {
            let program = try ForegroundProgram.start(command, input: ends[0], adding: defaults)
            (process, input) = (program.process, ends[1])
            for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] { signal(number, stop) }
            return (program, ends[1])
        } catch {
            close(ends[1])
            let reason =
                (error as? ForegroundProgram.StartError).map { String(cString: strerror($0.code)) } ?? "\(error)"
            Terminal.note("archivectl: warning: the pager '\(command)' cannot be started: \(reason)")
            return nil
        }
    }

    /// Ends our part only: the shell would otherwise take the terminal from under the pager, which goes on after Ctrl-C.
    private static let stop: @convention(c) (Int32) -> Void = { number in
        isStopping = true
        close(input)
        while waitpid(process, nil, 0) < 0, errno == EINTR {}
        signal(number, SIG_DFL)
        raise(number)
    }
}
