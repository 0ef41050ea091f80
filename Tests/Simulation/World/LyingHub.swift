import Archive
import History
import Sync

/// A hub's connection whose other end lies, in one way as long as it lasts.
///
/// Nothing that it says may do harm, and nobody listens to it for ever.
final class LyingHub: SyncRemote {
    enum Lie: CaseIterable {
        /// Says `more` whenever it answers.
        case more
        /// Sends what was sent already, in the place of what is asked for, and says `more`.
        case repeated
        /// Promises, and sends nothing.
        case nothing
        /// Promises more in each answer.
        case growing
        /// Says of a log that it is shorter than it was.
        case shrinking
        /// Never knows what it said before.
        case forgetful
        /// Sends other bytes than the entries, with a header that is right about them.
        case resealed
        /// Tells of one log in each answer, and of logs that there are not.
        case paging
    }

    /// More requests than any run needs.
    private static let patience = 4000

    private let hub: SimulatedHub
    private let lie: Lie
    private let dice: Dice
    private(set) var requests = 0
    /// Logs that there are not, and the digest of all that was said: it keeps to what it said, or it would be found out at once.
    private var invented: ArchiveVector = [:]
    private var said: VectorDigest?

    init(_ hub: SimulatedHub, _ dice: Dice) {
        self.hub = hub
        self.dice = dice
        // Those that last for hundreds of requests are told seldom.
        lie =
            dice.roll(20) == 0
            ? dice.pick([.growing, .paging])! : dice.pick(Lie.allCases.filter { $0 != .growing && $0 != .paging })!
    }

    var isTrusted: Bool { requests < Self.patience }
    var traffic: Traffic { Traffic() }

    func sync(_ request: SyncRequest, segments: [LogSegment]) throws(RemoteError) -> (
        response: SyncResponse, segments: [LogSegment]
    ) {
        requests += 1
        if !isTrusted { throw .rejected("enough") }
        if lie == .forgetful, request.seen != nil { throw .seenUnknown }
        if lie == .growing || lie == .paging { return try invention(request) }
        // It takes nothing either.
        var (response, sent) = try hub.answer(request, segments: [], budget: request.budget == 0 ? 0 : 1 + dice.roll(3))
        let base = hub.vector(seen: request.seen)
        switch lie {
        case .more: response.more = true
        case .repeated:
            sent = Array(hub.arrivals.prefix(1 + dice.roll(3)))
            response.more = true
        case .nothing:
            sent = []
            response.more = true
        case .shrinking:
            if let (replica, _) = base.first(where: { $0.value.sequence > 1 }) {
                response.vector[replica] = LogPosition(sequence: 1, chain: Chain(hashing: [1]))
                response.digest = base.merging(response.vector) { $1 }.digest
            }
        case .resealed:
            sent = sent.map { segment in
                let header = segment.header
                let payload = (0..<20).map { _ in UInt8(dice.roll(256)) }
                return LogSegment(
                    header: SegmentHeader(
                        archive: header.archive, replica: header.replica, first: header.first, last: header.last,
                        previous: header.previous,
                        chain: header.chain, payload: payload), payload: payload)
            }
        case .forgetful, .growing, .paging: break
        }
        return (response, sent)
    }

    /// An answer that names one more log that there is not.
    private func invention(_ request: SyncRequest) throws(RemoteError) -> (
        response: SyncResponse, segments: [LogSegment]
    ) {
        var honest = request
        let isKnown = said != nil && request.seen == said
        if isKnown || request.seen == nil { honest.seen = nil } else { throw .seenUnknown }
        var (response, segments) = try hub.answer(honest, segments: [], budget: request.budget == 0 ? 0 : 1)
        var dice = dice
        let replica = ReplicaID.random(using: &dice)
        invented[replica] = LogPosition(sequence: 1 + Int64(dice.roll(1 << 40)), chain: Chain(hashing: [1]))
        let all = response.vector.merging(invented) { $1 }
        if isKnown { response.vector = [replica: invented[replica]!] } else { response.vector = all }
        (response.more, response.isPartial, response.digest) = (true, lie == .paging, all.digest)
        said = response.digest
        if isKnown { segments = [] }
        return (response, segments)
    }

    func list(_ prefix: String) throws(RemoteError) -> [String] { [] }
    func get(_ name: String) throws(RemoteError) -> [UInt8]? { nil }
    func put(_ name: String, _ bytes: [UInt8]) throws(RemoteError) {}
    func delete(_ name: String) throws(RemoteError) {}
}
