import CZlib
import Foundation
import History

/// Reads a ZIP archive's members by its central directory, without unpacking anything to disk.
///
/// Limits bound what a hostile archive can cost: entries, the directory's size, a member's size, its ratio, and no two members
/// may share bytes, which is how small archives are made that unpack to petabytes (Fifield, "A better zip bomb", 2019).
struct ZipArchive {
    static let maximumEntries = 100_000
    static let maximumDirectory = 64 << 20

    let entries: [ZipEntry]

    /// - Throws: `ArchiveError` if the bytes are no ZIP archive, or a damaged or hostile one.
    init(_ bytes: any RandomAccess) throws {
        entries = try ZipDirectory(bytes).entries()
        try Self.checkOverlap(entries)
    }

    init(path: SystemPath) throws { try self.init(OpenFile(path)) }

    private static func checkOverlap(_ entries: [ZipEntry]) throws {
        let sorted = entries.sorted { $0.offset < $1.offset }
        for (entry, next) in zip(sorted, sorted.dropFirst())
        where entry.offset + ZipDirectory.localHeader + entry.compressedSize > next.offset {
            throw ArchiveError(
                .badInput, "members of the ZIP archive share bytes, as in one made to exhaust memory; it is not read")
        }
    }

    /// The bytes of a member, which need no other look at the directory.
    /// - Parameter limit: how many there may be.
    /// - Throws: `ArchiveError` if they are not what the directory said.
    static func content(
        of entry: ZipEntry, in bytes: any RandomAccess, limit: Int = PreparedSource.maximumSize
    ) throws -> [UInt8] {
        if let trouble = entry.trouble { throw ArchiveError(.badInput, trouble) }
        guard entry.size <= limit else {
            throw ArchiveError(
                .badInput, "\(entry.size) bytes are more than the \(limit) that an original may have")
        }
        guard !entry.isBomb else {
            throw ArchiveError(
                .badInput, "it swells from \(entry.compressedSize) to \(entry.size) bytes, as no text does")
        }
        let packed = try packed(entry, in: bytes)
        let content: [UInt8]
        switch entry.method {
        case 0: content = packed
        case 8: content = try inflate(packed, size: entry.size)
        default:
            throw ArchiveError(
                .badInput, "it is compressed by method \(entry.method), which is not supported", remedy: .unpack)
        }
        guard content.count == entry.size, checksum(content) == entry.checksum else {
            throw damaged("its checksum does not fit")
        }
        return content
    }

    /// The bytes of a member as they stand in the archive, mostly compressed.
    static func packed(_ entry: ZipEntry, in bytes: any RandomAccess) throws -> [UInt8] {
        let header = ZipFields(try bytes.read(entry.offset, ZipDirectory.localHeader))
        guard header.long(0) == 0x0403_4B50 else { throw damaged("no header where the directory points to") }
        let start = entry.offset + ZipDirectory.localHeader + header.short(26) + header.short(28)
        return try bytes.read(start, entry.compressedSize)
    }

    static func damaged(_ detail: String) -> ArchiveError {
        ArchiveError(.badInput, "the ZIP archive is damaged: \(detail)", remedy: .getAgain)
    }

    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        UInt32(truncatingIfNeeded: bytes.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) })
    }

    /// Raw deflate data (RFC 1951) that gives `size` bytes.
    private static func inflate(_ packed: [UInt8], size: Int) throws -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw ArchiveError(.failed, "zlib cannot be used")
        }
        defer { inflateEnd(&stream) }
        var packed = packed
        var status = Z_OK
        // One byte more than there should be, so that more is seen.
        let content = [UInt8](unsafeUninitializedCapacity: size + 1) { output, filled in
            packed.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(size + 1)
                status = CZlib.inflate(&stream, Z_FINISH)
                filled = size + 1 - Int(stream.avail_out)
            }
        }
        guard status == Z_STREAM_END, content.count == size else {
            throw damaged("a member does not unpack to the size that it says")
        }
        return content
    }
}

/// Bytes that can be read at any place.
protocol RandomAccess {
    var count: Int { get }
    /// - Throws: `ArchiveError` if they are not all there.
    func read(_ offset: Int, _ count: Int) throws -> [UInt8]
}

extension [UInt8]: RandomAccess {
    func read(_ offset: Int, _ count: Int) throws -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
            throw ZipArchive.damaged("it ends too soon")
        }
        return Array(self[offset..<offset + count])
    }
}

/// A file open for reading as long as this lives.
final class OpenFile: RandomAccess {
    private let descriptor: Int32
    let count: Int

    init(_ path: SystemPath) throws {
        descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
        var info = stat()
        guard descriptor >= 0, fstat(descriptor, &info) == 0 else {
            throw ArchiveError(errno == ENOENT ? .notFound : .badInput, String(cString: strerror(errno)))
        }
        count = Int(info.st_size)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func read(_ offset: Int, _ count: Int) throws -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
            throw ZipArchive.damaged("it ends too soon")
        }
        var done = 0
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while done < count {
                let got = pread(descriptor, buffer.baseAddress! + done, count - done, off_t(offset + done))
                if got <= 0 {
                    failure = got < 0 ? errno : EIO
                    break
                }
                done += got
            }
            filled = done
        }
        guard done == count else { throw ArchiveError(.badInput, String(cString: strerror(failure))) }
        return bytes
    }
}
