import Archive
import History

/// Bringing what is missing.
extension ObjectExchange {
    /// So many segments, or bytes of them, go to the remote together.
    private static let together = 512
    private static let bytesTogether = 16 << 20

    /// A log, and how far the remote holds it.
    private struct Target {
        let replica: ReplicaID
        let end: LogPosition
        /// The heads on our chain.
        let old: Set<SegmentName>
        /// Those of them that led a reader nowhere.
        let asked: Set<SegmentName>
        /// The last segment that is there, or was sent.
        var newest: SegmentName?
        /// Whether all is there, and a head says so.
        var isDone = false

        var isComplete: Bool { newest?.last ?? 0 >= end.sequence }

        /// Where the log ends on the remote, as far as heads say.
        var reached: LogPosition? {
            isDone ? newest?.end : old.max { $0.last < $1.last }?.end
        }
    }

    /// Brings what the remote lacks.
    /// - Returns: where the logs then end there that are held here.
    mutating func push(isEmpty: Bool, _ progress: (SyncReport) -> Void) throws -> [RemoteEnd] {
        var targets = try targets(isEmpty: isEmpty)
        do {
            try send(&targets, progress)
        } catch let error as RemoteError where error.isOfPush {
            // What it does not take keeps nobody from what it has.
            run.refuse(error)
        }
        return targets.compactMap { target in
            target.reached.map { RemoteEnd(replica: target.replica, position: $0, isTaken: true) }
        }
    }

    private func targets(isEmpty: Bool) throws -> [Target] {
        let logs = try run.archive.read { try SegmentCutter($0, cuts: [:], codec: run.codec).logs() }
        let (old, asked) = (try held(heads), try held(wanted))
        return try logs.map { replica, end in
            var target = Target(replica: replica, end: end, old: old[replica] ?? [], asked: asked[replica] ?? [])
            if target.asked.isEmpty { target.newest = target.old.max { $0.last < $1.last } }
            // Without a head nobody vouches for what lies between the segments: look before adding to them.
            if target.newest == nil, !isEmpty { target.newest = try covered(replica) }
            return target
        }
    }

    private func held(_ logs: ObjectStore.Logs) throws -> ObjectStore.Logs {
        try notHeld(logs).merging(logs) { notHeld, all in all.subtracting(notHeld) }
    }

    /// The last of the segments that hold a log from its beginning without a gap, read back one by one.
    private func covered(_ replica: ReplicaID) throws -> SegmentName? {
        var newest: SegmentName?
        for name in try names.segments(of: replica) where try name.first <= (newest?.last ?? 0) + 1 && isHeld(name) {
            guard name.last > newest?.last ?? 0 else { continue }
            do {
                try run.codec.forEach(names.segment(name)) { _ in }
                newest = name
            } catch is ObjectStore.Unreadable {
            } catch is MalformedMessage {
            } catch is SegmentError {}
        }
        return newest
    }

    /// Sends the logs in their order, many segments at once: first these, then the heads that lead to them.
    private mutating func send(_ targets: inout [Target], _ progress: (SyncReport) -> Void) throws {
        let cuts = try run.archive.read { try $0.cuts(for: run.name) }
        var next = 0
        while next < targets.count {
            let begin = next
            let segments = try run.archive.read { reader in
                defer { run.note(damage: reader.damage, reader) }
                return try cut(&targets, from: &next, SegmentCutter(reader, cuts: cuts, codec: run.codec))
            }
            if !segments.isEmpty {
                // Where they end is kept before they go: what is sent again after a failure is then the same.
                try run.archive.write {
                    try $0.addCuts(segments.map { ($0.header.replica, $0.header.last) }, for: run.name)
                }
                try remote.put(segments.map { ($0.header.name.path, $0.bytes) })
                for segment in segments { run.add(pushed: segment.header.last - segment.header.first + 1) }
                run.count(remote.traffic)
                progress(run.report)
            }
            try setHeads(&targets[begin..<next])
        }
    }

    /// Cuts the segments that are to go next.
    /// - Parameter next: the first log that is not complete; moved behind those that then are.
    private mutating func cut(_ targets: inout [Target], from next: inout Int, _ cutter: SegmentCutter) throws
        -> [LogSegment]
    {
        var (segments, bytes) = ([LogSegment](), 0)
        while next < targets.count {
            let target = targets[next]
            if target.isComplete {
                next += 1
                continue
            }
            guard segments.count < Self.together, bytes < Self.bytesTogether else { break }
            guard
                let segment = try cutter.segment(
                    of: target.replica, after: target.newest?.end ?? .start, upTo: target.end)
            else {
                // Damaged here: the head leads as far as what was sent.
                run.noteUnsent(target.replica, after: target.newest?.last ?? 0)
                next += 1
                continue
            }
            segments.append(segment)
            bytes += segment.payload.count
            targets[next].newest = segment.header.name
        }
        return segments
    }

    private func setHeads(_ targets: inout ArraySlice<Target>) throws {
        try remote.put(
            targets.compactMap { target in target.newest.flatMap { target.old.contains($0) ? nil : ($0.headPath, []) } }
        )
        for index in targets.indices {
            let target = targets[index]
            // Only then: a log that is on the remote has a head at any moment.
            for name in target.old where name != target.newest { try remote.delete(name.headPath) }
            for name in target.asked { try remote.delete(name.wantedPath) }
            targets[index].isDone = true
        }
    }
}
