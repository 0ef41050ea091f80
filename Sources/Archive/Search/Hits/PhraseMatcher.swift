/// Finds where a phrase stands in a segment.
struct PhraseMatcher {
    let segment: IndexSegment

    /// Calls `body` with the places of the phrase's first token, ascending, in one or several runs.
    func forEachRun(of phrase: Phrase, _ body: (UnsafeBufferPointer<UInt32>) throws -> Void) throws {
        var members: [Member] = []
        for index in phrase.tokens.indices {
            guard let member = try member(phrase, index) else { return }
            members.append(member)
        }
        if members.count == 1, case .stored(let entry) = members[0].places {
            return try segment.list(entry).forEachRun(body)
        }
        // From the rarest on: what is compared never grows, and the lists of common tokens are often not read at all.
        members.sort { $0.count < $1.count }
        guard let rarest = members.first else { return }
        var starts = try all(rarest)
        if rarest.offset > 0 {
            starts.removeAll { $0 < rarest.offset }
            for index in starts.indices { starts[index] -= rarest.offset }
        }
        for member in members.dropFirst() where !starts.isEmpty { try filter(&starts, member) }
        try starts.withUnsafeBufferPointer(body)
    }

    /// How many places are read to find a phrase: those of its rarest token.
    func cost(of phrase: Phrase) throws -> Int {
        try phrase.tokens.indices.map { try member(phrase, $0)?.count ?? 0 }.min() ?? 0
    }

    /// A token of the phrase: where it stands in the segment, and where in the phrase.
    private struct Member {
        let offset: UInt32
        let places: Places

        enum Places {
            case stored(SegmentEntry)
            case unpacked([UInt32])
        }

        var count: Int {
            switch places {
            case .stored(let entry): entry.count
            case .unpacked(let list): list.count
            }
        }
    }

    /// `nil` if the token stands nowhere.
    private func member(_ phrase: Phrase, _ index: Int) throws -> Member? {
        let offset = UInt32(index)
        guard let part = phrase.part(index) else {
            let key = phrase.tokens[index].withUnsafeBufferPointer(SegmentBuilder.scalar)
            return try segment.entry(key).map { Member(offset: offset, places: .stored($0)) }
        }
        let keys = try segment.words().keys(of: phrase.tokens[index], part).map { IndexSegment.firstWord + $0 }
        switch keys.count {
        case 0: return nil
        case 1: return try segment.entry(keys[0]).map { Member(offset: offset, places: .stored($0)) }
        default: return Member(offset: offset, places: .unpacked(try segment.places(keys)))
        }
    }

    private func all(_ member: Member) throws -> [UInt32] {
        switch member.places {
        case .stored(let entry): try segment.list(entry).all()
        case .unpacked(let list): list
        }
    }

    /// Keeps of places those that the member stands beside.
    private func filter(_ starts: inout [UInt32], _ member: Member) throws {
        switch member.places {
        case .stored(let entry): try segment.list(entry).filter(&starts, offset: member.offset)
        case .unpacked(let list):
            var cursor = 0
            starts = starts.filter { start in
                while cursor < list.count && list[cursor] < start &+ member.offset { cursor += 1 }
                return cursor < list.count && list[cursor] == start &+ member.offset
            }
        }
    }
}
