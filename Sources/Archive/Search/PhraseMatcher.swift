/// Finds where a phrase stands in a segment.
struct PhraseMatcher {
    let segment: Segment

    /// Calls `body` with the places of the phrase's first token, ascending, in one or several runs.
    func forEachRun(of phrase: Phrase, _ body: (UnsafeBufferPointer<UInt32>) -> Void) throws {
        var members: [Member] = []
        for index in phrase.tokens.indices {
            guard let member = try member(phrase, index) else { return }
            members.append(member)
        }
        if members.count == 1, case .packed(let list) = members[0].places { return list.forEachRun(body) }
        // From the rarest on: what is compared never grows.
        members.sort { $0.count < $1.count }
        guard let rarest = members.first else { return }
        var starts = rarest.all()
        if rarest.offset > 0 {
            starts.removeAll { $0 < rarest.offset }
            for index in starts.indices { starts[index] -= rarest.offset }
        }
        for member in members.dropFirst() where !starts.isEmpty { member.filter(&starts) }
        starts.withUnsafeBufferPointer(body)
    }

    /// A token of the phrase: where it stands in the segment, and where in the phrase.
    private struct Member {
        let offset: UInt32
        let places: Places

        enum Places {
            case packed(PostingList)
            case unpacked([UInt32])
        }

        var count: Int {
            switch places {
            case .packed(let list): list.count
            case .unpacked(let list): list.count
            }
        }

        func all() -> [UInt32] {
            switch places {
            case .packed(let list): list.all()
            case .unpacked(let list): list
            }
        }

        func filter(_ starts: inout [UInt32]) {
            switch places {
            case .packed(let list): list.filter(&starts, offset: offset)
            case .unpacked(let list):
                var cursor = 0
                starts = starts.filter { start in
                    while cursor < list.count && list[cursor] < start + offset { cursor += 1 }
                    return cursor < list.count && list[cursor] == start + offset
                }
            }
        }
    }

    private func member(_ phrase: Phrase, _ index: Int) throws -> Member? {
        let offset = UInt32(index)
        guard let part = phrase.part(index) else {
            let key = phrase.tokens[index].withUnsafeBufferPointer(SegmentBuilder.scalar)
            return try segment.list(key).map { Member(offset: offset, places: .packed($0)) }
        }
        let lists = try segment.lists(segment.words.keys(of: phrase.tokens[index], part).map { Segment.firstWord + $0 })
        switch lists.count {
        case 0: return nil
        case 1: return Member(offset: offset, places: .packed(lists[0]))
        default: return Member(offset: offset, places: .unpacked(union(lists)))
        }
    }

    /// The places of all lists, ascending.
    private func union(_ lists: [PostingList]) -> [UInt32] {
        var bits = [UInt64](repeating: 0, count: segment.size / 64 + 1)
        for list in lists {
            for place in list.all() where place < segment.size { bits[Int(place >> 6)] |= 1 << UInt64(place & 63) }
        }
        var places: [UInt32] = []
        for (index, word) in bits.enumerated() where word != 0 {
            var rest = word
            while rest != 0 {
                places.append(UInt32(index * 64 + rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
        return places
    }
}
