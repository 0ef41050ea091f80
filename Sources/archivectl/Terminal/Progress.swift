import Foundation

/// A line on the terminal for work that takes longer than a second: bar, count, rate, time left. Silent elsewhere.
final class Progress {
    private let label: String
    private let total: Int
    private let isShown: Bool
    private let start = ContinuousClock.now
    private var lastDrawn = ContinuousClock.now
    private var hasDrawn = false

    init(_ label: String, total: Int, quiet: Bool) {
        self.label = label
        self.total = total
        isShown = Terminal.isErrorTerminal && !quiet && total > 0
    }

    func update(_ done: Int) {
        let now = ContinuousClock.now
        guard isShown, now - start > .seconds(1), now - lastDrawn > .milliseconds(100) else { return }
        lastDrawn = now
        hasDrawn = true
        let seconds = Double((now - start).components.seconds) + Double((now - start).components.attoseconds) * 1e-18
        let rate = Double(done) / seconds
        let filled = min(24, 24 * done / max(total, 1))
        let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: 24 - filled)
        let left = rate > 0 ? Int(Double(total - done) / rate) : 0
        Terminal.standardError("\r\u{1B}[K\(label) \(bar) \(done)/\(total)  \(Int(rate))/s  \(left) s left")
    }

    /// Takes the line away.
    func finish() {
        if hasDrawn { Terminal.standardError("\r\u{1B}[K") }
    }
}
