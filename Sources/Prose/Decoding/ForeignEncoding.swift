/// Encodings that are not read, but known when they are met, since as another they would become wrong text.
enum ForeignEncoding {
    /// UTF-32 by its byte order mark, of which half is one of UTF-16 (Unicode 16.0, 23.8).
    static func marked(_ data: [UInt8]) -> String? {
        guard data.count.isMultiple(of: 4) else { return nil }
        return data.starts(with: [0xFF, 0xFE, 0, 0]) || data.starts(with: [0, 0, 0xFE, 0xFF]) ? "UTF-32" : nil
    }

    /// Of text in seven bits: ISO-2022 by the sequence that goes over to another set of characters (RFC 1468, 1557, 1922), and HZ by
    /// the pair of marks around Chinese (RFC 1843).
    static func escaped(_ data: [UInt8]) -> String? {
        data.withUnsafeBufferPointer { bytes in
            let isEscaped = Pattern.contains(bytes, bytes.indices, "\u{1B}$")
            guard isEscaped || Pattern.contains(bytes, bytes.indices, "~{"), bytes.allSatisfy({ $0 < 0x80 }) else {
                return nil
            }
            return isEscaped ? iso2022(bytes) : hz(bytes)
        }
    }

    private static func iso2022(_ bytes: TextBytes) -> String? {
        for at in bytes.indices where bytes[at] == 0x1B && at + 4 < bytes.count && bytes[at + 1] == UInt8(ascii: "$") {
            switch (bytes[at + 2], bytes[at + 3]) {
            case (UInt8(ascii: ")"), UInt8(ascii: "C")): return "ISO-2022-KR"
            case (UInt8(ascii: ")"), UInt8(ascii: "A")), (UInt8(ascii: ")"), UInt8(ascii: "G")): return "ISO-2022-CN"
            case (UInt8(ascii: "B"), 0x21...0x7E), (UInt8(ascii: "@"), 0x21...0x7E): return "ISO-2022-JP"
            default: continue
            }
        }
        return nil
    }

    /// `~{` and pairs of bytes up to `~}`, on one line.
    private static func hz(_ bytes: TextBytes) -> String? {
        for at in bytes.indices.dropLast() where bytes[at] == UInt8(ascii: "~") && bytes[at + 1] == UInt8(ascii: "{") {
            var end = at + 2
            while end + 1 < bytes.count, (0x21...0x77).contains(bytes[end]), (0x21...0x7E).contains(bytes[end + 1]) {
                end += 2
            }
            if end > at + 2, end + 1 < bytes.count, bytes[end] == UInt8(ascii: "~"), bytes[end + 1] == UInt8(ascii: "}")
            {
                return "HZ"
            }
        }
        return nil
    }
}
