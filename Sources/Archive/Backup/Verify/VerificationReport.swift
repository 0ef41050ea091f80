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

    package init() {}

    /// How many of each kind were checked.
    public package(set) var checked: [(what: String, count: Int)] = []
    /// How many of each kind are sound.
    public package(set) var sound: [(what: String, count: Int)] = []
    public package(set) var problems: [Problem] = []
    /// How many more problems there are than are listed.
    public package(set) var unlisted = 0
    public var isSound: Bool { problems.isEmpty }

    /// The most problems that are listed one by one.
    static let most = 1000

    package mutating func add(_ problem: Problem) {
        if problems.count < Self.most { problems.append(problem) } else { unlisted += 1 }
    }
}
