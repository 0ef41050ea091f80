import Archive
import GRDB

/// The machine went down.
struct Crash: Error, CustomStringConvertible {
    var description: String { "the machine went down" }
}

/// Counts the places where a process can die: before each commit, before and after each request, and between a commit and
/// the writing of the state file. When it has burnt down nothing works until the process is started again.
final class Fuse: @unchecked Sendable {
    // A schedule is single-threaded.
    private var left: Int?
    private(set) var isBurnt = false

    /// - Parameter steps: how many of the places are passed before the process dies.
    func light(steps: Int) { left = steps }

    func reset() {
        left = nil
        isBurnt = false
    }

    func burn() throws(Crash) {
        if isBurnt { throw Crash() }
        guard let steps = left else { return }
        guard steps > 0 else {
            isBurnt = true
            throw Crash()
        }
        left = steps - 1
    }
}
