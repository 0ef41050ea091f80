import Archive

/// JSON for other programs: one line, keys in the order they are given, nulls where a value is missing.
enum JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
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

    init(_ value: CanonicalValue) {
        switch value {
        case .integer(let integer): self = .integer(Int(integer))
        case .string(let string): self = .string(string.string)
        case .array(let values): self = .array(values.map { JSON($0) })
        case .object(let members): self = .object(members.sorted { $0.key < $1.key }.map { ($0.key.string, JSON($0.value)) })
        }
    }

    init(_ vector: RevisionVector) {
        self = .object(vector.sequences.sorted { $0.key < $1.key }.map { ($0.key.hex, .integer(Int($0.value))) })
    }

    /// Prints the value as a line of its own.
    func print() { Output.write(bytes: Array((text + "\n").utf8)) }

    /// Prints an array as a line of its own, element by element, as they are added.
    static func printArray(_ body: ((JSON) -> Void) throws -> Void) throws {
        var separator = "["
        try body { element in
            Output.write(bytes: Array((separator + element.text).utf8))
            separator = ","
        }
        Output.write(bytes: Array((separator == "[" ? "[]\n" : "]\n").utf8))
    }

    /// The value in one line.
    var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value): text += value.isFinite ? String(value) : "null"
        case .string(let value): Self.write(value, to: &text)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.write(member.0, to: &text)
                text += ":"
                member.1.write(to: &text)
            }
            text += "}"
        }
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case _ where scalar.value < 0x20: text += "\\u00" + Hex.encode([UInt8(scalar.value)])
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
