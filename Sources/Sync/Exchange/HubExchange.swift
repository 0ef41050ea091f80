import Archive
import History

/// Synchronizes with a remote that answers requests: mostly one is enough.
///
/// Whatever a remote says, a run comes to an end: each round has to bring something new or to get on with what was promised, and
/// how many there may be follows from what was promised at the beginning (`Progress`).
struct HubExchange {
    /// How many bytes of segments go into one request.
    static let requestBytes = 16 << 20
    /// Of other machines' logs no more entries than so many are brought before the hub has said how far it holds them.
    private static let fewEntries: Int64 = 32
    /// Segments are not cut into less than this many bytes of entries, whatever the remote takes.
    private static let leastContent = 64 << 10
    /// How often a remote may be at variance with what it said before, in one run.
    private static let mostResets = 3

    var run: SyncRun
    private let hub: any Remote
    private let syncing: any Syncing
    /// How many logs a request names.
    private let mostLogs: Int
    /// The hub's vector as last seen; `nil` if it is not known.
    var known: ArchiveVector?
    /// Whether that is all of it, rather than what it was at a moment that is past.
    var isComplete = true
    /// Of logs that the hub holds in another form than we do: how far that form is in this archive.
    var taken: ArchiveVector
    /// How far the hub's logs were taken in by this run, or are asked for anew.
    var received: [ReplicaID: Int64] = [:]
    /// How far the last request said that each log is held.
    var told: [ReplicaID: Int64] = [:]
    /// Logs of which the hub holds a segment that cannot be used. What comes behind it is left there in this run.
    var unusable: [ReplicaID: SegmentError] = [:]
    /// Logs that were left on the hub since too much waits here already: asked for again once something could be applied.
    var crowded: Set<ReplicaID> = []
    /// Logs of which the hub says that it has lost something, and how far it had held them.
    var lost: [ReplicaID: Int64] = [:]
    /// Logs that are asked for from an earlier entry on, to learn where the hub's form and ours parted.
    var asking: Set<ReplicaID> = []
    /// Segments that were sent, as long as the hub's vector is not known as far as they go.
    var unconfirmed: [SegmentHeader] = []
    /// Logs that are damaged here, and how far the hub can get them.
    private var blocked: [ReplicaID: Int64] = [:]
    var isFirst = true
    var more = false
    var progress = Progress()
    private var resets = 0
    /// How many segments go into one request at most, and how many bytes of entries into one segment: less once the remote
    /// finds requests too large.
    private var limits = (segments: Int.max, content: SegmentCutter.content)

    init(_ run: SyncRun, _ hub: any Remote, _ syncing: any Syncing, mostLogs: Int = VectorLimits.logs) {
        self.run = run
        self.hub = hub
        self.syncing = syncing
        self.mostLogs = mostLogs
        known = run.record.digest == nil ? nil : run.record.vector
        taken = run.record.ends.filter(\.isTaken).reduce(into: [:]) { $0[$1.replica] = $1.position }
    }

    mutating func complete(opening: SyncEngine.Opening?, progress report: (SyncReport) -> Void) throws -> SyncReport {
        try run.retryInvalid()
        if let response = opening?.response { try absorb(response, opening?.segments ?? [], pushed: [], isFull: true) }
        repeat {
            while try isFirst || isUnfinished() {
                guard progress.mayGoOn else {
                    run.noteIncomplete(
                        "the remote did not finish: it promised more than it sent; sync again to continue")
                    break
                }
                try exchange()
                run.count(hub.traffic)
                try run.setRemaining(remaining())
                report(run.report)
            }
        } while try run.askForTexts() && run.report.refusal == nil && progress.mayGoOn
        if !crowded.isEmpty { run.noteCrowded() }
        try noteLosses()
        return try run.finish(hub.traffic)
    }

    /// Says what was promised and is nowhere that this run can reach. What the hub lost and is held here, it has by now.
    private mutating func noteLosses() throws {
        let missing = try run.archive.read { reader in
            try lost.filter { try reader.end(of: $0.key).sequence < $0.value }
        }
        for (replica, last) in missing.sorted(by: { $0.key < $1.key }) {
            run.noteIncomplete(
                "the hub has lost entries of the log \(replica.hex.prefix(12)), of which it held \(last): they were damaged or removed there, and come as soon as an archive that holds them synchronizes"
            )
        }
    }

    // MARK: One request

    private mutating func exchange() throws {
        if known == nil, try run.archive.read({ try holding($0).count }) > mostLogs { try learn() }
        let (held, segments): ([ReplicaID: Int64], [LogSegment]) = try run.archive.read { reader in
            let segments = try missing(reader)
            run.note(damage: reader.damage, reader)
            return (try holding(reader), segments)
        }
        let request = SyncRequest(archive: run.id, holding: held, seen: known, most: mostLogs)
        told = held
        // Where they end is kept before they go: what is sent again after a failure is then the same.
        if segments.count > 0 {
            try run.archive.write {
                try $0.addCuts(segments.map { ($0.header.replica, $0.header.last) }, for: run.name)
            }
        }
        do {
            let (response, received) = try syncing.sync(request, segments: segments)
            if request.seen == nil { known = nil }
            try absorb(response, received, pushed: segments, isFull: request.seen == nil)
        } catch RemoteError.seenUnknown where known != nil {
            // The hub was replaced or went back in time: begin with the full vector.
            try forgetHub()
            run.note(
                "the remote no longer has all that it had: it was replaced, damaged or set back, and is sent again what it lacks"
            )
        } catch let error as RemoteError where !segments.isEmpty && error.isOfPush {
            // What it does not take keeps nobody from what it has.
            if case .tooLarge = error, makeSmaller(segments.count) { return }
            run.refuse(error)
        }
    }

    /// Asks for the hub's vector alone: a request without it has no room for all logs that are held.
    private mutating func learn() throws {
        known = try vector(from: known ?? [:])
        isComplete = true
    }

    /// Has the next request carry less; `false` if it cannot.
    private mutating func makeSmaller(_ count: Int) -> Bool {
        if count > 1 {
            limits.segments = count / 2
        } else if limits.content > Self.leastContent {
            limits.content /= 2
        } else {
            return false
        }
        return true
    }

    /// To begin again with the full vector.
    mutating func forgetHub() throws {
        resets += 1
        guard resets <= Self.mostResets else {
            throw RemoteError.malformed("what it says that it holds changes each time that it is asked")
        }
        known = nil
        isComplete = true
        isFirst = true
    }

    /// How far we hold each log, as far as the hub is concerned.
    func holding(_ reader: ArchiveReader) throws -> [ReplicaID: Int64] {
        var holding = try reader.vector().mapValues(\.sequence)
        for (replica, position) in taken { holding[replica] = max(holding[replica] ?? 0, position.sequence) }
        return holding.merging(received) { $1 }
    }

    /// What the hub lacks, as far as one request carries it.
    private mutating func missing(_ reader: ArchiveReader) throws -> [LogSegment] {
        guard let known, isComplete, run.report.refusal == nil else { return [] }
        let cutter = try SegmentCutter(reader, remote: run.name, codec: run.codec, content: limits.content)
        var segments: [LogSegment] = []
        var bytes = 0
        let own = try reader.replicaID
        for (replica, end) in try cutter.logs() {
            var position = known[replica] ?? .start
            // Others have most likely brought their logs: of much, its answer will say what it lacks. The own log, which rests on
            // them and comes last, goes with them.
            if isFirst, replica != own, end.sequence - position.sequence > Self.fewEntries { break }
            guard position.sequence < end.sequence, blocked[replica] != position.sequence,
                try reader.holds(position, of: replica)
            else { continue }
            while position.sequence < end.sequence, bytes < Self.requestBytes, segments.count < limits.segments {
                guard let segment = try cutter.segment(of: replica, after: position, upTo: end) else {
                    blocked[replica] = position.sequence
                    run.noteUnsent(replica, after: position.sequence)
                    break
                }
                segments.append(segment)
                bytes += segment.payload.count
                position = segment.header.end
            }
        }
        return segments
    }

    // MARK: Deciding

    mutating func isUnfinished() throws -> Bool {
        guard let known, isComplete, !more, asking.isEmpty else { return true }
        if try isBehind(known) { return true }
        if !crowded.isEmpty, progress.takeAdditions() {
            for replica in crowded { received[replica] = nil }
            crowded = []
            return true
        }
        guard run.report.refusal == nil else { return false }
        return try run.archive.read { reader in
            try reader.vector().contains { replica, end in
                let theirs = known[replica] ?? .start
                return try end.sequence > theirs.sequence && blocked[replica] != theirs.sequence
                    && reader.holds(theirs, of: replica)
            }
        }
    }

    /// Whether the hub has something that it was not asked for, since a request names so many logs only.
    private func isBehind(_ known: ArchiveVector) throws -> Bool {
        let held = try run.archive.read { try holding($0) }
        return known.contains { $0.value.sequence > held[$0.key] ?? 0 }
    }

    /// How many entries are missing on either side, as far as is known.
    func remaining() throws -> Int {
        let known = known ?? [:]
        return try run.archive.read { reader in
            let (ours, held) = (try reader.vector(), try holding(reader))
            let toReceive = known.reduce(0) { $0 &+ max(0, $1.value.sequence - (held[$1.key] ?? 0)) }
            return Int(ours.reduce(toReceive) { $0 &+ max(0, $1.value.sequence - (known[$1.key]?.sequence ?? 0)) })
        }
    }

    // MARK: Looking ahead

    func preview() throws -> SyncPreview {
        do {
            return try preview(vector(from: known ?? [:]))
        } catch RemoteError.seenUnknown where known != nil {
            return try preview(vector(from: [:]))
        }
    }

    /// The hub's vector, asked for without any segments.
    /// - Parameter seen: what is known of it.
    private func vector(from seen: ArchiveVector) throws -> ArchiveVector {
        var vector = seen
        var progress = Progress()
        while progress.mayGoOn {
            let response = try syncing.sync(SyncRequest(archive: run.id, budget: 0, seen: vector.digest), segments: [])
                .response
            if let id = response.archive, id != run.id { throw RemoteError.archiveMismatch(id) }
            vector = try Self.merge(response, into: vector)
            guard vector.digest == response.digest else { throw Self.wrongDigest }
            if !response.isPartial { return vector }
            guard !response.vector.isEmpty else { break }
            progress.note(additions: 0)
        }
        throw RemoteError.malformed("its vector does not come to an end")
    }

    private func preview(_ theirs: ArchiveVector) throws -> SyncPreview {
        try run.archive.read { reader -> SyncPreview in
            var preview = SyncPreview()
            let held = try holding(reader)
            for (replica, position) in theirs {
                preview.toReceive += Int(max(0, position.sequence - (held[replica] ?? 0)))
            }
            for (replica, end) in try reader.vector() where try reader.holds(theirs[replica] ?? .start, of: replica) {
                preview.toSend += Int(max(0, end.sequence - (theirs[replica]?.sequence ?? 0)))
            }
            preview.differing = try Self.differing(theirs, taken, reader)
            return preview
        }
    }
}
