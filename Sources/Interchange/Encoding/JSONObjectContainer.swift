/// The members of an object. What is `nil` is `null`: no key is missing.
struct JSONObjectContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: JSONWriter
    /// How many containers are open where its members are written.
    let depth: Int

    var codingPath: [any CodingKey] { [] }

    private func begin(_ key: Key) { writer.begin(key.stringValue, depth: depth) }

    func encodeNil(forKey key: Key) {
        begin(key)
        writer.writeNull()
    }

    func encode(_ value: Bool, forKey key: Key) {
        begin(key)
        writer.write(value)
    }

    func encode(_ value: String, forKey key: Key) {
        begin(key)
        writer.write(value)
    }

    func encode(_ value: Int, forKey key: Key) {
        begin(key)
        writer.write(value)
    }

    func encode(_ value: some Encodable, forKey key: Key) {
        begin(key)
        writer.encode(value, depth: depth)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<
        Nested
    > {
        begin(key)
        return JSONValueEncoder(writer: writer, depth: depth).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        begin(key)
        return JSONValueEncoder(writer: writer, depth: depth).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        writer.begin("super", depth: depth)
        return JSONValueEncoder(writer: writer, depth: depth)
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        begin(key)
        return JSONValueEncoder(writer: writer, depth: depth)
    }
}

// Each type that the protocol names has a method of its own there, which would leave the key out.
extension JSONObjectContainer {
    private func encode(optional value: (some Encodable)?, forKey key: Key) {
        if let value { encode(value, forKey: key) } else { encodeNil(forKey: key) }
    }

    func encodeIfPresent(_ value: Bool?, forKey key: Key) { encode(optional: value, forKey: key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) { encode(optional: value, forKey: key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) { encode(optional: value, forKey: key) }
    func encodeIfPresent(_ value: Float?, forKey key: Key) { encode(optional: value, forKey: key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) { encode(optional: value, forKey: key) }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) { encode(optional: value, forKey: key) }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) { encode(optional: value, forKey: key) }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) { encode(optional: value, forKey: key) }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) { encode(optional: value, forKey: key) }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) { encode(optional: value, forKey: key) }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) { encode(optional: value, forKey: key) }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) { encode(optional: value, forKey: key) }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) { encode(optional: value, forKey: key) }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) { encode(optional: value, forKey: key) }
    func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) { encode(optional: value, forKey: key) }
}
