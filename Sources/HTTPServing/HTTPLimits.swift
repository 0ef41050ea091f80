/// What a server allows a single client, so that none can take it from the others.
public struct HTTPLimits: Sendable {
    /// Open connections. When seven eighths are reached, each new one closes the one that has been idle for the longest time; where
    /// none is idle, new ones wait at the limit until one ends.
    public var connections = 1024
    /// Open connections from one address. Each further one closes the one of them that has been idle for the longest time, which
    /// may be itself.
    public var connectionsOfAddress = 512
    /// The header lines of a request together, in bytes.
    public var headers = 16 << 10
    /// The body of a request, in bytes. A client of a hub sends 16 MiB and the segment that goes beyond them.
    public var body = 64 << 20
    /// How long a connection may be silent between requests, and may take for the header of one.
    public var idle: Duration = .seconds(60)
    /// How often a transfer is looked at: a request must have brought `slowest` bytes a second since, an answer must have
    /// been read in part.
    public var stall: Duration = .seconds(30)
    /// In bytes a second.
    public var slowest = 256
    /// How often a stream of events says that it is alive.
    public var heartbeat: Duration = .seconds(15)
    /// What requests under way are given to finish when the server is told to stop.
    public var stop: Duration = .seconds(20)

    public init() {}
}
