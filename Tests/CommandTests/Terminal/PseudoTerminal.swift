import Foundation

/// A terminal for a command under test to talk to.
final class PseudoTerminal {
    private var primary: Int32
    private var secondary: Int32

    init(rows: UInt16 = 24) throws {
        // By hand, as Swift's Glibc does not show posix_openpt and its like: see pts(4), ioctl_tty(2).
        let (unlock, number): (UInt, UInt) = (0x4004_5431, 0x8004_5430)  // TIOCSPTLCK, TIOCGPTN
        primary = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (locked, name): (Int32, Int32) = (0, 0)
        guard primary >= 0, ioctl(primary, unlock, &locked) == 0, ioctl(primary, number, &name) == 0 else {
            throw POSIXError(.ENODEV)
        }
        secondary = open("/dev/pts/\(name)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var size = winsize(ws_row: rows, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
        guard secondary >= 0, ioctl(secondary, UInt(TIOCSWINSZ), &size) == 0 else { throw POSIXError(.ENODEV) }
    }

    deinit { hangUp() }

    /// Starts a process with the terminal as its three streams.
    func start(_ process: Process) throws {
        let terminal = FileHandle(fileDescriptor: secondary)
        process.standardInput = terminal
        process.standardOutput = terminal
        process.standardError = terminal
        // Tests run on threads that block signals, which a process would inherit; a terminal's are for it.
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
    }

    func type(_ text: String) { _ = Array(text.utf8).withUnsafeBytes { write(primary, $0.baseAddress, $0.count) } }

    /// What is shown next; none if nothing is in that time, `nil` if nothing can be any more.
    func read(milliseconds: Int32) -> [UInt8]? {
        var events = pollfd(fd: primary, events: Int16(POLLIN), revents: 0)
        guard poll(&events, 1, milliseconds) > 0 else { return [] }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = Foundation.read(primary, &buffer, buffer.count)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// Closes the terminal, as when its window is closed.
    func hangUp() {
        for end in [primary, secondary] where end >= 0 { close(end) }
        (primary, secondary) = (-1, -1)
    }

    /// Runs a process that is not started yet, types `input`, and returns what it showed, echo included.
    func run(_ process: Process, typing input: String) throws -> String {
        try start(process)
        type(input)
        var shown: [UInt8] = []
        while true {
            let isRunning = process.isRunning
            let more = read(milliseconds: 20) ?? []
            shown += more
            if more.isEmpty, !isRunning { return String(decoding: shown, as: UTF8.self) }
        }
    }
}
