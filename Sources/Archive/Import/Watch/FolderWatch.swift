import Files
import Foundation
import History

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
    private var roots: [WatchedRoot] = []
    /// When the roots were last looked at.
    private var rootsChecked = ContinuousClock.now
    private let events: InotifyEvents
    /// When each changed file is due.
    private var due: [SystemPath: ContinuousClock.Instant] = [:]

    /// What became of a folder that was named: the file system says nothing where a folder above it was renamed or something was
    /// mounted, so its path is looked at every second.
    public enum Notice: Equatable {
        /// Nothing is there, or no folder. It is watched again when one is.
        case gone(SystemPath)
        /// Another folder is there, or one is there again: it is watched, and all in it is due.
        case replaced(SystemPath)
    }

    /// Called with what became of a folder, while `next` waits.
    public var notice: (Notice) -> Void = { _ in }

    /// - Throws: `ArchiveError` if a path is no folder, or the system allows no more watches.
    public init(_ folders: [SystemPath], settled: Double = 0.3, unsettled: Double = 3) throws {
        self.settled = settled
        self.unsettled = unsettled
        events = try InotifyEvents()
        for folder in folders {
            guard try watch(folder, noticingFiles: false) else {
                throw ArchiveError(
                    .usage, "only folders can be watched, and \(folder.text) is none", subject: folder.text,
                    remedy: .nameFolder)
            }
            roots.append(WatchedRoot(folder))
        }
    }

    /// Waits until files are due, and takes them off the list. Files that are due soon after are waited for, so that those that
    /// were renamed one after another come together.
    /// - Parameter stop: a descriptor that becomes readable when waiting is to end.
    /// - Returns: their paths, ascending, each below a folder as it was named; `nil` when asked to stop.
    public func next(until stop: Int32) throws -> [SystemPath]? {
        var first: ContinuousClock.Instant?
        while true {
            try checkRoots()
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
            poll(&waiting, 2, Int32(min(wait ?? Self.rootInterval, Self.rootInterval)))
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

    /// Milliseconds between two looks at the folders that were named.
    private static let rootInterval = 1000.0

    /// Looks whether the folders that were named still are the ones that are watched.
    private func checkRoots() throws {
        let now = ContinuousClock.now
        guard now - rootsChecked >= .milliseconds(Int(Self.rootInterval) / 2) else { return }
        rootsChecked = now
        for index in roots.indices {
            let root = WatchedRoot(roots[index].path)
            guard root != roots[index] else { continue }
            events.forget(root.path)
            for path in due.keys where path.bytes.starts(with: root.path.bytes + [UInt8(ascii: "/")]) {
                due[path] = nil
            }
            if root.isThere { try watch(root.path, noticingFiles: true) }
            roots[index] = root
            notice(root.isThere ? .replaced(root.path) : .gone(root.path))
        }
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
            for root in roots where root.isThere { try watch(root.path, noticingFiles: true) }
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
        if SourceFormat(name: path.text) != nil, !SystemDebris.contains(PathParts.name(of: path.text)) {
            due[path] = .now + .seconds(seconds)
        }
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
        for file in FileWalker([folder], workingDirectory: SystemPath("/"), opensArchives: false).files {
            notice(file.location, after: settled)
        }
        return !walker.folderPaths.isEmpty
    }
}

/// A folder that was named, and which one is at its path now.
private struct WatchedRoot: Equatable {
    let path: SystemPath
    private let device: UInt64
    private let inode: UInt64
    let isThere: Bool

    init(_ path: SystemPath) {
        self.path = path
        var info = stat()
        isThere = path.withCString { stat($0, &info) } == 0 && info.st_mode & S_IFMT == S_IFDIR
        (device, inode) = isThere ? (UInt64(info.st_dev), UInt64(info.st_ino)) : (0, 0)
    }
}
