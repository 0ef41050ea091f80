import Foundation

/// Tells which files below folders were changed and have come to rest since: what to import again.
///
/// A file that was closed after writing, or renamed into place, counts as at rest after `settled` seconds without an event; one that
/// is still open for writing, after `unsettled`. So a file is not read half written, and an editor that writes in several steps
/// makes one import. Folders that appear later are watched too.
public final class FolderWatch {
    /// Seconds; tests wait less.
    private let settled: Double
    private let unsettled: Double
    /// How many times `settled` a file that is due waits for others at most.
    private static let patience = 10.0
    private let roots: [SystemPath]
    private let events: InotifyEvents
    /// When each changed file is due.
    private var due: [SystemPath: ContinuousClock.Instant] = [:]

    /// - Throws: `ArchiveError` if a path is no folder, or the system allows no more watches.
    public init(_ folders: [SystemPath], settled: Double = 0.3, unsettled: Double = 3) throws {
        roots = folders
        self.settled = settled
        self.unsettled = unsettled
        events = try InotifyEvents()
        for folder in folders {
            guard try watch(folder, noticingFiles: false) else {
                throw ArchiveError(.usage, "--watch takes folders, and \(folder.text) is none", advice: "Name the folder that holds it")
            }
        }
    }

    /// Waits until files are due, and takes them off the list. Files that are due soon after are waited for, so that those that
    /// were renamed one after another come together.
    /// - Parameter stop: a descriptor that becomes readable when waiting is to end.
    /// - Returns: their paths, ascending, each below a folder as it was named; `nil` when asked to stop.
    public func next(until stop: Int32) throws -> [SystemPath]? {
        var first: ContinuousClock.Instant?
        while true {
            let now = ContinuousClock.now
            let isMoreSoon = due.values.contains { $0 > now && $0 <= now + .seconds(settled) }
            if !isMoreSoon || first.map({ now - $0 > .seconds(Self.patience * settled) }) ?? false {
                let files = takeReady(now)
                if !files.isEmpty { return files }
            }
            if first == nil, due.values.contains(where: { $0 <= now }) { first = now }
            let wait = due.values.filter { $0 > now }.min().map { max(0, ($0 - now) / .milliseconds(1)) + 1 }
            var waiting = [
                pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
                pollfd(fd: events.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            poll(&waiting, 2, wait.map { Int32(min($0, 3_600_000)) } ?? -1)
            if waiting[0].revents != 0 { return nil }
            for event in try events.read() { try take(event) }
        }
    }

    /// The files that are due, which are so no more.
    private func takeReady(_ now: ContinuousClock.Instant) -> [SystemPath] {
        let ready = due.filter { $0.value <= now }.keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        for path in ready { due[path] = nil }
        return ready.filter(Self.isFilled)
    }

    /// Puts files back, to be due again after so many seconds.
    public func postpone(_ paths: [SystemPath], seconds: Double) {
        for path in paths where due[path] == nil { due[path] = .now + .seconds(seconds) }
    }

    /// An empty file is one that will be written to.
    private static func isFilled(_ path: SystemPath) -> Bool {
        var info = stat()
        return path.withCString { stat($0, &info) } == 0 && info.st_mode & S_IFMT == S_IFREG && info.st_size > 0
    }

    // MARK: Events

    private func take(_ event: InotifyEvents.Event) throws {
        switch event {
        case .lost:
            // More happened than the system keeps: look at everything. What is unchanged is seen at once.
            for root in roots { try watch(root, noticingFiles: true) }
        case .folderAppeared(let path):
            try watch(path, noticingFiles: true)
        case .folderLeft(let path):
            events.forget(path)
        case .fileSettled(let path):
            notice(path, after: settled)
        case .fileChanging(let path):
            notice(path, after: unsettled)
        case .fileLeft(let path):
            due[path] = nil
        }
    }

    private func notice(_ path: SystemPath, after seconds: Double) {
        if SourceFormat(name: path.text) != nil, !SystemDebris.contains(PathParts.name(of: path.text)) { due[path] = .now + .seconds(seconds) }
    }

    /// Watches a folder and those below it.
    /// - Parameter noticingFiles: whether the files in them are due: those of a folder that appeared were there before its watch.
    /// - Returns: whether it is a folder that can be watched.
    @discardableResult
    private func watch(_ folder: SystemPath, noticingFiles: Bool) throws -> Bool {
        let walker = FileWalker([folder], workingDirectory: SystemPath("/"), opensArchives: false)
        for path in walker.folderPaths { try events.watch(path) }
        guard noticingFiles else { return !walker.folderPaths.isEmpty }
        // Once more, as files may have come between the walk and the watch.
        for file in FileWalker([folder], workingDirectory: SystemPath("/"), opensArchives: false).files { notice(file.location, after: settled) }
        return !walker.folderPaths.isEmpty
    }
}
