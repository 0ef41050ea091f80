/// A property whose key is left out where there is nothing to say, rather than `null`.
@propertyWrapper
package struct LeftOut<Value: Codable & Sendable>: Codable, Sendable {
    package var wrappedValue: Value?

    package init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }
}

extension KeyedEncodingContainer {
    // Synthesized code prefers these to the ones for any value.
    package mutating func encode<Value>(_ value: LeftOut<Value>, forKey key: Key) throws {
        if let value = value.wrappedValue { try encode(value, forKey: key) }
    }
}

extension KeyedDecodingContainer {
    package func decode<Value>(_ type: LeftOut<Value>.Type, forKey key: Key) throws -> LeftOut<Value> {
        LeftOut(wrappedValue: contains(key) ? try decode(Value.self, forKey: key) : nil)
    }
}
