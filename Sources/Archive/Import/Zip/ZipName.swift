import Prose

/// A member's name as it stands in a ZIP archive, which often does not say what it is in.
struct ZipName {
    let raw: [UInt8]
    /// The flag that says so is set (APPNOTE, appendix D).
    let isUTF8: Bool
    /// Info-ZIP's field with the name in UTF-8.
    let extra: [UInt8]?
    let isFromDOS: Bool

    /// The names as paths. Those that do not say what they are in are taken to be in one encoding, which a few together tell
    /// more surely than each: as a rule UTF-8, or the code page of the Windows that made the archive, in China GBK.
    static func decode(_ names: [ZipName]) -> [String] {
        let unsaid = names.filter { $0.declared == nil }
        let isUTF8 = unsaid.allSatisfy { UTF8Validation.firstInvalidByte(in: $0.raw) == nil }
        let encoding = isUTF8 ? .utf8 : codePage(unsaid.flatMap { $0.raw + [0x0A] })
        return names.map { name in
            let text = name.declared ?? (try? TextDecoder.decode(name.raw, as: encoding).bytes) ?? escaped(name.raw)
            let path = String(decoding: text, as: UTF8.self)
            // Some packers on Windows write its separator.
            return name.isFromDOS && !path.utf8.contains(UInt8(ascii: "/")) ? path.replacing("\\", with: "/") : path
        }
    }

    private static func codePage(_ joined: [UInt8]) -> TextEncoding {
        let likely = Plausibility.ranking(of: joined).first {
            $0.brokenAt == nil && [.gb18030, .big5HKSCS, .shiftJIS, .eucKR].contains($0.encoding)
        }
        return likely.flatMap { $0.score >= Plausibility.accepted ? $0.encoding : nil } ?? .gb18030
    }

    /// The name in UTF-8, if the archive says it.
    private var declared: [UInt8]? {
        if isUTF8, UTF8Validation.firstInvalidByte(in: raw) == nil { return raw }
        // Version 1, and the checksum of the plain name, which a tool that does not know the field may have changed.
        guard let extra, extra.count > 5, extra[0] == 1 else { return raw.allSatisfy({ $0 < 0x80 }) ? raw : nil }
        let name = Array(extra[5...])
        guard UInt32(ZipFields(extra).long(1)) == ZipArchive.checksum(raw),
            UTF8Validation.firstInvalidByte(in: name) == nil
        else { return nil }
        return name
    }

    /// What fits no encoding is shown, not lost.
    private static func escaped(_ raw: [UInt8]) -> [UInt8] {
        raw.flatMap { $0 < 0x80 ? [$0] : Array("%\(Hex.encode([$0]))".utf8) }
    }
}
