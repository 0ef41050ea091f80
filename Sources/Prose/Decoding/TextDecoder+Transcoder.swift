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
        guard let text = convert(part, from: encoding, toleratingCutEnd: !isWhole, mostFailures: damage, &failures)
        else { return nil }
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
            found = run(
                converter, data, into: buffer, written: &written, toleratingCutEnd, mostFailures,
                hasGap: encoding == .gb18030)
        }
        failures = found
        return output
    }

    /// The character there and its bytes, if it is one of the eighteen that the C library's table has in two bytes only, as in the
    /// edition of 2022, or the euro sign of code page 936, which is the byte 80.
    private static func gb18030Gap(_ raw: UnsafeRawBufferPointer, _ at: Int, euros: inout Int) -> (Unicode.Scalar, Int)?
    {
        guard at < raw.count else { return nil }
        if raw[at] == 0x80 {
            euros += 1
            return isEuro(raw, at, seen: euros - 1) ? ("€", 1) : nil
        }
        guard at + 4 <= raw.count, (0x30...0x39).contains(raw[at + 1]), (0x30...0x39).contains(raw[at + 3]) else {
            return nil
        }
        let pair = Int(raw[at]) << 8 | Int(raw[at + 1])
        let place = Int(raw[at + 2]) * 10 + Int(raw[at + 3]) - 0x30
        let scalar: Int
        switch (pair, place) {
        case (0x8235, 0x90 * 10 + 7...0x91 * 10 + 4): scalar = 0x9FB4 + place - (0x90 * 10 + 7)
        case (0x8431, 0x82 * 10 + 6...0x83 * 10 + 5): scalar = 0xFE10 + place - (0x82 * 10 + 6)
        default: return nil
        }
        return Unicode.Scalar(UInt32(scalar)).map { ($0, 4) }
    }

    /// Whether the byte 80 stands beside an amount, or is seldom, rather than what is left of characters in UTF-8.
    private static func isEuro(_ raw: UnsafeRawBufferPointer, _ at: Int, seen: Int) -> Bool {
        let isAmount = { (byte: UInt8) in (0x30...0x39).contains(byte) || byte == 0x20 }
        let next = at + 1 < raw.count ? raw[at + 1] : 0x20
        if isAmount(next) || next == 0x0A || next == 0x0D || at > 0 && isAmount(raw[at - 1]) { return true }
        return seen <= raw.count / rarestEuro && UTF8Validation.firstInvalidByte(in: Array(raw)) != nil
    }

    /// One in so many bytes.
    private static let rarestEuro = 32

    /// How many bytes to skip where conversion fails: the two of a character of which one was overwritten, but not a line end
    /// or a blank behind a single stray byte.
    private static func damagedWidth(_ raw: UnsafeRawBufferPointer, at offset: Int) -> Int {
        offset + 1 < raw.count && !(0x09...0x20).contains(raw[offset + 1]) ? 2 : 1
    }

    /// The offsets at which conversion fails; it ends at the one after the `mostFailures`th.
    private static func run(
        _ converter: iconv_t, _ data: [UInt8], into buffer: UnsafeMutableBufferPointer<UInt8>, written: inout Int,
        _ toleratingCutEnd: Bool, _ mostFailures: Int, hasGap: Bool
    ) -> [Int] {
        data.withUnsafeBytes { raw in
            // iconv takes a mutable pointer for historical reasons and does not write through it.
            var input = UnsafeMutableRawPointer(mutating: raw.baseAddress)?.assumingMemoryBound(to: CChar.self)
            var inputLeft = raw.count
            var output = UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
            var outputLeft = buffer.count
            var failures: [Int] = []
            var euros = 0
            while iconv(converter, &input, &inputLeft, &output, &outputLeft) == -1 {
                if errno == EINVAL, toleratingCutEnd { break }
                if hasGap, let (scalar, width) = gb18030Gap(raw, raw.count - inputLeft, euros: &euros) {
                    let bytes = Array(String(scalar).utf8)
                    output?.withMemoryRebound(to: UInt8.self, capacity: bytes.count) {
                        $0.update(from: bytes, count: bytes.count)
                    }
                    output = output.map { $0 + bytes.count }
                    outputLeft -= bytes.count
                    input = input.map { $0 + width }
                    inputLeft -= width
                    continue
                }
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
