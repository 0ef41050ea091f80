/// Lower-case hexadecimal, the only written form of IDs.
public enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var result: [UInt8] = []
        for byte in bytes {
            result.append(digits[Int(byte >> 4)])
            result.append(digits[Int(byte & 15)])
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes written in `text`; `nil` if it is of odd length or has anything but 0–9 and a–f.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? { decode(Array(text.utf8)[...]) }

    /// The bytes written in digits; `nil` as above.
    package static func decode(_ source: ArraySlice<UInt8>) -> [UInt8]? {
        guard source.count % 2 == 0 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(source.count / 2)
        for index in stride(from: source.startIndex, to: source.endIndex, by: 2) {
            guard let high = value(source[index]), let low = value(source[index + 1]) else { return nil }
            result.append(high << 4 | low)
        }
        return result
    }

    package static func isDigit(_ character: UInt8) -> Bool { value(character) != nil }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}
