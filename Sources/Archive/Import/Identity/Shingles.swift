/// The set of a text's character quadruples, white space left out: two texts share the more of them the more they have in
/// common (Broder, "On the resemblance and containment of documents", 1997).
struct Shingles {
    /// Hashes of the quadruples, ascending, none twice.
    private let hashes: [UInt32]

    init(_ text: [UInt8]) {
        var window: UInt64 = 0
        var hashes: [UInt32] = []
        hashes.reserveCapacity(text.count / 2)
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars
        where scalar.value > 0x20 && scalar.value != 0x3000 {
            window = window << 16 | UInt64(scalar.value & 0xFFFF)
            hashes.append(UInt32(truncatingIfNeeded: (window &* 0x9E37_79B9_7F4A_7C15) >> 32))
        }
        hashes.sort()
        var distinct = 0
        for hash in hashes where distinct == 0 || hashes[distinct - 1] != hash {
            hashes[distinct] = hash
            distinct += 1
        }
        hashes.removeLast(hashes.count - distinct)
        self.hashes = hashes
    }

    /// How much two texts have in common, each measure from 0 (nothing) to 1 (all).
    struct Likeness {
        /// The share that both have of all that either has.
        let resemblance: Double
        /// The share of the one that is found in the other.
        let containment: Double
        /// The share of the other that is found in the one.
        let coverage: Double

        /// The resemblance, or half the share of the smaller text that is found in the other, if that is more, so that a text that
        /// grew or shrank greatly is still known.
        var similarity: Double { max(resemblance, max(containment, coverage) / 2) }
    }

    func similarity(to other: Shingles) -> Double { likeness(to: other).similarity }

    func likeness(to other: Shingles) -> Likeness {
        var (left, right, common) = (0, 0, 0)
        while left < hashes.count, right < other.hashes.count {
            if hashes[left] == other.hashes[right] {
                (left, right, common) = (left + 1, right + 1, common + 1)
            } else if hashes[left] < other.hashes[right] {
                left += 1
            } else {
                right += 1
            }
        }
        let all = hashes.count + other.hashes.count - common
        func share(_ whole: Int) -> Double { whole > 0 ? Double(common) / Double(whole) : all == 0 ? 1 : 0 }
        return Likeness(resemblance: share(all), containment: share(hashes.count), coverage: share(other.hashes.count))
    }
}
