import Archive
import History

/// Taking an answer in. A hub may be wrong, or lie: what it says is compared with what it said before.
extension HubExchange {
    static let wrongDigest = RemoteError.malformed("its vector does not have the digest that it gives")

    /// The vector that an answer makes of the one before it.
    /// - Throws: `RemoteError` if a log went back, or there are more logs than any archive may have.
    static func merge(_ response: SyncResponse, into vector: ArchiveVector) throws -> ArchiveVector {
        for (replica, position) in response.vector {
            guard let before = vector[replica], before != position, position.sequence <= before.sequence else {
                continue
            }
            throw RemoteError.malformed(
                "it says that the log \(replica.hex.prefix(12)) ends at entry \(position.sequence), and had said \(before.sequence)"
                    + (position.sequence < before.sequence ? "" : " with another chain"))
        }
        let merged = vector.merging(response.vector) { $1 }
        guard merged.count <= VectorLimits.archive else {
            throw RemoteError.malformed("it names more than \(VectorLimits.archive) logs, which no archive has")
        }
        return merged
    }

    /// Takes an answer in: all of it that can be used, with what it says of the remote, in one transaction.
    /// - Parameter isFull: whether the answer tells of all logs, rather than of those that have grown.
    mutating func absorb(_ response: SyncResponse, _ segments: [LogSegment], pushed: [LogSegment], isFull: Bool) throws
    {
        if let id = response.archive, id != run.id { throw RemoteError.archiveMismatch(id) }
        let before = known ?? [:]
        let now = try Self.merge(response, into: before)
        guard now.digest == response.digest else {
            guard !isFull else { throw Self.wrongDigest }
            return try forgetHub()
        }
        let state = (known: known, asking: asking, received: received, crowded: crowded)
        (known, isComplete, more) = (now, !response.isPartial, response.more)
        lost = response.lost
        let (usable, failure) = usable(segments)
        var exchange = self
        let applied = try run.archive.write { writer in
            let applied = try exchange.apply(usable, writer)
            if !usable.isEmpty { try writer.logLackingTexts() }
            try exchange.save(writer, digest: response.digest)
            return applied
        }
        self = exchange
        applied.forEach { run.add($0) }
        let additions = applied.reduce(0) { $0 + $1.additions } + count(pushed, before, now)
        if let failure { throw failure }
        try askForDifferingLogs(before)
        let moved =
            additions > 0
            || (state.known, state.asking, state.received, state.crowded) != (known, asking, received, crowded)
        if !isFirst, !moved, try isStuck() {
            // Going on would go on for ever.
            let reasons = unusable.values.map { "; \($0)" }.sorted().joined()
            throw RemoteError.malformed("it neither takes nor sends what is missing" + reasons)
        }
        progress.note(additions: additions)
        if isComplete { progress.promise(try remaining()) }
        isFirst = false
    }

    private func isStuck() throws -> Bool {
        var copy = self
        return try copy.isUnfinished()
    }

    /// Counts what the hub has taken.
    /// - Returns: how many of the segments that were pushed it holds now and did not before.
    private mutating func count(_ pushed: [LogSegment], _ before: ArchiveVector, _ now: ArchiveVector) -> Int {
        for segment in pushed { unconfirmed.append(segment.header) }
        var count = 0
        unconfirmed.removeAll { header in
            guard now[header.replica]?.sequence ?? 0 >= header.last else { return false }
            run.add(pushed: header.last - header.first + 1)
            if before[header.replica]?.sequence ?? 0 < header.last { count += 1 }
            return true
        }
        // What it did not take is sent again.
        if isComplete { unconfirmed = [] }
        return count
    }

    /// The segments up to the first that cannot be what it says, and why that cannot.
    private func usable(_ segments: [LogSegment]) -> ([LogSegment], RemoteError?) {
        for (index, segment) in segments.enumerated() {
            let header = segment.header
            if header.archive != run.id { return (Array(segments[..<index]), .archiveMismatch(header.archive)) }
            if header.last > known?[header.replica]?.sequence ?? 0 {
                return (
                    Array(segments[..<index]),
                    .malformed(
                        "it sends entries up to \(header.last) of the log \(header.replica.hex.prefix(12)), and does not say that it holds them"
                    )
                )
            }
        }
        return (segments, nil)
    }

    private mutating func apply(_ segments: [LogSegment], _ writer: ArchiveWriter) throws -> [ArchiveWriter.Applied] {
        var results: [ArchiveWriter.Applied] = []
        for segment in segments {
            let header = segment.header
            // Not asked for, or not any more.
            if header.last <= received[header.replica] ?? told[header.replica] ?? 0 { continue }
            if crowded.contains(header.replica) || unusable[header.replica] != nil {
                leave(header.replica)
                continue
            }
            // Asked for anew, or about to be: what comes out of turn tells nothing.
            if asking.contains(header.replica), received[header.replica]! < header.first - 1 { continue }
            if try writer.contradicts(header.start, of: header.replica) {
                ask(for: header.replica, after: 0)
                continue
            }
            received[header.replica] = header.last
            do {
                let applied = try run.apply(segment, writer)
                results.append(applied)
                if applied.isCrowded {
                    crowded.insert(header.replica)
                    leave(header.replica)
                    continue
                }
            } catch let error as SegmentError {
                run.noteIncomplete(
                    "a segment that the hub holds was not used: \(error)", isOfLaterFormat: error.isOfLaterFormat)
                unusable[header.replica] = error
                leave(header.replica)
                continue
            }
            guard header.end == known?[header.replica] else { continue }
            taken[header.replica] = header.end
            asking.remove(header.replica)
        }
        return results
    }

    /// Leaves the rest of a log where it is for now.
    private mutating func leave(_ replica: ReplicaID) {
        received[replica] = known?[replica]?.sequence ?? 0
        asking.remove(replica)
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

    /// Finds the logs that the hub holds in a form that is not a beginning of ours, and asks for them.
    private mutating func askForDifferingLogs(_ before: ArchiveVector) throws {
        guard let known else { return }
        let agreed = try run.archive.read { reader in
            try Self.differing(known, taken, reader).filter { unusable[$0] == nil && !crowded.contains($0) }.map {
                replica in
                // What the hub held before in our form is still the beginning of both.
                let agreed = try before[replica].flatMap { try reader.holds($0, of: replica) ? $0.sequence : nil }
                return (replica, agreed ?? 0)
            }
        }
        for (replica, sequence) in agreed where !asking.contains(replica) { ask(for: replica, after: sequence) }
    }

    static func differing(_ known: ArchiveVector, _ taken: ArchiveVector, _ reader: ArchiveReader) throws -> [ReplicaID]
    {
        let vector = try reader.vector()
        return try known.filter { replica, position in
            guard let ours = vector[replica], ours != position, position.sequence <= ours.sequence else { return false }
            return try taken[replica] != position && !reader.holds(position, of: replica)
        }.map(\.key)
    }
}
