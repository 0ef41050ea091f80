/// What was computed anew, and repaired.
package struct RebuiltArchive: Codable, Sendable {
    /// How many essays there are whose derived data was computed anew.
    package let essays: Int
    /// How many damaged texts and log entries are sound now; `null` if nothing was to be repaired.
    package let repaired: Int?
    /// What is still damaged.
    package let damaged: [Subject]

    package init(essays: Int, repaired: Int?, damaged: [Subject]) {
        self.essays = essays
        self.repaired = repaired
        self.damaged = damaged
    }
}
