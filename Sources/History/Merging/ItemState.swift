/// The current state of an item: a pure function of its set of revisions.
///
/// One head: that revision. Several: tombstones are dropped if any head is alive; of heads equal in tombstone, fields
/// and text the one with the lowest ID stays; the rest is merged, see `RevisionMerge`. The merge is a view; nothing is
/// written for its own sake. In a conflict that does not merge cleanly the live head with the lowest ID is shown. What is
/// deleted is not merged: each tombstone keeps what it deleted, and undeleting brings back all of them.
public struct ItemState: Sendable {
    public let history: History
    /// The heads that take part, ascending: without dropped tombstones and duplicates.
    public let sides: [RevisionID]
    /// The revision that is shown; `nil` if that is a clean merge, which is no revision yet.
    public let shown: RevisionID?
    public let isDeleted: Bool
    public let fields: Fields
    /// The fields with all sides' changes; where those conflict, the value of the conflict's first side.
    public let mergedFields: Fields
    /// What does not merge; `nil` if the state is clean.
    public let conflict: MergeConflict?
    /// The hash of the shown text, if that text belongs to a revision.
    public let storedText: TextHash?
    /// The shown text, if no revision has it.
    private let mergedText: [UInt8]?

    public var item: ItemID { history.item }
    public var kind: ItemKind { history[history.item.root]!.kind }
    public var isConflict: Bool { conflict != nil }
    public var heads: [RevisionID] { history.heads }
    /// A concurrent change revived a deletion.
    public var isRevived: Bool { !isDeleted && heads.contains { history[$0]!.isTombstone } }

    /// The heads that a change to this state replaces: all that its author was shown.
    public var shownHeads: [RevisionID] {
        if isConflict, let shown { return [shown] }
        return heads
    }

    /// The heads that resolving the conflict replaces: those in conflict, and those that take no part.
    public var resolvedHeads: [RevisionID] {
        let waiting = Set(waitingHeads)
        return heads.filter { !waiting.contains($0) }
    }

    /// The heads that merge with whatever comes of the conflict, ascending. Where there is none, all sides.
    public var waitingHeads: [RevisionID] {
        let inConflict = Set((conflict?.sides ?? []).flatMap(\.revisions))
        return sides.filter { !inConflict.contains($0) }
    }

    /// The shown text.
    public func text(load: (TextHash) throws -> [UInt8]) throws -> [UInt8] {
        if let storedText { return try load(storedText) }
        return mergedText ?? []
    }

    /// Computes the state; `load` gives a held text by its hash.
    public init(history: History, load: (TextHash) throws -> [UInt8]) throws {
        let alive = history.heads.filter { !history[$0]!.isTombstone }
        let sides = Self.withoutDuplicates(alive.isEmpty ? history.heads : alive, in: history)
        self.history = history
        self.sides = sides
        isDeleted = alive.isEmpty
        let lowest = history[sides[0]]!
        guard sides.count > 1, !isDeleted else {
            shown = sides[0]
            fields = lowest.fields
            mergedFields = lowest.fields
            (storedText, mergedText) = (lowest.text, nil)
            conflict = nil
            return
        }
        let merge = try withoutActuallyEscaping(load) { try RevisionMerge(history: history, load: $0).merge(sides) }
        conflict = merge.conflict
        mergedFields = (merge.conflict?.fields ?? []).reduce(into: merge.fields) { $0[$1.key] = $1.sides[0] }
        if merge.conflict != nil {
            shown = sides[0]
            fields = lowest.fields
            (storedText, mergedText) = (lowest.text, nil)
        } else {
            shown = nil
            fields = merge.fields
            switch merge.text {
            case nil: (storedText, mergedText) = (nil, nil)
            case .stored(let hash)?: (storedText, mergedText) = (hash, nil)
            case .computed(let bytes)?: (storedText, mergedText) = (nil, bytes)
            }
        }
    }

    private static func withoutDuplicates(_ heads: [RevisionID], in history: History) -> [RevisionID] {
        var kept: [RevisionID] = []
        for head in heads {
            let revision = history[head]!
            let isDuplicate = kept.contains { id in
                let other = history[id]!
                return other.isTombstone == revision.isTombstone && other.fields == revision.fields
                    && other.text == revision.text
            }
            if !isDuplicate { kept.append(head) }
        }
        return kept
    }
}
