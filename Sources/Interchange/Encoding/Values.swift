import Archive
import History
import Prose

// How values of the layers below are written. All but vectors and fields are strings.

/// A value that is written as a string, in the form that it can be read from.
private func decode<Value>(_ decoder: any Decoder, _ read: (String) -> Value?) throws -> Value {
    let container = try decoder.singleValueContainer()
    guard let value = read(try container.decode(String.self)) else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "This is no \(Value.self).")
    }
    return value
}

private func encode(_ string: String, to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(string)
}

extension Digest: Codable {
    public func encode(to encoder: any Encoder) throws { try Interchange.encode(hex, to: encoder) }
    public init(from decoder: any Decoder) throws { self = try decode(decoder) { Self(hex: $0) } }
}

extension Identifier: Codable {
    public func encode(to encoder: any Encoder) throws { try Interchange.encode(hex, to: encoder) }
    public init(from decoder: any Decoder) throws { self = try decode(decoder) { Self(hex: $0) } }
}

extension Timestamp: Codable {
    public func encode(to encoder: any Encoder) throws { try Interchange.encode(description, to: encoder) }
    public init(from decoder: any Decoder) throws { self = try decode(decoder) { Self($0) } }
}

extension ItemKind: Codable {}

extension AnchorState: Codable, CaseIterable {
    public static let allCases: [AnchorState] = [.exact, .moved, .changed, .review, .orphan]
}

extension ImportedItem.Status: Codable, CaseIterable {
    public static let allCases: [Self] = [.new, .updated, .unchanged, .deleted, .vanished]
}

extension SpecialFile.Kind: Codable, CaseIterable {
    public static let allCases: [Self] = [.pipe, .socket, .device]
}

extension SourceFormat: Codable {}

extension RevisionVector: Codable {
    public func encode(to encoder: any Encoder) throws {
        try Members(sequences.sorted { $0.key < $1.key }.map { ($0.key.hex, $0.value) }).encode(to: encoder)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let sequences = try container.decode([String: Int64].self).map { hex, sequence in
            guard let replica = ReplicaID(hex: hex) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "This is no replica's ID.")
            }
            return (replica, sequence)
        }
        self.init(Dictionary(sequences) { max($0, $1) })
    }
}

extension CanonicalValue: Codable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .integer(let value): try container.encode(value)
        case .string(let value): try container.encode(value.string)
        case .array(let values): try container.encode(values)
        case .object(let fields): try container.encode(FieldMembers(fields))
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let values = try? container.decode([CanonicalValue].self) {
            self = .array(values)
        } else {
            let members = try container.decode([String: CanonicalValue].self)
            self = .object(Dictionary(members.map { (ExactString($0.key), $0.value) }) { $1 })
        }
    }
}
