import Foundation

/// A program run once: fed its input, its output collected, ended with all that it started when it takes too long.
///
/// No shell comes between. The program gets a process group of its own, so that a kill reaches its children too.
struct Subprocess {
    struct Output {
        /// The exit status; 128 + the signal's number if a signal ended it.
        let status: Int32
        let output: [UInt8]
        /// The beginning of what it wrote to standard error.
        let errors: [UInt8]
    }

    enum Failure: Error, Equatable {
        /// It could not be started; the value is `errno`.
        case start(Int32)
        /// It ran longer than the time limit.
        case time
        /// It wrote more than the output limit.
        case output
        /// It was to stop.
        case stopped
    }

    /// The program's absolute path.
    let path: String
    let arguments: [String]
    /// `NAME=value`; nothing is inherited.
    let environment: [String]
    /// Seconds.
    var timeLimit = 60.0
    /// Bytes.
    var outputLimit = 64 << 20
    /// Asked ten times a second and more; if it says yes, the program is ended.
    var isStopped: @Sendable () -> Bool = { false }

    /// How much of standard error is kept.
    private static let errorLimit = 1 << 14

    /// Runs the program to its end.
    /// - Throws: `Failure`; the program and its children are dead by then.
    func run(input: [UInt8]) throws -> Output {
        let streams = try Streams()
        defer { streams.close() }
        let child = try spawn(streams)
        streams.closeChildEnds()
        let deadline = ContinuousClock.now + .seconds(timeLimit)
        do {
            let (output, errors) = try exchange(child, streams, input, deadline)
            return Output(status: try child.wait { try check(deadline) }, output: output, errors: errors)
        } catch {
            child.end()
            throw error
        }
    }

    // MARK: Streams

    /// Our ends and the child's of its three streams. Standard input is a socket, since writing to one can be told not
    /// to raise SIGPIPE when the child has closed it.
    private final class Streams {
        var input: [Int32] = [-1, -1]
        var output: [Int32] = [-1, -1]
        var errors: [Int32] = [-1, -1]

        init() throws {
            guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &input) == 0, pipe(&output) == 0,
                pipe(&errors) == 0
            else {
                throw Failure.start(errno)
            }
            for descriptor in input + output + errors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            for descriptor in [input[1], output[0], errors[0]] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        }

        func closeChildEnds() { for end in [\Streams.input[0], \.output[1], \.errors[1]] { close(end) } }
        func close() {
            for end in [\Streams.input[0], \.input[1], \.output[0], \.output[1], \.errors[0], \.errors[1]] {
                close(end)
            }
        }

        func close(_ end: ReferenceWritableKeyPath<Streams, Int32>) {
            if self[keyPath: end] >= 0 { Glibc.close(self[keyPath: end]) }
            self[keyPath: end] = -1
        }
    }

    /// Writes the input and reads both outputs until they end, or until the child has and its children fell silent.
    private func exchange(
        _ child: Child, _ streams: Streams, _ input: [UInt8], _ deadline: ContinuousClock.Instant
    ) throws -> (output: [UInt8], errors: [UInt8]) {
        var rest = input[...]
        var output: [UInt8] = []
        var errors: [UInt8] = []
        if rest.isEmpty { streams.close(\.input[1]) }
        while streams.output[0] >= 0 || streams.errors[0] >= 0 {
            try check(deadline)
            var waiting = [
                pollfd(fd: streams.input[1], events: Int16(POLLOUT), revents: 0),
                pollfd(fd: streams.output[0], events: Int16(POLLIN), revents: 0),
                pollfd(fd: streams.errors[0], events: Int16(POLLIN), revents: 0),
            ]
            if poll(&waiting, 3, 100) == 0, child.hasEnded { break }
            if waiting[0].revents != 0 {
                let count = rest.withUnsafeBytes {
                    send(streams.input[1], $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count > 0 { rest = rest.dropFirst(count) }
                if rest.isEmpty || count < 0 && errno != EAGAIN && errno != EINTR { streams.close(\.input[1]) }
            }
            if waiting[1].revents != 0, !read(streams.output[0], into: &output) { streams.close(\.output[0]) }
            if waiting[2].revents != 0, !read(streams.errors[0], into: &errors) { streams.close(\.errors[0]) }
            guard output.count <= outputLimit else { throw Failure.output }
            errors.removeLast(max(0, errors.count - Self.errorLimit))
        }
        return (output, errors)
    }

    private func check(_ deadline: ContinuousClock.Instant) throws {
        guard ContinuousClock.now < deadline else { throw Failure.time }
        if isStopped() { throw Failure.stopped }
    }

    /// Returns `false` at the end.
    private func read(_ descriptor: Int32, into bytes: inout [UInt8]) -> Bool {
        var count = 0
        bytes += [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
            count = Glibc.read(descriptor, buffer.baseAddress, 1 << 16)
            filled = max(count, 0)
        }
        return count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR)
    }

    // MARK: The child

    private struct Child {
        let id: pid_t

        /// Whether it has ended; it stays a zombie, so that its process group's number is not given to others.
        var hasEnded: Bool {
            var info = siginfo_t()
            return waitid(P_PID, id_t(id), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_signo == SIGCHLD
        }

        /// - Parameter check: throws if it has to end.
        func wait(_ check: () throws -> Void) throws -> Int32 {
            while !hasEnded {
                try check()
                usleep(1000)
            }
            let status = end()
            let signal = status & 0x7F
            return signal == 0 ? status >> 8 & 0xFF : 128 + signal
        }

        /// Kills it and what is left of its children; returns its wait status.
        @discardableResult
        func end() -> Int32 {
            kill(-id, SIGKILL)
            var status: Int32 = 0
            while waitpid(id, &status, 0) < 0, errno == EINTR {}
            return status
        }
    }

    private func spawn(_ streams: Streams) throws -> Child {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in [streams.input[0], streams.output[1], streams.errors[1]].enumerated() {
            posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // We may ignore SIGPIPE; a program expects it not to be.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var id: pid_t = 0
        let failure = posix_spawn(&id, path, &actions, &attributes, argv, envp)
        guard failure == 0 else { throw Failure.start(failure) }
        return Child(id: id)
    }
}
