import Archive
import History
import Sync

/// A hub in memory with the hub's rules: segments in the order of their arrival, and every earlier vector by its digest.
final class SimulatedHub {
    var isHollow = false
    private(set) var archive: ArchiveID?
    private(set) var arrivals: [LogSegment] = []
    private(set) var changes = 0
    /// After each arrival, and before the first.
    private var vectors: [ArchiveVector] = [[:]]
    private var positions: [VectorDigest: Int] = [ArchiveVector().digest: 0]
    private var held: [ReplicaID: Set<LogPosition>] = [:]
    private var digester = VectorDigester()
    /// How many logs an answer tells of.
    let mostLogs: Int

    init(mostLogs: Int) { self.mostLogs = mostLogs }

    var vector: ArchiveVector { vectors[arrivals.count] }

    /// Takes a segment in; `false` if it does not attach.
    @discardableResult
    func take(_ segment: LogSegment) -> Bool {
        let header = segment.header
        if held[header.replica]?.contains(header.end) == true { return true }
        guard header.start == vector[header.replica] ?? .start, archive == nil || archive == header.archive else {
            return false
        }
        archive = header.archive
        vectors.append(vector.merging([header.replica: header.end]) { $1 })
        arrivals.append(segment)
        changes += 1
        held[header.replica, default: []].insert(header.end)
        digester.set(header.replica, to: header.end)
        positions[digester.digest] = arrivals.count
        return true
    }

    func answer(_ request: SyncRequest, segments: [LogSegment], budget: Int) throws(RemoteError) -> (
        SyncResponse, [LogSegment]
    ) {
        if let id = request.archive, let held = archive, id != held { throw .archiveMismatch(held) }
        guard request.vector.count <= max(mostLogs, VectorLimits.logs) else {
            throw .tooLarge("\(request.vector.count) logs")
        }
        var position = 0
        if let seen = request.seen {
            guard let known = positions[seen] else { throw .seenUnknown }
            position = known
        }
        let refused = segments.filter { !take($0) }.map { ($0.header.replica, vector[$0.header.replica] ?? .start) }
        func missing(_ range: Range<Int>) -> [LogSegment] {
            range.filter { number in
                let header = arrivals[number].header
                return request.vector[header.replica].map { header.last > $0 } ?? (number >= position)
            }.map { arrivals[$0] }
        }
        let isBehind = budget > 0 && !missing(0..<position).isEmpty
        let end = isBehind ? position : page(from: position)
        let left = missing(0..<end)
        let sent = Array(left.prefix(budget))
        let response = SyncResponse(
            archive: archive, digest: vectors[end].digest,
            vector: vectors[end].filter { vectors[position][$0.key] != $0.value },
            more: sent.count < left.count || end < arrivals.count, isPartial: end < arrivals.count,
            refused: ArchiveVector(refused) { $1 })
        return (response, sent)
    }

    /// The latest moment since which no more logs have grown than one answer tells of.
    private func page(from position: Int) -> Int {
        var changed: Set<ReplicaID> = []
        return (position..<arrivals.count).first {
            !changed.insert(arrivals[$0].header.replica).inserted ? false : changed.count > mostLogs
        }
            ?? arrivals.count
    }

    /// The vector that a client has seen, if it is one of this hub's.
    func vector(seen: VectorDigest?) -> ArchiveVector { seen.flatMap { positions[$0] }.map { vectors[$0] } ?? [:] }

    /// The hub as it was when only `count` segments had arrived: a restored backup of its disk.
    func rollBack(to count: Int) {
        let kept = arrivals.prefix(count)
        changes += 1
        (arrivals, vectors, archive, held, digester) = ([], [[:]], nil, [:], VectorDigester())
        positions = [ArchiveVector().digest: 0]
        for segment in kept { take(segment) }
    }
}
