import Archive
import History

/// Synchronizes one archive with one remote: sends what the remote lacks, applies what it has, until both are even.
///
/// Everything rests on how far each replica's log is held here, and how far the remote holds it. What the remote sent
/// and what is known of it are committed together, so that a run that is cut short, anywhere, is simply gone on with by
/// the next one. Nothing here knows a clock, a thread or a lock.
public struct SyncEngine {
    private let archive: Archive
    private let name: String
    private let remote: any Remote
    private let codec: any SegmentCodec
    private let mostLogs: Int

    /// - Parameters:
    ///   - remote: the name under which the archive knows the remote.
    ///   - codec: packs the segments that are sent, and opens those that come.
    ///   - mostLogs: how many logs a request names.
    public init(
        _ archive: Archive, remote: String, exchange: any Remote, codec: any SegmentCodec = .zstd,
        mostLogs: Int = VectorLimits.logs
    ) {
        self.codec = codec
        self.archive = archive
        name = remote
        self.remote = exchange
        self.mostLogs = mostLogs
    }

    /// A remote's first answer to somebody who holds nothing yet.
    public struct Opening: Sendable {
        public let archive: ArchiveID
        let response: SyncResponse?
        let segments: [LogSegment]
    }

    /// Asks a remote which archive it holds, and for the beginning of it.
    public static func open(_ remote: some Remote, codec: any SegmentCodec = .zstd) throws -> Opening {
        var opening: Opening?
        if let syncing = remote.syncing {
            let (response, segments) = try syncing.sync(SyncRequest(archive: nil, vector: [:]), segments: [])
            opening = response.archive.map { Opening(archive: $0, response: response, segments: segments) }
        } else {
            opening = try ObjectStore(remote, codec: codec).archiveID().map {
                Opening(archive: $0, response: nil, segments: [])
            }
        }
        guard let opening else {
            throw ArchiveError(.notFound, "the remote is still empty", remedy: .fillRemote)
        }
        return opening
    }

    /// Exchanges until neither side lacks anything.
    /// - Parameters:
    ///   - opening: the first answer, if it was had already.
    ///   - progress: called after each request that moved something.
    /// - Throws: `RemoteError` or `ArchiveError`; what was applied by then is complete and stays.
    public func run(opening: Opening? = nil, progress: (SyncReport) -> Void = { _ in }) throws -> SyncReport {
        let run = try SyncRun(archive, remote: name, codec: codec, before: opening == nil ? remote.traffic : Traffic())
        if let syncing = remote.syncing {
            var exchange = HubExchange(run, remote, syncing, mostLogs: mostLogs)
            return try exchange.complete(opening: opening, progress: progress)
        }
        var exchange = ObjectExchange(run, remote)
        return try exchange.complete(progress: progress)
    }

    /// What `run` would send and receive. Changes nothing on either side.
    public func preview() throws -> SyncPreview {
        let run = try SyncRun(archive, remote: name, codec: codec)
        if let syncing = remote.syncing { return try HubExchange(run, remote, syncing, mostLogs: mostLogs).preview() }
        return try ObjectExchange(run, remote).preview()
    }
}
