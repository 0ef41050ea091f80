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

    /// Text of a sample of a file, for judging its encoding.
    struct Sample {
        var text: [UInt8]
        /// Where bytes are skipped that are not valid, if any are.
        var brokenAt: Int?
    }

    /// The beginning of `data` as UTF-8, up to `limit` bytes of it; a character cut off by the end of the sample is no error. Up
    /// to `damage` bytes that are not valid are skipped; nil if there are more.
    static func sample(of data: [UInt8], encoding: TextEncoding, bytes limit: Int, damage: Int) -> Sample? {
        let isWhole = data.count <= limit
        let part = isWhole ? data : Array(data.prefix(limit))
        var failures: [Int] = []
        guard let text = convert(part, from: encoding, toleratingCutEnd: !isWhole, mostFailures: damage, &failures) else { return nil }
        return failures.count > damage ? nil : Sample(text: text, brokenAt: failures.first)
    }

    private static func transcode(_ data: [UInt8], from encoding: TextEncoding) -> Result<[UInt8], TextDecodingError> {
        var failures: [Int] = []
        guard let output = convert(data, from: encoding, toleratingCutEnd: false, mostFailures: 0, &failures) else {
            return .failure(TextDecodingError(reason: .unsupported(encoding), offset: nil, bestGuess: nil))
        }
        if let failure = failures.first {
            return .failure(TextDecodingError(reason: .invalid(encoding), offset: failure, bestGuess: nil))
        }
        return .success(output)
    }

    /// Converts `data`, up to the failure after the `mostFailures`th, skipping a character at each; nil without a table.
    private static func convert(
        _ data: [UInt8], from encoding: TextEncoding, toleratingCutEnd: Bool, mostFailures: Int, _ failures: inout [Int]
    ) -> [UInt8]? {
        let converter = iconv_open("UTF-8", encoding.iconvName)
        guard let converter, converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var found: [Int] = []
        // No table here makes more than three bytes of one, so one call always has room enough.
        let output = [UInt8](unsafeUninitializedCapacity: data.count * 3 + 16) { buffer, written in
            found = run(converter, data, into: buffer, written: &written, toleratingCutEnd, mostFailures)
        }
        failures = found
        return output
    }

    /// How many bytes to skip where conversion fails: the two of a character of which one was overwritten, but not a line end
    /// or a blank behind a single stray byte.
    private static func damagedWidth(_ raw: UnsafeRawBufferPointer, at offset: Int) -> Int {
        offset + 1 < raw.count && !(0x09...0x20).contains(raw[offset + 1]) ? 2 : 1
    }

    /// The offsets at which conversion fails; it ends at the one after the `mostFailures`th.
    private static func run(
        _ converter: iconv_t, _ data: [UInt8], into buffer: UnsafeMutableBufferPointer<UInt8>, written: inout Int,
        _ toleratingCutEnd: Bool, _ mostFailures: Int
    ) -> [Int] {
        data.withUnsafeBytes { raw in
            // iconv takes a mutable pointer for historical reasons and does not write through it.
            var input = UnsafeMutableRawPointer(mutating: raw.baseAddress)?.assumingMemoryBound(to: CChar.self)
            var inputLeft = raw.count
            var output = UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
            var outputLeft = buffer.count
            var failures: [Int] = []
            while iconv(converter, &input, &inputLeft, &output, &outputLeft) == -1 {
                if errno == EINVAL, toleratingCutEnd { break }
                failures.append(raw.count - inputLeft)
                guard failures.count <= mostFailures, inputLeft > 0 else { break }
                let skipped = damagedWidth(raw, at: raw.count - inputLeft)
                input = input.map { $0 + skipped }
                inputLeft -= skipped
            }
            // Big5-HKSCS holds a base letter back to see whether a combining mark follows; this call releases it.
            _ = iconv(converter, nil, nil, &output, &outputLeft)
            written = buffer.count - outputLeft
            return failures
        }
    }
}
