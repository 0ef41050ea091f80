import Archive
import History

/// The state hash computed from all heads at once, by the formula in docs/data-model.md and not by the archive's code.
enum StateCheck {
    static func hash(_ heads: [ItemID: [RevisionID]]) -> String {
        var sum = [UInt32](repeating: 0, count: 1024)
        for (item, heads) in heads {
            for head in heads {
                let bytes = expanded(item.bytes + head.bytes)
                for lane in sum.indices {
                    sum[lane] = (sum[lane] + UInt32(bytes[2 * lane]) + 256 * UInt32(bytes[2 * lane + 1])) % 65536
                }
            }
        }
        return TextHash(hashing: sum.flatMap { [UInt8($0 % 256), UInt8($0 / 256)] }).hex
    }

    private static func expanded(_ element: [UInt8]) -> [UInt8] {
        let key = TextHash(hashing: element).bytes
        return (1...32).flatMap { chacha20(key, UInt32($0)) }
    }

    /// A block of the key stream for a nonce of zeros (RFC 8439, section 2.3).
    private static func chacha20(_ key: [UInt8], _ counter: UInt32) -> [UInt8] {
        let words = (Array("expand 32-byte k".utf8) + key).withUnsafeBytes { bytes in
            (0..<12).map { UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
        }
        let start = words + [counter, 0, 0, 0]
        var state = start
        func turn(_ a: Int, _ b: Int, _ c: Int, by bits: UInt32) {
            state[a] &+= state[b]
            state[c] = (state[c] ^ state[a]) << bits | (state[c] ^ state[a]) >> (32 - bits)
        }
        func quarter(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
            turn(a, b, d, by: 16)
            turn(c, d, b, by: 12)
            turn(a, b, d, by: 8)
            turn(c, d, b, by: 7)
        }
        for _ in 0..<10 {
            for column in 0..<4 { quarter(column, column + 4, column + 8, column + 12) }
            for column in 0..<4 { quarter(column, (column + 1) % 4 + 4, (column + 2) % 4 + 8, (column + 3) % 4 + 12) }
        }
        return zip(state, start).flatMap { word, first in
            let sum = word &+ first
            return (0..<4).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
        }
    }
}
