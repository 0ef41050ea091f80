import Files

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An open file descriptor, closed when dropped. Every error names the path and the system's reason.
final class HubFile: Sendable {
    /// For what is nobody's link to something else.
    static let reading = O_RDONLY | O_NOFOLLOW

    let path: String
    private let descriptor: Int32

    init(path: String, flags: Int32, mode: mode_t = 0o600) throws(HubError) {
        // To open a pipe would be to wait for whoever writes to it.
        let descriptor = open(path, flags | O_NONBLOCK | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .system("open", path) }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// In bytes.
    func size() throws(HubError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("look at", path) }
        return Int(status.st_size)
    }

    func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(HubError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(descriptor, buffer.baseAddress! + written, buffer.count - written, off_t(offset + written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system("write", path) }
            written += count
        }
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(HubError) { try write(bytes[...], at: offset) }

    /// Up to `count` bytes: fewer only at the end of the file.
    func read(_ count: Int, at offset: Int) throws(HubError) -> [UInt8] {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
                if got < 0, errno == EINTR { continue }
                failed = got < 0
                guard got > 0 else { return }
                filled += got
            }
        }
        guard !failed else { throw .system("read", path) }
        return bytes
    }

    func truncate(to size: Int) throws(HubError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw .system("shorten", path) }
    }

    /// Returns once the disk has what was written.
    func synchronize() throws(HubError) {
        guard fsync(descriptor) == 0 else { throw .system("write to the disk", path) }
    }

    /// Returns once the disk that the file is on has everything that was written to it, by whomever.
    func synchronizeDisk() throws(HubError) {
        guard DiskBarrier.wait(for: descriptor) == 0 else { throw .system("write to the disk", path) }
    }

    /// Takes the file's lock, held until it is closed; `false` if somebody else holds it and `wait` is not set.
    func lock(wait: Bool) throws(HubError) -> Bool {
        while flock(descriptor, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw .system("lock", path) }
            return false
        }
        return true
    }
}

/// Whole files and folders, with the order of steps that survives a crash.
enum HubFiles {
    static func read(_ path: String, limit: Int) throws(HubError) -> [UInt8] {
        let file = try HubFile(path: path, flags: O_RDONLY)
        let size = try file.size()
        guard size <= limit else {
            throw HubError(.storage, "\(path) has \(size) bytes; at most \(limit) are expected. Restore it.")
        }
        return try file.read(size, at: 0)
    }

    /// Puts a file in place whole or not at all: written beside it, on the disk, then renamed; then the folder is on the disk.
    static func replace(_ path: String, with bytes: [UInt8], temporary: String) throws(HubError) {
        do throws(HubError) {
            let file = try HubFile(path: temporary, flags: O_WRONLY | O_CREAT | O_TRUNC)
            try file.write(bytes, at: 0)
            try file.synchronize()
            guard rename(temporary, path) == 0 else { throw HubError.system("rename to", path) }
        } catch {
            unlink(temporary)
            throw error
        }
        try synchronizeFolder(parent(path))
    }

    static func synchronizeFolder(_ path: String) throws(HubError) {
        try HubFile(path: path, flags: O_RDONLY | O_DIRECTORY).synchronize()
    }

    /// Makes a folder that may be there already.
    /// - Parameter isDurable: whether to wait until its entry is on the disk.
    /// - Returns: whether it was made.
    @discardableResult
    static func makeFolder(_ path: String, isDurable: Bool = true) throws(HubError) -> Bool {
        if mkdir(path, 0o700) != 0 {
            guard errno == EEXIST, isFolder(path) else { throw .system("make", path) }
            return false
        }
        if isDurable { try synchronizeFolder(parent(path)) }
        return true
    }

    /// Returns once the disk has files and folders as they are now.
    /// - Parameter root: a folder on the same disk.
    static func synchronize(_ files: [String], folders: Set<String>, in root: String) throws(HubError) {
        if files.count > synchronizedSingly, DiskBarrier.isReliable(on: root) {
            // Waiting once for all that the disk has to do is faster than once for each file.
            try HubFile(path: root, flags: O_RDONLY | O_DIRECTORY).synchronizeDisk()
        } else {
            for path in files { try HubFile(path: path, flags: O_RDONLY).synchronize() }
            for path in folders { try synchronizeFolder(path) }
        }
    }

    private static let synchronizedSingly = 4

    /// Removes the files in a folder, as far as that is possible.
    static func empty(_ path: String) {
        for leftover in (try? list(path)) ?? [] { unlink("\(path)/\(leftover)") }
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// What is in a file's place.
    enum Content: Equatable {
        case nothing
        /// In bytes.
        case file(size: Int)
        /// A folder, a pipe, a device or a link, wherever that leads: nothing that the hub has written.
        case other
    }

    static func content(_ path: String) -> Content {
        var status = stat()
        guard lstat(path, &status) == 0 else { return .nothing }
        return status.st_mode & S_IFMT == S_IFREG ? .file(size: Int(status.st_size)) : .other
    }

    /// In bytes; `nil` if there is no regular file.
    static func size(_ path: String) -> Int? {
        if case .file(let size) = content(path) { size } else { nil }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The names in a folder, hidden ones left out, ascending.
    static func list(_ path: String) throws(HubError) -> [String] {
        try entries(path).filter { $0.utf8.first != UInt8(ascii: ".") }.sorted()
    }

    /// The hidden names in a folder; none if it cannot be read.
    static func hidden(_ path: String) -> [String] {
        ((try? entries(path)) ?? []).filter { $0.utf8.first == UInt8(ascii: ".") && $0 != "." && $0 != ".." }
    }

    private static func entries(_ path: String) throws(HubError) -> [String] {
        guard let folder = opendir(path) else { throw .system("list", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                    tuple.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
                })
        }
        return names
    }

    /// How many seconds ago a file was last changed; `nil` if it is not there.
    static func age(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? time(nil) - status.st_mtim.tv_sec : nil
    }

    static func parent(_ path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }
}

extension HubError {
    /// The system's reason for the last failed call.
    static func system(_ action: String, _ path: String) -> HubError {
        let isFull = errno == ENOSPC || errno == EDQUOT
        return HubError(isFull ? .diskFull : .storage, "cannot \(action) \(path): \(String(cString: strerror(errno)))")
    }
}
