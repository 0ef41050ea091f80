import Archive
import Foundation
import History
import Interchange

/// Imports what changes in folders until stopped.
struct ImportWatch {
    let session: Session
    let options: ImportOptions
    let folders: [SystemPath]
    let stop: StopSignal
    let isJSON: Bool
    /// How many essays are listed for a person after each change.
    let listed: Int

    /// - Returns: whether files that failed have not been imported since.
    func run() throws -> Bool {
        let watch = try FolderWatch(folders)
        watch.notice = tell
        var total = ImportReport(maximumItems: 0)
        var failing: Set<String> = []
        // After the watch began, so that nothing falls between.
        let all = walk(folders)
        try add(all, quiet: session.options.quiet, to: &total, &failing)
        note("watching \(folders.map(\.text).joined(separator: ", ")); Ctrl-C stops")
        while let changed = try watch.next(until: stop.descriptor) {
            do {
                try add(walk(changed), quiet: true, to: &total, &failing)
            } catch let error as ArchiveError where error.code == .busy {
                session.options.note("archivectl: \(error.message); trying again in 5 seconds")
                watch.postpone(changed, seconds: 5)
            }
        }
        total.keepConflicts(in: try session.archive.read { try $0.essaysInConflict() })
        let printer = ImportPrinter(
            report: total, skipped: all.skipped, ignored: all.ignored, special: all.special, isDryRun: false, listed: 0)
        if isJSON {
            Output.json(ImportEvent(ImportEventName(.stopped), printer.outcome))
        } else {
            printer.print(quiet: session.options.quiet)
        }
        Output.flush()
        return !failing.isEmpty
    }

    private func walk(_ paths: [SystemPath]) -> FileWalker {
        FileWalker(paths, workingDirectory: .workingDirectory)
    }

    private func add(_ walker: FileWalker, quiet: Bool, to total: inout ImportReport, _ failing: inout Set<String>)
        throws
    {
        let inputs = walker.files.map(ImportInput.file)
        let progress = Progress(
            "importing", total: inputs.count, bytes: inputs.reduce(0) { $0 + $1.size }, quiet: quiet)
        let index = SearchIndex(session.archive)
        let importer = Importer(session.archive, options: options.stopping(at: stop))
        var report = try session.notingNewReplica {
            try importer.run(
                inputs, listing: isJSON ? .max : listed, written: { try? index.catchUp() }, progress: progress.update)
        }
        progress.finish()
        session.updateIndex()
        for failure in walker.failures { report.add(failure) }
        failing.subtract(inputs.map(\.source))
        failing.formUnion(report.failures.map(\.source))
        total.add(report)
        let printer = ImportPrinter(
            report: report, skipped: walker.skipped, ignored: walker.ignored, special: walker.special, isDryRun: false,
            listed: listed)
        if isJSON {
            Output.json(ImportEvent(ImportEventName(.imported), printer.outcome))
        } else if !session.options.quiet {
            printer.print(quiet: false)
        }
        Output.flush()
        printer.complain(quiet: session.options.quiet)
    }

    /// Says what became of a folder.
    private func tell(_ notice: FolderWatch.Notice) {
        let (event, folder, text): (WatchedFolderEvent.Event, String, String) =
            switch notice {
            case .gone(let folder): (.gone, folder.text, "is gone; it will be watched again when it is back")
            case .replaced(let folder):
                (.replaced, folder.text, "was replaced or is back; it is watched again, and what is in it is imported")
            }
        if isJSON {
            Output.json(WatchedFolderEvent(event, folder: folder))
            Output.flush()
        } else {
            Terminal.note("archivectl: \(folder) \(text)")
        }
    }

    private func note(_ text: String) {
        if isJSON {
            Output.json(WatchBegun(folders: folders.map(\.text)))
            Output.flush()
        } else {
            session.options.note(text)
        }
    }
}

extension ImportOptions {
    /// The same, to stop when told.
    func stopping(at stop: StopSignal) -> ImportOptions {
        var options = self
        options.isStopped = { stop.isRaised }
        return options
    }
}
