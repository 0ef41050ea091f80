/// The one way in which values of this target become JSON.
///
/// A value is one line of UTF-8. The keys of an object come in the order in which its type encodes them, which is that of its
/// properties. An optional that is `nil` is `null`; only a `LeftOut` one is left out. A number that JSON has no form for is `null`.
package enum JSONLine {
    /// The JSON of a value, without a line feed.
    package static func bytes(_ value: some Encodable) -> [UInt8] {
        let writer = JSONWriter()
        writer.encode(value)
        return writer.bytes
    }

    /// The same as a string.
    package static func text(_ value: some Encodable) -> String { String(decoding: bytes(value), as: UTF8.self) }
}

/// Writes the elements of one list as they come, so that no more than one is held in memory.
package struct JSONList {
    private let writer = JSONWriter()
    private var isEmpty = true

    package init() {}

    /// The bytes that a further element adds to the list.
    package mutating func adding(_ element: some Encodable) -> [UInt8] {
        writer.bytes.removeAll(keepingCapacity: true)
        writer.bytes.append(UInt8(ascii: isEmpty ? "[" : ","))
        isEmpty = false
        writer.encode(element)
        return writer.bytes
    }

    /// The bytes that end the list.
    package var end: [UInt8] { Array((isEmpty ? "[]" : "]").utf8) }
}
