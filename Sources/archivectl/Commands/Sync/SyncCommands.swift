import Archive
import ArgumentParser
import Foundation
import Interchange
import Prose
import Sync

struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Exchange changes with a remote.",
        discussion: """
            Sends what the remote lacks and fetches what it has. Changes to different essays, or to different sentences \
            of one, are merged. If a sentence was changed on both sides, that is a conflict, and both sides are kept whole.

            The numbers count changes: versions of essays, annotations and imported files. They can be more than you made \
            yourself, because changes by others are passed on, too.

            With --watch it keeps syncing until Ctrl-C, within a second of any change on either side.

            Exit status 2: done, but there are conflicts, or the remote lacks something that it should have.
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @Flag(name: .customLong("dry-run"), help: "Only show how many changes would be sent and received.") var isDry =
        false
    @Flag(help: "Keep syncing until Ctrl-C, whenever the archive or the remote changes.") var watch = false
    @Argument(help: "The name of the remote. Without it, the default one or the only one.", completion: .remotes)
    var remote: String?

    func validate() throws {
        if isDry, watch { throw ValidationError("Give --watch or --dry-run, not both.") }
    }

    func run() throws {
        if isDry { return try preview() }
        let session = try Session(archive)
        let record = try session.archive.read { try $0.namedRemote(remote) }
        if watch { return try Watching(session: session, record: record, json: json.isOn).run() }
        let progress = SyncProgress(quiet: archive.quiet)
        let place = try RemotePlace.open(record.address, wasFilled: !record.ends.isEmpty, progress: progress)
        let engine = SyncEngine(session.archive, remote: record.name, exchange: place)
        Interruption.says("what was sent and received so far is kept; the next sync continues from there")
        defer { progress.finish() }
        let report = try engine.run { progress.update($0) }
        progress.finish()
        session.updateIndex()
        try SyncPrinter.print(report, json: json.isOn, session.options)
    }

    /// Nothing is written, so that it works where nothing can be.
    private func preview() throws {
        let opened = try archive.openForReading(.listing)
        let record = try opened.read { try $0.namedRemote(remote) }
        let progress = SyncProgress(quiet: archive.quiet)
        defer { progress.finish() }
        let place = try RemotePlace.open(record.address, wasFilled: !record.ends.isEmpty, progress: progress)
        let preview = try SyncEngine(opened, remote: record.name, exchange: place).preview()
        progress.finish()
        SyncPrinter.print(preview, record.name, json: json.isOn)
    }
}

struct Clone: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clone",
        abstract: "Make a replica of an archive that is on a hub or in a folder.",
        discussion: "The hub or folder becomes the remote `origin`.")

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var json: JSONOption
    @OptionGroup var options: AddressOptions
    @Argument(
        help: ArgumentHelp(
            "The URL of the hub with the path of the archive, or the folder.", valueName: "url-or-folder"),
        completion: .directory) var place: String

    func run() throws {
        try archive.requireWriting()
        let address = try options.address(place)
        try RemotePlace.prepare(address.url, isNew: false, advice: "Check the name, and mount its disk")
        if let exposure = RemotePlace.exposure(address.url) { archive.note(exposure) }
        try DatabaseFile.requireFree(archive.pathForNew(), remedy: .nameNewArchive)
        let progress = SyncProgress(quiet: archive.quiet)
        defer { progress.finish() }
        Interruption.says("what has arrived is kept; the same command continues from there")
        let remote = try RemotePlace.open(address, progress: progress)
        let (partial, report) = try complete(remote, address, progress)
        try partial.finish()
        let session = try Session(archive)
        // Without it the first change starts another ID, and says so.
        try? session.archive.startNewReplicaID()
        session.updateIndex()
        progress.finish()
        if !json.isOn {
            let counts = try session.archive.read { try $0.counts() }
            Output.line("made the archive \(archive.path): \(Backup.shown(counts))")
        }
        SyncPrinter.show(report, json: json.isOn, archive)
        if try report.isRemoteIncomplete || session.archive.read({ try $0.pendingCount() }) > 0 {
            archive.note(
                "the clone is not complete: run `archivectl sync` again once the machine that has the rest has synchronized"
            )
            throw Failure.needsAttention
        }
        if report.conflicts > 0 || report.isDamaged { throw Failure.needsAttention }
    }

    private func complete(_ remote: any Sync.Remote, _ address: RemoteAddress, _ progress: SyncProgress) throws -> (
        PartialArchive, SyncReport
    ) {
        // A clone of the same place that was cut off.
        if let partial = try PartialArchive.resume(
            for: archive.path, where: { try $0.remote("origin").address == address })
        {
            do {
                return (partial, try exchange(partial, remote, nil, progress))
            } catch RemoteError.archiveMismatch {}
        }
        let opening = try SyncEngine.open(remote)
        let partial = try PartialArchive.make(for: archive.path, id: opening.archive)
        try partial.archive.write { try $0.addRemote("origin", address) }
        return (partial, try exchange(partial, remote, opening, progress))
    }

    private func exchange(
        _ partial: PartialArchive, _ remote: any Sync.Remote, _ opening: SyncEngine.Opening?, _ progress: SyncProgress
    ) throws -> SyncReport {
        do {
            return try SyncEngine(partial.archive, remote: "origin", exchange: remote).run(opening: opening) {
                progress.update($0)
            }
        } catch {
            if case RemoteError.archiveMismatch = error { throw error }
            partial.keep()
            archive.note("archivectl: what has arrived is kept in \(partial.path)")
            throw error
        }
    }
}

/// A line on the terminal that says how far a run has come.
final class SyncProgress {
    private let isShown: Bool
    private let start = ContinuousClock.now
    private var shown = ContinuousClock.now
    private var report = SyncReport()

    init(quiet: Bool) { isShown = Terminal.isErrorTerminal && !quiet }

    /// What requests have done so far.
    func update(_ report: SyncReport) {
        self.report = report
        show(bytes: report.sentBytes + report.receivedBytes)
    }

    /// What moves while a request is under way.
    func update(_ traffic: Traffic) {
        guard ContinuousClock.now - shown > .milliseconds(200) else { return }
        show(bytes: traffic.sentBytes + traffic.receivedBytes)
    }

    private func show(bytes: Int) {
        guard isShown else { return }
        shown = .now
        let (done, kilobytes) = (report.pushed + report.pulled, bytes / 1000)
        var line = "\r\u{1B}[Ksyncing: \(report.pushed) sent, \(report.pulled) received, \(kilobytes) kB"
        if report.remaining > 0, done > 0 {
            let left = (ContinuousClock.now - start) * report.remaining / done
            line += "; \(report.remaining) to go, about \(left.components.seconds + 1) s left"
        }
        Terminal.standardError(line)
    }

    func finish() {
        if isShown { Terminal.standardError("\r\u{1B}[K") }
    }
}

enum SyncPrinter {
    /// - Throws: what the remote refused, or that something needs a person.
    static func print(_ report: SyncReport, json: Bool, _ options: ArchiveOptions) throws {
        show(report, json: json, options)
        if let refusal = report.refusal { throw refusal }
        if report.conflicts > 0 || report.isRemoteIncomplete || report.isDamaged { throw Failure.needsAttention }
    }

    static func show(_ report: SyncReport, json: Bool, _ options: ArchiveOptions) {
        if json {
            Output.json(report.outcome)
        } else {
            Output.line(
                "\(counted(report.pushed, "change")) sent, \(report.pulled) received; \(counted(report.merged, "essay")) merged; \(report.conflicts) in conflict (\(counted(report.requests, "request")), \(counted(report.sentBytes, "byte")) sent, \(report.receivedBytes) received)"
            )
        }
        for note in report.advisedNotes { options.note("note: \(note)") }
        tellDeleted(report, options)
        if report.conflicts > 0 { options.note("\(report.conflicts) in conflict: see `archivectl conflicts`") }
    }

    /// Says which essays went, and how they come back: nobody here deleted them.
    static func tellDeleted(_ report: SyncReport, _ options: ArchiveOptions) {
        guard !report.deleted.isEmpty else { return }
        // Nothing is left out for one title.
        let named = report.deleted.count > 6 ? report.deleted.prefix(5) : report.deleted[...]
        let more = report.deleted.count - named.count
        let titles =
            named.map { "'\(Shown(line: $0.title).text)'" }.joined(separator: ", ")
            + (more > 0 ? " and \(more) more" : "")
        let ids = named.map(\.id.short).joined(separator: " ")
        options.note(
            """
            note: \(counted(report.deleted.count, "essay was", "essays were")) deleted on another machine and \
            \(report.deleted.count == 1 ? "is" : "are") now deleted here, too: \(titles); \
            `archivectl undelete \(ids)` brings \(report.deleted.count == 1 ? "it" : "them") back\
            \(more > 0 ? ", and `archivectl list --deleted` shows the others" : "")
            """)
    }

    static func print(_ preview: SyncPreview, _ remote: String, json: Bool) {
        if json {
            Output.json(
                SyncOutlook(
                    remote: remote, toSend: preview.toSend, toReceive: preview.toReceive,
                    differing: preview.differing))
        } else {
            Output.line(
                "\(counted(preview.toSend, "change")) to send to \(remote), \(preview.toReceive) to receive; nothing was changed"
            )
            for replica in preview.differing {
                Output.line("two files used the replica ID \(replica.hex.prefix(12)); the next sync repairs that")
            }
        }
    }
}

extension SyncReport {
    /// What a program reads.
    var outcome: SyncOutcome {
        SyncOutcome(
            pushed: pushed, pulled: pulled, merged: merged, conflicts: conflicts, requests: requests,
            sentBytes: sentBytes, receivedBytes: receivedBytes, incomplete: isRemoteIncomplete,
            notes: advisedNotes.map(Advice.complete),
            deleted: deleted.map { DeletedEssay(id: $0.id, title: $0.title) },
            refused: refusal.map { Advice.complete($0.description) }, lacking: lacking, damaged: unsent)
    }
}
