import Prose

extension CanonicalValue {
    /// Reads canonical bytes strictly: whatever is accepted would be written again as exactly the same bytes.
    public init(canonical bytes: [UInt8]) throws(CanonicalError) {
        var reader = CanonicalReader(bytes: bytes)
        self = try reader.value(depth: 0)
        guard reader.position == bytes.count else { throw reader.error("more bytes after the value") }
    }
}

private struct CanonicalReader {
    let bytes: [UInt8]
    var position = 0

    func error(_ reason: String) -> CanonicalError { CanonicalError(offset: position, reason: reason) }

    mutating func value(depth: Int) throws(CanonicalError) -> CanonicalValue {
        guard depth < CanonicalValue.maximumDepth else { throw error("nested too deeply") }
        switch peek {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""):
            let string = try string()
            guard !string.isEmpty else { throw error("an empty string stands where the value should be absent") }
            return .string(string)
        case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte): return .integer(try integer())
        default: throw error("expected an object, an array, a string or an integer")
        }
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ character: UInt8) -> Bool {
        guard peek == character else { return false }
        position += 1
        return true
    }

    private mutating func object(depth: Int) throws(CanonicalError) -> [ExactString: CanonicalValue] {
        position += 1
        var members: [ExactString: CanonicalValue] = [:]
        var last: ExactString?
        repeat {
            guard peek == UInt8(ascii: "\"") else { throw error("expected a key") }
            let key = try string()
            guard !key.isEmpty else { throw error("an empty key") }
            if let last, !(last < key) { throw error("keys are not in ascending order, or one is repeated") }
            guard take(UInt8(ascii: ":")) else { throw error("expected ':'") }
            members[key] = try value(depth: depth + 1)
            last = key
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw error("expected ',' or '}'") }
        return members
    }

    private mutating func array(depth: Int) throws(CanonicalError) -> [CanonicalValue] {
        position += 1
        var values: [CanonicalValue] = []
        repeat {
            values.append(try value(depth: depth + 1))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw error("expected ',' or ']'") }
        return values
    }

    private mutating func integer() throws(CanonicalError) -> Int64 {
        let start = position
        let isNegative = take(UInt8(ascii: "-"))
        var magnitude: Int64 = 0
        let digits = position
        while let digit = peek, digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") {
            guard position - digits < 16 else { throw error("an integer beyond 2^53") }
            magnitude = magnitude * 10 + Int64(digit - UInt8(ascii: "0"))
            position += 1
        }
        let hasLeadingZero =
            position > digits && bytes[digits] == UInt8(ascii: "0") && (position - digits > 1 || isNegative)
        guard position > digits, !hasLeadingZero, magnitude <= CanonicalValue.maximumInteger else {
            position = start
            throw error("not an integer within ±2^53 in its shortest form")
        }
        return isNegative ? -magnitude : magnitude
    }

    private mutating func string() throws(CanonicalError) -> ExactString {
        position += 1
        var content: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: content, as: UTF8.self) else {
                    throw error("a string that is not UTF-8")
                }
                return ExactString(string)
            case UInt8(ascii: "\\"): content.append(try escape())
            case 0..<0x20: throw error("a control character that is not escaped")
            default: content.append(byte)
            }
        }
        throw error("a string without an end")
    }

    private mutating func escape() throws(CanonicalError) -> UInt8 {
        if take(UInt8(ascii: "\"")) { return UInt8(ascii: "\"") }
        if take(UInt8(ascii: "\\")) { return UInt8(ascii: "\\") }
        let end = position + 5
        guard end <= bytes.count, bytes[position..<position + 3].elementsEqual("u00".utf8),
            let code = Hex.decode(String(decoding: bytes[position + 3..<end], as: UTF8.self))?.first, code < 0x20
        else { throw error("an escape that canonical JSON does not use") }
        position = end
        return code
    }
}
