import Foundation
import History
import Prose

/// A file on its way: made by this process under a name that nobody can guess, beside the file that it is to become.
///
/// Its name is `.<target>.<16 hexadecimal digits>.<ending>`. A lock says that its process still works on it: what a process leaves
/// that was killed is recognized by the name and the free lock, and removed by the next one that writes the same target.
package final class PartialFile {
    /// What SQLite may put beside a database.
    package static let companions = ["-journal", "-wal", "-shm"]
    package static let usualEnding = "partial"
    private static let lockSuffix = "-lock"

    package let path: String
    private let target: String
    private let isDatabase: Bool
    private let descriptor: Int32
    private var isKept = false

    /// Makes an empty file.
    /// - Parameters:
    ///   - ending: of the name; what is swept away must have the same.
    ///   - isDatabase: whether SQLite will open it. The lock is then on a file beside it: SQLite has locks of its own, which some
    ///     network file systems do not tell from ours.
    /// - Throws: `ArchiveError` if the folder is missing or cannot be written.
    package init(for target: String, ending: String = usualEnding, isDatabase: Bool) throws {
        let bits = (0..<16).map { _ in String(UInt8.random(in: 0..<16), radix: 16) }.joined()
        path = Self.folder(of: target) + "/" + Self.prefix(of: target) + bits + "." + ending
        self.target = target
        self.isDatabase = isDatabase
        let locked = path + (isDatabase ? Self.lockSuffix : "")
        descriptor = open(locked, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { throw Self.failure(target, errno) }
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
        guard isDatabase else { return }
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard file >= 0 else {
            let reason = errno
            unlink(locked)
            throw Self.failure(target, reason)
        }
        close(file)
    }

    /// Takes over what another process left.
    private init(_ path: String, target: String, descriptor: Int32, isDatabase: Bool) {
        (self.path, self.target, self.descriptor, self.isDatabase) = (path, target, descriptor, isDatabase)
    }

    deinit {
        if !isKept {
            Self.remove(path)
            if isDatabase { unlink(path + Self.lockSuffix) }
        }
        close(descriptor)
    }

    /// Leaves the file where it is, for another process to take over.
    package func keep() { isKept = true }

    private static func remove(_ path: String) {
        for suffix in companions { unlink(path + suffix) }
        unlink(path)
    }

    // MARK: Content

    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(target, errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// What a file may take the place of when it gets its name.
    package enum Predecessor {
        case none
        case only(FileStatus.Identity)
        case any
    }

    /// Brings the file to the disk and gives it the target's name, and brings that to the disk.
    /// - Throws: `ArchiveError` if the name is another file's by now; nothing was changed then.
    package func move(replacing predecessor: Predecessor = .none) throws {
        try Self.synchronize(path, for: target)
        switch predecessor {
        case .none:
            guard try FileRename.exclusively(path, to: target) else { throw overtaken("exists already") }
        case .only(let identity):
            guard try FileRename.replacing(identity, path, to: target, aside: path + ".replaced") else {
                throw overtaken("is another file by now")
            }
        case .any:
            guard rename(path, target) == 0 else { throw Self.failure(target, errno) }
        }
        try Self.synchronize(Self.folder(of: target), for: target)
    }

    /// Gives the file the target's name, in the place of whatever file has it. The caller sees to it that both are on the disk.
    func moveWithoutWaiting() throws {
        guard rename(path, target) == 0 else { throw Self.failure(target, errno) }
    }

    private func overtaken(_ problem: String) -> ArchiveError {
        ArchiveError(
            .cannotWrite, "\(target) \(problem): another process made it meanwhile",
            subject: target, remedy: .inspectFile)
    }

    /// Brings a file, or a folder's list of names, to the disk.
    private static func synchronize(_ path: String, for target: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(target, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(target, errno) }
    }

    private static func failure(_ target: String, _ code: Int32) -> ArchiveError {
        let folder = folder(of: target)
        switch code {
        case ENOENT, ENOTDIR:
            return ArchiveError(
                .cannotWrite, "\(target) cannot be written: there is no folder \(folder)",
                subject: target, remedy: .makeFolder)
        case ENOSPC, EDQUOT:
            return ArchiveError(
                .cannotWrite, "the disk is full: \(target) was not written", subject: target, remedy: .makeRoom)
        default:
            return ArchiveError(
                .cannotWrite, "\(target) cannot be written: \(String(cString: strerror(code)))", subject: target)
        }
    }

    // MARK: What killed processes left

    private static func folder(of target: String) -> String {
        let folder = PathParts.folder(of: target)
        return folder.isEmpty ? "." : folder
    }

    /// The beginning of the names of a target's partial files. Long names are cut: a name has 255 bytes at most.
    private static func prefix(of target: String) -> String {
        var name = PathParts.name(of: target)
        while name.utf8.count > 200 { name.removeLast() }
        return "." + name + "."
    }

    /// Removes what killed processes left of one target.
    package static func sweep(_ target: String, ending: String = usualEnding) {
        for left in abandoned(target, ending: ending) { withExtendedLifetime(left) {} }
    }

    /// Removes the locks of partial files of one target that are there no more: their processes were killed as they finished.
    package static func sweepLocks(_ target: String) {
        let folder = folder(of: target)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where name.hasSuffix(lockSuffix) {
            let partial = String(name.dropLast(lockSuffix.count))
            guard let ending = partial.split(separator: ".").last,
                isPartial(partial, prefix: prefix(of: target), ending: String(ending))
            else { continue }
            let path = folder + "/" + partial
            guard access(path, F_OK) != 0, let left = takeOver(path, target: target) else { continue }
            // Unless its process made the file in between.
            if access(path, F_OK) == 0 { left.keep() }
        }
    }

    /// Removes one file if its name is that of a partial file and the process that made it is gone.
    package static func sweep(file name: String, in folder: String, ending: String = usualEnding) {
        guard isPartial(name, prefix: ".", ending: ending) else { return }
        withExtendedLifetime(takeOver(folder + "/" + name, target: folder + "/" + name)) {}
    }

    /// What killed processes left of one target, each locked by this process now, and removed when dropped unless kept.
    package static func abandoned(_ target: String, ending: String) -> [PartialFile] {
        let folder = folder(of: target)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let files = Set(names.map { $0.hasSuffix(lockSuffix) ? String($0.dropLast(lockSuffix.count)) : $0 })
        return files.filter { isPartial($0, prefix: prefix(of: target), ending: ending) }.sorted()
            .compactMap { takeOver(folder + "/" + $0, target: target) }
    }

    private static func isPartial(_ name: String, prefix: String, ending: String) -> Bool {
        guard name.hasPrefix(prefix), name.hasSuffix("." + ending) else { return false }
        let digits = name.dropLast(ending.utf8.count + 1).utf8.suffix(17)
        let isHexadecimal = digits.dropFirst().allSatisfy { Hex.isDigit($0) }
        return digits.count == 17 && digits.first == UInt8(ascii: ".") && isHexadecimal
            && (prefix == "." || name.utf8.count == prefix.utf8.count + 16 + ending.utf8.count + 1)
    }

    private static func takeOver(_ path: String, target: String) -> PartialFile? {
        let isDatabase = access(path + lockSuffix, F_OK) == 0
        let locked = isDatabase ? path + lockSuffix : path
        let descriptor = open(locked, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        // Looked at again under the lock: another process may have renamed or removed it just now.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, let status = FileStatus.of(descriptor),
            status.kind == .regular,
            (try? FileStatus.of(locked))??.identity == status.identity
        else {
            close(descriptor)
            return nil
        }
        return PartialFile(path, target: target, descriptor: descriptor, isDatabase: isDatabase)
    }
}
