/// Pairs the paragraphs of two texts: equal ones anywhere, then similar ones by the Dice coefficient of their bigrams
/// (L. R. Dice, 1945): from 0.5 anywhere, from 0.3 within three lines of the expected place.
enum AnchorParagraphs {
    struct Pair {
        let old: Int
        let new: Int
        let isEqual: Bool
    }

    /// Comparisons of bigrams past which only paragraphs near the expected place are compared.
    private static let maxSteps = 20_000_000
    private static let nearby = 3

    static func pairs(_ old: AnchorFold, _ new: AnchorFold) -> [Pair] {
        var partner = equalPartners(old, new)
        let equal = partner.enumerated().compactMap { old, new in new.map { Pair(old: old, new: $0, isEqual: true) } }
        let similar = similarPairs(old, new, partner)
        for pair in similar { partner[pair.old] = pair.new }
        return equal + similar
    }

    /// For each old line the new line equal to it: in order where possible, the others as they come.
    private static func equalPartners(_ old: AnchorFold, _ new: AnchorFold) -> [Int?] {
        var interner = DiffInterner(expecting: old.lines.count + new.lines.count)
        let a = interner.tokens(old.codes, old.lines)
        let b = interner.tokens(new.codes, new.lines)
        let script = Diff.script(interned: a, b, tokenCount: interner.count, maxSteps: Diff.defaultMaxSteps)
        var partner = [Int?](repeating: nil, count: a.count)
        var isTaken = [Bool](repeating: false, count: b.count)
        Diff.forEachMatch(script.changes, aCount: a.count) {
            partner[$0] = $1
            isTaken[$1] = true
        }
        var free = [[Int]](repeating: [], count: interner.count)
        for index in b.indices.reversed() where !isTaken[index] { free[Int(b[index])].append(index) }
        for index in a.indices where partner[index] == nil { partner[index] = free[Int(a[index])].popLast() }
        return partner
    }

    private struct Candidate {
        let old: Int
        let new: Int
        let similarity: Double
        let distance: Int
    }

    private static func similarPairs(_ old: AnchorFold, _ new: AnchorFold, _ partner: [Int?]) -> [Pair] {
        let candidates = candidates(old, new, partner).sorted {
            $0.similarity != $1.similarity
                ? $0.similarity > $1.similarity : ($0.distance, $0.old, $0.new) < ($1.distance, $1.old, $1.new)
        }
        var oldTaken = Set<Int>()
        var newTaken = Set<Int>()
        var pairs: [Pair] = []
        for candidate in candidates where !oldTaken.contains(candidate.old) && !newTaken.contains(candidate.new) {
            oldTaken.insert(candidate.old)
            newTaken.insert(candidate.new)
            pairs.append(Pair(old: candidate.old, new: candidate.new, isEqual: false))
        }
        return pairs
    }

    private static func candidates(_ old: AnchorFold, _ new: AnchorFold, _ partner: [Int?]) -> [Candidate] {
        let paired = Set(partner.compactMap { $0 })
        let oldLines = old.lines.indices.filter { partner[$0] == nil }.map {
            (line: $0, bigrams: bigrams(old, old.lines[$0]))
        }
        let newLines = new.lines.indices.filter { !paired.contains($0) }.map {
            (line: $0, bigrams: bigrams(new, new.lines[$0]))
        }
        let cost =
            oldLines.reduce(0) { $0 + $1.bigrams.count + 1 } * newLines.count
            + newLines.reduce(0) { $0 + $1.bigrams.count + 1 } * oldLines.count
        let expected = expectedPlaces(partner)
        var firstNear = 0

        var result: [Candidate] = []
        for (oldLine, oldBigrams) in oldLines {
            var compared = newLines[...]
            if cost > maxSteps {
                // Expected places may step back where paragraphs moved; a window that only goes on is near enough.
                while firstNear < newLines.count, newLines[firstNear].line < expected[oldLine] - nearby {
                    firstNear += 1
                }
                compared = newLines[firstNear...].prefix { $0.line <= expected[oldLine] + nearby }
            }
            for (newLine, newBigrams) in compared {
                let distance = abs(newLine - expected[oldLine])
                let needed = distance <= nearby ? 0.3 : 0.5
                let similarity = dice(oldBigrams, newBigrams, atLeast: needed)
                if similarity >= needed {
                    result.append(Candidate(old: oldLine, new: newLine, similarity: similarity, distance: distance))
                }
            }
        }
        return result
    }

    /// Each old line as far behind its nearest paired predecessor as it was.
    private static func expectedPlaces(_ partner: [Int?]) -> [Int] {
        var shift = 0
        return partner.enumerated().map { old, new in
            if let new { shift = new - old }
            return old + shift
        }
    }

    private static func bigrams(_ text: AnchorFold, _ line: Range<Int>) -> [UInt64] {
        line.dropLast().map { UInt64(text.codes[$0]) << 32 | UInt64(text.codes[$0 + 1]) }.sorted()
    }

    private static func dice(_ a: [UInt64], _ b: [UInt64], atLeast needed: Double) -> Double {
        let total = Double(a.count + b.count)
        guard total > 0, 2 * Double(min(a.count, b.count)) / total >= needed else { return 0 }
        var (i, j, common) = (0, 0, 0)
        while i < a.count, j < b.count {
            if a[i] == b[j] {
                common += 1
                i += 1
                j += 1
            } else if a[i] < b[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return 2 * Double(common) / total
    }
}
