import Archive

/// Keeps an archive in step with a remote: synchronizes whenever either has changed, until it is stopped.
///
/// A change of the archive by another process is seen within a quarter of a second, as is one that the remote tells of.
public final class SyncWatch {
    public enum Event {
        /// A run ended; it may have moved nothing.
        case synced(SyncReport)
        /// A run failed for a reason that may pass; the next follows after so many seconds, or earlier if the remote shows
        /// that it is back and did not ask for the wait.
        case waiting(RemoteError, seconds: Double)
    }

    /// How often the archive is looked at, in seconds.
    private static let interval = 0.2
    /// How long to wait for more after a change of the archive: changes seldom come alone.
    private static let gathering = Duration.milliseconds(100)

    private let archive: Archive
    private let engine: SyncEngine
    private let changes: any RemoteChanges
    private let signal: WatchSignal
    private let policy: RetryPolicy
    private let refused: RetryPolicy
    private var due: ContinuousClock.Instant? = .now
    /// Before which the remote asked not to be asked again.
    private var earliest = ContinuousClock.now
    private var failures = 0
    /// How often the remote took nothing, one time after another.
    private var refusals = 0
    private var counter = 0

    /// - Parameters:
    ///   - policy: when to try again while the remote is away.
    ///   - refused: when to try again what it did not take, if nothing changes meanwhile.
    public init(
        _ archive: Archive, _ engine: SyncEngine, changes: any RemoteChanges, signal: WatchSignal,
        policy: RetryPolicy = .patient,
        refused: RetryPolicy = RetryPolicy(tries: .max, base: 10, longest: 300)
    ) {
        self.archive = archive
        self.engine = engine
        self.changes = changes
        self.signal = signal
        self.policy = policy
        self.refused = refused
    }

    /// Returns once the signal says stop; a run under way is finished first.
    /// - Throws: what will not pass by itself: a token that is refused, another archive, a damaged file.
    public func run(onEvent: (Event) throws -> Void) throws {
        while !signal.isStopped {
            if let due, due <= .now { try synchronize(onEvent) }
            try look()
            if let pause { signal.wait(seconds: pause) }
        }
    }

    /// How long there is nothing to do; `nil` if a run is due.
    private var pause: Double? {
        guard let due else { return Self.interval }
        let left = (due - .now).components
        let seconds = Double(left.seconds) + Double(left.attoseconds) * 1e-18
        return seconds > 0 ? min(seconds, Self.interval) : nil
    }

    private func synchronize(_ onEvent: (Event) throws -> Void) throws {
        due = nil
        do {
            // Before the run: a change that comes during it is a new one.
            counter = try archive.changeCounter()
            let report = try engine.run()
            failures = 0
            refusals = report.refusal == nil ? 0 : refusals + 1
            // A quota may be raised, a token given more rights, and nobody tells.
            if refusals > 0 { due = .now + .seconds(refused.wait(after: refusals) ?? refused.longest) }
            try onEvent(.synced(report))
        } catch let error as RemoteError where error.mayPass {
            failures += 1
            let seconds = policy.wait(after: failures, asked: error.wait) ?? policy.longest
            due = .now + .seconds(seconds)
            if let wait = error.wait { earliest = .now + .seconds(wait) }
            try onEvent(.waiting(error, seconds: seconds))
        }
    }

    private func look() throws {
        if try isRemoteNew() { due = max(.now, earliest) }
        // While the remote is away, more changes do not bring it back.
        guard failures == 0, try archive.changeCounter() != counter else { return }
        due = min(due ?? .now + Self.gathering, .now + Self.gathering)
    }

    /// A remote that cannot be looked at is found out about by the next run.
    private func isRemoteNew() throws -> Bool {
        do {
            return try changes.isNew()
        } catch is RemoteError {
            return failures == 0
        }
    }
}

extension RetryPolicy {
    /// For what goes on until it is stopped: waits as long as a server asks for, for a day at most.
    public static var patient: RetryPolicy { RetryPolicy(tries: .max, base: 0.5, longest: 30, patience: 86_400) }
}

extension RemoteError {
    /// Whether the remote refuses what was brought to it, and may well answer a request that brings nothing.
    var isOfPush: Bool {
        switch self {
        case .forbidden, .tooLarge, .full: true
        default: false
        }
    }

    /// The wait that the remote asked for, in seconds.
    var wait: Double? {
        guard case .busy(_, let seconds?) = self else { return nil }
        return min(Double(seconds), RetryPolicy.patient.patience)
    }

    /// Whether the same request may succeed later, with nothing changed here.
    var mayPass: Bool {
        switch self {
        case .unavailable, .untrusted, .unencrypted, .interrupted, .stalled, .busy: true
        default: false
        }
    }
}
