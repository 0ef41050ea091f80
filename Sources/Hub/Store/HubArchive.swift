import History
import Logging
import Prose
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
    /// What is to become of a pushed segment.
    enum Admission: Sendable {
        /// To be written there as it comes, and then committed.
        case wanted(SegmentUpload)
        /// It, or another encoding of the same entries, is there already.
        case held
        /// It does not attach to the log that the hub holds.
        case refused
    }

    /// Where a client stands when its request begins.
    struct Standing: Sendable {
        /// How many segments had arrived at the state that the client has seen; 0 if it has seen none.
        fileprivate let position: Int
        /// How far it holds logs that it holds otherwise than it has seen.
        fileprivate let held: [ReplicaID: Int64]
        fileprivate let budget: Int
    }

    /// The line of the answer, and the segments to send after it.
    struct Answer: Sendable {
        let response: SyncResponse
        let segments: [StoredSegment]
    }

    /// Bytes to send from a file: a segment's header line and payload, or a part of them.
    struct StoredSegment: Sendable {
        let path: String
        /// The segment that these bytes are all of; `nil` if they are a part, or something else.
        var whole: SegmentName?
        var range: Range<Int>

        var size: Int { range.count }
    }

    private let folder: String
    private let logger: Logger
    private let executor: DiskExecutor
    private var description: ArchiveDescription
    private var index: ArrivalIndex
    /// What the segments take, in bytes.
    private var size: Int
    /// Logs of which more was here than is, and how far they went.
    private var lost: [ReplicaID: Int64]
    private var uploads = 0
    private let reservations = QuotaReservations()
    private let limits: VectorBounds
    private let settings: @Sendable () throws(HubError) -> HubSettings
    private var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
    private var listenerCount = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Reads the index, and repairs it where the last process was cut off. Blocks while it reads.
    /// - Parameters:
    ///   - limits: how many logs an answer tells of, and how many there may be.
    ///   - settings: asked at each push, so that a new quota counts at once.
    init(
        folder: String, limits: VectorBounds = VectorBounds(),
        settings: @escaping @Sendable () throws(HubError) -> HubSettings = { HubSettings() }, logger: Logger
    ) throws(HubError) {
        self.folder = folder
        self.limits = limits
        self.settings = settings
        self.logger = logger
        executor = DiskExecutor(label: "archivectl.hub.archive")
        for part in ["log", "tmp"] { try HubFiles.makeFolder("\(folder)/\(part)") }
        HubFiles.empty(folder + "/tmp")
        description = try ArchiveDescription(folder: folder)
        index = try ArrivalIndex(path: folder + "/index")
        size = try Self.load(&index, folder: folder, archive: &description, logger: logger)
        lost = try DamagedSegments(folder: folder).lost(index)
    }

    // MARK: A request

    /// Begins a request.
    /// - Throws: `archiveMismatch`, or `seenUnknown` if the hub's vector never had the digest that the client has seen.
    func begin(_ request: SyncRequest) throws(HubError) -> Standing {
        if let archive = request.archive { try require(archive) }
        var position = 0
        if let seen = request.seen {
            guard let known = index.position(of: seen) else {
                throw HubError(
                    .seenUnknown, "this hub does not know the state 'seen'; repeat the request with the full vector")
            }
            position = known
        }
        return Standing(position: position, held: request.vector, budget: request.budget ?? HubClient.defaultBudget)
    }

    /// Decides about a segment by its header, before its payload is there.
    /// - Parameter end: where the log ends once the segments are stored that came before it in the same request; `nil` if none
    ///   of its log did.
    func admit(_ header: SegmentHeader, after end: LogPosition?) throws(HubError) -> Admission {
        try require(header.archive)
        if header.end == end { return .held }
        if try holds(header) { return .held }
        guard try attaches(header, to: end ?? index.end(of: header.replica)) else { return .refused }
        let size = header.encode().count + header.length
        try requireRoom(for: size)
        uploads += 1
        return .wanted(
            try SegmentUpload(header, path: "\(folder)/tmp/\(uploads)", reservation: reservations.reserve(size)))
    }

    private func attaches(_ header: SegmentHeader, to end: LogPosition?) throws(HubError) -> Bool {
        if end == nil, index.logCount >= limits.archive {
            throw HubError(.overQuota, "this archive has \(index.logCount) logs on this hub, and may have no more")
        }
        return header.start == end ?? .start
    }

    /// Stores segments durably that have come whole and intact, which the caller has seen to: many cost the disk little more than one.
    /// - Returns: what became of each, in their order.
    func commit(_ uploads: [SegmentUpload]) throws(HubError) -> [Admission] {
        var names: [SegmentName] = []
        var ends: [ReplicaID: LogPosition] = [:]
        var folders: Set<String> = []
        var outcomes: [Admission] = []
        defer { if !names.isEmpty { for listener in listeners.values { listener.yield() } } }
        for upload in uploads {
            let (header, log) = (upload.header, "\(folder)/log/\(upload.header.replica.hex)")
            // Another request may have brought the same, or bound the archive, while this one was on its way.
            try require(header.archive)
            let end = ends[header.replica] ?? index.end(of: header.replica)
            let isHeld = try holds(header)
            guard !isHeld, header.start == end ?? .start else {
                outcomes.append(isHeld || header.end == end ? .held : .refused)
                continue
            }
            try bind(header.archive)
            try DamagedSegments(folder: folder).takeOther(header.replica)
            if end == nil || !HubFiles.isFolder(log), try HubFiles.makeFolder(log, isDurable: false) {
                folders.insert("\(folder)/log")
            }
            // What may be there under this name has no line in the index: the same, or damaged. What is no file takes no file's place.
            if HubFiles.content("\(folder)/\(header.name.path)") == .other {
                try DamagedSegments(folder: folder).take(header.name)
            }
            try upload.move(to: "\(folder)/\(header.name.path)")
            folders.insert(log)
            names.append(header.name)
            ends[header.replica] = header.end
            outcomes.append(.wanted(upload))
        }
        guard !names.isEmpty else { return outcomes }
        // Only what is on the disk gets a line. A file without one is checked when the archive is opened.
        do throws(HubError) {
            try HubFiles.synchronize(names.map { "\(folder)/\($0.path)" }, folders: folders, in: folder)
            try index.append(names)
        } catch {
            for name in names { unlink("\(folder)/\(name.path)") }
            throw error
        }
        for case .wanted(let upload) in outcomes { size += upload.size }
        return outcomes
    }

    private func holds(_ header: SegmentHeader) throws(HubError) -> Bool {
        guard let arrival = index.arrival(of: header.replica, last: header.last) else { return false }
        return try index.names([arrival])[0].chain == header.chain
    }

    private func requireRoom(for more: Int) throws(HubError) {
        // What is under way will need its room, too.
        let used = size + reservations.total
        guard let quota = try settings().quota, used + more > quota else { return }
        throw HubError(
            .overQuota,
            "'\(description.name)' has used \(used) of its \(counted(quota, "byte")) on this hub, and this push needs more; ask the hub's owner for a larger quota"
        )
    }

    /// What the client lacks beyond its standing and what it pushed, as of now or, if many logs have grown since, as of a moment
    /// before.
    /// - Parameters:
    ///   - pushed: the runs that the client has just sent and the hub holds, which need not go back.
    ///   - refused: the replicas of which a pushed segment did not attach.
    func answer(_ standing: Standing, pushed: [SegmentName], refused: Set<ReplicaID>) throws(HubError) -> Answer {
        var held = standing.held
        for name in pushed { held[name.replica] = max(held[name.replica] ?? 0, name.last) }
        // First what the client has heard of: so it never has to ask for more logs than one answer tells of.
        let isBehind =
            standing.budget > 0
            && !index.missing(since: standing.position, held, before: standing.position, most: 1).isEmpty
        let (vector, end) =
            isBehind ? ([:], standing.position) : try index.changes(since: standing.position, most: limits.logs)
        let missing = index.missing(since: standing.position, held, before: end, most: .max)
        let segments = try fitting(missing, budget: standing.budget)
        let isPartial = end < index.count
        let positions = refused.sorted().prefix(limits.logs).map { ($0, index.end(of: $0) ?? .start) }
        let response = SyncResponse(
            archive: description.archive, digest: index.digest(at: end), vector: vector,
            more: segments.count < missing.count || isPartial,
            isPartial: isPartial, refused: ArchiveVector(positions) { $1 }, lost: stillLost)
        return Answer(response: response, segments: segments)
    }

    /// What has not come again.
    private var stillLost: [ReplicaID: Int64] {
        let missing = lost.filter { index.end(of: $0.key)?.sequence ?? 0 < $0.value }
        return Dictionary(
            uniqueKeysWithValues: missing.sorted { $0.key < $1.key }.prefix(limits.logs).map { ($0.key, $0.value) })
    }

    /// As many of the segments as the budget allows, at least one.
    private func fitting(_ arrivals: [Int], budget: Int) throws(HubError) -> [StoredSegment] {
        var segments: [StoredSegment] = []
        var room = budget
        guard budget > 0 else { return [] }
        // No more names than can be needed: no segment is shorter than its header.
        for name in try index.names(Array(arrivals.prefix(1 + budget / Self.leastSegment))) {
            let segment = try stored(name)
            guard segment.size <= room || segments.isEmpty else { break }
            segments.append(segment)
            room -= segment.size
        }
        return segments
    }

    /// No header line is shorter, in bytes.
    private static let leastSegment = 400

    /// A stored segment by its name. One whose file is gone, or is no file or none of a segment's size, though the index has it, is taken
    /// out like a damaged one.
    func stored(_ name: SegmentName) throws(HubError) -> StoredSegment {
        let path = "\(folder)/\(name.path)"
        guard let size = HubFiles.size(path), 1...Self.maximumFile ~= size else {
            if index.arrival(of: name.replica, last: name.last) != nil {
                setAside(name)
                throw HubError(.storage, "the file of \(name.path) is gone or damaged; ask again")
            }
            throw HubError(.notFound, "this hub does not hold \(name.path); list what it holds with GET …/segments")
        }
        return StoredSegment(path: path, whole: name, range: 0..<size)
    }

    /// The lines of the index, `<replica>/<file name>` for each segment in the order of their arrival.
    var list: StoredSegment { StoredSegment(path: folder + "/index", range: 0..<index.count * ArrivalIndex.lineLength) }

    /// Takes a segment out that was found damaged or gone, and with it what its log has behind it: clients that hold these entries send them
    /// again. Its file is kept in the folder `damaged`, for whoever runs the hub.
    func setAside(_ name: SegmentName) {
        do throws(HubError) {
            // Perhaps the disk gave something else once, or another request has seen to it.
            guard index.arrival(of: name.replica, last: name.last) != nil else { return }
            let isGone = HubFiles.content("\(folder)/\(name.path)") == .nothing
            if !isGone, try Self.intact(name, folder: folder) != nil { return }
            let target = try DamagedSegments(folder: folder).take(name)
            var rest = try ArrivalIndex(path: folder + "/index")
            size = try Self.load(&rest, folder: folder, archive: &description, logger: logger)
            index = rest
            lost = try DamagedSegments(folder: folder).lost(index)
            let what: Logger.Message = isGone ? "segment gone from the disk" : "damaged segment set aside"
            logger.error(what, metadata: ["segment": "\(name.path)", "kept": "\(target)"])
            for listener in listeners.values { listener.yield() }
        } catch {
            logger.error("damaged segment not set aside", metadata: ["segment": "\(name.path)", "reason": "\(error)"])
        }
    }

    // MARK: Telling of arrivals

    /// The digest of the vector now.
    var digest: VectorDigest { index.digest }

    /// Yields whenever a segment has arrived; several arrivals may come as one. Ends when the reader drops it.
    func arrivals() -> (AsyncStream<Void>, AsyncStream<Void>.Continuation) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        listenerCount += 1
        let number = listenerCount
        listeners[number] = continuation
        continuation.onTermination = { [weak self] _ in
            Task { await self?.forgetListener(number) }
        }
        return (stream, continuation)
    }

    private func forgetListener(_ number: Int) { listeners[number] = nil }

    // MARK: Storing

    private func require(_ archive: ArchiveID) throws(HubError) {
        guard let bound = description.archive, bound != archive else { return }
        throw HubError(
            .archiveMismatch,
            "'\(description.name)' on this hub holds another archive, \(bound); use its own name for archive \(archive)",
            archive: bound)
    }

    private func bind(_ archive: ArchiveID) throws(HubError) {
        guard description.archive == nil else { return }
        var bound = description
        bound.archive = archive
        try bound.write(folder: folder)
        description = bound
    }
}
