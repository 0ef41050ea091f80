import Archive

/// Synchronizes with a remote that answers requests: mostly one is enough.
struct HubExchange {
    /// How many bytes of segments go into one request.
    static let requestBytes = 16 << 20
    /// Of other machines' logs no more entries than so many are brought before the hub has said how far it holds them.
    private static let fewEntries: Int64 = 32
    /// Segments are not cut into less than this many bytes of entries, whatever the remote takes.
    private static let leastContent = 64 << 10

    private var run: SyncRun
    private let hub: any SyncRemote
    /// The hub's vector as last seen; `nil` if it is not known.
    private var known: ArchiveVector?
    /// Of logs that the hub holds in another form than we do: how far that form is in this archive.
    private var taken: ArchiveVector
    /// How far the hub's logs were taken in by this run, or are asked for anew.
    private var received: [ReplicaID: Int64] = [:]
    /// Logs of which the hub holds a segment that cannot be used. What comes behind it is left there in this run.
    private var unusable: [ReplicaID: SegmentError] = [:]
    /// Logs that are asked for from an earlier entry on, to learn where the hub's form and ours parted.
    private var asking: Set<ReplicaID> = []
    private var isFirst = true
    private var more = false
    /// How many segments go into one request at most, and how many bytes of entries into one segment: less once the remote
    /// finds requests too large.
    private var limits = (segments: Int.max, content: SegmentCutter.content)

    init(_ run: SyncRun, _ hub: any SyncRemote) {
        self.run = run
        self.hub = hub
        known = run.record.digest == nil ? nil : run.record.vector
        taken = run.record.ends.filter(\.isTaken).reduce(into: [:]) { $0[$1.replica] = $1.position }
    }

    mutating func complete(opening: SyncEngine.Opening?, progress: (SyncReport) -> Void) throws -> SyncReport {
        if let response = opening?.response { try absorb(response, opening?.segments ?? [], pushed: []) }
        while try isFirst || isUnfinished() {
            try exchange()
            run.count(hub.traffic)
            try run.setRemaining(remaining())
            progress(run.report)
        }
        return try run.finish(hub.traffic)
    }

    // MARK: One request

    private mutating func exchange() throws {
        let (request, segments): (SyncRequest, [Segment]) = try run.archive.read { reader in
            (SyncRequest(archive: run.id, holding: try holding(reader), seen: known), try missing(reader))
        }
        // Where they end is kept before they go: what is sent again after a failure is then the same.
        if segments.count > 0 {
            try run.archive.write { try $0.addCuts(segments.map { ($0.header.replica, $0.header.last) }, for: run.name) }
        }
        do {
            let (response, received) = try hub.sync(request, segments: segments)
            if request.seen == nil { known = nil }
            try absorb(response, received, pushed: segments)
        } catch RemoteError.seenUnknown where known != nil {
            // The hub was replaced or went back in time: begin with the full vector.
            try forgetHub()
            run.note("the remote no longer knows what it held: it was replaced or went back in time, and gets again what it lacks")
        } catch let error as RemoteError where !segments.isEmpty && error.isOfPush {
            // What it does not take keeps nobody from what it has.
            if case .tooLarge = error, makeSmaller(segments.count) { return }
            run.refuse(error)
        }
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

    private mutating func forgetHub() throws {
        known = nil
        isFirst = true
    }

    /// How far we hold each log, as far as the hub is concerned.
    private func holding(_ reader: ArchiveReader) throws -> [ReplicaID: Int64] {
        var holding = try reader.vector().mapValues(\.sequence)
        for (replica, position) in taken { holding[replica] = max(holding[replica] ?? 0, position.sequence) }
        return holding.merging(received) { $1 }
    }

    /// What the hub lacks, as far as one request carries it.
    private func missing(_ reader: ArchiveReader) throws -> [Segment] {
        guard let known, run.report.refusal == nil else { return [] }
        let cutter = try SegmentCutter(reader, remote: run.name, content: limits.content)
        var segments: [Segment] = []
        var bytes = 0
        let own = try reader.replicaID
        for (replica, end) in try cutter.logs() {
            var position = known[replica] ?? .start
            // Others have most likely brought their logs: of much, its answer will say what it lacks. The own log, which rests on
            // them and comes last, goes with them.
            if isFirst, replica != own, end.sequence - position.sequence > Self.fewEntries { break }
            guard position.sequence < end.sequence, try reader.holds(position, of: replica) else { continue }
            while position.sequence < end.sequence, bytes < Self.requestBytes, segments.count < limits.segments {
                let segment = try cutter.segment(of: replica, after: position, upTo: end)
                segments.append(segment)
                bytes += segment.payload.count
                position = segment.header.end
            }
        }
        return segments
    }

    /// Takes a response in: all of it, with what it says of the remote, in one transaction.
    private mutating func absorb(_ response: SyncResponse, _ segments: [Segment], pushed: [Segment]) throws {
        if let id = response.archive, id != run.id { throw RemoteError.archiveMismatch(id) }
        let before = known ?? [:]
        let now = before.merging(response.vector) { $1 }
        guard now.digest == response.digest else {
            guard known != nil else { throw RemoteError.malformed("its vector does not have the digest that it gives") }
            return try forgetHub()
        }
        let state = (known: known, asking: asking)
        known = now
        more = response.more
        var exchange = self
        let applied = try run.archive.write { writer in
            let applied = try exchange.apply(segments, writer)
            try exchange.save(writer, digest: response.digest)
            return applied
        }
        self = exchange
        applied.forEach { run.add($0) }
        for segment in pushed where now[segment.header.replica]?.sequence ?? 0 >= segment.header.last {
            run.add(pushed: segment.header.last - segment.header.first + 1)
        }
        try askForDifferingLogs(before)
        // What cannot be used is as good as nothing.
        let isEmpty = segments.allSatisfy { unusable[$0.header.replica] != nil }
        if !isFirst, isEmpty, now == state.known, asking == state.asking, try isUnfinished() {
            // Going on would go on for ever.
            let reasons = unusable.values.map { "; \($0)" }.sorted().joined()
            throw RemoteError.malformed("it neither takes nor sends what is missing" + reasons)
        }
        isFirst = false
    }

    private mutating func apply(_ segments: [Segment], _ writer: ArchiveWriter) throws -> [ArchiveWriter.Applied] {
        var results: [ArchiveWriter.Applied] = []
        for segment in segments {
            let header = segment.header
            if unusable[header.replica] != nil {
                received[header.replica] = header.last
                continue
            }
            // Asked for anew, or about to be: what comes out of turn tells nothing.
            if asking.contains(header.replica), received[header.replica] != header.first - 1 { continue }
            if try writer.contradicts(header.start, of: header.replica) {
                ask(for: header.replica, after: 0)
                continue
            }
            received[header.replica] = header.last
            do {
                results.append(try run.apply(segment, writer))
            } catch let error as SegmentError {
                run.noteIncomplete("a segment that the hub holds was not used: \(error)")
                unusable[header.replica] = error
                asking.remove(header.replica)
                continue
            }
            guard header.end == known?[header.replica] else { continue }
            taken[header.replica] = header.end
            asking.remove(header.replica)
        }
        return results
    }

    private mutating func ask(for replica: ReplicaID, after sequence: Int64) {
        asking.insert(replica)
        received[replica] = sequence
    }

    private mutating func save(_ writer: ArchiveWriter, digest: VectorDigest) throws {
        let known = known ?? [:]
        taken = taken.filter { known[$0.key] == $0.value }
        try writer.setRemote(run.name, ends: Self.ends(known, taken), digest: digest.hex)
    }

    private static func ends(_ hub: ArchiveVector, _ taken: ArchiveVector) -> Set<RemoteEnd> {
        Set(hub.map { RemoteEnd(replica: $0.key, position: $0.value, isTaken: taken[$0.key] == $0.value) })
    }

    // MARK: Deciding

    /// Finds the logs that the hub holds in a form that is not a beginning of ours, and asks for them.
    private mutating func askForDifferingLogs(_ before: ArchiveVector) throws {
        guard let known else { return }
        let agreed = try run.archive.read { reader in
            try Self.differing(known, taken, reader).filter { unusable[$0] == nil }.map { replica in
                // What the hub held before in our form is still the beginning of both.
                let agreed = try before[replica].flatMap { try reader.holds($0, of: replica) ? $0.sequence : nil }
                return (replica, agreed ?? 0)
            }
        }
        for (replica, sequence) in agreed where !asking.contains(replica) { ask(for: replica, after: sequence) }
    }

    private static func differing(_ known: ArchiveVector, _ taken: ArchiveVector, _ reader: ArchiveReader) throws -> [ReplicaID] {
        let vector = try reader.vector()
        return try known.filter { replica, position in
            try position.sequence <= vector[replica]?.sequence ?? 0 && taken[replica] != position && !reader.holds(position, of: replica)
        }.map(\.key)
    }

    private func isUnfinished() throws -> Bool {
        guard let known, !more, asking.isEmpty else { return true }
        guard run.report.refusal == nil else { return false }
        return try run.archive.read { reader in
            try reader.vector().contains { replica, end in
                let theirs = known[replica] ?? .start
                return try end.sequence > theirs.sequence && reader.holds(theirs, of: replica)
            }
        }
    }

    /// How many entries are missing on either side, as far as is known.
    private func remaining() throws -> Int {
        let known = known ?? [:]
        return try run.archive.read { reader in
            let (ours, held) = (try reader.vector(), try holding(reader))
            let toReceive = known.reduce(0) { $0 + max(0, $1.value.sequence - (held[$1.key] ?? 0)) }
            return Int(ours.reduce(toReceive) { $0 + max(0, $1.value.sequence - (known[$1.key]?.sequence ?? 0)) })
        }
    }

    // MARK: Looking ahead

    func preview() throws -> SyncPreview {
        do {
            return try preview(seen: known)
        } catch RemoteError.seenUnknown where known != nil {
            return try preview(seen: nil)
        }
    }

    private func preview(seen: ArchiveVector?) throws -> SyncPreview {
        let holding = try run.archive.read { try self.holding($0) }
        let response = try hub.sync(SyncRequest(archive: run.id, budget: 0, holding: holding, seen: seen), segments: []).response
        if let id = response.archive, id != run.id { throw RemoteError.archiveMismatch(id) }
        let theirs = (seen ?? [:]).merging(response.vector) { $1 }
        return try run.archive.read { reader -> SyncPreview in
            var preview = SyncPreview()
            for (replica, position) in theirs { preview.toReceive += Int(max(0, position.sequence - (holding[replica] ?? 0))) }
            for (replica, end) in try reader.vector() where try reader.holds(theirs[replica] ?? .start, of: replica) {
                preview.toSend += Int(max(0, end.sequence - (theirs[replica]?.sequence ?? 0)))
            }
            preview.differing = try Self.differing(theirs, taken, reader)
            return preview
        }
    }
}
