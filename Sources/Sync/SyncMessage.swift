import Archive

public enum VectorSubject {}

/// Names one state of a remote's vector, so that an idle sync need not repeat it: the first 16 bytes of the SHA-256 of
/// `{replica: [sequence, chain], …}` in canonical JSON.
public typealias VectorDigest = Identifier<VectorSubject>

/// The first line of a request to `POST /v1/archives/{name}/sync`; the segments to store follow it back to back.
///
/// The client's vector travels as its difference from the hub's vector as the client last saw it, so that a client
/// and a hub that have nothing new for each other exchange a digest and nothing else.
public struct SyncRequest: Hashable, Sendable {
    /// Absent while cloning, when the client cannot know it yet.
    public var archive: ArchiveID?
    /// How many bytes of segments to send back at most; the hub's default if absent. At least one segment comes back
    /// if any is missing, unless it is 0.
    public var budget: Int?
    /// The digest of the hub's vector as the client last saw it; if absent, `vector` is all that the client holds.
    public var seen: VectorDigest?
    /// How far the client holds each log once the pushed segments count as held: of the replicas that differ from the
    /// vector `seen`, 0 for a log it has nothing of.
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
    ///   - seen: the hub's vector as last seen; `nil` before the first answer and after a 412.
    public init(archive: ArchiveID?, budget: Int? = nil, holding: [ReplicaID: Int64], seen: ArchiveVector?) {
        guard let seen else {
            self.init(archive: archive, budget: budget, seen: nil, vector: holding.filter { $0.value > 0 })
            return
        }
        var difference: [ReplicaID: Int64] = [:]
        for replica in Set(holding.keys).union(seen.keys) {
            let held = holding[replica] ?? 0
            if held != seen[replica]?.sequence ?? 0 { difference[replica] = held }
        }
        self.init(archive: archive, budget: budget, seen: seen.digest, vector: difference)
    }
}

/// The first line of the hub's answer; the segments that the client lacks follow it back to back.
public struct SyncResponse: Hashable, Sendable {
    /// Absent if the hub's archive has no content yet that would bind it to one.
    public var archive: ArchiveID?
    /// The digest of the hub's vector now.
    public var digest: VectorDigest
    /// The replicas of the hub's vector that differ from the vector that the request had `seen`, or all of them.
    public var vector: ArchiveVector
    /// Whether segments remain beyond the budget.
    public var more: Bool
    /// For each log of which a pushed segment did not attach: how far the hub holds it.
    public var refused: ArchiveVector

    public init(
        archive: ArchiveID?, digest: VectorDigest, vector: ArchiveVector = [:], more: Bool = false, refused: ArchiveVector = [:]
    ) {
        self.archive = archive
        self.digest = digest
        self.vector = vector
        self.more = more
        self.refused = refused
    }
}

extension ArchiveVector {
    public var digest: VectorDigest { VectorDigester(self).digest }
}
