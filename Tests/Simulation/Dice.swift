import Archive
import Foundation

/// The randomness of one schedule: everything that happens in it is drawn from here, so that it depends on the seed alone.
///
/// SplitMix64 (Steele, Lea, Flood, 2014): the same numbers for the same seed, everywhere.
final class Dice: RandomNumberGenerator, @unchecked Sendable {
    // A schedule is single-threaded.
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0xD134_2543_DE82_EF95 &+ 1 }

    func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    func roll(_ range: Range<Int>) -> Int {
        var dice = self
        return Int.random(in: range, using: &dice)
    }

    func roll(_ sides: Int) -> Int { roll(0..<sides) }

    /// True in `percent` of a hundred cases.
    func chance(_ percent: Int) -> Bool { roll(100) < percent }

    func pick<Value>(_ values: [Value]) -> Value? { values.isEmpty ? nil : values[roll(values.count)] }

    func shuffled<Value>(_ values: [Value]) -> [Value] {
        var dice = self
        return values.shuffled(using: &dice)
    }

    /// An index into `weights`, each as likely as its weight.
    func weighted(_ weights: [Int]) -> Int {
        var left = roll(weights.reduce(0, +))
        for (index, weight) in weights.enumerated() {
            if left < weight { return index }
            left -= weight
        }
        return weights.count - 1
    }
}
