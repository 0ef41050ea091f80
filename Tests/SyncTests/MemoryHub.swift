import Archive
import Synchronization
import TestSupport

@testable import History
@testable import Sync

/// A hub in memory with the hub's rules, and with the faults that a network has.
final class MemoryHub: SyncRemote {
    struct Faults {
        /// The request is lost before the hub sees it.
        var lostRequests = 0.0
        /// The hub takes the request, and its answer is lost.
        var lostAnswers = 0.0
        /// The hub takes only some of the segments that a request brings, then the connection breaks.
        var tornRequests = 0.0
        /// Segments that an answer may hold.
        var budget = Int.max
    }

    private struct State {
        var archive: ArchiveID?
        var arrivals: [LogSegment] = []
        var vector: ArchiveVector = [:]
        /// Digest of each earlier vector → that vector and the number of arrivals then.
        var history: [VectorDigest: (vector: ArchiveVector, arrivals: Int)] = [ArchiveVector().digest: ([:], 0)]
        var generator: SeededGenerator
        var counts = Traffic()
    }

    private let state: Mutex<State>
    private let faults: Faults
    /// Why segments that a request brings are refused, the whole request with them.
    nonisolated(unsafe) var refusal: ([LogSegment]) -> RemoteError? = { _ in nil }

    init(seed: UInt64 = 0, faults: Faults = Faults()) {
        state = Mutex(State(generator: SeededGenerator(seed: seed)))
        self.faults = faults
    }

    var traffic: Traffic { state.withLock { $0.counts } }
    var vector: ArchiveVector { state.withLock { $0.vector } }
    var segments: [LogSegment] { state.withLock { $0.arrivals } }

    func sync(_ request: SyncRequest, segments: [LogSegment]) throws(RemoteError) -> (
        response: SyncResponse, segments: [LogSegment]
    ) {
        try state.withLock { state throws(RemoteError) in
            state.counts.requests += 1
            if !segments.isEmpty, let error = refusal(segments) { throw error }
            if happens(faults.lostRequests, &state) { throw .unavailable("lost on the way") }
            if happens(faults.tornRequests, &state) {
                let part = segments.prefix(Int.random(in: 0...segments.count, using: &state.generator))
                for segment in part { _ = take(segment, &state) }
                throw .interrupted("torn")
            }
            if let id = request.archive, let held = state.archive, id != held { throw .archiveMismatch(held) }
            var base: (vector: ArchiveVector, arrivals: Int) = ([:], 0)
            if let seen = request.seen {
                guard let known = state.history[seen] else { throw .seenUnknown }
                base = known
            }
            var holding = base.vector.mapValues(\.sequence)
            holding.merge(request.vector) { $1 }
            let refused = segments.filter { !take($0, &state) }.map {
                ($0.header.replica, state.vector[$0.header.replica] ?? .start)
            }
            let missing = state.arrivals.filter { $0.header.last > holding[$0.header.replica] ?? 0 }
            let sent = request.budget == 0 ? [] : Array(missing.prefix(faults.budget))
            let response = SyncResponse(
                archive: state.archive, digest: state.vector.digest,
                vector: state.vector.filter { base.vector[$0.key] != $0.value },
                more: sent.count < missing.count, refused: ArchiveVector(refused) { $1 })
            if happens(faults.lostAnswers, &state) { throw .interrupted("answer lost") }
            return (response, sent)
        }
    }

    // Only its fast path is used here.
    func list(_ prefix: String) throws(RemoteError) -> [String] {
        segments.map(\.header.name.path).filter { $0.hasPrefix(prefix) }
    }
    func get(_ name: String) throws(RemoteError) -> [UInt8]? { segments.first { $0.header.name.path == name }?.bytes }
    func put(_ name: String, _ bytes: [UInt8]) throws(RemoteError) { throw .rejected("use sync") }
    func delete(_ name: String) throws(RemoteError) { throw .rejected("nothing is deleted") }

    private func happens(_ chance: Double, _ state: inout State) -> Bool {
        chance > 0 && Double.random(in: 0..<1, using: &state.generator) < chance
    }

    private func take(_ segment: LogSegment, _ state: inout State) -> Bool {
        let header = segment.header
        let end = state.vector[header.replica] ?? .start
        if header.last <= end.sequence {
            return state.arrivals.contains { $0.header.replica == header.replica && $0.header.end == header.end }
        }
        guard header.start == end else { return false }
        state.archive = header.archive
        state.arrivals.append(segment)
        state.vector[header.replica] = header.end
        state.history[state.vector.digest] = (state.vector, state.arrivals.count)
        return true
    }
}
