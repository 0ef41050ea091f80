/// The wire form: a JSON array `[[offset,removed,"inserted"],…]` without white space, UTF-8 as it is, with only `"`, `\`
/// and U+0000–001F escaped (`\"`, `\\`, `\u00xx` in lower case). Each list of splices has one such form, and only that
/// form is read.
extension Splices {
    public static func encode(_ splices: [Splice]) -> [UInt8] {
        var result: [UInt8] = [UInt8(ascii: "[")]
        for splice in splices {
            if result.count > 1 { result.append(UInt8(ascii: ",")) }
            result.append(UInt8(ascii: "["))
            result.append(contentsOf: String(splice.offset).utf8)
            result.append(UInt8(ascii: ","))
            result.append(contentsOf: String(splice.removed).utf8)
            result.append(UInt8(ascii: ","))
            appendQuoted(splice.inserted, to: &result)
            result.append(UInt8(ascii: "]"))
        }
        result.append(UInt8(ascii: "]"))
        return result
    }

    /// - Throws: `SpliceError` of code `malformed` for anything that `encode` would not write.
    public static func decode(_ bytes: [UInt8]) throws(SpliceError) -> [Splice] {
        var reader = SpliceReader(bytes: bytes)
        return try reader.splices()
    }

    private static func appendQuoted(_ text: [UInt8], to result: inout [UInt8]) {
        result.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: result += Array("\\u00\(Hex.encode(CollectionOfOne(byte)))".utf8)
            default: result.append(byte)
            }
        }
        result.append(UInt8(ascii: "\""))
    }
}

private struct SpliceReader {
    let bytes: [UInt8]
    var position = 0

    mutating func splices() throws(SpliceError) -> [Splice] {
        var result: [Splice] = []
        try expect("[")
        if peek == UInt8(ascii: "[") {
            repeat { result.append(try splice()) } while take(",")
        }
        try expect("]")
        guard position == bytes.count else { throw malformed("more bytes after the end") }
        return result
    }

    private mutating func splice() throws(SpliceError) -> Splice {
        try expect("[")
        let offset = try integer()
        try expect(",")
        let removed = try integer()
        try expect(",")
        let inserted = try string()
        try expect("]")
        return Splice(offset: offset, removed: removed, inserted: inserted)
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func malformed(_ reason: String) -> SpliceError {
        SpliceError(code: .malformed, position: position, reason: reason)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(SpliceError) {
        guard take(character) else { throw malformed("expected '\(character)'") }
    }

    /// Sixteen digits at most: no overflow, and every number stays exact in any JSON reader below 2^53.
    private mutating func integer() throws(SpliceError) -> Int {
        let start = position
        var value = 0
        while let byte = peek, byte >= 0x30, byte <= 0x39 {
            guard position - start < 16 else { throw malformed("a number beyond 2^53") }
            value = value * 10 + Int(byte - 0x30)
            position += 1
        }
        let hasLeadingZero = position - start > 1 && bytes[start] == 0x30
        guard position > start, !hasLeadingZero, value <= 1 << 53 else {
            throw malformed("expected a number up to 2^53 in its shortest form")
        }
        return value
    }

    private mutating func string() throws(SpliceError) -> [UInt8] {
        try expect("\"")
        let start = position
        var content: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard String(validating: content, as: UTF8.self) != nil else {
                    position = start
                    throw malformed("the inserted text is not UTF-8")
                }
                return content
            case UInt8(ascii: "\\"): content.append(try escape())
            case 0..<0x20: throw malformed("a control character that is not escaped")
            default: content.append(byte)
            }
        }
        throw malformed("a string without an end")
    }

    private mutating func escape() throws(SpliceError) -> UInt8 {
        if take("\"") { return UInt8(ascii: "\"") }
        if take("\\") { return UInt8(ascii: "\\") }
        let end = position + 5
        guard end <= bytes.count, bytes[position..<position + 3].elementsEqual("u00".utf8),
            let code = Hex.decode(String(decoding: bytes[position + 3..<end], as: UTF8.self))?.first, code < 0x20
        else { throw malformed("an escape that the form does not use") }
        position = end
        return code
    }
}
