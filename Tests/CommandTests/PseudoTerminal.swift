import Foundation

/// A terminal for a command under test to talk to.
final class PseudoTerminal {
    private let primary: Int32
    private let secondary: Int32

    init() throws {
        // By hand, as Swift's Glibc does not show posix_openpt and its like: see pts(4), ioctl_tty(2).
        let (unlock, number): (UInt, UInt) = (0x4004_5431, 0x8004_5430)  // TIOCSPTLCK, TIOCGPTN
        primary = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (locked, name): (Int32, Int32) = (0, 0)
        guard primary >= 0, ioctl(primary, unlock, &locked) == 0, ioctl(primary, number, &name) == 0 else {
            throw POSIXError(.ENODEV)
        }
        secondary = open("/dev/pts/\(name)", O_RDWR | O_NOCTTY)
        guard secondary >= 0 else { throw POSIXError(.ENODEV) }
    }

    deinit {
        close(primary)
        close(secondary)
    }

    /// Runs a process that is not started yet, types `input`, and returns what it showed, echo included.
    func run(_ process: Process, typing input: String) throws -> String {
        let terminal = FileHandle(fileDescriptor: secondary)
        process.standardInput = terminal
        process.standardOutput = terminal
        process.standardError = terminal
        try process.run()
        _ = Array(input.utf8).withUnsafeBytes { write(primary, $0.baseAddress, $0.count) }
        var shown: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let isRunning = process.isRunning
            var events = pollfd(fd: primary, events: Int16(POLLIN), revents: 0)
            if poll(&events, 1, 20) > 0, events.revents & Int16(POLLIN) != 0 {
                let count = read(primary, &buffer, buffer.count)
                if count > 0 { shown += buffer[..<count] }
            } else if !isRunning {
                return String(decoding: shown, as: UTF8.self)
            }
        }
    }
}
