import History

/// How many of each there are in an archive; deleted ones are not counted.
public struct ArchiveCounts: Hashable, Sendable {
    /// Essays.
    public internal(set) var essays = 0
    /// Versions of essays, those of deleted ones included.
    public internal(set) var versions = 0
    /// Annotations and replies.
    public internal(set) var annotations = 0
    /// Imported files that are stored as they were.
    public internal(set) var sources = 0
    /// Items whose changes could not be merged.
    public internal(set) var conflicts = 0
    /// Essays that are deleted, which `essays` leaves out.
    public internal(set) var deleted = 0
}

extension ArchiveCounts {
    /// What one item counts for.
    init(_ kind: ItemKind, versions: Int, isConflict: Bool, isDeleted: Bool) {
        self.init()
        switch kind {
        case .essay: (essays, self.versions, deleted) = (isDeleted ? 0 : 1, versions, isDeleted ? 1 : 0)
        case .annotation: annotations = isDeleted ? 0 : 1
        case .source: sources = 1
        default: break
        }
        conflicts = isConflict ? 1 : 0
    }

    /// No item has more versions, and no archive more of anything than 2¹⁶ times as many.
    static let most = 1 << 32

    /// Whether these can be the counts of an archive: a damaged row may have any numbers.
    var isPossible: Bool {
        [essays, versions, annotations, sources, conflicts, deleted].allSatisfy { 0..<Self.most << 16 ~= $0 }
    }

    // Wrapping: of a damaged row, these may be any numbers. Whoever keeps what comes of it asks whether it is possible.
    static func + (left: Self, right: Self) -> Self { combine(left, right, &+) }
    static func - (left: Self, right: Self) -> Self { combine(left, right, &-) }

    private static func combine(_ left: Self, _ right: Self, _ combined: (Int, Int) -> Int) -> Self {
        ArchiveCounts(
            essays: combined(left.essays, right.essays), versions: combined(left.versions, right.versions),
            annotations: combined(left.annotations, right.annotations), sources: combined(left.sources, right.sources),
            conflicts: combined(left.conflicts, right.conflicts), deleted: combined(left.deleted, right.deleted))
    }
}
