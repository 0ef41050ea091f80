/// When a request that failed is tried again, and how long to wait before.
///
/// The waits double from `base` to `longest`, each shortened by a random part of up to a half, so that clients that
/// failed together do not come back together (Marc Brooker, "Exponential Backoff And Jitter", 2015: equal jitter).
public struct RetryPolicy: Sendable {
    /// Tries in all.
    public var tries: Int
    /// Seconds before the second try.
    public var base: Double
    /// Seconds at most between two tries.
    public var longest: Double
    /// A server that asks for a longer wait than this, in seconds, is not waited for.
    public var patience: Double

    public init(tries: Int = 5, base: Double = 0.25, longest: Double = 20, patience: Double = 120) {
        self.tries = tries
        self.base = base
        self.longest = longest
        self.patience = patience
    }

    /// How many seconds to wait after so many tries that failed; `nil` to give up.
    /// - Parameters:
    ///   - asked: what the server asked for by `Retry-After`, in seconds: waited for in full, and not less.
    ///   - random: from 0 to 1.
    public func wait(after tries: Int, asked: Double? = nil, random: Double = .random(in: 0...1)) -> Double? {
        guard tries < self.tries else { return nil }
        let doubled = pow2(base, tries - 1)
        let wait = min(longest, doubled) * (1 - random / 2)
        guard let asked else { return wait }
        return asked <= patience ? max(asked, wait) : nil
    }

    private func pow2(_ base: Double, _ exponent: Int) -> Double { base * Double(1 << min(max(exponent, 0), 40)) }
}
