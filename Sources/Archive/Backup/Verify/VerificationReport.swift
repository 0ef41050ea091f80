/// What `verify` found.
public struct VerificationReport: Sendable {
    public struct Problem: Hashable, Sendable {
        /// What is wrong, in a sentence.
        public let what: String
        /// To what.
        public let item: String
        /// What mends it.
        public let mend: String
        /// The versions, annotations and originals whose state is damaged by it, as far as it is known.
        public let subjects: [DamagedItem]

        package init(what: String, item: String, mend: String, subjects: [DamagedItem] = []) {
            self.what = what
            self.item = item
            self.mend = mend
            self.subjects = subjects
        }
    }

    /// - Parameter limit: the most problems that are listed one by one. None is left out alone: its line would be as long.
    package init(listing limit: Int = VerificationReport.most) { self.limit = limit }

    /// How many of each kind were checked.
    public package(set) var checked: [(what: String, count: Int)] = []
    /// How many of each kind are sound.
    public package(set) var sound: [(what: String, count: Int)] = []
    public package(set) var problems: [Problem] = []
    /// How many more problems there are than are listed.
    public package(set) var unlisted = 0
    public var isSound: Bool { problems.isEmpty }

    /// The most problems that are listed one by one where nobody asks for all.
    public static let most = 1000
    private let limit: Int
    private var seen: Set<Problem> = []

    /// Adds a problem, unless it is there already.
    package mutating func add(_ problem: Problem) {
        guard seen.insert(problem).inserted else { return }
        if unlisted > 0 {
            unlisted += 1
        } else if problems.count - 1 < limit {
            problems.append(problem)
        } else {
            problems.removeLast()
            unlisted = 2
        }
    }
}
