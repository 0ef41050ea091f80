import Dispatch
import Synchronization

/// How the threads of a watch wake and stop each other.
public final class WatchSignal: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let stopped = Mutex(false)

    public init() {}

    public var isStopped: Bool { stopped.withLock { $0 } }

    /// Ends whatever waits, for good. Safe from any thread.
    public func stop() {
        stopped.withLock { $0 = true }
        semaphore.signal()
    }

    /// Lets the one that waits look about.
    public func wake() { semaphore.signal() }

    /// Waits until it is woken, or so many seconds.
    /// - Returns: `false` once everything is to stop.
    @discardableResult
    public func wait(seconds: Double) -> Bool {
        if !isStopped { _ = semaphore.wait(timeout: .now() + max(0, seconds)) }
        return !isStopped
    }

    /// Waits so many seconds, however often it is woken.
    /// - Returns: `false` once everything is to stop.
    public func pause(seconds: Double) -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while !isStopped, ContinuousClock.now < end { wait(seconds: min(seconds, 0.2)) }
        return !isStopped
    }
}
