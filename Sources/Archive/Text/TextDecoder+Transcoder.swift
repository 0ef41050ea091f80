#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Strict transcoding to UTF-8 by the C library's iconv (POSIX.1-2017).
enum Transcoder {
    /// `data`, which is in `encoding`, as UTF-8.
    /// - Throws: `.invalid` with the offset of the first byte that is not valid, `.unsupported` if iconv lacks the table.
    static func utf8(from data: [UInt8], encoding: TextEncoding) throws(TextDecodingError) -> [UInt8] {
        if encoding == .utf8 {
            guard let offset = UTF8Validation.firstInvalidByte(in: data) else { return data }
            throw TextDecodingError(reason: .invalid(.utf8), offset: offset, bestGuess: nil)
        }
        let result = transcode(data, from: encoding)
        switch result {
        case .success(let bytes): return bytes
        case .failure(let error): throw error
        }
    }

    /// The beginning of `data` as UTF-8, for judging; a character cut off by the end of the sample is no error.
    static func sample(of data: [UInt8], encoding: TextEncoding, bytes limit: Int) -> [UInt8]? {
        let isWhole = data.count <= limit
        let part = isWhole ? data : Array(data.prefix(limit))
        return try? transcode(part, from: encoding, toleratingCutEnd: !isWhole).get()
    }

    private static func transcode(
        _ data: [UInt8], from encoding: TextEncoding, toleratingCutEnd: Bool = false
    ) -> Result<[UInt8], TextDecodingError> {
        let converter = iconv_open("UTF-8", encoding.iconvName)
        guard let converter, converter != iconv_t(bitPattern: -1) else {
            return .failure(TextDecodingError(reason: .unsupported(encoding), offset: nil, bestGuess: nil))
        }
        defer { iconv_close(converter) }
        var failure: Int?
        // No table here makes more than three bytes of one, so one call always has room enough.
        let output = [UInt8](unsafeUninitializedCapacity: data.count * 3 + 16) { buffer, written in
            failure = run(converter, data, into: buffer, written: &written, toleratingCutEnd)
        }
        if let failure {
            return .failure(TextDecodingError(reason: .invalid(encoding), offset: failure, bestGuess: nil))
        }
        return .success(output)
    }

    /// Converts all of `data`; returns the offset at which it breaks, or nil.
    private static func run(
        _ converter: iconv_t, _ data: [UInt8], into buffer: UnsafeMutableBufferPointer<UInt8>, written: inout Int,
        _ toleratingCutEnd: Bool
    ) -> Int? {
        data.withUnsafeBytes { raw in
            // iconv takes a mutable pointer for historical reasons and does not write through it.
            var input = UnsafeMutableRawPointer(mutating: raw.baseAddress)?.assumingMemoryBound(to: CChar.self)
            var inputLeft = raw.count
            var output = UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
            var outputLeft = buffer.count
            let failed = iconv(converter, &input, &inputLeft, &output, &outputLeft) == -1
            let cutOff = failed && errno == EINVAL && toleratingCutEnd
            // Big5-HKSCS holds a base letter back to see whether a combining mark follows; this call releases it.
            _ = iconv(converter, nil, nil, &output, &outputLeft)
            written = buffer.count - outputLeft
            return failed && !cutOff ? raw.count - inputLeft : nil
        }
    }
}
