import CZstd

/// One-shot zstd frames (RFC 8878).
public enum Zstd {
    /// The bytes as one frame. Level 3 is the library's default; the frame holds the content's size.
    public static func compress(_ bytes: [UInt8], level: Int32 = 3) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            let written = bytes.withUnsafeBytes { source in
                ZSTD_compress(buffer.baseAddress, bound, source.baseAddress, source.count, level)
            }
            precondition(ZSTD_isError(written) == 0, "a buffer of ZSTD_compressBound bytes is always enough")
            count = written
        }
    }

    /// The content of one frame. Nothing larger than `limit` bytes is made, whatever the frame claims.
    public static func decompress(_ frame: [UInt8], limit: Int) throws -> [UInt8] {
        let size = frame.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        guard size <= UInt64(limit) else {
            throw ArchiveError(.corrupt, "a compressed block is damaged or claims more than \(limit) bytes")
        }
        var written = 0
        let content = [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            written = frame.withUnsafeBytes { source in
                ZSTD_decompress(buffer.baseAddress, buffer.count, source.baseAddress, source.count)
            }
            count = ZSTD_isError(written) == 0 ? written : 0
        }
        guard ZSTD_isError(written) == 0, content.count == Int(size) else {
            throw ArchiveError(.corrupt, "a compressed block is damaged (\(String(cString: ZSTD_getErrorName(written))))")
        }
        return content
    }
}
