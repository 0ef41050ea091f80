import Archive
import Testing

@testable import Sync

@Suite struct SyncWatchTests {
    /// A remote of which nobody tells anything.
    private struct Silence: RemoteChanges {
        func isNew() -> Bool { false }
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
            machine.archive, SyncEngine(machine.archive, remote: "hub", exchange: hub), changes: Silence(), signal: signal,
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
