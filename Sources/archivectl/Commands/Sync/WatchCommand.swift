import Archive
import ArgumentParser
import Foundation
import Interchange
import Prose
import Sync

/// `sync --watch`: prints what each run did until Ctrl-C or SIGTERM, then a summary.
struct Watching {
    let session: Session
    let record: RemoteRecord
    let json: Bool

    func run() throws {
        let signal = WatchSignal()
        let sources = Self.stopping(signal)
        defer { sources.forEach { $0.cancel() } }
        let remote = try RemotePlace.open(record.address, wasFilled: !record.ends.isEmpty, pause: signal.pause)
        let changes = try RemotePlace.changes(session.archive, record, signal: signal)
        let watch = SyncWatch(
            session.archive, SyncEngine(session.archive, remote: record.name, exchange: remote), changes: changes,
            signal: signal)
        var total = SyncTotals()
        // Also where it ends by an error: what was done by then was done.
        defer { show(total) }
        try watch.run { event in
            switch event {
            case .synced(let report):
                total.add(report.outcome)
                if report.pulled > 0 { session.updateIndex() }
                show(report, isFirst: total.runs == 1)
            case .waiting(let error, let seconds): show(error, seconds)
            }
            Output.flush()
        }
        if total.conflicts > 0 { throw Failure.needsAttention }
    }

    /// The first signal ends the watch in good order, a second one at once.
    private static func stopping(_ stop: WatchSignal) -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                signal(number, SIG_DFL)
                stop.stop()
            }
            source.activate()
            return source
        }
    }

    // MARK: Printing

    private func show(_ report: SyncReport, isFirst: Bool) {
        // What others told of and was here already is no news.
        guard
            isFirst || report.pushed + report.pulled + report.merged > 0 || !report.notes.isEmpty
                || !report.deleted.isEmpty || report.refusal != nil
        else { return }
        if json {
            Output.json(SyncRunEvent(SyncEventName(.sync, .now()), report.outcome))
        } else {
            Output.line(
                "\(Self.time) \(report.pushed) sent, \(report.pulled) received, \(report.merged) merged, \(report.conflicts) in conflict"
            )
        }
        for note in report.advisedNotes { session.options.note("note: \(note)") }
        SyncPrinter.tellDeleted(report, session.options)
        if let refusal = report.refusal {
            session.options.note("nothing was sent: \(refusal); sending is tried again from time to time")
        }
    }

    private func show(_ error: RemoteError, _ seconds: Double) {
        if json {
            let wait = SyncWait(error: Advice.complete(error.description), seconds: seconds)
            Output.json(SyncWaitEvent(SyncEventName(.waiting, .now()), wait))
        } else {
            session.options.note("\(Self.time) \(error); trying again in \(Int(seconds.rounded(.up))) s")
        }
    }

    private func show(_ total: SyncTotals) {
        if json {
            Output.json(SyncEndEvent(SyncEventName(.end, .now()), total))
        } else {
            Output.line(
                "stopped: \(counted(total.pushed, "change")) sent, \(total.pulled) received, \(counted(total.merged, "essay")) merged; \(total.conflicts) in conflict"
            )
        }
    }

    private static var time: String { LocalTime.second(.now()) }
}
