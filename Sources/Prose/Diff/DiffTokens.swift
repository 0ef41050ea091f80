/// Gives equal byte strings equal numbers, counting from zero in order of first appearance.
///
/// The hash is seeded anew in each process, which keeps hostile text from being slow on purpose; the numbers do not
/// depend on it.
package struct DiffInterner {
    private var arena: [UInt8] = []
    private var entries: [(start: Int, count: Int, hash: Int)] = []
    private var table: [Int32]

    package init(expecting count: Int) {
        var size = 16
        while size < 2 * count { size *= 2 }
        table = [Int32](repeating: -1, count: size)
    }

    package var count: Int { entries.count }

    mutating func token(for bytes: UnsafeRawBufferPointer) -> UInt32 {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        let hash = hasher.finalize()
        var slot = hash & (table.count - 1)
        while table[slot] >= 0 {
            let index = Int(table[slot])
            if entries[index].hash == hash, isEntry(index, bytes) { return UInt32(index) }
            slot = (slot + 1) & (table.count - 1)
        }
        table[slot] = Int32(entries.count)
        entries.append((arena.count, bytes.count, hash))
        arena.append(contentsOf: bytes)
        if 2 * entries.count > table.count { grow() }
        return UInt32(entries.count - 1)
    }

    /// The numbers of the pieces `ranges` of `text`.
    package mutating func tokens(_ text: [UInt8], _ ranges: [Range<Int>]) -> [UInt32] {
        text.withUnsafeBytes { bytes in
            ranges.map { token(for: UnsafeRawBufferPointer(rebasing: bytes[$0])) }
        }
    }

    private func isEntry(_ index: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        let (start, count, _) = entries[index]
        return count == bytes.count && arena.withUnsafeBytes { $0[start..<start + count].elementsEqual(bytes) }
    }

    private mutating func grow() {
        table = [Int32](repeating: -1, count: 2 * table.count)
        for index in entries.indices {
            var slot = entries[index].hash & (table.count - 1)
            while table[slot] >= 0 { slot = (slot + 1) & (table.count - 1) }
            table[slot] = Int32(index)
        }
    }
}

/// A text as its code points.
struct DiffScalars {
    /// The UTF-8 bytes of each code point, packed: equal exactly where the code points are.
    var codes: [UInt32] = []
    /// Where each code point starts in the text, and then where the last one ends: one more than `codes`.
    var offsets: [Int] = []

    init(_ text: [UInt8], in range: Range<Int>) {
        codes.reserveCapacity(range.count / 2)
        offsets.reserveCapacity(range.count / 2)
        text.withUnsafeBufferPointer { bytes in
            var position = range.lowerBound
            while position < range.upperBound {
                offsets.append(position)
                var code = UInt32(bytes[position])
                position += 1
                // At most three continuation bytes, so bytes that are not UTF-8 are cut up and never lost.
                let end = min(code < 0xC0 ? position : position + 3, range.upperBound)
                while position < end, bytes[position] & 0xC0 == 0x80 {
                    code = code << 8 | UInt32(bytes[position])
                    position += 1
                }
                codes.append(code)
            }
        }
        offsets.append(range.upperBound)
    }

    func bytes(_ range: Range<Int>) -> Range<Int> { offsets[range.lowerBound]..<offsets[range.upperBound] }
}
