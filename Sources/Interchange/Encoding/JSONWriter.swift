import Prose

/// The bytes of a JSON value that is being written, from its beginning to its end, without a tree of it in memory.
///
/// A container knows how deep it lies. Whatever lies deeper is complete when it is written to again, and is closed then.
///
/// One method alone works on it at any time. The checks of that while it runs took a tenth of the time of a long list.
final class JSONWriter {
    @exclusivity(unchecked) var bytes: [UInt8] = []
    /// What closes each container that is open, the outermost first.
    @exclusivity(unchecked) private var ends: [UInt8] = []

    /// How many containers are open.
    var depth: Int { ends.count }

    func encode(_ value: some Encodable) { encode(value, depth: depth) }

    /// - Parameter depth: how many containers lie around the value.
    func encode(_ value: some Encodable, depth: Int) {
        let start = bytes.count
        do {
            try value.encode(to: JSONValueEncoder(writer: self, depth: depth))
        } catch {
            // Nothing here throws, and the types of this target only pass on what an encoder throws.
            preconditionFailure("a value cannot be written as JSON: \(error)")
        }
        close(to: depth)
        // A type without properties opens no container.
        if bytes.count == start { bytes += "{}".utf8 }
    }

    func open(_ start: Unicode.Scalar, _ end: Unicode.Scalar) {
        bytes.append(UInt8(ascii: start))
        ends.append(UInt8(ascii: end))
    }

    func close(to depth: Int) {
        while ends.count > depth { bytes.append(ends.removeLast()) }
    }

    /// Goes on in the container at a depth. Its first element has no comma before it.
    func begin(depth: Int) {
        close(to: depth)
        if bytes.last != UInt8(ascii: "{"), bytes.last != UInt8(ascii: "[") { bytes.append(UInt8(ascii: ",")) }
    }

    func begin(_ key: String, depth: Int) {
        begin(depth: depth)
        write(key)
        bytes.append(UInt8(ascii: ":"))
    }

    // MARK: Single values

    func writeNull() { bytes += "null".utf8 }

    func write(_ value: Bool) { bytes += (value ? "true" : "false").utf8 }

    func write(_ value: some FixedWidthInteger) { bytes += String(value).utf8 }

    func write(_ value: Double) { bytes += (value.isFinite ? String(value) : "null").utf8 }

    /// Bytes as they are, but for those that have to be escaped: listings of a million essays are written here.
    func write(_ string: String) {
        var string = string
        bytes.append(UInt8(ascii: "\""))
        string.withUTF8 { source in
            var start = 0
            for (place, byte) in source.enumerated()
            where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                bytes += source[start..<place]
                bytes += Self.escaped(byte).utf8
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
