import Foundation
import History

/// Linux's notices of what happens in folders (inotify(7)), in words that matter to an import. Hidden files make none.
final class InotifyEvents {
    enum Event: Equatable {
        case folderAppeared(SystemPath), folderLeft(SystemPath)
        /// Closed after writing, or renamed into place.
        case fileSettled(SystemPath)
        /// Made or written to, and perhaps not done with.
        case fileChanging(SystemPath)
        case fileLeft(SystemPath)
        /// There were more events than the system keeps.
        case lost
    }

    let descriptor: Int32
    private var folders: [Int32: SystemPath] = [:]

    private static let mask: UInt32 = [
        IN_CLOSE_WRITE, IN_MODIFY, IN_CREATE, IN_MOVED_TO, IN_MOVED_FROM, IN_DELETE, IN_ONLYDIR,
    ]
    .reduce(0) { $0 | UInt32($1) }

    init() throws {
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else {
            throw ArchiveError(
                .failed, "folders cannot be watched: \(String(cString: strerror(errno)))",
                remedy: .checkWatchers)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Watches a folder, but not those below it. One that is gone again is passed over.
    func watch(_ folder: SystemPath) throws {
        let watch = folder.withCString { inotify_add_watch(descriptor, $0, Self.mask) }
        if watch >= 0 { return folders[watch] = folder }
        guard errno == ENOSPC else { return }
        throw ArchiveError(
            .failed, "no more folders can be watched than \(folders.count)",
            remedy: .raiseWatchLimit)
    }

    /// Watches a folder and those below it no more.
    func forget(_ folder: SystemPath) {
        let below = folder.bytes + [UInt8(ascii: "/")]
        for (watch, path) in folders where (path.bytes + [UInt8(ascii: "/")]).starts(with: below) {
            inotify_rm_watch(descriptor, watch)
            folders[watch] = nil
        }
    }

    /// What has happened since the last call, without waiting.
    func read() throws -> [Event] {
        var events: [Event] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return events }
            buffer.prefix(count).withUnsafeBytes { parse($0, into: &events) }
        }
    }

    /// struct inotify_event: watch, mask, cookie and length of the name, 4 bytes each, then the name and zeros.
    private func parse(_ bytes: UnsafeRawBufferPointer, into events: inout [Event]) {
        var place = 0
        while place + 16 <= bytes.count {
            let watch = bytes.loadUnaligned(fromByteOffset: place, as: Int32.self)
            let mask = bytes.loadUnaligned(fromByteOffset: place + 4, as: Int32.self)
            let length = Int(bytes.loadUnaligned(fromByteOffset: place + 12, as: UInt32.self))
            let name = Array(bytes[place + 16..<place + 16 + length].prefix { $0 != 0 })
            place += 16 + length
            if mask & IN_IGNORED != 0 { folders[watch] = nil }
            if mask & IN_Q_OVERFLOW != 0 { events.append(.lost) }
            guard let folder = folders[watch], !name.isEmpty, name[0] != UInt8(ascii: ".") else { continue }
            if let event = event(mask, folder.appending(name: name)) { events.append(event) }
        }
    }

    private func event(_ mask: Int32, _ path: SystemPath) -> Event? {
        let isFolder = mask & IN_ISDIR != 0
        if mask & (IN_MOVED_FROM | IN_DELETE) != 0 { return isFolder ? .folderLeft(path) : .fileLeft(path) }
        if isFolder { return mask & (IN_CREATE | IN_MOVED_TO) != 0 ? .folderAppeared(path) : nil }
        return mask & (IN_CLOSE_WRITE | IN_MOVED_TO) != 0 ? .fileSettled(path) : .fileChanging(path)
    }
}
