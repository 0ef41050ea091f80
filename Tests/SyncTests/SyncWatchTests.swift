import Archive
import Testing

@testable import History
@testable import Sync

@Suite struct SyncWatchTests {
    /// A remote of which nobody tells anything.
    private struct Silence: RemoteChanges {
        func isNew() -> Bool { false }
    }

    /// A remote that always seems to be back.
    private final class Noise: RemoteChanges {
        var looks = 0
        let signal: WatchSignal

        init(_ signal: WatchSignal) { self.signal = signal }

        func isNew() -> Bool {
            looks += 1
            if looks == 4 { signal.stop() }
            return true
        }
    }

    @Test func aWaitThatTheRemoteAsksForIsKeptWhateverItsEventsSay() throws {
        let hub = MemoryHub()
        let machine = try Machine(ArchiveID.random()).connect("hub", hub)
        try machine.sync("hub")
        try machine.essay("甲")
        hub.refusal = { _ in .busy("too much", after: 3600) }
        let signal = WatchSignal()
        let changes = Noise(signal)
        var waits: [Double] = []
        try SyncWatch(
            machine.archive, SyncEngine(machine.archive, remote: "hub", exchange: hub), changes: changes, signal: signal
        ).run { event in
            guard case .waiting(_, let seconds) = event else { return }
            waits.append(seconds)
        }
        #expect(waits == [3600] && changes.looks == 4)
    }

    @Test func whatIsRefusedIsTriedAgain() throws {
        let hub = MemoryHub()
        let machine = try Machine(ArchiveID.random()).connect("hub", hub)
        try machine.essay("甲")
        nonisolated(unsafe) var refusals = 0
        hub.refusal = { _ in
            refusals += 1
            return refusals <= 3 ? .full("the quota is used up") : nil
        }
        let signal = WatchSignal()
        let watch = SyncWatch(
            machine.archive, SyncEngine(machine.archive, remote: "hub", exchange: hub), changes: Silence(),
            signal: signal,
            refused: RetryPolicy(tries: .max, base: 0.01, longest: 0.02))
        var reports: [SyncReport] = []
        try watch.run { event in
            guard case .synced(let report) = event else { return }
            reports.append(report)
            if report.refusal == nil || reports.count > 9 { signal.stop() }
        }
        #expect(reports.map { $0.refusal != nil } == [true, true, true, false] && reports.last?.pushed == 1)
    }
}
