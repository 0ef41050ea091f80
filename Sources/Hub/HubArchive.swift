import Archive
import Logging
import Sync

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One archive of a hub: commits segments one by one, and tells which of them a client lacks.
///
/// A segment counts once its file and its line in the index are on the disk, in this order. A crash between leaves a
/// file without a line; the next start adopts it.
actor HubArchive {
    /// What became of a pushed segment.
    enum Outcome: Sendable {
        case stored
        /// It, or another encoding of the same entries, was there already.
        case held
        /// It does not attach to the log that the hub holds.
        case refused
    }

    /// Where a client stands when its request begins.
    struct Standing: Sendable {
        /// How many segments had arrived at the state that the client has seen; 0 if it has seen none.
        fileprivate let position: Int
        fileprivate let held: [ReplicaID: Int64]
        fileprivate let budget: Int
    }

    /// The line of the answer, and the segments to send after it.
    struct Answer: Sendable {
        let response: SyncResponse
        let segments: [StoredSegment]
    }

    struct StoredSegment: Sendable {
        let path: String
        /// Header line and payload, in bytes.
        let size: Int
    }

    private let folder: String
    private let logger: Logger
    private let executor: DiskExecutor
    private var description: ArchiveDescription
    private var index: ArrivalIndex

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Reads the index, and mends it where the last process was cut off. Blocks while it reads.
    init(folder: String, logger: Logger) throws(HubError) {
        self.folder = folder
        self.logger = logger
        executor = DiskExecutor(label: "archivectl.hub.archive")
        for part in ["log", "tmp"] { try HubFiles.makeFolder("\(folder)/\(part)") }
        for leftover in try HubFiles.list(folder + "/tmp") { unlink("\(folder)/tmp/\(leftover)") }
        description = try ArchiveDescription(folder: folder)
        index = try ArrivalIndex(path: folder + "/index")
        try Self.load(&index, folder: folder, archive: &description, logger: logger)
    }

    // MARK: A request

    /// Begins a request.
    /// - Throws: `archiveMismatch`, or `seenUnknown` if the hub's vector never had the digest that the client has seen.
    func begin(_ request: SyncRequest) throws(HubError) -> Standing {
        if let archive = request.archive { try require(archive) }
        var held: [ReplicaID: Int64] = [:]
        var position = 0
        if let seen = request.seen {
            guard let known = index.position(of: seen) else {
                throw HubError(.seenUnknown, "this hub does not know the state 'seen'; repeat the request with the full vector")
            }
            position = known
            held = index.sequences(at: known)
        }
        held.merge(request.vector) { $1 }
        return Standing(position: position, held: held, budget: request.budget ?? HubClient.defaultBudget)
    }

    /// Stores a segment durably if it attaches. It must be intact, which the parser has seen to.
    func append(_ segment: Segment) throws(HubError) -> Outcome {
        let header = segment.header
        try require(header.archive)
        if let arrival = index.arrival(of: header.replica, last: header.last), try index.name(arrival).chain == header.chain {
            return .held
        }
        guard header.start == index.end(of: header.replica) else { return .refused }
        try bind(header.archive)
        try store(segment)
        try index.append(header.name)
        return .stored
    }

    /// What the client lacks beyond its standing and what it pushed, as of now.
    /// - Parameters:
    ///   - pushed: the runs that the client has just sent and the hub holds, which need not go back.
    ///   - refused: the replicas of which a pushed segment did not attach.
    func answer(_ standing: Standing, pushed: [SegmentName], refused: Set<ReplicaID>) throws(HubError) -> Answer {
        var held = standing.held
        for name in pushed { held[name.replica] = max(held[name.replica] ?? 0, name.last) }
        var room = standing.budget
        var segments: [StoredSegment] = []
        var next = index.next(from: index.start(beyond: held), beyond: held)
        while let arrival = next {
            let segment = try stored(try index.name(arrival))
            guard segments.isEmpty || segment.size <= room else { break }
            segments.append(segment)
            room -= segment.size
            next = index.next(from: arrival + 1, beyond: held)
        }
        let response = SyncResponse(
            archive: description.archive, digest: index.digest, vector: index.changes(since: standing.position),
            more: next != nil, refused: refused.reduce(into: [:]) { $0[$1] = index.end(of: $1) })
        return Answer(response: response, segments: segments)
    }

    /// A stored segment by its name.
    func stored(_ name: SegmentName) throws(HubError) -> StoredSegment {
        let path = "\(folder)/\(name.path)"
        guard HubFiles.exists(path) else {
            throw HubError(.notFound, "this hub does not hold \(name.path); list what it holds by a sync")
        }
        return StoredSegment(path: path, size: try HubFile(path: path, flags: O_RDONLY).size())
    }

    // MARK: Storing

    private func require(_ archive: ArchiveID) throws(HubError) {
        guard let bound = description.archive, bound != archive else { return }
        throw HubError(
            .archiveMismatch, "'\(description.name)' on this hub holds another archive, \(bound); use its own name for archive \(archive)",
            archive: bound)
    }

    private func bind(_ archive: ArchiveID) throws(HubError) {
        guard description.archive == nil else { return }
        var bound = description
        bound.archive = archive
        try bound.write(folder: folder)
        description = bound
    }

    private func store(_ segment: Segment) throws(HubError) {
        let name = segment.header.name
        try HubFiles.makeFolder("\(folder)/log/\(name.replica.hex)")
        let path = "\(folder)/\(name.path)"
        // Only this actor writes here, and only one hub has the store's lock, so looking first is enough not to overwrite.
        if HubFiles.exists(path) {
            guard try HubFiles.read(path, limit: Self.maximumFile) == segment.bytes else {
                throw HubError(.storage, "\(path) is there with other content; move it away and sync again")
            }
            return
        }
        try HubFiles.replace(path, with: segment.bytes, temporary: folder + "/tmp/segment")
    }

    private static let maximumFile = SegmentHeader.maximumLine + SegmentHeader.maximumPayload

    // MARK: Starting

    private static func load(
        _ index: inout ArrivalIndex, folder: String, archive: inout ArchiveDescription, logger: Logger
    ) throws(HubError) {
        var files: [ReplicaID: [SegmentName]] = [:]
        for name in try HubFiles.list(folder + "/log") {
            guard let replica = ReplicaID(hex: name) else { continue }
            files[replica] = try HubFiles.list("\(folder)/log/\(name)").compactMap { SegmentName(replica: replica, file: $0) }
        }
        let present = Set(files.values.joined())
        let dropped = try index.load { present.contains($0) }
        if dropped > 0 { logger.warning("index mended", metadata: ["dropped": "\(dropped)", "folder": "\(folder)"]) }
        for replica in files.keys.sorted() {
            for name in files[replica]! where index.attaches(name) {
                guard let segment = try intact(name, folder: folder), segment.header.start == index.end(of: replica),
                    archive.archive ?? segment.header.archive == segment.header.archive
                else { continue }
                if archive.archive == nil {
                    archive.archive = segment.header.archive
                    try archive.write(folder: folder)
                }
                try index.append(name)
                logger.notice("segment adopted", metadata: ["segment": "\(name.path)"])
            }
        }
    }

    /// The segment in a file; `nil` if the file is not what its name says.
    private static func intact(_ name: SegmentName, folder: String) throws(HubError) -> Segment? {
        let bytes = try HubFiles.read("\(folder)/\(name.path)", limit: maximumFile)
        guard let end = bytes.prefix(SegmentHeader.maximumLine).firstIndex(of: UInt8(ascii: "\n")),
            let header = try? SegmentHeader(line: bytes[..<end]), header.name == name
        else { return nil }
        let segment = Segment(header: header, payload: Array(bytes[(end + 1)...]))
        return segment.isIntact ? segment : nil
    }
}

/// The archives that a hub has open, each opened once, when it is first asked for.
actor HubArchives {
    private let store: HubStore
    private let logger: Logger
    private var open: [String: Task<HubArchive, any Error>] = [:]

    init(store: HubStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    func archive(_ name: String) async throws -> HubArchive {
        if let task = open[name] { return try await task.value }
        let (folder, logger) = (store.folder(name), logger)
        let task = Task.detached { try HubArchive(folder: folder, logger: logger) }
        open[name] = task
        do {
            return try await task.value
        } catch {
            // A disk that is mended meanwhile should not need a restart.
            open[name] = nil
            throw error
        }
    }
}
