import CLinux
import Foundation
import History

/// Renames that never replace a file that nobody has looked at.
enum FileRename {
    /// Gives a file a name that nothing has.
    ///
    /// Where a file system has no such rename, a hard link does the same; where it has neither, the name is first taken by an
    /// empty file of our own, which no other process can then take.
    /// - Returns: `false` if something has the name.
    /// - Throws: `ArchiveError` if the file cannot be renamed.
    static func exclusively(_ path: String, to target: String) throws -> Bool {
        if linux_rename(path, target, linux_rename_noreplace) == 0 { return true }
        if errno == EEXIST { return false }
        guard isUnsupported(errno) else { throw failure(target) }
        if link(path, target) == 0 {
            unlink(path)
            return true
        }
        if errno == EEXIST { return false }
        guard isUnsupported(errno) || errno == EPERM || errno == EMLINK else { throw failure(target) }
        return try overPlaceholder(path, to: target)
    }

    private static func overPlaceholder(_ path: String, to target: String) throws -> Bool {
        let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return false }
            throw failure(target)
        }
        defer { close(descriptor) }
        guard try FileStatus.of(target)?.identity == FileStatus.of(descriptor)?.identity else { return false }
        guard rename(path, target) == 0 else { throw failure(target) }
        return true
    }

    /// Gives a file the name of another, which must be the one with this identity, and removes the other.
    /// - Parameter aside: a free name in the same folder. If the file system cannot exchange two files, the old file has it for a
    ///   moment; if the process dies in that moment, the old file keeps it.
    /// - Returns: `false` if another file has the name; then nothing was changed.
    /// - Throws: `ArchiveError` if the file cannot be renamed.
    static func replacing(_ identity: FileStatus.Identity, _ path: String, to target: String, aside: String) throws
        -> Bool
    {
        if linux_rename(path, target, linux_rename_exchange) == 0 {
            if try FileStatus.of(path)?.identity == identity {
                unlink(path)
                return true
            }
            guard linux_rename(path, target, linux_rename_exchange) == 0 else { throw failure(target) }
            return false
        }
        if errno == ENOENT { return false }
        guard isUnsupported(errno) else { throw failure(target) }
        guard try exclusively(target, to: aside) else { return false }
        let isExpected = try FileStatus.of(aside)?.identity == identity
        guard isExpected, try exclusively(path, to: target) else {
            _ = try exclusively(aside, to: target)
            return false
        }
        unlink(aside)
        return true
    }

    private static func isUnsupported(_ code: Int32) -> Bool { [EINVAL, ENOSYS, ENOTSUP, EOPNOTSUPP].contains(code) }

    private static func failure(_ path: String) -> ArchiveError {
        ArchiveError(.cannotWrite, "\(path) cannot be written: \(String(cString: strerror(errno)))", subject: path)
    }
}
