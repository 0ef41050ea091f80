import Archive
import History

/// What one run of synchronization did.
public struct SyncReport: Sendable {
    /// Log entries that the remote took.
    public internal(set) var pushed = 0
    /// Log entries that became part of this replica.
    public internal(set) var pulled = 0
    /// Items that the run left as a clean merge of several heads.
    public internal(set) var merged = 0
    /// Essays that were here, and that what came in deleted.
    public internal(set) var deleted: [ItemSummary] = []
    /// Items in conflict now, whenever that came about.
    public internal(set) var conflicts = 0
    /// Requests, or operations on the files of a folder.
    public internal(set) var requests = 0
    /// Bytes on the wire, headers included.
    public internal(set) var sentBytes = 0
    /// In bytes, headers included.
    public internal(set) var receivedBytes = 0
    /// How many more log entries are known to be missing, here and there.
    public internal(set) var remaining = 0
    /// Whether the remote does not hold all that it promises, or holds what is damaged or cannot be used.
    public internal(set) var isRemoteIncomplete = false
    /// Texts that are missing or damaged in this archive, which its log asks others for.
    public internal(set) var lacking = 0
    /// What was not sent, since it is damaged here: how many texts and entries.
    public internal(set) var unsent = 0
    /// What a person should know.
    public internal(set) var notes: [String] = []
    /// Whether the remote holds something of a format that a later version of this program may be able to read.
    public internal(set) var holdsLaterFormat = false
    /// Why the remote took nothing of what was brought. What it has was received all the same.
    public internal(set) var refusal: RemoteError?

    /// Whether something is damaged or missing here.
    public var isDamaged: Bool { lacking > 0 || unsent > 0 }

    public init() {}
}

/// What a run would send and receive, in log entries.
public struct SyncPreview: Sendable {
    /// How many changes the remote lacks.
    public internal(set) var toSend = 0
    /// How many changes this archive lacks.
    public internal(set) var toReceive = 0
    /// Logs that this archive and the remote hold in different forms, which a sync repairs.
    public internal(set) var differing: [ReplicaID] = []
}

/// One run of synchronization, as far as it has come.
struct SyncRun {
    let archive: Archive
    let id: ArchiveID
    /// Under which name the archive knows the remote.
    let name: String
    /// What the remote held when last seen.
    let record: RemoteRecord
    let codec: any SegmentCodec
    private(set) var report = SyncReport()
    private var items: Set<Int64> = []
    /// What is damaged here, as far as it was met.
    private var damage: Set<Damage> = []
    /// How many essays a note is about, each by its title.
    private static let named = 5
    /// What had moved before the run.
    private let before: Traffic
    /// How essays stood before the first of what came in.
    private let standing = Standing()

    private final class Standing {
        var before: EssayStanding?
    }

    init(_ archive: Archive, remote name: String, codec: any SegmentCodec, before: Traffic = Traffic()) throws {
        self.codec = codec
        self.archive = archive
        self.name = name
        self.before = before
        (id, record) = try archive.read { (try $0.archiveID, try $0.remote(name)) }
    }

    mutating func note(_ text: String) {
        if !report.notes.contains(text) { report.notes.append(text) }
    }

    /// - Parameter isOfLaterFormat: whether it is because of something that a later version may be able to read.
    mutating func noteIncomplete(_ text: String, isOfLaterFormat: Bool = false) {
        report.isRemoteIncomplete = true
        if isOfLaterFormat { report.holdsLaterFormat = true }
        note(text)
    }

    /// Notes what is damaged here and was left out of what is sent.
    mutating func note(damage: Set<Damage>, _ reader: ArchiveReader) {
        let new = damage.subtracting(self.damage)
        self.damage.formUnion(damage)
        for item in new.flatMap({ reader.items(damagedBy: $0, limit: 1) }).prefix(Self.named) {
            note("\(item) is damaged here, and was not sent")
        }
        report.unsent = self.damage.count
    }

    /// Notes that a log cannot be sent beyond an entry.
    mutating func noteUnsent(_ replica: ReplicaID, after sequence: Int64) {
        report.unsent = max(report.unsent, 1)
        note(
            "the log \(replica.hex.prefix(12)) is damaged here after entry \(sequence); what comes behind was not sent")
    }

    /// Has the archive's log say which texts are missing here: any archive that holds them answers through the remote.
    /// - Returns: whether the log says anything new.
    @discardableResult
    mutating func askForTexts() throws -> Bool {
        let texts = damage.compactMap { if case .text(let hash) = $0 { hash } else { nil } }
        guard try !texts.isEmpty || archive.read({ try $0.lackingCount() }) > 0 else { return false }
        return try archive.write { writer in
            try writer.markLacking(texts)
            try writer.settleLackingTexts()
            return try writer.logLackingTexts() > 0
        }
    }

    mutating func refuse(_ error: RemoteError) { report.refusal = error }

    mutating func add(pushed: Int64) { report.pushed += Int(pushed) }

    mutating func setRemaining(_ count: Int) { report.remaining = count }

    mutating func count(_ traffic: Traffic) {
        report.requests = traffic.requests - before.requests
        report.sentBytes = traffic.sentBytes - before.sentBytes
        report.receivedBytes = traffic.receivedBytes - before.receivedBytes
    }

    /// Applies a segment's entries.
    /// - Throws: `RemoteError`, `SegmentError` if it is not what it says; nothing of it is then applied.
    func apply(_ segment: LogSegment, _ writer: ArchiveWriter) throws -> ArchiveWriter.Applied {
        guard segment.header.archive == id else { throw RemoteError.archiveMismatch(segment.header.archive) }
        if standing.before == nil { standing.before = try writer.reader.standing() }
        // All of it is checked before anything is applied; and what is long is unpacked twice rather than held.
        var entries: [LogEntry] = []
        var size = 0
        try codec.forEach(segment) { entry in
            size += entry.size
            if size <= Self.heldContent { entries.append(entry) } else { entries = [] }
        }
        if size <= Self.heldContent { return try writer.apply(entries, after: segment.header.start) }
        return try applyInParts(segment, writer)
    }

    /// How many bytes of entries are held at once, if one entry has no more.
    private static let heldContent = 2 * SegmentCutter.content

    private func applyInParts(_ segment: LogSegment, _ writer: ArchiveWriter) throws -> ArchiveWriter.Applied {
        var result = ArchiveWriter.Applied()
        var failure: (any Error)?
        var (position, part, size) = (segment.header.start, [LogEntry](), 0)
        func apply() {
            guard failure == nil, !result.isCrowded, !part.isEmpty else { return }
            do {
                try result.add(writer.apply(part, after: position))
                position = part.reduce(position) { $0.appending($1.id) }
            } catch {
                failure = error
            }
            (part, size) = ([], 0)
        }
        try codec.forEach(segment) { entry in
            if size + entry.size > SegmentCutter.content { apply() }
            part.append(entry)
            size += entry.size
        }
        apply()
        if let failure { throw failure }
        return result
    }

    /// Tries the entries again that came in an earlier run and were not valid.
    mutating func retryInvalid() throws {
        guard try archive.read({ try $0.hasInvalidEntries() }) else { return }
        add(try archive.write { try $0.retryInvalid() })
    }

    mutating func noteCrowded() {
        noteIncomplete(
            "much that came waits for entries that are not here yet; what would have to wait beyond that was left on the remote, and comes once there is room"
        )
    }

    /// Takes into the report what came of applying, once it is committed.
    mutating func add(_ applied: ArchiveWriter.Applied) {
        report.pulled += applied.count
        items.formUnion(applied.items)
        for end in applied.forks {
            note(
                "two files used the replica ID \(end.replica.hex.prefix(12)); its log ends at entry \(end.last), and later changes are under other IDs: nothing is lost"
            )
        }
        for reason in applied.invalid.values.sorted() {
            noteIncomplete("a log has an entry that is not valid, and waits there: \(reason)")
        }
        if applied.tookNewReplicaID {
            note(
                "this archive is a copy or was set back to an older state; it has a new replica ID now, and nothing is lost"
            )
        }
    }

    /// The report, complete with how the archive stands now.
    mutating func finish(_ traffic: Traffic) throws -> SyncReport {
        count(traffic)
        let revived = try archive.read { reader in try reader.revived(items).map { try reader.summary($0) } }
        for essay in revived.prefix(Self.named) {
            note(
                "'\(essay.title)' was deleted on one machine and changed on another: it was kept, with the change"
            )
        }
        if revived.count > Self.named {
            note(
                "\(revived.count - Self.named) more essays were deleted on one machine and changed on another, and kept"
            )
        }
        let (lacking, whose) = try archive.read { (try $0.lackingCount(), try $0.lackingItems(limit: Self.named)) }
        report.lacking = lacking
        if lacking > 0 {
            let names = whose.map(\.description).joined(separator: ", ")
            note(
                "the texts of \(lacking == 1 ? "1 version" : "\(lacking) versions") are missing or damaged here\(names.isEmpty ? "" : ": \(names)")\(lacking > whose.count && !whose.isEmpty ? " and others" : ""); they come as soon as an archive that holds them synchronizes"
            )
        }
        try archive.read { reader in
            if let before = standing.before { report.deleted = try reader.deleted(items, since: before) }
            report.merged = try reader.countMerged(items)
            report.conflicts = try reader.counts().conflicts
        }
        return report
    }
}

extension LogEntry {
    /// Bytes of the entry and of the text that it brings.
    var size: Int { bytes.count + (text?.data.count ?? 0) }
}
