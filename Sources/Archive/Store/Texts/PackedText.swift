import History

/// One text as it lies in a pack: four varints (seven bits a byte, the lowest first, the highest bit set in all but the last) —
/// bytes of the text, how many numbers before it its base has (0: none), how many bases lie below, bytes of what follows — and
/// the text's bytes, or its splices against the base. Its hash is in the table `text`, where damage to the pack leaves it whole.
struct PackedText {
    let size: Int
    let back: Int64
    let depth: Int
    let data: [UInt8]

    /// A text takes at least as many bytes in a pack.
    static let leastBytes = 4

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for number in [UInt64(size), UInt64(back), UInt64(depth), UInt64(data.count)] {
            Varint.append(number, to: &bytes)
        }
        return bytes + data
    }

    init(size: Int, back: Int64, depth: Int, data: [UInt8]) {
        self.size = size
        self.back = back
        self.depth = depth
        self.data = data
    }

    /// Reads the text that begins at `position`, and goes on to the next.
    init(in pack: [UInt8], at position: inout Int) throws {
        let (size, back, depth, count) = try Self.numbers(in: pack, at: &position)
        self.init(size: Int(size), back: back, depth: Int(depth), data: Array(pack[position..<position + count]))
        position += count
    }

    /// Goes on to the next text.
    static func skip(in pack: [UInt8], at position: inout Int) throws {
        position += try numbers(in: pack, at: &position).count
    }

    private static func numbers(in pack: [UInt8], at position: inout Int) throws -> (
        size: Int64, back: Int64, depth: Int64, count: Int
    ) {
        func number() throws -> Int64 {
            guard let number = Varint.read(pack, at: &position) else { throw damaged }
            return number
        }
        let numbers = (try number(), try number(), try number(), Int(try number()))
        guard numbers.3 <= pack.count - position else { throw damaged }
        return numbers
    }

    static var damaged: ArchiveError { ArchiveError(.corrupt, "a pack of texts is not as it should be") }
}
