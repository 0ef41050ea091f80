import Foundation
import History

extension SafeFile {
    /// Makes many files, which are all on the disk when it returns, each whole under its name or not there: the disk is waited for
    /// twice, however many they are. Files that have these names are replaced.
    /// - Parameter root: a folder on the disk that they are on.
    /// - Throws: `ArchiveError` if one cannot be written; those before it may be there then.
    package static func write(together files: [(path: String, bytes: [UInt8])], on root: String) throws {
        guard files.count > writtenSingly, DiskBarrier.isReliable(on: root) else {
            for file in files { try write(file.bytes, to: file.path, replacing: .ownFile, sweeping: false) }
            return
        }
        // Each stays open until it has its name.
        for start in stride(from: 0, to: files.count, by: openTogether) {
            let partials = try files[start..<min(start + openTogether, files.count)].map { file in
                _ = try look(at: file.path, .ownFile)
                let partial = try PartialFile(for: file.path, isDatabase: false)
                try partial.write(file.bytes)
                return partial
            }
            try wait(on: root)
            for partial in partials { try partial.moveWithoutWaiting() }
        }
        try wait(on: root)
    }

    /// So few are waited for one by one.
    private static let writtenSingly = 4
    private static let openTogether = 128

    private static func wait(on root: String) throws {
        let descriptor = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(root) }
        defer { close(descriptor) }
        guard DiskBarrier.wait(for: descriptor) == 0 else { throw failure(root) }
    }

    private static func failure(_ path: String) -> ArchiveError {
        let isFull = errno == ENOSPC || errno == EDQUOT
        return ArchiveError(
            .cannotWrite,
            isFull
                ? "the disk of \(path) is full"
                : "\(path) cannot be brought to the disk: \(String(cString: strerror(errno)))",
            subject: path, remedy: isFull ? .makeRoom : .checkDisk)
    }
}
