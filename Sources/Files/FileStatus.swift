import Foundation
import History

/// What stands under a name in the file system.
package struct FileStatus: Sendable {
    /// Two names with one identity name one file.
    package struct Identity: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64
    }

    package enum Kind: String, Sendable {
        case regular = "a file"
        case folder = "a folder"
        case link = "a symbolic link"
        case pipe = "a pipe"
        case socket = "a socket"
        case device = "a device"
    }

    package let identity: Identity
    package let kind: Kind
    /// In bytes.
    package let size: Int64

    /// - Parameter followingLinks: whether to look at what a symbolic link leads to.
    /// - Returns: `nil` if nothing has this name.
    /// - Throws: `ArchiveError` if that cannot be found out.
    package static func of(_ path: String, followingLinks: Bool = false) throws -> FileStatus? {
        var status = stat()
        if (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 { return FileStatus(status) }
        guard errno == ENOENT || errno == ENOTDIR else {
            throw ArchiveError(
                .cannotWrite, "\(path) cannot be looked at: \(String(cString: strerror(errno)))", subject: path)
        }
        return nil
    }

    static func of(_ descriptor: Int32) -> FileStatus? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? FileStatus(status) : nil
    }

    private init(_ status: stat) {
        identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        size = Int64(status.st_size)
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .folder
            case S_IFLNK: .link
            case S_IFIFO: .pipe
            case S_IFSOCK: .socket
            default: .device
            }
    }
}
