import Foundation

/// Ctrl-C and SIGTERM as something to wait for. The second of them ends the process as usual.
final class StopSignal: Sendable {
    /// Becomes readable when the process is to stop.
    let descriptor: Int32
    /// Whether the process is to stop.
    var isRaised: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) > 0
    }

    /// Written once, before the handler can run; the handler can reach nothing but globals.
    nonisolated(unsafe) private static var writeEnd: Int32 = -1

    init() {
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        descriptor = ends[0]
        Self.writeEnd = ends[1]
        var stopping = sigset_t()
        sigemptyset(&stopping)
        for number in [SIGINT, SIGTERM] {
            sigaddset(&stopping, number)
            signal(number) { number in
                signal(number, SIG_DFL)
                var byte: UInt8 = 1
                _ = write(StopSignal.writeEnd, &byte, 1)
            }
        }
        // Whoever started this process may have left them blocked.
        pthread_sigmask(SIG_UNBLOCK, &stopping, nil)
    }
}
