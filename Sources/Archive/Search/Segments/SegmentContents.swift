import Prose

/// A segment turned round: which token stands at each place. What merging and verifying read.
struct SegmentContents {
    /// Every token's key, ascending.
    private(set) var keys: [UInt32] = []
    /// For each place 0 if it is empty, else the token's index in `keys` and one.
    private(set) var stream: [UInt32]
    let words: WordList

    /// - Throws: `DamagedSegment` if two tokens stand at one place.
    init(_ segment: IndexSegment) throws {
        words = try segment.words()
        stream = [UInt32](repeating: 0, count: segment.size)
        try segment.forEachList { key, places in
            guard keys.last.map({ $0 < key }) ?? true else { throw DamagedSegment() }
            keys.append(key)
            for place in places {
                guard stream[Int(place)] == 0 else { throw DamagedSegment() }
                stream[Int(place)] = UInt32(keys.count)
            }
        }
    }
}
