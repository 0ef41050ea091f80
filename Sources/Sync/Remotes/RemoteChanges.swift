import Archive
import Dispatch
import Synchronization

/// Tells whether a remote may hold something new.
public protocol RemoteChanges {
    /// Whether to synchronize, as far as is known. Asked several times a second.
    func isNew() throws -> Bool
}

/// Listens to a hub's events on a thread of its own, and connects again when they end: after longer and longer waits
/// while the hub is not to be had.
public final class HubChanges: RemoteChanges {
    private struct State {
        var digest: VectorDigest?
        /// The stream ended or is back: what that means, a request will tell.
        var hasTurned = false
    }

    /// Shared with the thread that listens.
    private final class Shared: Sendable { let state = Mutex(State()) }

    private let archive: Archive
    private let name: String
    private let shared = Shared()
    private var answered: VectorDigest?

    /// - Parameters:
    ///   - name: the name under which the archive knows the hub.
    ///   - hub: a client that nobody else uses.
    public init(_ archive: Archive, _ name: String, hub: HubClient, signal: WatchSignal, policy: RetryPolicy) {
        self.archive = archive
        self.name = name
        let (shared, events) = (shared, HubEvents(hub))
        DispatchQueue(label: "archivectl.events").async { Self.listen(events, shared, signal, policy) }
    }

    private static func listen(_ events: HubEvents, _ shared: Shared, _ signal: WatchSignal, _ policy: RetryPolicy) {
        var failures = 0
        while !signal.isStopped {
            var asked: Double?
            do throws(RemoteError) {
                try events.follow(isCancelled: { signal.isStopped }) { digest in
                    shared.state.withLock { $0 = State(digest: digest, hasTurned: $0.hasTurned || failures > 0) }
                    failures = 0
                    signal.wake()
                }
            } catch {
                asked = error.wait
            }
            if failures == 0 {
                shared.state.withLock { $0.hasTurned = true }
                signal.wake()
            }
            failures += 1
            let end = ContinuousClock.now + .seconds(policy.wait(after: failures, asked: asked) ?? policy.longest)
            while !signal.isStopped, ContinuousClock.now < end { _ = RetryingRemote.sleep(0.1) }
        }
    }

    public func isNew() throws -> Bool {
        let state = shared.state.withLock { state in
            defer { state.hasTurned = false }
            return state
        }
        if state.hasTurned { return true }
        // Once for each digest: a hub whose answers never agree with its events shall not be asked without end.
        guard let digest = state.digest, digest != answered else { return false }
        answered = digest
        return try archive.read { try $0.remote(name).digest } != digest.hex
    }
}

/// Looks at what a folder lists, twice a second, or less often where that takes long. While somebody misses something that heads promise, it is to be tried again
/// after longer and longer waits: what a program that copies folders brings late shows in no head.
public final class FolderChanges: RemoteChanges {
    private let remote: any Remote
    private let policy: RetryPolicy
    private var heads: [String]?
    private var looked = ContinuousClock.now
    /// How long the last look took.
    private var cost = Duration.zero
    private var tries = 0
    private var next = ContinuousClock.now

    /// - Parameter policy: of the waits while something is missing.
    public init(_ remote: any Remote, policy: RetryPolicy = RetryPolicy(tries: .max, base: 2, longest: 300)) {
        self.remote = remote
        self.policy = policy
        // Before the first run: what comes during it is new.
        heads = try? remote.list(RemoteName.heads)
    }

    public func isNew() throws -> Bool {
        let now = ContinuousClock.now
        guard now - looked > max(.milliseconds(500), cost * 20) else { return false }
        let found = try remote.list(RemoteName.heads)
        (looked, cost) = (now, ContinuousClock.now - now)
        defer { heads = found }
        guard let heads, heads.elementsEqual(found, by: { $0.utf8.elementsEqual($1.utf8) }) else {
            (tries, next) = (0, now)
            return true
        }
        guard now >= next, found.contains(where: { RemoteName($0)?.isWanted == true }) else { return false }
        tries += 1
        next = now + .seconds(policy.wait(after: tries) ?? policy.longest)
        return true
    }
}
