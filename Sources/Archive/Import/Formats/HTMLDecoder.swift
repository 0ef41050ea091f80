import Prose

/// Decoding of web pages, which may say themselves what they are in.
enum HTMLDecoder {
    /// Decodes a page: as `encoding` if given, else by its byte order mark, else as it declares itself if it is valid in that,
    /// else by what it looks like.
    static func decode(_ page: [UInt8], as encoding: TextEncoding?) throws(TextDecodingError) -> DecodedText {
        if encoding == nil, let declared = declaredEncoding(of: page),
            let decoded = try? TextDecoder.decode(page, as: declared)
        {
            return decoded
        }
        return try TextDecoder.decode(page, as: encoding)
    }

    /// The encoding that `<meta charset=…>` or `<meta http-equiv=… content="…charset=…">` names within the first 1024 bytes, or
    /// the declaration of an XHTML page (HTML Living Standard, 13.2.3.2, of which this is the greater part).
    static func declaredEncoding(of page: [UInt8]) -> TextEncoding? {
        if page.starts(with: [0xFF, 0xFE]) || page.starts(with: [0xFE, 0xFF]) || page.starts(with: [0xEF, 0xBB, 0xBF]) {
            return nil
        }
        let head = page.prefix(1024).map { $0 | ((0x41...0x5A).contains($0) ? 0x20 : 0) }
        var from = 0
        while let tag = find("<meta", in: head, from: from) ?? find("<?xml", in: head, from: from) {
            let end = head[tag...].firstIndex(of: UInt8(ascii: ">")) ?? head.count
            let key = head[tag + 1] == UInt8(ascii: "?") ? "encoding" : "charset"
            if let place = find(key, in: head, from: tag), place < end,
                let name = value(head[(place + key.utf8.count)..<end])
            {
                // A page whose ASCII reads cannot be in UTF-16, whatever it says.
                let encoding = TextEncoding(name: name)
                return encoding == .utf16LittleEndian || encoding == .utf16BigEndian ? .utf8 : encoding
            }
            from = tag + 1
        }
        return nil
    }

    /// The name after `=`, with or without quotation marks.
    private static func value(_ bytes: ArraySlice<UInt8>) -> String? {
        var rest = bytes.drop { $0 <= 0x20 }
        guard rest.first == UInt8(ascii: "=") else { return nil }
        rest = rest.dropFirst().drop { $0 <= 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }
        let name = rest.prefix { $0 > 0x20 && !"\"';/?>".utf8.contains($0) }
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }

    private static func find(_ word: String, in bytes: [UInt8], from start: Int) -> Int? {
        let word = Array(word.utf8)
        guard bytes.count >= start + word.count else { return nil }
        return (start...bytes.count - word.count).first { bytes[$0..<$0 + word.count].elementsEqual(word) }
    }
}
