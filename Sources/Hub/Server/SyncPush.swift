import History
import Hummingbird
import Sync

/// One sync request as its body arrives: the line, then segment by segment, each to the disk as it comes.
struct SyncPush {
    private let archive: HubArchive
    private let scope: TokenScope
    private let limit: Int
    private var reader = SyncMessageReader()
    private var received = 0
    private var standing: HubArchive.Standing?
    private var request = SyncRequest(archive: nil)
    /// The segment under way, if it is wanted, and how much of it has come.
    private var upload: SegmentUpload?
    private var offset = 0
    /// Segments that have come whole and are not stored yet, and where they lead their logs.
    private var ready: [SegmentUpload] = []
    private var readyBytes = 0
    private var ends: [ReplicaID: LogPosition] = [:]
    private var pushed: [ReplicaID: SegmentName] = [:]
    private var refused: Set<ReplicaID> = []
    private(set) var stored = 0

    /// - Parameter limit: of the whole body, in bytes.
    init(archive: HubArchive, scope: TokenScope, limit: Int) {
        self.archive = archive
        self.scope = scope
        self.limit = limit
    }

    mutating func take(_ buffer: ByteBuffer) async throws {
        received += buffer.readableBytes
        guard received <= limit else { throw Self.tooLarge(limit) }
        buffer.withUnsafeReadableBytes { reader.append($0) }
        while let part = try reader.next() {
            switch part {
            case .line(let line):
                request = try SyncRequest(line: line)
                standing = try await archive.begin(request)
            case .header(let header):
                try await begin(header)
            case .piece(let piece):
                try upload?.write(piece, at: offset)
                offset += piece.count
            case .end:
                try await end()
            }
        }
    }

    private mutating func begin(_ header: SegmentHeader) async throws {
        guard scope == .write else {
            throw HubError(.forbidden, "this token may read only; to send changes, ask for one that may write")
        }
        if let archive = request.archive, archive != header.archive {
            throw HubError(
                .malformed, "a pushed segment is of archive \(header.archive), not of the request's \(archive)")
        }
        (upload, offset) = (nil, 0)
        note(try await archive.admit(header, after: ends[header.replica]), header)
    }

    private mutating func end() async throws {
        guard let upload else { return }
        self.upload = nil
        upload.close()
        ready.append(upload)
        readyBytes += upload.size
        ends[upload.header.replica] = upload.header.end
        if ready.count >= Self.together || readyBytes >= Self.bytesTogether { try await store() }
    }

    /// So many segments, or bytes of them, are brought to the disk together.
    private static let together = 512
    private static let bytesTogether = 8 << 20

    /// Stores what has come whole. What came before an error counts, too.
    mutating func store() async throws {
        let uploads = ready
        (ready, readyBytes, ends) = ([], 0, [:])
        guard !uploads.isEmpty else { return }
        for (upload, outcome) in zip(uploads, try await archive.commit(uploads)) {
            if case .wanted = outcome {
                stored += 1
                pushed[upload.header.replica] = upload.header.name
            } else {
                note(outcome, upload.header)
            }
        }
    }

    private mutating func note(_ admission: HubArchive.Admission, _ header: SegmentHeader) {
        switch admission {
        case .wanted(let upload): self.upload = upload
        case .held: pushed[header.replica] = header.name
        case .refused: refused.insert(header.replica)
        }
    }

    mutating func finish() async throws -> HubArchive.Answer {
        try reader.finish()
        try await store()
        guard let standing else { throw HubError(.malformed, "the request has no first line") }
        return try await archive.answer(standing, pushed: Array(pushed.values), refused: refused)
    }

    static func tooLarge(_ limit: Int) -> HubError {
        HubError(
            .tooLarge,
            "the request is longer than the \(limit) bytes that this hub takes at once; push in smaller parts")
    }
}
