import GRDB
import History

/// How one transaction changes the totals of the archive, until it is written: heads that came and went, and items counted anew.
final class TotalsChange {
    private struct Head: Hashable {
        let item: ItemID
        let revision: RevisionID
    }

    private var added: Set<Head> = []
    private var removed: Set<Head> = []
    /// Of the heads that were put aside already since they were many.
    private var sum = StateSum()
    private var counts = ArchiveCounts()
    private var isChanged = false
    /// Whether nothing is noted, since all will be computed anew.
    var isPaused = false

    /// So many heads may wait to be summed up.
    private static let most = 1 << 14
    /// From so many on they are summed up on all processors.
    private static let fewest = 64

    func insert(_ revision: RevisionID, of item: ItemID) {
        guard !isPaused else { return }
        let head = Head(item: item, revision: revision)
        // One that was taken away before is there as it was.
        if removed.remove(head) == nil { added.insert(head) }
        if added.count + removed.count > Self.most { sumUp() }
    }

    func remove(_ revision: RevisionID, of item: ItemID) {
        guard !isPaused else { return }
        let head = Head(item: item, revision: revision)
        // A head that came in this transaction, as all but the last of a series of versions, is never summed up.
        if added.remove(head) == nil { removed.insert(head) }
        if added.count + removed.count > Self.most { sumUp() }
    }

    func count(_ new: ArchiveCounts, insteadOf old: ArchiveCounts) {
        guard !isPaused else { return }
        counts = counts + new - old
        isChanged = true
    }

    private func sumUp() {
        guard !added.isEmpty || !removed.isEmpty else { return }
        let heads = added.map { ($0, true) } + removed.map { ($0, false) }
        let share = heads.count < Self.fewest ? heads.count : (heads.count + 7) / 8
        let parts = stride(from: 0, to: heads.count, by: share).map { Array(heads[$0..<min(heads.count, $0 + share)]) }
        for part in concurrentMap(parts, Self.sum) { sum.add(part) }
        (added, removed, isChanged) = ([], [], true)
    }

    private static func sum(of heads: [(head: Head, isAdded: Bool)]) -> StateSum {
        heads.reduce(into: StateSum()) { sum, element in
            if element.isAdded {
                sum.add(element.head.item, element.head.revision)
            } else {
                sum.subtract(element.head.item, element.head.revision)
            }
        }
    }

    /// Writes the changes so far.
    func write(_ db: Database) throws {
        sumUp()
        guard isChanged else { return }
        try changed(db).write(db)
        forget()
    }

    private func changed(_ db: Database) throws -> Totals {
        do {
            var totals = try Totals(db)
            totals.counts = totals.counts + counts
            totals.sum.add(sum)
            guard totals.counts.isPossible else { throw ArchiveError.damagedRow }
            return totals
        } catch  where isDamage(error) {
            // The tables that they are of say the same.
            return try Totals.computed(db)
        }
    }

    /// Drops what was noted: somebody else has computed the totals.
    func forget() {
        (added, removed, sum, counts, isChanged, isPaused) = ([], [], StateSum(), ArchiveCounts(), false, false)
    }
}
