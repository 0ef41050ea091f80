/// What one run of synchronization did.
public struct SyncReport: Sendable {
    /// Log entries that the remote took.
    public internal(set) var pushed = 0
    /// Log entries that became part of this replica.
    public internal(set) var pulled = 0
    /// Items that the run left as a clean merge of several heads.
    public internal(set) var merged = 0
    /// Items in conflict now, whenever that came about.
    public internal(set) var conflicts = 0
    public internal(set) var requests = 0
    /// Bytes on the wire, headers included.
    public internal(set) var sentBytes = 0
    public internal(set) var receivedBytes = 0
    /// What a person should know.
    public internal(set) var notes: [String] = []
}

/// The part of a remote that synchronization talks to.
public protocol SyncRemote {
    /// One request: brings segments and what the caller holds, takes back what the remote holds and segments.
    func sync(_ request: SyncRequest, segments: [Segment]) throws(RemoteError) -> (response: SyncResponse, segments: [Segment])

    /// Requests and bytes so far.
    var traffic: HTTPClient.Counts { get }
}

extension HubClient: SyncRemote {
    public var traffic: HTTPClient.Counts { client.counts }

    /// A client with a connection of its own.
    public convenience init(url: String, token: String) throws {
        self.init(url: url, token: token, client: try HTTPClient())
    }
}
