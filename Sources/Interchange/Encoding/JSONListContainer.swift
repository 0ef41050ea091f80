/// The elements of a list.
struct JSONListContainer: UnkeyedEncodingContainer {
    let writer: JSONWriter
    /// How many containers are open where its elements are written.
    let depth: Int
    private(set) var count = 0

    init(writer: JSONWriter, depth: Int) {
        self.writer = writer
        self.depth = depth
    }

    var codingPath: [any CodingKey] { [] }

    private mutating func begin() {
        writer.begin(depth: depth)
        count += 1
    }

    mutating func encodeNil() {
        begin()
        writer.writeNull()
    }

    mutating func encode(_ value: some Encodable) {
        begin()
        writer.encode(value, depth: depth)
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        begin()
        return JSONValueEncoder(writer: writer, depth: depth).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        begin()
        return JSONValueEncoder(writer: writer, depth: depth).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder {
        begin()
        return JSONValueEncoder(writer: writer, depth: depth)
    }
}
