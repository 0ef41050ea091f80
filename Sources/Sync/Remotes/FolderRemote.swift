import Archive
import Files
import Foundation
import History

/// A remote that is a folder: on a stick, on a mounted share, or kept even by some other program.
///
/// A file is written under another name, brought to the disk and renamed, so that a name that is there is whole. No two machines
/// wait for each other: any number of them may use the folder at once.
public final class FolderRemote: Remote {
    private let root: String
    /// Whether something was in it before.
    private var wasFilled: Bool
    public private(set) var traffic = Traffic()

    /// - Parameters:
    ///   - path: the folder. It is not made: where a disk is not mounted, nothing must be written.
    ///   - wasFilled: whether something was seen in it before. If it is empty now, it is the place where that disk was.
    public init(path: String, wasFilled: Bool = false) {
        root = path
        self.wasFilled = wasFilled
    }

    public func list(_ prefix: String) throws(RemoteError) -> [String] { try list(prefix, from: prefix) }

    public func list(_ prefix: String, from start: String) throws(RemoteError) -> [String] {
        traffic.requests += 1
        try requireFolder()
        var names: [String] = []
        try collect(String(prefix.dropLast()), from: start, &names)
        names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        traffic.receivedBytes += names.reduce(0) { $0 + $1.utf8.count + 1 }
        wasFilled = wasFilled || !names.isEmpty
        return names
    }

    private func collect(_ folder: String, from start: String, _ names: inout [String]) throws(RemoteError) {
        for entry in try entries(folder) {
            if entry.utf8.first == UInt8(ascii: ".") {
                PartialFile.sweep(file: entry, in: path(folder))
                continue
            }
            let name = folder + "/" + entry
            // Before anything else: of a long log, little is new.
            if name.utf8.lexicographicallyPrecedes(start.utf8), !start.utf8.starts(with: name.utf8) { continue }
            if RemoteName(name) != nil {
                names.append(name)
            } else if ReplicaID(hex: entry) != nil {
                try collect(name, from: start, &names)
            }
        }
    }

    private func entries(_ folder: String) throws(RemoteError) -> [String] {
        guard let stream = opendir(path(folder)) else {
            if errno == ENOENT { return [] }
            throw failure("list", folder)
        }
        defer { closedir(stream) }
        var entries: [String] = []
        while let entry = readdir(stream) {
            entries.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return entries
    }

    public func get(_ name: String) throws(RemoteError) -> [UInt8]? {
        traffic.requests += 1
        try requireFolder()
        guard let bytes = try read(name) else { return nil }
        traffic.receivedBytes += bytes.count
        return bytes
    }

    public func put(_ name: String, _ bytes: [UInt8]) throws(RemoteError) { try put([(name, bytes)]) }

    public func put(_ items: [(name: String, bytes: [UInt8])]) throws(RemoteError) {
        guard !items.isEmpty else { return }
        try requireFolder()
        var files: [(path: String, bytes: [UInt8])] = []
        for (name, bytes) in items {
            guard RemoteName(name) != nil else { throw .rejected("'\(name)' is no name of a segment or head") }
            traffic.requests += 1
            // What another program left there in part is replaced.
            if try read(name) == bytes { continue }
            _ = try setAsideFolder(name)
            files.append((path(name), bytes))
        }
        do {
            for (name, _) in items {
                try SafeFile.makeFolder(name.split(separator: "/").dropLast().joined(separator: "/"), below: root)
            }
            try SafeFile.write(together: files, on: root)
        } catch {
            throw refusal("\(error)")
        }
        traffic.sentBytes += files.reduce(0) { $0 + $1.bytes.count }
        wasFilled = true
    }

    public func delete(_ name: String) throws(RemoteError) {
        traffic.requests += 1
        try requireFolder()
        guard RemoteName(name) != nil, unlink(path(name)) != 0, errno != ENOENT else { return }
        let reason = errno
        if try setAsideFolder(name) { return }
        errno = reason
        throw failure("delete", name)
    }

    // MARK: Files

    private func path(_ name: String) -> String { root + "/" + name }

    private func requireFolder() throws(RemoteError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder), isFolder.boolValue else {
            throw .unavailable("there is no folder \(root); if it is on another disk, mount that first")
        }
        guard !wasFilled || ["heads", "log"].contains(where: { FileManager.default.fileExists(atPath: path($0)) })
        else {
            throw .unavailable(
                "the folder \(root) is empty, and was not: if it is on another disk, mount that first; if it was emptied, remove the remote and add it again"
            )
        }
    }

    private func read(_ name: String) throws(RemoteError) -> [UInt8]? {
        var status = stat()
        guard lstat(path(name), &status) == 0 else {
            if errno == ENOENT { return nil }
            throw failure("read", name)
        }
        // What is no file, or a link that leads to none, is not what its name says, and stays so: a device is not even opened.
        let isLink = status.st_mode & S_IFMT == S_IFLNK
        if isLink, stat(path(name), &status) != 0 { return [] }
        guard status.st_mode & S_IFMT == S_IFREG else { return [] }
        // Meanwhile it may have become another: to open a pipe would be to wait for whoever writes to it.
        let descriptor = open(path(name), O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("read", name)
        }
        defer { close(descriptor) }
        // Longer than any segment: whatever it is, its hash is not that of its name.
        guard fstat(descriptor, &status) == 0 else { throw failure("read", name) }
        let size = min(Int(status.st_size), SegmentLimits.line + SegmentLimits.payload + 1)
        var isFailed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
                if got < 0, errno == EINTR { continue }
                isFailed = got < 0
                guard got > 0 else { return }
                count += got
            }
        }
        guard !isFailed else { throw failure("read", name) }
        return bytes
    }

    /// So many folders may come in one segment's place.
    private static let mostFolders = 100

    /// Renames a folder that has the name of a segment or head: what is in it is somebody's, and nobody reads it under the new name.
    /// - Returns: whether there was one.
    private func setAsideFolder(_ name: String) throws(RemoteError) -> Bool {
        var status = stat()
        guard lstat(path(name), &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return false }
        for number in 1...Self.mostFolders {
            let place = path(name) + ".damaged" + (number == 1 ? "" : "-\(number)")
            if rename(path(name), place) == 0 { return true }
            guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else { break }
        }
        throw failure("move", name)
    }

    /// Why nothing can be written: for good, for want of room, or for the time being.
    private func refusal(_ reason: String) -> RemoteError {
        var status = statvfs()
        if access(root, W_OK) != 0, errno == EROFS || errno == EACCES { return .forbidden(reason) }
        if statvfs(root, &status) == 0, status.f_bavail == 0 { return .full("\(reason); make room and try again") }
        return .unavailable(reason)
    }

    private func failure(_ what: String, _ name: String) -> RemoteError {
        .unavailable("cannot \(what) \(path(name)): \(String(cString: strerror(errno)))")
    }
}
