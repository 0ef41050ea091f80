import Glibc
import Synchronization

/// Finds a person's regular expression in lines of a text, in bounded time.
///
/// Swift's engine tries all ways in which an expression can match (backtracking): with `(a+)+$` they double with each letter. It cannot
/// be interrupted, and so it runs on a thread of its own, which is given up where it takes too long.
final class PatternSearch: Sendable {
    /// Processor time, in seconds, that one line may take, and all of a text's.
    private static let (mostForLine, mostForAll) = (2.0, 60.0)

    enum Failure: Error {
        /// The place of the line among those that were given.
        case tooLong(line: Int)
        case stopped
    }

    private struct State {
        /// The line that is looked at, and the thread's processor time when that began.
        var line = 0
        var begun = 0.0
        /// The lines in which the expression was found, and where its first match ends there, in bytes.
        var found: [(line: Int, end: Int)] = []
        var isDone = false
        var isGivenUp = false
    }

    private let pattern: String
    private let lines: [String]
    private let state = Mutex(State())

    private init(_ pattern: String, _ lines: [String]) { (self.pattern, self.lines) = (pattern, lines) }

    /// - Parameter isStopped: asked some times a second; if it says yes, the search ends.
    /// - Throws: `Failure`.
    static func run(_ pattern: String, in lines: [String], until isStopped: () -> Bool) throws(Failure) -> [(
        line: Int, end: Int
    )] {
        let search = PatternSearch(pattern, lines)
        guard let thread = search.start() else { return search.found() }
        var clock = clockid_t()
        let hasClock = pthread_getcpuclockid(thread, &clock) == 0
        defer { pthread_detach(thread) }
        var pause: UInt32 = 100
        while true {
            let state = search.state.withLock { ($0.line, $0.begun, $0.isDone) }
            if state.2 { return search.state.withLock { $0.found } }
            let time = hasClock ? seconds(clock) : 0
            let isTooLong = time - state.1 > mostForLine || time > mostForAll
            if isTooLong || isStopped() {
                search.state.withLock { $0.isGivenUp = true }
                throw isTooLong ? .tooLong(line: state.0) : .stopped
            }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        }
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Starts a thread with as much of a stack as the first has; `nil` if there can be none.
    private func start() -> pthread_t? {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, 8 << 20)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, &attributes,
            { context in
                let search = Unmanaged<PatternSearch>.fromOpaque(context!).takeRetainedValue()
                let found = search.found()
                search.state.withLock { ($0.found, $0.isDone) = (found, true) }
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            return nil
        }
        return thread
    }

    private func found() -> [(line: Int, end: Int)] {
        guard let regex = try? SplitPattern(pattern).regex.matchingSemantics(.unicodeScalar) else { return [] }
        var found: [(line: Int, end: Int)] = []
        for (index, line) in lines.enumerated() {
            let now = Self.seconds(CLOCK_THREAD_CPUTIME_ID)
            let isGivenUp = state.withLock { state in
                (state.line, state.begun) = (index, now)
                return state.isGivenUp
            }
            if isGivenUp { return [] }
            guard let match = try? regex.firstMatch(in: line) else { continue }
            found.append((index, line.utf8.distance(from: line.startIndex, to: match.range.upperBound)))
        }
        return found
    }
}
