import Foundation

/// A line on the terminal for work that takes longer than a second: bar, count, rate, time left. Silent elsewhere.
final class Progress {
    private let label: String
    private let total: Int
    /// Bytes of all together, where items differ so much that counting them tells little; else 0.
    private let totalBytes: Int64
    private let isShown: Bool
    private let start = ContinuousClock.now
    private var lastDrawn = ContinuousClock.now
    private var hasDrawn = false

    init(_ label: String, total: Int, bytes: Int64 = 0, quiet: Bool) {
        self.label = label
        totalBytes = bytes
        self.total = total
        isShown = Terminal.isErrorTerminal && !quiet && total > 0
    }

    func update(_ done: Int) { update(done, bytes: 0) }

    func update(_ done: Int, bytes: Int64) {
        let now = ContinuousClock.now
        guard isShown, now - start > .seconds(1), now - lastDrawn > .milliseconds(100) else { return }
        lastDrawn = now
        hasDrawn = true
        let seconds = Double((now - start).components.seconds) + Double((now - start).components.attoseconds) * 1e-18
        let rate = Double(done) / seconds
        let share = totalBytes > 0 ? Double(bytes) / Double(totalBytes) : Double(done) / Double(total)
        let filled = min(24, Int(24 * share))
        let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: 24 - filled)
        let left = share > 0 ? Int(seconds * (1 - share) / share) : 0
        Terminal.standardError("\r\u{1B}[K\(label) \(bar) \(done)/\(total)  \(Int(rate))/s  \(left) s left")
    }

    /// Takes the line away.
    func finish() {
        if hasDrawn { Terminal.standardError("\r\u{1B}[K") }
    }
}
