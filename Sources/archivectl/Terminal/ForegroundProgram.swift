@preconcurrency import Glibc

/// A program that talks to the person at the terminal while this one waits: an editor, or a pager.
///
/// It stays in our process group, so that it may read from the terminal, and so that Ctrl-C, Ctrl-Z and `fg` reach both, as
/// git has it. (A program in a group of its own would be stopped by SIGTTOU at its first change of the terminal's modes.)
struct ForegroundProgram {
    enum End: Equatable {
        case status(Int32)
        case signal(Int32)
    }

    struct StartError: Error {
        /// `errno`
        let code: Int32
    }

    let process: pid_t
    /// How the terminal was set before the program had it; `nil` without a terminal.
    private let modes: termios?

    /// - Parameters:
    ///   - command: what the person set: a program, perhaps with options; anything that a shell understands.
    ///   - arguments: further arguments, passed on as they are.
    ///   - input: the program's standard input; ours if `nil`.
    ///   - variables: added to the environment.
    /// - Throws: `StartError`
    static func start(
        _ command: String, _ arguments: [String] = [], input: Int32? = nil, adding variables: [String: String] = [:]
    ) throws -> Self {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input { posix_spawn_file_actions_adddup2(&actions, input, 0) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this process ignores for itself the program is not to ignore.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for number in [SIGINT, SIGQUIT, SIGPIPE] { sigaddset(&defaults, number) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        // Nor is it to block what the thread blocks that starts it.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        // Through the shell only where the command holds more than a name: git has it so, too.
        let isPlain = command.utf8.allSatisfy { byte in
            byte >= 0x80 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "/._-+".utf8.contains(byte)
        }
        let words = isPlain ? [command] + arguments : ["/bin/sh", "-c", command + " \"$@\"", command] + arguments
        let argv = words.map { strdup($0) } + [nil]
        let added = variables.map { strdup("\($0.key)=\($0.value)") }
        defer { for pointer in argv + added { free(pointer) } }
        let modes = TerminalModes.current
        var process: pid_t = 0
        let failure = posix_spawnp(
            &process, words[0], &actions, &attributes, argv, added + inheritedEnvironment + [nil])
        guard failure == 0 else { throw StartError(code: failure) }
        running = process
        signal(SIGTSTP, suspend)
        return Self(process: process, modes: modes)
    }

    /// The program, for the handler of signals, which can reach nothing but globals.
    nonisolated(unsafe) private static var running: pid_t = 0
    /// Whether `wait` has been told that the program has stopped.
    nonisolated(unsafe) private static var isStopSeen = false
    /// Whether the handler of Ctrl-Z is at work, which may be on another thread than `wait`: it stops this process, and nobody else
    /// does, since a second stop would follow right after `fg`.
    nonisolated(unsafe) private static var isSuspending = false
    /// How often it has stopped this process.
    nonisolated(unsafe) private static var suspensions = 0

    /// Stops this process once the program has stopped: the shell would otherwise take the terminal, and set its modes, while the
    /// program still puts them in order.
    private static let suspend: @convention(c) (Int32) -> Void = { _ in
        let code = errno
        ForegroundProgram.isSuspending = true
        // A program that does not care for Ctrl-Z is not waited for without end.
        for _ in 0..<1000 where !ForegroundProgram.isStopSeen {
            var state = siginfo_t()
            // Looked at only: `wait` is to see it, too.
            let isSeen =
                waitid(P_PID, id_t(ForegroundProgram.running), &state, WSTOPPED | WEXITED | WNOHANG | WNOWAIT) != 0
                || state.si_signo != 0
            if isSeen { break }
            usleep(10_000)
        }
        ForegroundProgram.suspensions &+= 1
        raise(SIGSTOP)
        ForegroundProgram.isSuspending = false
        errno = code
    }

    private static var inheritedEnvironment: [UnsafeMutablePointer<CChar>?] {
        var variables: [UnsafeMutablePointer<CChar>?] = []
        var next = environ
        while let variable = next.pointee {
            variables.append(variable)
            next += 1
        }
        return variables
    }

    /// Waits until the program has ended, and gives the terminal back its modes.
    func wait() -> End {
        var status: Int32 = 0
        while true {
            var state = siginfo_t()
            // Looked at only, so that a handler that comes between sees it, too.
            var seen = waitid(P_PID, id_t(process), &state, WSTOPPED | WEXITED | WNOWAIT)
            let suspensions = Self.suspensions
            if seen == 0 {
                Self.isStopSeen = true
                seen = waitpid(process, &status, WUNTRACED | WNOHANG)
            }
            defer { Self.isStopSeen = false }
            // It goes on already: both were stopped, and `fg` reached both.
            if seen == 0 { continue }
            if seen < 0 {
                if errno == EINTR { continue }
                // Somebody else, a handler of signals, has waited for it.
                status = 0
                break
            }
            if status & 0xFF != 0x7F { break }
            if let end = stopWithIt(after: suspensions) {
                status = end
                break
            }
        }
        signal(SIGTSTP, SIG_DFL)
        if let modes { TerminalModes.restore(modes) }
        let reason = status & 0x7F
        return reason == 0 ? .status(status >> 8 & 0xFF) : .signal(reason)
    }

    /// Stops this process as well where the program has stopped itself alone, so that the shell gets the terminal back; goes on
    /// with it after `fg`.
    /// - Parameter suspensions: how often Ctrl-Z had stopped this process when the program was seen to have stopped.
    /// - Returns: the program's status if it has ended meanwhile.
    private func stopWithIt(after suspensions: Int) -> Int32? {
        // Where both were stopped, this is seen after `fg`, and both go on already.
        usleep(20_000)
        var status: Int32 = 0
        if waitpid(process, &status, WCONTINUED | WUNTRACED | WNOHANG) == process {
            let isContinued = status == 0xFFFF
            if isContinued { return nil }
            let isStopped = status & 0xFF == 0x7F
            if !isStopped { return status }
        }
        while Self.isSuspending { usleep(5_000) }
        guard Self.suspensions == suspensions else { return nil }
        raise(SIGSTOP)
        kill(process, SIGCONT)
        return nil
    }
}

/// The modes of the terminal, which a program that crashed leaves as it had set them.
enum TerminalModes {
    static var current: termios? {
        var modes = termios()
        return tcgetattr(descriptor, &modes) == 0 ? modes : nil
    }

    static func restore(_ modes: termios) {
        // The modes of a terminal that another job has are that job's.
        guard tcgetpgrp(descriptor) == getpgrp() else { return }
        var modes = modes
        while tcsetattr(descriptor, TCSADRAIN, &modes) != 0, errno == EINTR {}
    }

    private static var descriptor: Int32 { [0, 1, 2].first { isatty($0) == 1 } ?? 0 }
}
