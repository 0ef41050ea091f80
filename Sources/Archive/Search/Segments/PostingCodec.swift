/// How the places of one token are packed: ascending numbers, as the gaps between them.
///
/// Gaps come in blocks of 128, each packed with as many bits a gap as makes the block smallest; the few that need more have
/// their high bits behind the block ("patched frame of reference": Zukowski and others, ICDE 2006). What is left over, or
/// all of a list shorter than a block, are variable-length integers (7 bits a byte, the lowest first).
///
///     list  = directory *block rest
///     directory = *( last place of the block : 4 bytes, end of the block after the directory : 4 bytes )
///     block = bits a gap : 1 byte, patches : 1 byte, 16 × bits bytes, *( index : 1 byte, high bits : varint )
///
/// Numbers of fixed size have their lowest byte first. A gap is the distance less one; the first place is counted from −1.
enum PostingCodec {
    static let blockSize = 128

    /// Appends ascending, different places.
    static func append(_ places: UnsafeBufferPointer<UInt32>, to bytes: inout [UInt8]) {
        let blocks = places.count / blockSize
        let directory = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: blocks * 8))
        let start = bytes.count
        var previous = UInt32.max
        for block in 0..<blocks {
            let members = UnsafeBufferPointer(rebasing: places[block * blockSize..<(block + 1) * blockSize])
            appendBlock(members, after: previous, to: &bytes)
            previous = members[blockSize - 1]
            store(previous, at: directory + block * 8, in: &bytes)
            store(UInt32(bytes.count - start), at: directory + block * 8 + 4, in: &bytes)
        }
        for place in places[(blocks * blockSize)...] {
            appendVariable(UInt64(place &- previous &- 1), to: &bytes)
            previous = place
        }
    }

    private static func appendBlock(
        _ places: UnsafeBufferPointer<UInt32>, after previous: UInt32, to bytes: inout [UInt8]
    ) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: blockSize) { gaps in
            var last = previous
            for index in 0..<blockSize {
                gaps[index] = places[index] &- last &- 1
                last = places[index]
            }
            let width = bestWidth(UnsafeBufferPointer(gaps))
            bytes.append(UInt8(width))
            let patches = bytes.count
            bytes.append(0)
            let mask = (UInt64(1) << UInt64(width)) - 1
            var pending: UInt64 = 0
            var bits = 0
            for gap in gaps {
                pending |= (UInt64(gap) & mask) << UInt64(bits)
                bits += width
                while bits >= 8 {
                    bytes.append(UInt8(truncatingIfNeeded: pending))
                    pending >>= 8
                    bits -= 8
                }
            }
            for index in 0..<blockSize where UInt64(gaps[index]) > mask {
                bytes[patches] += 1
                bytes.append(UInt8(index))
                appendVariable(UInt64(gaps[index]) >> UInt64(width), to: &bytes)
            }
        }
    }

    /// The number of bits with which the block takes the fewest bytes.
    private static func bestWidth(_ gaps: UnsafeBufferPointer<UInt32>) -> Int {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 33) { lengths in
            lengths.initialize(repeating: 0)
            for gap in gaps { lengths[32 - gap.leadingZeroBitCount] += 1 }
            var best = 32
            var least = Int.max
            var patched = 0
            var patchBytes = 0
            for width in stride(from: 32, through: 0, by: -1) {
                let cost = 16 * width + patchBytes
                if cost <= least { (best, least) = (width, cost) }
                patched += lengths[width]
                // An index, and the high bits in a byte or two.
                patchBytes = patched * 2 + patched / 4
            }
            return best
        }
    }

    static func appendVariable(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func store(_ value: UInt32, at offset: Int, in bytes: inout [UInt8]) {
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    }
}
