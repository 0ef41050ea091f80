/// How to import.
public struct ImportOptions: Sendable {
    /// How to cut compilations into essays; `nil`: as this source was cut the last time, else `auto`.
    public var split: SplitMode?
    /// The encoding; found out if `nil`.
    public var encoding: TextEncoding?
    /// Bring essays back that were deleted.
    public var undelete = false
    /// Make new essays even of what is in the archive already.
    public var asNew = false
    /// Tags for every essay that is new.
    public var tags: [ExactString] = []
    public var author = Author(nil)

    public init() {}
}

/// Where an original comes from.
public enum ImportInput: Sendable {
    case file(FoundFile)
    /// Bytes that were read elsewhere, such as from standard input.
    case bytes([UInt8], name: String)

    var name: String {
        switch self {
        case .file(let file): file.name
        case .bytes(_, let name): name
        }
    }

    /// How messages name it.
    var source: String {
        switch self {
        case .file(let file): file.path
        case .bytes(_, let name): name
        }
    }
}

/// What became of one piece of a source.
public struct ImportedItem: Sendable {
    public enum Status: String, Sendable {
        case new, updated, unchanged
        /// It was deleted from the archive and stays so.
        case deleted
    }

    public let id: ItemID
    public let title: String
    public let status: Status
    public let source: String
    /// The version number of the imported text.
    public let version: Int
    public let sections: Int
    /// Byte range in the decoded source.
    public let range: Range<Int>
    /// Why the source was cut there.
    public let reason: String
}

/// What an import did.
public struct ImportReport: Sendable {
    /// The pieces, in the order of their sources; no more than `maximumItems`.
    public private(set) var items: [ImportedItem] = []
    /// How many pieces to list: an import of a great many files need not hold all in memory. All are counted.
    public let maximumItems: Int
    public private(set) var failures: [ImportFailure] = []
    /// Counts by status; also of files that were not read again, for which no items are listed.
    public private(set) var counts: [ImportedItem.Status: Int] = [:]

    public var essays: Int { counts.values.reduce(0, +) }

    public init(maximumItems: Int = .max) { self.maximumItems = maximumItems }

    mutating func add(_ item: ImportedItem) {
        if items.count < maximumItems { items.append(item) }
        counts[item.status, default: 0] += 1
    }

    mutating func addUnchanged(essays: Int) { counts[.unchanged, default: 0] += essays }
    public mutating func add(_ failure: ImportFailure) { failures.append(failure) }

    mutating func add(_ other: ImportReport) {
        items += other.items.prefix(maximumItems - items.count)
        failures += other.failures
        counts.merge(other.counts, uniquingKeysWith: +)
    }
}
