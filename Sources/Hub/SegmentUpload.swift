import Archive
import Sync

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A segment on its way in: written to a file of its own as it comes, so that a hub needs no memory for it. What was not
/// moved to its place goes when this is dropped.
final class SegmentUpload: Sendable {
    let header: SegmentHeader
    /// Header line and payload, in bytes.
    let size: Int
    private let file: HubFile
    private let start: Int

    init(_ header: SegmentHeader, path: String) throws(HubError) {
        let line = header.encode()
        self.header = header
        start = line.count
        size = line.count + header.length
        file = try HubFile(path: path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        try file.write(line[...], at: 0)
    }

    deinit { unlink(file.path) }

    /// - Parameter offset: where the piece is in the payload.
    func write(_ piece: ArraySlice<UInt8>, at offset: Int) throws(HubError) { try file.write(piece, at: start + offset) }

    /// Puts the file in place, and returns once it is there on the disk.
    func move(to path: String) throws(HubError) {
        try file.synchronize()
        guard rename(file.path, path) == 0 else { throw HubError.system("rename to", path) }
        try HubFiles.synchronizeFolder(HubFiles.parent(path))
    }
}
