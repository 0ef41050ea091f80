import Archive
import History

public enum VectorSubject {}

/// Names one state of a remote's vector, so that an idle sync need not repeat it. `VectorTree` says how it is computed.
public typealias VectorDigest = Identifier<VectorSubject>

/// The first line of a request to `POST /v1/archives/{name}/sync`; the segments to store follow it back to back.
///
/// The client's vector travels as its difference from the hub's vector as the client last saw it, so that a client
/// and a hub that have nothing new for each other exchange a digest and nothing else. A request names no more than
/// `VectorLimits.logs` of the logs that the client wants to be sent from somewhere else; what it wants of others it asks for later.
public struct SyncRequest: Hashable, Sendable {
    /// Absent while cloning, when the client cannot know it yet.
    public var archive: ArchiveID?
    /// How many bytes of segments to send back at most; the hub's default if absent. At least one segment comes back
    /// if any is missing, unless it is 0.
    public var budget: Int?
    /// The digest of the hub's vector as the client last saw it; if absent, `vector` is all that the client holds.
    public var seen: VectorDigest?
    /// How far the client holds logs, and wants them from there on: of those that it does not hold as far as the vector `seen`
    /// says, 0 for one of which it holds nothing. Of others it says so if that spares sending them.
    public var vector: [ReplicaID: Int64]

    public init(archive: ArchiveID?, budget: Int? = nil, seen: VectorDigest? = nil, vector: [ReplicaID: Int64] = [:]) {
        self.archive = archive
        self.budget = budget
        self.seen = seen
        self.vector = vector
    }

    /// A request from what a client holds and what it knows of the hub: sends differences if it has seen the hub.
    /// - Parameters:
    ///   - holding: how far the client holds each log, the segments of this push included.
    ///   - seen: the hub's vector as last seen; `nil` before the first answer and after a 412. Then no more logs than `most` may be
    ///     held.
    ///   - most: how many logs to name.
    public init(
        archive: ArchiveID?, budget: Int? = nil, holding: [ReplicaID: Int64], seen: ArchiveVector?,
        most: Int = VectorLimits.logs
    ) {
        guard let seen else {
            self.init(archive: archive, budget: budget, seen: nil, vector: holding.filter { $0.value > 0 })
            return
        }
        // First what is missing: what is not named is taken for held.
        var (behind, ahead): ([ReplicaID: Int64], [ReplicaID: Int64]) = ([:], [:])
        for (replica, position) in seen where behind.count < most {
            let held = holding[replica] ?? 0
            if held < position.sequence { behind[replica] = held }
        }
        for (replica, held) in holding where behind.count + ahead.count < most {
            if held > seen[replica]?.sequence ?? 0 { ahead[replica] = held }
        }
        self.init(
            archive: archive, budget: budget, seen: seen.digest, vector: behind.merging(ahead) { held, _ in held })
    }
}

/// The first line of the hub's answer; the segments that the client lacks follow it back to back.
public struct SyncResponse: Hashable, Sendable {
    /// Absent if the hub's archive has no content yet that would bind it to one.
    public var archive: ArchiveID?
    /// The digest of the vector that the hub had at the moment of which the answer tells.
    public var digest: VectorDigest
    /// The logs that had grown by then since the vector that the request had `seen`; without one, all of them.
    public var vector: ArchiveVector
    /// Whether there is more to be had: segments beyond the budget, or what came after that moment.
    public var more: Bool
    /// Whether that moment is past: more logs have grown since than one answer tells of.
    public var isPartial: Bool
    /// Logs of which a pushed segment did not attach, and how far the hub holds them.
    public var refused: ArchiveVector
    /// Logs of which the hub held more than it does, and how far: it found that damaged or gone. Whoever holds it sends it again.
    public var lost: [ReplicaID: Int64]

    public init(
        archive: ArchiveID?, digest: VectorDigest, vector: ArchiveVector = [:], more: Bool = false,
        isPartial: Bool = false,
        refused: ArchiveVector = [:], lost: [ReplicaID: Int64] = [:]
    ) {
        self.lost = lost
        self.archive = archive
        self.digest = digest
        self.vector = vector
        self.more = more
        self.isPartial = isPartial
        self.refused = refused
    }
}

extension ArchiveVector {
    public var digest: VectorDigest { VectorTree.digest(self) }
}

/// How many logs there may be.
public enum VectorLimits {
    /// Those that one line of a message names.
    public static let logs = 4096
    /// Those of an archive. A hub takes no further ones, and a client follows no further ones.
    public static let archive = 1 << 20
}
