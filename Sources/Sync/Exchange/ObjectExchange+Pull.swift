import Archive
import History

/// Taking what is new.
extension ObjectExchange {
    /// So many segments, or bytes of them, are applied in one transaction.
    private static let together = 512
    private static let bytesTogether = 8 << 20

    typealias Log = (key: ReplicaID, value: Set<SegmentName>)

    mutating func pull(_ logs: [Log], _ progress: (SyncReport) -> Void) throws {
        let new = try unknown(Dictionary(uniqueKeysWithValues: logs.map { ($0.key, $0.value) }))
        for (replica, _) in logs { try pull(replica, new[replica] ?? [], progress) }
        // Where there was no room for a log, there may be now.
        while !crowded.isEmpty, hasNews {
            let again = crowded.sorted()
            (hasNews, crowded) = (false, [])
            for replica in again { try pull(replica, new[replica] ?? [], progress) }
        }
        if !crowded.isEmpty { run.noteCrowded() }
    }

    /// Reads the segments of a log that are not here, in the order of the log.
    /// - Parameter ends: where it leads that is not here.
    private mutating func pull(_ replica: ReplicaID, _ ends: Set<SegmentName>, _ progress: (SyncReport) -> Void) throws
    {
        guard !ends.isEmpty else { return }
        let end = try run.archive.read { try $0.end(of: replica) }
        // Mostly a head names the one segment that is new.
        let next = ends.filter { $0.first <= end.sequence + 1 }
        if try !next.isEmpty && take(next.sorted(by: SegmentName.coversMore), progress), try isReached(ends) { return }
        // Next, what goes beyond what is here. And at last all: what is here may be another form of the log, and a longer segment
        // may begin before its end. A list can be old: the heads say more. And a segment can be gone in favour of a longer one:
        // list again.
        for attempt in 0..<3 where !crowded.contains(replica) {
            let first = attempt == 0 ? end.sequence + 1 : 0
            if attempt == 0, end == .start { continue }
            let names = try Set(names.segments(of: replica, from: first)).union(ends)
            let isComplete = try take(names.sorted(by: SegmentName.coversMore), progress)
            if attempt == 0 ? try isReached(ends) : isComplete { return }
        }
    }

    /// Whether all that the heads promise is here.
    private func isReached(_ ends: Set<SegmentName>) throws -> Bool {
        try run.archive.read { reader in try ends.allSatisfy { try reader.holds($0.end, of: $0.replica) } }
    }

    /// Reads and applies those of the segments that are not here.
    /// - Returns: whether none of them was missing.
    private mutating func take(_ names: [SegmentName], _ progress: (SyncReport) -> Void) throws -> Bool {
        var (isComplete, batch, bytes, last) = (true, [LogSegment](), 0, Int64(0))
        for name in names where !read.contains(name) {
            // What overlaps may be here once what came before it is applied.
            if name.first <= last || batch.count >= Self.together || bytes >= Self.bytesTogether {
                try apply(batch, progress)
                (batch, bytes) = ([], 0)
            }
            if crowded.contains(name.replica) { return true }
            guard try !isHeld(name) else { continue }
            do {
                batch.append(try self.names.segment(name))
                bytes += batch.last!.payload.count
                last = max(last, name.last)
            } catch ObjectStore.Unreadable.missing {
                isComplete = false
            } catch ObjectStore.Unreadable.damaged {
                run.noteIncomplete(
                    "the remote's \(name.path) is damaged and was not used; a sync of any archive that holds those entries repairs it"
                )
            } catch let error as MalformedMessage where error.isOfLaterFormat {
                later.insert(name.replica)
                run.noteIncomplete("the remote's \(name.path) was not used: \(error)", isOfLaterFormat: true)
            }
        }
        try apply(batch, progress)
        return isComplete
    }

    private mutating func apply(_ segments: [LogSegment], _ progress: (SyncReport) -> Void) throws {
        guard !segments.isEmpty else { return }
        let results = try apply(segments)
        for (segment, result) in zip(segments, results) {
            let header = segment.header
            switch result {
            case .success(let applied):
                run.add(applied)
                hasNews = hasNews || applied.additions > 0
                if applied.isCrowded {
                    crowded.insert(header.replica)
                } else {
                    read.insert(header.name)
                    starts[header.replica, default: [:]][header.end, default: []].append(header.start)
                }
            case .failure(let error):
                // As somebody wrote it: nobody will write it anew under this name.
                run.noteIncomplete(
                    "the remote's \(header.name.path) was not used: \(error)", isOfLaterFormat: error.isOfLaterFormat)
                if error.isOfLaterFormat { later.insert(header.replica) }
            }
        }
        run.count(remote.traffic)
        progress(run.report)
    }

    /// Applies segments in one transaction; those behind one that found no room are left out.
    private func apply(_ segments: [LogSegment]) throws -> [Result<ArchiveWriter.Applied, SegmentError>] {
        try run.archive.write { writer in
            var results: [Result<ArchiveWriter.Applied, SegmentError>] = []
            for segment in segments {
                do {
                    let applied = try run.apply(segment, writer)
                    results.append(.success(applied))
                    if applied.isCrowded { break }
                } catch let error as SegmentError {
                    results.append(.failure(error))
                }
            }
            return results
        }
    }

    // MARK: What heads lead to

    /// The ends of logs on the remote that are not on our chain of them, but whose entries are all here. What heads that lead
    /// nowhere promise is asked for.
    mutating func followed(_ logs: [Log]) throws -> [RemoteEnd] {
        var ends: [RemoteEnd] = []
        let open = try notHeld(Dictionary(uniqueKeysWithValues: logs.map { ($0.key, $0.value) }))
        for (replica, _) in logs {
            for name in open[replica] ?? [] {
                if try leadsHome(name.end, replica) {
                    ends.append(RemoteEnd(replica: replica, position: name.end, isTaken: true))
                } else if heads[replica] != nil, !later.contains(replica), !crowded.contains(replica) {
                    run.noteIncomplete(
                        "the remote lacks entries of the log \(replica.hex.prefix(12)) that it promises up to \(name.last): they come as soon as an archive that holds them synchronizes"
                    )
                    // Where nothing may be written, others will say so.
                    if wanted[replica]?.contains(name) != true { try? remote.put(name.wantedPath, []) }
                }
            }
        }
        return ends
    }

    /// Whether segments that were read lead back from a position to one that is held.
    private func leadsHome(_ end: LogPosition, _ replica: ReplicaID) throws -> Bool {
        try run.archive.read { reader in
            var seen: Set = [end]
            var open = [end]
            while let position = open.popLast() {
                if try isTaken(position, of: replica) || reader.holds(position, of: replica) { return true }
                open += (starts[replica]?[position] ?? []).filter { seen.insert($0).inserted }
            }
            return false
        }
    }
}
