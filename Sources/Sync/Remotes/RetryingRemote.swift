import Archive

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A remote that tries again where that may help: a connection that broke, a server that is busy or asks to wait. Every
/// request may be repeated: what it brings has one name, and is taken once.
public final class RetryingRemote: Remote {
    private let base: any Remote
    private let policy: RetryPolicy
    private let pause: (_ seconds: Double) -> Bool
    private let onRetry: (RemoteError, _ seconds: Double) -> Void
    /// Whether the remote has answered this client before: then its token is good, and it is there.
    private var hasAnswered = false

    /// - Parameters:
    ///   - pause: waits; `false` if there is to be no further try.
    ///   - onRetry: told of each failure that is not the last, and of the wait that follows.
    public init(
        _ base: any Remote, policy: RetryPolicy = RetryPolicy(),
        pause: @escaping (_ seconds: Double) -> Bool = RetryingRemote.sleep,
        onRetry: @escaping (RemoteError, _ seconds: Double) -> Void = { _, _ in }
    ) {
        self.base = base
        self.policy = policy
        self.pause = pause
        self.onRetry = onRetry
    }

    /// Waits on the calling thread.
    @Sendable public static func sleep(_ seconds: Double) -> Bool {
        var left = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
        var time = left
        repeat { time = left } while nanosleep(&time, &left) != 0 && errno == EINTR
        return true
    }

    public var traffic: Traffic { base.traffic }

    public var properties: RemoteProperties { base.properties }

    public var syncing: (any Syncing)? { base.syncing.map { RetryingSync(base: $0, remote: self) } }

    private struct RetryingSync: Syncing {
        let base: any Syncing
        let remote: RetryingRemote

        func sync(
            _ request: SyncRequest, segments: [LogSegment]
        ) throws(RemoteError) -> (response: SyncResponse, segments: [LogSegment]) {
            try remote.retrying { failures throws(RemoteError) in
                // Over a connection that breaks under much, half as much each time: what is left out goes with the next request.
                let count = segments.isEmpty ? 0 : max(1, segments.count >> failures)
                return try base.sync(request, segments: Array(segments.prefix(count)))
            }
        }
    }

    public func list(_ prefix: String) throws(RemoteError) -> [String] {
        try retrying { _ throws(RemoteError) in try base.list(prefix) }
    }
    public func get(_ name: String) throws(RemoteError) -> [UInt8]? {
        try retrying { _ throws(RemoteError) in try base.get(name) }
    }
    public func put(_ name: String, _ bytes: [UInt8]) throws(RemoteError) {
        try retrying { _ throws(RemoteError) in try base.put(name, bytes) }
    }
    public func delete(_ name: String) throws(RemoteError) {
        try retrying { _ throws(RemoteError) in try base.delete(name) }
    }

    private func retrying<Value>(_ attempt: (_ failures: Int) throws(RemoteError) -> Value) throws(RemoteError) -> Value
    {
        var failures = 0
        while true {
            do throws(RemoteError) {
                let value = try attempt(failures)
                hasAnswered = true
                return value
            } catch {
                failures += 1
                guard isWorthwhile(error), let wait = policy.wait(after: failures, asked: error.wait) else {
                    throw error
                }
                onRetry(error, wait)
                guard pause(wait) else { throw error }
            }
        }
    }

    /// Whether trying again may help.
    private func isWorthwhile(_ error: RemoteError) -> Bool {
        switch error {
        case .busy, .interrupted: true
        // Nobody waits for a machine that is off or a network that is not there; one that was there a moment ago may be back soon.
        // And some servers say "unauthorized" to a good token when they mean "slower".
        case .unavailable, .untrusted, .unencrypted, .unauthorized: hasAnswered
        default: false
        }
    }
}
