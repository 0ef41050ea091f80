/// A pack's bytes, and where each text begins in it.
struct OpenedPack {
    let first: Int64
    let bytes: [UInt8]
    private let positions: [Int]

    init(first: Int64, count: Int, bytes: [UInt8]) throws {
        self.first = first
        self.bytes = bytes
        // A damaged row may claim any number.
        guard count <= bytes.count / PackedText.leastBytes else { throw PackedText.damaged }
        var position = 0
        positions = try (0..<count).map { _ in
            let begin = position
            try PackedText.skip(in: bytes, at: &position)
            return begin
        }
        guard position == bytes.count else { throw PackedText.damaged }
    }

    var end: Int64 { first + Int64(positions.count) }
    var isShared: Bool { positions.count > 1 }

    func text(_ number: Int64) throws -> PackedText {
        guard first..<end ~= number else { throw PackedText.damaged }
        var position = positions[Int(number - first)]
        return try PackedText(in: bytes, at: &position)
    }
}

/// The packs met lately in which many texts lie: an essay's versions, and its neighbours', are in the same few.
final class OpenedPacks {
    /// Ascending.
    private var packs: [OpenedPack] = []
    private var size = 0

    private static let mostBytes = 4 << 20

    func pack(of number: Int64) -> OpenedPack? {
        let index = packs.partitioningIndex { $0.first > number }
        return index > 0 && number < packs[index - 1].end ? packs[index - 1] : nil
    }

    func add(_ pack: OpenedPack) {
        guard pack.isShared else { return }
        if size + pack.bytes.count > Self.mostBytes { forget() }
        packs.insert(pack, at: packs.partitioningIndex { $0.first > pack.first })
        size += pack.bytes.count
    }

    func forget() { (packs, size) = ([], 0) }
}

/// Texts read lately, whole: what comes next is most likely spliced into one of them.
final class ReadTexts {
    private var texts: [Int64: [UInt8]] = [:]
    private var size = 0

    private static let mostBytes = 16 << 20
    /// A longer one is not kept.
    private static let longest = 1 << 20

    subscript(number: Int64) -> [UInt8]? { texts[number] }

    func add(_ bytes: [UInt8], _ number: Int64) {
        guard bytes.count <= Self.longest else { return }
        if size + bytes.count > Self.mostBytes { forget() }
        guard texts.updateValue(bytes, forKey: number) == nil else { return }
        size += bytes.count
    }

    func forget() { (texts, size) = ([:], 0) }
}
