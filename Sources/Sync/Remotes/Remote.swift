import Archive
import History

/// A place that holds segments under names, and nothing more is asked of it: a folder, or a hub.
///
/// What a name holds never changes, since it names its own content: `log/<replica>/<first>-<last>-<chain>-<hash>` a
/// segment, `heads/<replica>/<the same>` that a log goes as far as that segment, and `heads/<replica>/<the same>.wanted`
/// that somebody did not find what leads there (both empty files). Implementations keep to one contract, which the tests
/// run over all of them.
public protocol Remote {
    /// The names that begin with `prefix`, ascending. The prefix ends with a slash. One that was put a moment ago may be
    /// missing still: absence never means that something was deleted.
    func list(_ prefix: String) throws(RemoteError) -> [String]

    /// The same, but names that sort before `start` may be left out.
    func list(_ prefix: String, from start: String) throws(RemoteError) -> [String]

    /// What a name holds; `nil` if there is nothing under it.
    func get(_ name: String) throws(RemoteError) -> [UInt8]?

    /// Makes a name hold these bytes: all of them or, if it throws, perhaps nothing. Doing it again is harmless.
    func put(_ name: String, _ bytes: [UInt8]) throws(RemoteError)

    /// The same for many names, which may cost less than one after another.
    func put(_ items: [(name: String, bytes: [UInt8])]) throws(RemoteError)

    /// Takes a name away; it need not be there.
    func delete(_ name: String) throws(RemoteError)

    /// Requests and bytes so far.
    var traffic: Traffic { get }

    /// What it does by itself.
    var properties: RemoteProperties { get }

    /// The faster way to synchronize, if the remote knows the protocol.
    var syncing: (any Syncing)? { get }
}

/// What a remote does by itself, and clients need not do for it.
public struct RemoteProperties: Hashable, Sendable {
    /// Whether it knows how far its logs go, and sets damaged segments aside. Clients of other remotes write heads, ask for what is
    /// missing, and take damaged segments away.
    public var keepsOrder: Bool

    public init(keepsOrder: Bool = false) { self.keepsOrder = keepsOrder }
}

/// The protocol by which one request brings and takes whatever is missing.
public protocol Syncing {
    /// One request: brings segments and what the caller holds, takes back what the remote holds and segments.
    func sync(_ request: SyncRequest, segments: [LogSegment]) throws(RemoteError) -> (
        response: SyncResponse, segments: [LogSegment]
    )
}

extension Remote {
    public var properties: RemoteProperties { RemoteProperties() }
    public var syncing: (any Syncing)? { nil }

    public func list(_ prefix: String, from start: String) throws(RemoteError) -> [String] { try list(prefix) }

    public func put(_ items: [(name: String, bytes: [UInt8])]) throws(RemoteError) {
        for (name, bytes) in items { try put(name, bytes) }
    }
}

/// A remote that knows the protocol.
public typealias SyncRemote = Remote & Syncing

extension Remote where Self: Syncing {
    public var properties: RemoteProperties { RemoteProperties(keepsOrder: true) }
    public var syncing: (any Syncing)? { self }
}

/// What has moved between here and a remote.
public struct Traffic: Hashable, Sendable {
    /// Requests, or operations on the files of a folder.
    public var requests = 0
    /// Headers included.
    public var sentBytes = 0
    /// Headers included.
    public var receivedBytes = 0

    public init(requests: Int = 0, sentBytes: Int = 0, receivedBytes: Int = 0) {
        (self.requests, self.sentBytes, self.receivedBytes) = (requests, sentBytes, receivedBytes)
    }
}

/// What a name on a remote stands for.
public enum RemoteName: Hashable, Sendable {
    /// A segment of a log.
    case segment(SegmentName)
    /// That a log goes as far as this segment.
    case head(SegmentName)
    /// That somebody did not find what leads to this segment.
    case wanted(SegmentName)

    /// Reads a whole name; `nil` for anything that is none, such as a file that is still being written.
    public init?(_ name: String) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let replica = ReplicaID(hex: parts[1]) else { return nil }
        let isWanted = parts[0] == "heads" && parts[2].hasSuffix(Self.wantedSuffix)
        let file = isWanted ? parts[2].dropLast(Self.wantedSuffix.count) : parts[2]
        guard let segment = SegmentName(replica: replica, file: file) else { return nil }
        switch parts[0] {
        case "log": self = .segment(segment)
        case "heads": self = isWanted ? .wanted(segment) : .head(segment)
        default: return nil
        }
    }

    /// The segment that is named, that the log goes as far as, or that somebody wants to be led to.
    public var segment: SegmentName {
        switch self {
        case .segment(let name), .head(let name), .wanted(let name): name
        }
    }

    var isWanted: Bool { if case .wanted = self { true } else { false } }

    static let logs = "log/"
    static let heads = "heads/"
    static let wantedSuffix = ".wanted"
    static func log(_ replica: ReplicaID) -> String { "log/\(replica.hex)/" }
}

extension SegmentName {
    /// The name that says that a log goes as far as this segment.
    public var headPath: String { "heads/\(replica.hex)/\(file)" }
    /// The name by which a reader asks whoever holds the log to look whether all of it is there, and to send what is not.
    public var wantedPath: String { headPath + RemoteName.wantedSuffix }
}
