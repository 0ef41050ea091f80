/// Strict validation of UTF-8 (Unicode 16.0, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.
package enum UTF8Validation {
    /// The offset of the first byte that begins no well-formed sequence, or nil if all of `data` is valid UTF-8.
    package static func firstInvalidByte(in data: [UInt8]) -> Int? {
        data.withUnsafeBytes { raw in
            var index = 0
            let count = raw.count
            while index < count {
                let byte = raw[index]
                if byte < 0x80 {
                    index = skipASCII(raw, from: index)
                } else {
                    let width = sequenceWidth(raw, at: index)
                    if width == 0 { return index }
                    index += width
                }
            }
            return nil
        }
    }

    private static func skipASCII(_ raw: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index + 8 <= raw.count,
            raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
            index += 8
        }
        while index < raw.count, raw[index] < 0x80 { index += 1 }
        return index
    }

    /// Width of the well-formed multi-byte sequence at `at`, 0 if there is none.
    @inline(__always)
    private static func sequenceWidth(_ raw: UnsafeRawBufferPointer, at: Int) -> Int {
        let left = raw.count - at
        let first = raw[at]
        if first >= 0xE1, first <= 0xEF, first != 0xED {
            return left >= 3 && isTail(raw[at + 1]) && isTail(raw[at + 2]) ? 3 : 0
        }
        switch first {
        case 0xC2...0xDF: return left >= 2 && isTail(raw[at + 1]) ? 2 : 0
        case 0xE0: return left >= 3 && (0xA0...0xBF).contains(raw[at + 1]) && isTail(raw[at + 2]) ? 3 : 0
        case 0xED: return left >= 3 && (0x80...0x9F).contains(raw[at + 1]) && isTail(raw[at + 2]) ? 3 : 0
        case 0xF0...0xF4:
            guard left >= 4, isTail(raw[at + 2]), isTail(raw[at + 3]) else { return 0 }
            let low: UInt8 = first == 0xF0 ? 0x90 : 0x80
            let high: UInt8 = first == 0xF4 ? 0x8F : 0xBF
            return raw[at + 1] >= low && raw[at + 1] <= high ? 4 : 0
        default: return 0
        }
    }

    @inline(__always)
    private static func isTail(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    /// Whether text broken at `brokenAt` reads as UTF-8 with a few damaged bytes: of the first sequences tried, nearly all
    /// are well formed, which chance does not produce in any other encoding.
    static func looksLikeDamagedUTF8(_ data: [UInt8], brokenAt: Int?) -> Bool {
        data.prefix(1 << 16).withUnsafeBytes { raw in
            var good = 0
            var bad = 0
            var index = 0
            while index < raw.count {
                if raw[index] < 0x80 {
                    index += 1
                } else {
                    let width = sequenceWidth(raw, at: index)
                    if width == 0 { bad += 1 } else { good += 1 }
                    index += max(width, 1)
                }
            }
            return good >= 4 && good >= bad * 4
        }
    }
}

/// Recognition of files that are no text, by signature and by control characters.
enum BinaryFormat {
    /// What the file is, for an error message, if its first bytes are the signature of a format that is not text.
    static func name(of data: [UInt8]) -> String? {
        signatures.first { data.starts(with: $0.bytes) }?.name
    }

    /// Whether more than one byte in 50 of the beginning is a control character that texts do not hold.
    static func looksBinary(_ data: [UInt8]) -> Bool {
        let sample = data.prefix(1 << 16)
        let controls = sample.count {
            $0 < 0x20 && !(0x09...0x0D).contains($0) && $0 != 0x1A && $0 != 0x1B || $0 == 0x7F
        }
        return controls * 50 > sample.count
    }

    private static let signatures: [(bytes: [UInt8], name: String)] = [
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "a PNG image"),
        ([0xFF, 0xD8, 0xFF], "a JPEG image"),
        (Array("GIF8".utf8), "a GIF image"),
        (Array("%PDF-".utf8), "a PDF document"),
        ([0x50, 0x4B, 0x03, 0x04], "a ZIP file (such as .docx, .odt or .epub)"),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "an old Microsoft Office document"),
        (Array("{\\rtf".utf8), "an RTF document"),
        ([0x7F, 0x45, 0x4C, 0x46], "an ELF program"),
        ([0x1F, 0x8B, 0x08], "a gzip file"),
        ([0x28, 0xB5, 0x2F, 0xFD], "a zstd file"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "an xz file"),
        (Array("BZh".utf8) + [0x39, 0x31, 0x41, 0x59], "a bzip2 file"),
        (Array("Rar!".utf8) + [0x1A, 0x07], "a RAR file"),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7z file"),
        (Array("SQLite format 3\0".utf8), "an SQLite database"),
    ]
}
