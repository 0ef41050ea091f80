import Archive

/// Synchronizes one archive with one remote: sends what the remote lacks, applies what it has, until both are even.
///
/// Everything rests on vectors: how far each replica's log is held here, and how far the remote held it when last seen.
/// What the remote sent and what is known of it are committed together, so that a run that is cut short, anywhere, is
/// simply gone on with by the next one.
public struct SyncEngine {
    private let archive: Archive
    private let name: String
    private let remote: any SyncRemote

    /// - Parameter remote: the name under which the archive knows the remote.
    public init(_ archive: Archive, remote: String, exchange: any SyncRemote) {
        self.archive = archive
        name = remote
        self.remote = exchange
    }

    /// A remote's first answer to somebody who holds nothing yet.
    public struct Opening: Sendable {
        public let archive: ArchiveID
        let response: SyncResponse
        let segments: [Segment]
    }

    /// Asks a remote which archive it holds, and for the beginning of it.
    public static func open(_ remote: some SyncRemote) throws -> Opening {
        let (response, segments) = try remote.sync(SyncRequest(archive: nil, vector: [:]), segments: [])
        guard let id = response.archive else {
            throw ArchiveError(.notFound, "the remote is still empty", advice: "Sync an archive to it first, then clone")
        }
        return Opening(archive: id, response: response, segments: segments)
    }

    /// Exchanges until neither side lacks anything.
    /// - Parameters:
    ///   - opening: the first answer, if it was had already.
    ///   - progress: called after each request.
    /// - Throws: `RemoteError` or `ArchiveError`; what was applied by then is complete and stays.
    public func run(opening: Opening? = nil, progress: (SyncReport) -> Void = { _ in }) throws -> SyncReport {
        var run = SyncRun(try archive.read { reader in
            let record = try reader.remote(name)
            return (try reader.archiveID, record.digest == nil ? nil : record.vector, try Self.agreed(reader))
        })
        if let opening { try absorb(opening.response, opening.segments, pushed: [], &run) }
        while try run.isFirst || isUnfinished(&run) {
            try exchange(&run)
            count(&run.report)
            progress(run.report)
        }
        count(&run.report)
        try archive.read { reader in
            run.report.merged = try reader.countMerged(run.items)
            run.report.conflicts = try reader.counts().conflicts
        }
        return run.report
    }

    private func count(_ report: inout SyncReport) {
        let traffic = remote.traffic
        (report.requests, report.sentBytes, report.receivedBytes) = (traffic.requests, traffic.sentBytes, traffic.receivedBytes)
    }

    // MARK: One request

    private func exchange(_ run: inout SyncRun) throws {
        if let known = run.known { try healOwnLog(known, &run) }
        let (request, segments) = try archive.read { try SyncPlan(reader: $0, archive: run.archive, known: run.known).make() }
        do {
            let (response, received) = try remote.sync(request, segments: segments)
            if request.seen == nil { run.known = nil }
            try absorb(response, received, pushed: segments, &run)
        } catch RemoteError.seenUnknown where run.known != nil {
            // The hub was replaced or went back in time: begin with the full vector.
            run.known = nil
            run.isFirst = true
        }
    }

    /// Takes a response in: all of it, with what it says of the remote, in one transaction.
    private func absorb(_ response: SyncResponse, _ segments: [Segment], pushed: [Segment], _ run: inout SyncRun) throws {
        if let id = response.archive, id != run.archive { throw RemoteError.archiveMismatch(id) }
        let known = (run.known ?? [:]).merging(response.vector) { $1 }
        guard known.digest == response.digest else {
            guard run.known != nil else { throw RemoteError.malformed("its vector does not have the digest that it gives") }
            run.known = nil
            run.isFirst = true
            return
        }
        let (applied, items) = try archive.write { writer in
            var applied = 0
            var items: Set<Int64> = []
            for segment in segments {
                let entries = try Self.checked(segment, archive: run.archive, writer: writer)
                let result = try writer.apply(entries)
                applied += result.count
                items.formUnion(result.items)
            }
            try writer.setRemote(name, vector: known, digest: response.digest.hex)
            return (applied, items)
        }
        let accepted = pushed.filter { (known[$0.header.replica]?.sequence ?? 0) >= $0.header.last }
        run.report.pulled += applied
        run.report.pushed += accepted.reduce(0) { $0 + Int($1.header.last - $1.header.first + 1) }
        run.items.formUnion(items)
        if !run.isFirst, applied == 0, segments.isEmpty, known == run.known ?? [:] {
            // Going on would go on for ever.
            throw ArchiveError(
                .failed, "the remote neither takes nor sends what is missing: it and this archive hold different logs of one replica",
                advice: "Nothing was lost; clone from the remote beside this archive and compare")
        }
        run.isFirst = false
        run.more = response.more
        run.known = known
    }

    /// The segment's entries, after checking that they go on where our copy of that log is, or agree with it.
    private static func checked(_ segment: Segment, archive: ArchiveID, writer: ArchiveWriter) throws -> [LogEntry] {
        let header = segment.header
        guard header.archive == archive else { throw RemoteError.archiveMismatch(header.archive) }
        let entries = try SegmentCodec.decode(segment)
        let reader = try writer.reader
        var chain = header.previous
        if let held = try reader.chain(of: header.replica, at: header.first - 1), held != chain {
            throw SegmentError(header, "they do not follow the \(header.first - 1) entries of that log that are here")
        }
        for entry in entries {
            chain = chain.appending(entry.id)
            guard let held = try reader.chain(of: header.replica, at: entry.sequence) else { break }
            guard held == chain else {
                throw SegmentError(header, "entry \(entry.sequence) is not the one that is here: two files used one replica ID")
            }
        }
        return entries
    }

    // MARK: Deciding

    private func isUnfinished(_ run: inout SyncRun) throws -> Bool {
        guard let known = run.known, !run.more else { return true }
        return try archive.read { reader in
            try reader.vector().contains { $0.value.sequence > known[$0.key]?.sequence ?? 0 } || Self.ownLogDiffers(known, reader)
        }
    }

    /// How far some remote is known to have held our own log as it is here.
    private static func agreed(_ reader: ArchiveReader) throws -> Int64 {
        let own = try reader.replicaID
        return try reader.remotes().compactMap { $0.vector[own] }
            .filter { try reader.chain(of: own, at: $0.sequence) == $0.chain }.map(\.sequence).max() ?? 0
    }

    private static func ownLogDiffers(_ known: ArchiveVector, _ reader: ArchiveReader) throws -> Bool {
        let own = try reader.replicaID
        guard let theirs = known[own] else { return false }
        return try reader.chain(of: own, at: theirs.sequence) != theirs.chain
    }

    /// Where the remote's copy of our own log is longer than ours, or differs, another file has used our replica ID: our
    /// log ends at the last entry that both agreed on, and the rest is logged again under a new ID.
    private func healOwnLog(_ known: ArchiveVector, _ run: inout SyncRun) throws {
        guard try archive.read({ try Self.ownLogDiffers(known, $0) }) else { return }
        try archive.write { try $0.forkOwnLog(after: run.agreed) }
        run.agreed = 0
        run.report.notes.append("this archive is a copy or was set back: it goes on under a new replica ID; nothing is lost")
    }
}

/// What a run knows so far.
private struct SyncRun {
    let archive: ArchiveID
    /// The remote's vector as last seen; `nil` if it is not known.
    var known: ArchiveVector?
    /// Up to where everybody agrees about our own log.
    var agreed: Int64
    var isFirst = true
    var more = false
    var items: Set<Int64> = []
    var report = SyncReport()

    init(_ start: (ArchiveID, ArchiveVector?, Int64)) { (archive, known, agreed) = start }
}
