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
        let seed = TextHash(hashing: element).bytes
        return (0..<64).flatMap { TextHash(hashing: seed + [UInt8($0)]).bytes }
    }
}
