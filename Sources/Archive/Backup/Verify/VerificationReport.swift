import History

/// What `verify` found.
public struct VerificationReport: Sendable {
    public struct Problem: Hashable, Sendable {
        /// What is wrong, in a sentence.
        public let what: String
        /// To what.
        public let item: String
        /// What repairs it.
        public let repair: Repair
        /// The versions, annotations and originals whose state is damaged by it, as far as it is known.
        public let subjects: [DamagedItem]

        package init(what: String, item: String, repair: Repair, subjects: [DamagedItem] = []) {
            self.what = what
            self.item = item
            self.repair = repair
            self.subjects = subjects
        }
    }

    /// What repairs a problem.
    public enum Repair: Hashable, Sendable {
        /// Sound copies, out of a remote or another file of the archive.
        case copies
        /// What follows from the history, made again.
        case rebuild
        /// That, or where it fails `salvage`.
        case rebuildOrSalvage
        /// A new archive of all that can be read, and what is missing out of a remote.
        case salvage
        /// The file moved away that has the search index's name.
        case moveAwayFromIndex
        /// A sync with the remote of this name.
        case sync(String)
        /// The same, once no segment before is damaged.
        case syncOnceSound(String)
        /// Asking for what is damaged or missing on the remote of this name, then a sync.
        case request(String)
        /// A folder of its own for the log of another archive.
        case separateFolder(ReplicaID)
        /// A later version of this program.
        case update
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
