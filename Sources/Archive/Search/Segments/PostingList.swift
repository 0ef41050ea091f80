/// The places of one token in a segment, packed by `PostingCodec`; ascending.
struct PostingList {
    let count: Int
    /// With eight bytes behind it that mean nothing, so that whole words can be loaded.
    private let bytes: [UInt8]
    private let size: Int

    static let padding = 8
    private static let blockSize = PostingCodec.blockSize

    /// - Parameter bytes: the packed list and `padding` further bytes.
    /// - Throws: `DamagedSegment` if the list cannot be of so many places.
    init(count: Int, bytes: [UInt8]) throws {
        self.count = count
        self.bytes = bytes
        size = bytes.count - Self.padding
        var end = 0
        for block in 0..<count / Self.blockSize {
            guard (block + 1) * 8 <= size else { throw DamagedSegment() }
            let next = self.end(block)
            // Two bytes of header, and as many bits a gap as it says.
            guard next >= end + 2, directory + next <= size, Int(bytes[directory + end]) <= 32,
                directory + end + 2 + 16 * Int(bytes[directory + end]) <= size
            else { throw DamagedSegment() }
            end = next
        }
    }

    private var blocks: Int { count / Self.blockSize }
    private var directory: Int { blocks * 8 }

    private func word(_ offset: Int) -> UInt32 {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self).littleEndian }
    }
    private func last(_ block: Int) -> UInt32 { word(block * 8) }
    private func end(_ block: Int) -> Int { Int(word(block * 8 + 4)) }

    /// All places.
    func all() -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let start = buffer.baseAddress else { return }
            for block in 0..<blocks { decode(block, into: start + block * Self.blockSize) }
            decodeRest(into: start + blocks * Self.blockSize)
            initialized = count
        }
    }

    /// All places, a few at a time; the buffer is valid during the call.
    func forEachRun(_ body: (UnsafeBufferPointer<UInt32>) throws -> Void) rethrows {
        try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.blockSize) { buffer in
            for block in 0..<blocks {
                decode(block, into: buffer.baseAddress!)
                try body(UnsafeBufferPointer(buffer))
            }
            decodeRest(into: buffer.baseAddress!)
            try body(UnsafeBufferPointer(rebasing: buffer[..<(count - blocks * Self.blockSize)]))
        }
    }

    /// Keeps of ascending numbers those that, `offset` added, are places here.
    func filter(_ starts: inout [UInt32], offset: UInt32) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.blockSize) { buffer in
            let members = buffer.baseAddress!
            var block = 0
            var loaded = -1
            var held = 0
            var cursor = 0
            var kept = 0
            for index in starts.indices {
                let target = starts[index] &+ offset
                while block < blocks && last(block) < target { block += 1 }
                if loaded != block {
                    (loaded, cursor) = (block, 0)
                    if block < blocks {
                        decode(block, into: members)
                        held = Self.blockSize
                    } else {
                        decodeRest(into: members)
                        held = count - blocks * Self.blockSize
                    }
                }
                while cursor < held && members[cursor] < target { cursor += 1 }
                if cursor < held && members[cursor] == target {
                    starts[kept] = starts[index]
                    kept += 1
                }
            }
            starts.removeLast(starts.count - kept)
        }
    }

    private func decode(_ block: Int, into places: UnsafeMutablePointer<UInt32>) {
        bytes.withUnsafeBytes { raw in
            let start = directory + (block == 0 ? 0 : end(block - 1))
            let width = Int(raw[start])
            let mask = UInt32(truncatingIfNeeded: (UInt64(1) << UInt64(width)) - 1)
            var bit = (start + 2) * 8
            for index in 0..<Self.blockSize {
                let word = raw.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self).littleEndian
                places[index] = UInt32(truncatingIfNeeded: word >> UInt64(bit & 7)) & mask
                bit += width
            }
            var offset = bit >> 3
            for _ in 0..<raw[start + 1] where offset < size {
                let index = Int(raw[offset] & 127)
                offset += 1
                places[index] |= UInt32(truncatingIfNeeded: variable(raw, &offset) << UInt64(width))
            }
            var place = block == 0 ? UInt32.max : last(block - 1)
            for index in 0..<Self.blockSize {
                place = place &+ places[index] &+ 1
                places[index] = place
            }
        }
    }

    private func decodeRest(into places: UnsafeMutablePointer<UInt32>) {
        bytes.withUnsafeBytes { raw in
            var offset = directory + (blocks == 0 ? 0 : end(blocks - 1))
            var place = blocks == 0 ? UInt32.max : last(blocks - 1)
            for index in 0..<count - blocks * Self.blockSize {
                place = place &+ UInt32(truncatingIfNeeded: variable(raw, &offset)) &+ 1
                places[index] = place
            }
        }
    }

    @inline(__always)
    private func variable(_ raw: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < size {
            let byte = raw[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 || shift > 56 { return value }
            shift += 7
        }
        return value
    }
}

/// What is stored cannot be what was written.
struct DamagedSegment: Error {}
