import Prose

/// A run of a watch that moved something, and the first.
package typealias SyncRunEvent = Joined<SyncEventName, SyncOutcome>
/// A remote that is away.
package typealias SyncWaitEvent = Joined<SyncEventName, SyncWait>
/// The end of a watch, also by an error.
package typealias SyncEndEvent = Joined<SyncEventName, SyncTotals>

/// What happened, and when.
package struct SyncEventName: Codable, Sendable {
    package enum Event: String, Codable, CaseIterable, Sendable {
        case sync, waiting, end
    }

    /// `sync` of a run, `waiting` while the remote is away, `end` in the last line.
    package let event: Event
    /// When it happened.
    package let time: Timestamp

    package init(_ event: Event, _ time: Timestamp) {
        self.event = event
        self.time = time
    }
}

/// Why a sync waits.
package struct SyncWait: Codable, Sendable {
    /// What is wrong, for people.
    package let error: String
    /// How long it is until the next try, in seconds.
    package let seconds: Double

    package init(error: String, seconds: Double) {
        self.error = error
        self.seconds = seconds
    }
}

/// What all runs of a watch did.
package struct SyncTotals: Codable, Sendable {
    /// How many runs there were.
    package var runs = 0
    /// How many log entries the remote took.
    package var pushed = 0
    /// How many log entries came here.
    package var pulled = 0
    /// How many items were merged cleanly from several heads.
    package var merged = 0
    /// How many items were in conflict at the last run.
    package var conflicts = 0

    package init() {}

    package mutating func add(_ run: SyncOutcome) {
        runs += 1
        pushed += run.pushed
        pulled += run.pulled
        merged += run.merged
        conflicts = run.conflicts
    }
}
