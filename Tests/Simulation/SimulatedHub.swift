import Archive
import Sync

/// A hub in memory with the hub's rules: segments in the order of their arrival, and every earlier vector by its digest.
final class SimulatedHub {
    var isHollow = false
    private(set) var archive: ArchiveID?
    private(set) var arrivals: [Segment] = []
    private(set) var vector: ArchiveVector = [:]
    private var history: [VectorDigest: (vector: ArchiveVector, arrivals: Int)] = [ArchiveVector().digest: ([:], 0)]

    /// Takes a segment in; `false` if it does not attach.
    @discardableResult
    func take(_ segment: Segment) -> Bool {
        let header = segment.header
        let end = vector[header.replica] ?? .start
        if arrivals.contains(where: { $0.header.replica == header.replica && $0.header.end == header.end }) { return true }
        guard header.start == end, archive == nil || archive == header.archive else { return false }
        archive = header.archive
        arrivals.append(segment)
        vector[header.replica] = header.end
        history[vector.digest] = (vector, arrivals.count)
        return true
    }

    func answer(_ request: SyncRequest, segments: [Segment], budget: Int) throws(RemoteError) -> (SyncResponse, [Segment]) {
        if let id = request.archive, let held = archive, id != held { throw .archiveMismatch(held) }
        var base: (vector: ArchiveVector, arrivals: Int) = ([:], 0)
        if let seen = request.seen {
            guard let known = history[seen] else { throw .seenUnknown }
            base = known
        }
        var holding = base.vector.mapValues(\.sequence)
        holding.merge(request.vector) { $1 }
        let refused = segments.filter { !take($0) }.map { ($0.header.replica, vector[$0.header.replica] ?? .start) }
        let missing = arrivals.filter { $0.header.last > holding[$0.header.replica] ?? 0 }
        let sent = Array(missing.prefix(budget))
        let response = SyncResponse(
            archive: archive, digest: vector.digest, vector: vector.filter { base.vector[$0.key] != $0.value },
            more: sent.count < missing.count, refused: ArchiveVector(refused) { $1 })
        return (response, sent)
    }

    /// The hub as it was when only `count` segments had arrived: a restored backup of its disk.
    func rollBack(to count: Int) {
        let kept = arrivals.prefix(count)
        (arrivals, vector, archive) = ([], [:], nil)
        history = [ArchiveVector().digest: ([:], 0)]
        for segment in kept { take(segment) }
    }
}
