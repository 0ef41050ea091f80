import Prose

/// A value of the canonical JSON that revisions and other log entries are written in.
///
/// Canonical means: one way to write a value. Keys sorted by their bytes and never repeated; integers within ±2^53 and
/// strings only; nothing null or empty; no white space; escaped are only `"`, `\` and U+0000–001F as `\u00xx`; no normalization.
public indirect enum CanonicalValue: Hashable, Sendable, ExpressibleByStringLiteral {
    case integer(Int64)
    case string(ExactString)
    case array([CanonicalValue])
    case object([ExactString: CanonicalValue])

    /// The greatest integer that every JSON reader keeps exactly.
    static let maximumInteger: Int64 = 1 << 53
    /// Deeper nesting is refused, so that hostile bytes cannot exhaust the stack.
    static let maximumDepth = 16

    public static func text(_ string: String) -> Self { .string(ExactString(string)) }

    public init(stringLiteral value: String) { self = .text(value) }

    public var string: String? {
        if case .string(let value) = self { value.string } else { nil }
    }

    public var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    public var array: [CanonicalValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    public var object: [ExactString: CanonicalValue]? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The canonical bytes.
    public var bytes: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }

    private func write(to output: inout [UInt8]) {
        switch self {
        case .integer(let value):
            output.append(contentsOf: String(value).utf8)
        case .string(let value):
            Self.write(value, to: &output)
        case .array(let values):
            output.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                value.write(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                Self.write(member.key, to: &output)
                output.append(UInt8(ascii: ":"))
                member.value.write(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ string: ExactString, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case 0..<0x20:
                output.append(contentsOf: "\\u00".utf8)
                output.append(contentsOf: Hex.encode([byte]).utf8)
            default:
                output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}

/// Bytes that are not canonical JSON: where, and which rule they break.
public struct CanonicalError: Error, Hashable, CustomStringConvertible {
    public let offset: Int
    public let reason: String
    public var description: String { "not canonical at byte \(offset): \(reason)" }
}
