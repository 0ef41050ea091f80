import Foundation

/// What may have a file's name and is no regular file.
package enum NoFile: String, CaseIterable, Sendable {
    case pipe, folder, fullFolder, device, danglingLink, linkToItself, socket

    /// Puts it in a file's place.
    package func replace(_ path: String) throws {
        try FileManager.default.removeItem(atPath: path)
        switch self {
        case .pipe: try Self.require(mkfifo(path, 0o600))
        case .folder: try Self.require(mkdir(path, 0o700))
        case .fullFolder:
            try Self.require(mkdir(path, 0o700))
            try Data("mine".utf8).write(to: URL(fileURLWithPath: path + "/notes"))
        case .device: try Self.require(symlink("/dev/zero", path))
        case .danglingLink: try Self.require(symlink("nowhere", path))
        case .linkToItself: try Self.require(symlink(path, path))
        case .socket: try Self.require(mknod(path, S_IFSOCK | 0o600, 0))
        }
    }

    private static func require(_ result: Int32) throws {
        if result != 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }
}
