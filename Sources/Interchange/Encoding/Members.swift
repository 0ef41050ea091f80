import History
import Prose

/// An object whose keys are data, such as the endings of files, in an order that is the same each time.
package struct Members<Value: Codable & Sendable>: Codable, Sendable {
    private let elements: [(name: String, value: Value)]

    /// In the order given.
    package init(_ elements: [(String, Value)]) { self.elements = elements }

    /// By name.
    package init(_ values: [String: Value]) { elements = values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for element in elements { try container.encode(element.value, forKey: Name(stringValue: element.name)) }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        let names = container.allKeys.sorted { $0.stringValue < $1.stringValue }
        elements = try names.map { ($0.stringValue, try container.decode(Value.self, forKey: $0)) }
    }
}

/// Fields by their keys: strings, integers, and lists and objects of these.
package typealias FieldMembers = Members<CanonicalValue>

extension Members<CanonicalValue> {
    /// By the bytes of the keys.
    package init(_ fields: Fields) {
        self.init(fields.sorted { $0.key < $1.key }.map { ($0.key.string, $0.value) })
    }
}
