import Archive
import History
import Prose

/// JSON for other programs: one line, keys in the order they are given, nulls where a value is missing.
enum JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([(String, JSON)])

    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements) }

    init(_ value: String?) { self = value.map(JSON.string) ?? .null }
    init(_ value: Int?) { self = value.map(JSON.integer) ?? .null }
    init(_ value: Bool) { self = .bool(value) }
    init(_ value: Timestamp?) { self = value.map { .string($0.description) } ?? .null }
    init(_ values: [JSON]) { self = .array(values) }

    /// A sentence for a person, which may advise commands: they name the archive, as those on a terminal do.
    static func advice(_ text: String) -> JSON { .string(Advice.complete(text)) }

    init(_ value: CanonicalValue) {
        switch value {
        case .integer(let integer): self = .integer(Int(integer))
        case .string(let string): self = .string(string.string)
        case .array(let values): self = .array(values.map { JSON($0) })
        case .object(let members):
            self = .object(members.sorted { $0.key < $1.key }.map { ($0.key.string, JSON($0.value)) })
        }
    }

    init(_ vector: RevisionVector) {
        self = .object(vector.sequences.sorted { $0.key < $1.key }.map { ($0.key.hex, .integer(Int($0.value))) })
    }

    /// Prints the value as a line of its own.
    func print() { Output.write(bytes: bytes + [Self.lineFeed]) }

    /// Prints an array as a line of its own, element by element, as they are added.
    static func printArray(_ body: ((JSON) -> Void) throws -> Void) throws {
        var isEmpty = true
        var bytes: [UInt8] = []
        try body { element in
            bytes.removeAll(keepingCapacity: true)
            bytes.append(UInt8(ascii: isEmpty ? "[" : ","))
            element.write(to: &bytes)
            Output.write(bytes: bytes)
            isEmpty = false
        }
        Output.write(bytes: Array(isEmpty ? "[]\n".utf8 : "]\n".utf8))
    }

    /// The value in one line.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    private static let lineFeed = UInt8(ascii: "\n")

    private var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes += String(value).utf8
        case .number(let value): bytes += (value.isFinite ? String(value) : "null").utf8
        case .string(let value): Self.write(value, to: &bytes)
        case .array(let values): Self.write(values, between: ("[", "]"), to: &bytes) { $0.write(to: &$1) }
        case .object(let members):
            Self.write(members, between: ("{", "}"), to: &bytes) { member, bytes in
                Self.write(member.0, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.1.write(to: &bytes)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], between ends: (Unicode.Scalar, Unicode.Scalar), to bytes: inout [UInt8],
        _ write: (Element, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: ends.0))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(element, &bytes)
        }
        bytes.append(UInt8(ascii: ends.1))
    }

    /// Bytes as they are, but for those that have to be escaped: listings of a million essays are printed here.
    private static func write(_ string: String, to bytes: inout [UInt8]) {
        var string = string
        bytes.append(UInt8(ascii: "\""))
        string.withUTF8 { source in
            var start = 0
            for (place, byte) in source.enumerated()
            where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                bytes += source[start..<place]
                bytes += escaped(byte).utf8
                start = place + 1
            }
            bytes += source[start...]
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func escaped(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "\""): "\\\""
        case UInt8(ascii: "\\"): "\\\\"
        case UInt8(ascii: "\n"): "\\n"
        case UInt8(ascii: "\t"): "\\t"
        case UInt8(ascii: "\r"): "\\r"
        default: "\\u00" + Hex.encode([byte])
        }
    }
}
