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
    private var uploads = 0
    private let settings: @Sendable () throws(HubError) -> HubSettings
    private var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
    private var listenerCount = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Reads the index, and mends it where the last process was cut off. Blocks while it reads.
    /// - Parameter settings: asked at each push, so that a new quota counts at once.
    init(
        folder: String, settings: @escaping @Sendable () throws(HubError) -> HubSettings = { HubSettings() }, logger: Logger
    ) throws(HubError) {
        self.folder = folder
        self.settings = settings
        self.logger = logger
        executor = DiskExecutor(label: "archivectl.hub.archive")
        for part in ["log", "tmp"] { try HubFiles.makeFolder("\(folder)/\(part)") }
        for leftover in try HubFiles.list(folder + "/tmp") { unlink("\(folder)/tmp/\(leftover)") }
        description = try ArchiveDescription(folder: folder)
        index = try ArrivalIndex(path: folder + "/index")
        size = try Self.load(&index, folder: folder, archive: &description, logger: logger)
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

    /// Decides about a segment by its header, before its payload is there.
    func admit(_ header: SegmentHeader) throws(HubError) -> Admission {
        try require(header.archive)
        if try holds(header) { return .held }
        guard header.start == index.end(of: header.replica) else { return .refused }
        try requireRoom(for: header)
        uploads += 1
        return .wanted(try SegmentUpload(header, path: "\(folder)/tmp/\(uploads)"))
    }

    /// Stores a segment durably that has come whole and intact, which the caller has seen to.
    func commit(_ upload: SegmentUpload) throws(HubError) -> Admission {
        let header = upload.header
        // Another request may have brought the same, or bound the archive, while this one was on its way.
        try require(header.archive)
        if try holds(header) { return .held }
        guard header.start == index.end(of: header.replica) else { return .refused }
        try requireRoom(for: header)
        try bind(header.archive)
        try HubFiles.makeFolder("\(folder)/log/\(header.replica.hex)")
        // What may be there under this name has no line in the index: the same, or damaged.
        try upload.move(to: "\(folder)/\(header.name.path)")
        try index.append(header.name)
        size += upload.size
        for listener in listeners.values { listener.yield() }
        return .wanted(upload)
    }

    private func holds(_ header: SegmentHeader) throws(HubError) -> Bool {
        guard let arrival = index.arrival(of: header.replica, last: header.last) else { return false }
        return try index.name(arrival).chain == header.chain
    }

    private func requireRoom(for header: SegmentHeader) throws(HubError) {
        guard let quota = try settings().quota, size + header.encode().count + header.length > quota else { return }
        throw HubError(
            .overQuota,
            "'\(description.name)' has used \(size) of its \(quota) bytes on this hub, and this push needs more; ask the hub's owner for a larger quota")
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
            guard segment.size <= room || segments.isEmpty && standing.budget > 0 else { break }
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
        guard let size = HubFiles.size(path) else {
            throw HubError(.notFound, "this hub does not hold \(name.path); list what it holds with GET …/segments")
        }
        return StoredSegment(path: path, range: 0..<size)
    }

    /// The lines of the index, `<replica>/<file name>` for each segment in the order of their arrival.
    var list: StoredSegment { StoredSegment(path: folder + "/index", range: 0..<index.count * ArrivalIndex.lineLength) }

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

    private static let maximumFile = SegmentHeader.maximumLine + SegmentHeader.maximumPayload

    // MARK: Starting

    private static func load(
        _ index: inout ArrivalIndex, folder: String, archive: inout ArchiveDescription, logger: Logger
    ) throws(HubError) -> Int {
        var files: [ReplicaID: [SegmentName]] = [:]
        for name in try HubFiles.list(folder + "/log") {
            guard let replica = ReplicaID(hex: name) else { continue }
            files[replica] = try HubFiles.list("\(folder)/log/\(name)").compactMap { SegmentName(replica: replica, file: $0) }
        }
        let present = Set(files.values.joined())
        var size = 0
        let dropped = try index.load { name in
            guard present.contains(name) else { return false }
            size += HubFiles.size("\(folder)/\(name.path)") ?? 0
            return true
        }
        if dropped > 0 { logger.warning("index mended", metadata: ["dropped": .stringConvertible(dropped), "folder": "\(folder)"]) }
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
                size += segment.bytes.count
                logger.notice("segment adopted", metadata: ["segment": "\(name.path)"])
            }
        }
        return size
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
