/// Sentences that a side wrote anew.
///
/// Two sentences about different things share characters by chance, and another side's edit must not be applied to
/// those. So a sentence of which a side kept less than half counts as changed from its first atom to its last.
struct RewrittenSentences {
    /// The sentences of the base, in its atoms.
    private let sentences: [Range<Int>]

    init(_ sentences: [Range<Int>], atoms: [Range<Int>]) {
        var atom = 0
        self.sentences = sentences.map { sentence in
            let first = atom
            // An atom that a sentence's end cuts, which a sentence mark never is, would belong to the sentence it ends in.
            while atom < atoms.count, atoms[atom].upperBound <= sentence.upperBound { atom += 1 }
            return first..<atom
        }
    }

    /// Whether `inserted`, put in the place of the atoms `range`, has a sentence for each one that goes.
    func isRewriting(_ range: Range<Int>, _ inserted: [UInt8]) -> Bool {
        guard let first = sentences.firstIndex(where: { $0.lowerBound == range.lowerBound }),
            let last = sentences.lastIndex(where: { $0.upperBound == range.upperBound }), first <= last
        else { return false }
        return Sentences.ranges(in: inserted).count == last - first + 1
    }

    /// One side's changes, in atoms, widened to the sentences that it wrote anew; no two touch.
    func widened(_ changes: [DiffRange]) -> [DiffRange] {
        var regions = changes.map(\.aRange)
        var next = 0
        for sentence in sentences {
            while next < changes.count, changes[next].aRange.upperBound <= sentence.lowerBound { next += 1 }
            var removed = 0
            for change in changes[next...] {
                guard change.aRange.lowerBound < sentence.upperBound else { break }
                removed += change.aRange.clamped(to: sentence).count
            }
            if 2 * removed > sentence.count { regions.append(sentence) }
        }
        guard regions.count > changes.count else { return changes }
        return joined(regions, changes)
    }

    /// The regions that overlap or touch as one, each with what the side has in its place.
    private func joined(_ regions: [Range<Int>], _ changes: [DiffRange]) -> [DiffRange] {
        var joined: [Range<Int>] = []
        for region in regions.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            if let last = joined.last, region.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, region.upperBound)
            } else {
                joined.append(region)
            }
        }
        var (next, shift) = (0, 0)
        return joined.map { region in
            let start = region.lowerBound + shift
            while next < changes.count, changes[next].aRange.upperBound <= region.upperBound {
                shift += changes[next].bRange.count - changes[next].aRange.count
                next += 1
            }
            return DiffRange(aRange: region, bRange: start..<region.upperBound + shift)
        }
    }
}
