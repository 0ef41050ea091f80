/// How a run gets on, and when it has gone on for long enough.
///
/// An honest remote sends at least one entry in each answer while it has any, so that what it promised when all of its vector was
/// first known bounds the number of requests. Rounds that bring nothing new are few: pages of a vector, logs that are asked for
/// once more to see where two forms of them part.
struct Progress {
    /// Rounds that may bring nothing new, and rounds beyond what was promised.
    private static let spare = 1024

    private var idle = 0
    private var rounds = 0
    private var promised: Int?
    private var additions = 0

    /// Takes a round down.
    /// - Parameter additions: how many entries were new here, or segments there.
    mutating func note(additions: Int) {
        rounds += 1
        self.additions += additions
        if additions == 0 { idle += 1 }
    }

    /// How many entries are missing on either side, as far as the remote says. Counts when it is said for the first time.
    mutating func promise(_ count: Int) { promised = promised ?? count }

    var mayGoOn: Bool { idle <= Self.spare && rounds - Self.spare <= promised ?? 0 }

    /// Whether anything new has come since this was last asked.
    mutating func takeAdditions() -> Bool {
        defer { additions = 0 }
        return additions > 0
    }
}
