/// A checksum of what a row of the index holds, which ends it: eight bytes, the lowest first.
///
/// It finds every damage to a single word, and others but for a chance of one in 2⁶⁴; it is no guard against people. Each step is a
/// bijection of the state and of the word, and a query reads hundreds of rows, so it has to be about as fast as memory.
struct RowChecksum {
    static let size = 8
    private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// - Parameter place: what tells the row from others, so that none takes another's place.
    static func of(_ bytes: UnsafeRawBufferPointer, at place: UInt64) -> UInt64 {
        var (a, b, c, d) = (place &* factor, UInt64(bytes.count), ~place, factor)
        let blocks = bytes.count / 32
        for block in 0..<blocks {
            let offset = 32 * block
            a = (a ^ word(bytes, offset)) &* factor
            b = (b ^ word(bytes, offset + 8)) &* factor
            c = (c ^ word(bytes, offset + 16)) &* factor
            d = (d ^ word(bytes, offset + 24)) &* factor
        }
        for offset in 32 * blocks..<bytes.count { a = (a ^ UInt64(bytes[offset])) &* factor }
        return [b, c, d].reduce(a) { (($0 ^ $0 >> 29) &* factor) ^ $1 }
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Appends the checksum.
    static func seal(_ bytes: consuming [UInt8], at place: UInt64) -> [UInt8] {
        let sum = bytes.withUnsafeBytes { of($0, at: place) }
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: sum >> shift)) }
        return bytes
    }

    /// The bytes without their checksum.
    /// - Returns: `nil` if it is not theirs.
    static func open(_ sealed: UnsafeRawBufferPointer, at place: UInt64) -> UnsafeRawBufferPointer? {
        guard sealed.count >= size else { return nil }
        let bytes = UnsafeRawBufferPointer(rebasing: sealed[..<(sealed.count - size)])
        return of(bytes, at: place) == word(sealed, bytes.count) ? bytes : nil
    }
}
