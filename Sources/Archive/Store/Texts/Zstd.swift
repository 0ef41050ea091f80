import CZstd
import History
import Synchronization

/// One-shot zstd frames (RFC 8878).
public enum Zstd {
    /// The bytes as one frame. Level 3 is the library's default; the frame holds the content's size.
    public static func compress(_ bytes: [UInt8], level: Int32 = 3) -> [UInt8] {
        frame(bytes) { context, buffer, capacity, source, count in
            ZSTD_compressCCtx(context, buffer, capacity, source, count, level)
        }
    }

    /// The bytes as one frame that is read with the same dictionary, whose ID it holds.
    static func compress(_ bytes: [UInt8], with dictionary: OpaquePointer) -> [UInt8] {
        frame(bytes) { context, buffer, capacity, source, count in
            ZSTD_compress_usingCDict(context, buffer, capacity, source, count, dictionary)
        }
    }

    private static func frame(
        _ bytes: [UInt8],
        _ compress: (OpaquePointer, UnsafeMutablePointer<UInt8>?, Int, UnsafeRawPointer?, Int) -> Int
    ) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        return Contexts.compression.use { context in
            [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
                let written = bytes.withUnsafeBytes {
                    compress(context, buffer.baseAddress, bound, $0.baseAddress, $0.count)
                }
                precondition(ZSTD_isError(written) == 0, "a buffer of ZSTD_compressBound bytes is always enough")
                count = written
            }
        }
    }

    /// The content of one frame. Nothing larger than `limit` bytes is made, whatever the frame claims.
    /// - Parameter dictionary: finds the dictionary of an ID; not asked for a frame that needs none.
    public static func decompress(
        _ frame: [UInt8], limit: Int, dictionary: (UInt32) throws -> OpaquePointer? = { _ in nil }
    ) throws -> [UInt8] {
        let (size, id) = frame.withUnsafeBytes {
            (ZSTD_getFrameContentSize($0.baseAddress, $0.count), ZSTD_getDictID_fromFrame($0.baseAddress, $0.count))
        }
        if size == unknownSize, id == 0 { return try stream(frame, limit: limit) }
        guard size <= UInt64(limit) else {
            throw ArchiveError(.corrupt, "a compressed block is damaged or claims more than \(limit) bytes")
        }
        let dictionary = id == 0 ? nil : try dictionary(id)
        guard id == 0 || dictionary != nil else {
            throw ArchiveError(.corrupt, "a compressed block needs the dictionary \(id), which is not here")
        }
        var written = 0
        let content = Contexts.decompression.use { context in
            [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
                written = frame.withUnsafeBytes { source in
                    ZSTD_decompress_usingDDict(
                        context, buffer.baseAddress, buffer.count, source.baseAddress, source.count, dictionary)
                }
                count = ZSTD_isError(written) == 0 ? written : 0
            }
        }
        guard ZSTD_isError(written) == 0, content.count == Int(size) else {
            throw ArchiveError(.corrupt, "a compressed block is damaged")
        }
        return content
    }

    /// ZSTD_CONTENTSIZE_UNKNOWN, a macro that Swift does not see.
    private static let unknownSize = UInt64.max

    /// The content of one frame that does not say its size, as those do that were written as a stream.
    private static func stream(_ frame: [UInt8], limit: Int) throws -> [UInt8] {
        var content: [UInt8] = []
        try decompress(frame, limit: limit) { content += $0 }
        return content
    }

    /// Unpacks one frame without a dictionary piece by piece. The memory that it takes does not depend on how large the content is.
    /// - Parameters:
    ///   - limit: of the content in bytes, and of how far back the frame may refer, for which 8 MiB are always allowed.
    ///   - sink: takes the pieces in their order.
    /// - Throws: `ArchiveError` if the frame is damaged, something follows it, or it goes beyond the limit; whatever `sink` throws.
    package static func decompress(_ frame: [UInt8], limit: Int, sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        try Contexts.decompression.use { context in
            ZSTD_DCtx_reset(context, ZSTD_reset_session_and_parameters)
            ZSTD_DCtx_setParameter(
                context, ZSTD_d_windowLogMax, Int32(Int.bitWidth - (max(limit, leastWindow) - 1).leadingZeroBitCount))
            defer { ZSTD_DCtx_reset(context, ZSTD_reset_session_and_parameters) }
            var (position, total, isAtEnd) = (0, 0, false)
            var buffer = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
            while !isAtEnd {
                let (left, written) = frame.withUnsafeBytes { source in
                    buffer.withUnsafeMutableBytes { target in
                        var from = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: position)
                        var to = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                        let left = ZSTD_decompressStream(context, &to, &from)
                        position = from.pos
                        return (left, to.pos)
                    }
                }
                total += written
                isAtEnd = left == 0
                let isCut = written == 0 && position == frame.count && !isAtEnd
                guard ZSTD_isError(left) == 0, !isCut, total <= limit else {
                    throw ArchiveError(.corrupt, "a compressed block is damaged or holds more than \(limit) bytes")
                }
                try buffer.withUnsafeBytes { try sink(UnsafeRawBufferPointer(rebasing: $0[..<written])) }
            }
            guard position == frame.count else { throw ArchiveError(.corrupt, "something follows a compressed block") }
        }
    }

    /// What every reader of zstd should allow a frame to refer back (RFC 8878, section 3.1.1.1.2).
    private static let leastWindow = 8 << 20

    /// Contexts to use again: making one takes longer than to compress a short text.
    private final class Contexts: Sendable {
        static let compression = Contexts { ZSTD_createCCtx() }
        static let decompression = Contexts { ZSTD_createDCtx() }

        private struct Free: @unchecked Sendable {
            // Each context is in this list or in the hands of one thread.
            var contexts: [OpaquePointer] = []
        }

        private let free = Mutex(Free())
        private let make: @Sendable () -> OpaquePointer?

        private init(_ make: @escaping @Sendable () -> OpaquePointer?) { self.make = make }

        func use<Value>(_ body: (OpaquePointer) throws -> Value) rethrows -> Value {
            guard let context = free.withLock({ $0.contexts.popLast() }) ?? make() else {
                fatalError("no memory for zstd")
            }
            let taken = Free(contexts: [context])
            defer { free.withLock { $0.contexts += taken.contexts } }
            return try body(context)
        }
    }
}
