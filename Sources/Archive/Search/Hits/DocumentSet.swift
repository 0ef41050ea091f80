/// A set of documents of the index, by their numbers: one bit each.
struct DocumentSet: Sendable {
    private var words: [UInt64] = []

    /// The numbers of documents are below this; in a damaged index they may be any.
    static let numbers: Range<Int64> = 0..<1 << 28

    mutating func insert(_ document: Int64) {
        guard Self.numbers ~= document else { return }
        let word = Int(document >> 6)
        if word >= words.count { words.append(contentsOf: repeatElement(0, count: word + 1 - words.count)) }
        words[word] |= 1 << UInt64(document & 63)
    }

    func contains(_ document: Int64) -> Bool {
        guard document >= 0 else { return false }
        let word = Int(document >> 6)
        return word < words.count && words[word] & (1 << UInt64(document & 63)) != 0
    }

    mutating func formUnion(_ other: DocumentSet) {
        if other.words.count > words.count {
            words.append(contentsOf: repeatElement(0, count: other.words.count - words.count))
        }
        for index in other.words.indices { words[index] |= other.words[index] }
    }

    mutating func formIntersection(_ other: DocumentSet) {
        for index in words.indices { words[index] &= index < other.words.count ? other.words[index] : 0 }
    }

    mutating func subtract(_ other: DocumentSet) {
        for index in words.indices where index < other.words.count { words[index] &= ~other.words[index] }
    }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// The highest numbers first: the documents entered last.
    func descending(limit: Int) -> [Int64] {
        var result: [Int64] = []
        for index in words.indices.reversed() {
            for bit in (0..<64).reversed() where words[index] & (1 << UInt64(bit)) != 0 {
                guard result.count < limit else { return result }
                result.append(Int64(index * 64 + bit))
            }
        }
        return result
    }
}
