import Archive

/// Synchronizes with a remote that holds names and understands nothing: first takes what is new, then brings what is
/// missing.
///
/// Heads only say where to look. Who finds that a head does not lead to what it promises says so beside it, and whoever
/// holds that log looks whether all of it is there. A head is never taken away for that: the reader's list may have been
/// old, and if the holder is lost one day, nobody finds what the head led to.
struct NamedExchange {
    private var run: SyncRun
    private let remote: any Remote
    private let names: NamedRemote
    private var heads: NamedRemote.Logs = [:]
    /// Heads that led a reader nowhere.
    private var wanted: NamedRemote.Logs = [:]
    /// All segments of logs without a head, as far as they were looked for.
    private var headless: NamedRemote.Logs = [:]
    /// Logs that go on in a format of a later version.
    private var later: Set<ReplicaID> = []
    /// From where to where each segment goes that this run has read.
    private var read: [ReplicaID: [SegmentHeader]] = [:]

    init(_ run: SyncRun, _ remote: any Remote) {
        self.run = run
        self.remote = remote
        names = NamedRemote(remote)
    }

    mutating func complete(progress: (SyncReport) -> Void) throws -> SyncReport {
        (heads, wanted) = try names.heads()
        // Heads can be lost. Whoever comes for the first time looks for logs that have none.
        if heads.isEmpty || run.record.ends.isEmpty { headless = try names.logs().filter { heads[$0.key] == nil } }
        noteLosses()
        let missing = try missing()
        let progress = { (report: SyncReport) in
            var report = report
            report.remaining = max(0, missing - report.pulled - report.pushed)
            progress(report)
        }
        // A log that two files went on with comes last: what it loses by that stands in others, and need not be logged again.
        let found = heads.merging(headless) { head, _ in head }.sorted { ($0.value.count, $0.key) < ($1.value.count, $1.key) }
        for (replica, names) in found { try pull(replica, names, progress) }
        var ends: [RemoteEnd] = []
        for (replica, names) in found { ends += try followed(replica, names) }
        // Without a head nobody vouches for what lies between the segments: look before adding to them.
        let isEmpty = found.isEmpty
        let logs = try run.archive.read { try SegmentCutter($0, remote: run.name).logs() }
        for (replica, end) in logs {
            do {
                if run.report.refusal == nil {
                    ends.append(try push(replica, upTo: end, isEmpty: isEmpty, progress))
                    continue
                }
            } catch let error as RemoteError where error.isOfPush {
                // What it does not take keeps nobody from what it has.
                run.refuse(error)
            }
            if let head = try Self.newest(heldHeads(replica)) { ends.append(RemoteEnd(replica: replica, position: head.end, isTaken: true)) }
        }
        try run.archive.write { try $0.setRemote(run.name, ends: Set(ends), digest: nil) }
        return try run.finish(remote.traffic)
    }

    /// How many entries are missing on either side, as far as the heads say.
    private func missing() throws -> Int {
        try run.archive.read { reader in
            let ours = try reader.vector()
            let theirs = heads.merging(headless) { head, _ in head }.mapValues { $0.map(\.last).max() ?? 0 }
            let here = theirs.reduce(0) { $0 + max(0, $1.value - (ours[$1.key]?.sequence ?? 0)) }
            return Int(ours.reduce(here) { $0 + max(0, $1.value.sequence - (theirs[$1.key] ?? 0)) })
        }
    }

    private mutating func noteLosses() {
        let (heads, headless) = (heads, headless)
        let isLess = run.record.ends.contains { end in
            end.position.sequence > (heads[end.replica] ?? headless[end.replica])?.map(\.last).max() ?? 0
        }
        if isLess { run.note("the remote does not hold all that it held: it went back in time or lost files, and gets again what it lacks") }
    }

    func preview() throws -> SyncPreview {
        let heads = try names.ends()
        let new = try heads.mapValues { try $0.filter { try !isKnown($0) } }
        // Only where nothing is known: whose head is held, that is this archive.
        if new == heads { try names.requireArchive(run.id) }
        return try run.archive.read { reader -> SyncPreview in
            var preview = SyncPreview()
            let ours = try reader.vector()
            for (replica, names) in new {
                guard let last = names.map(\.last).max() else { continue }
                preview.toReceive += Int(max(0, last - (ours[replica]?.sequence ?? 0)))
                if last <= ours[replica]?.sequence ?? 0 { preview.differing.append(replica) }
            }
            for (replica, end) in ours {
                // A head that is new here most likely goes on from where we are.
                let theirs = try heads[replica]?.filter { try new[replica]!.contains($0) || reader.holds($0.end, of: replica) }
                preview.toSend += Int(max(0, end.sequence - (theirs?.map(\.last).max() ?? 0)))
            }
            return preview
        }
    }

    // MARK: Taking

    private func isHeld(_ name: SegmentName) throws -> Bool {
        try run.archive.read { try $0.holds(name.end, of: name.replica) }
    }

    private func isTaken(_ position: LogPosition, of replica: ReplicaID) -> Bool {
        run.record.ends.contains(RemoteEnd(replica: replica, position: position, isTaken: true))
    }

    private func isKnown(_ name: SegmentName) throws -> Bool {
        try isTaken(name.end, of: name.replica) || isHeld(name)
    }

    /// Reads the segments of a log that are not here, in the order of the log.
    private mutating func pull(_ replica: ReplicaID, _ ends: Set<SegmentName>, _ progress: (SyncReport) -> Void) throws {
        let new = try ends.filter { try !isKnown($0) }
        guard !new.isEmpty else { return }
        // A list can be old: the heads say more. And a segment can be gone in favour of a longer one: list again.
        for _ in 0..<2 {
            var isMissing = false
            for name in try Set(names.segments(of: replica)).union(new).sorted(by: SegmentName.coversMore) where try !isHeld(name) {
                do {
                    try apply(names.segment(name))
                } catch NamedRemote.Unreadable.missing {
                    isMissing = true
                } catch NamedRemote.Unreadable.damaged {
                    run.noteIncomplete("the remote's \(name.path) is damaged and was not used; a sync of any archive that holds those entries mends it")
                } catch let error as MalformedMessage where error.isOfLaterFormat {
                    later.insert(replica)
                    run.noteIncomplete("the remote's \(name.path) was not used: \(error)")
                } catch let error as SegmentError {
                    // As somebody wrote it: nobody will write it anew under this name.
                    run.noteIncomplete("the remote's \(name.path) was not used: \(error)")
                }
                run.count(remote.traffic)
                progress(run.report)
            }
            if !isMissing { break }
        }
    }

    private mutating func apply(_ segment: Segment) throws {
        guard read[segment.header.replica]?.contains(segment.header) != true else { return }
        let run = run
        let applied = try run.archive.write { try run.apply(segment, $0) }
        self.run.add(applied)
        read[segment.header.replica, default: []].append(segment.header)
    }

    /// The ends of a log on the remote that are not on our chain of it, but whose entries are all here. What heads that lead
    /// nowhere promise is asked for.
    private mutating func followed(_ replica: ReplicaID, _ names: Set<SegmentName>) throws -> [RemoteEnd] {
        var ends: [RemoteEnd] = []
        for name in names where try !isHeld(name) {
            if try leadsHome(name.end, replica) {
                ends.append(RemoteEnd(replica: replica, position: name.end, isTaken: true))
            } else if heads[replica] != nil, !later.contains(replica) {
                run.noteIncomplete("the remote lacks entries of the log \(replica.hex.prefix(12)) that it promises up to \(name.last): they come as soon as an archive that holds them synchronizes")
                // Where nothing may be written, others will say so.
                if wanted[replica]?.contains(name) != true { try? remote.put(name.wantedPath, []) }
            }
        }
        return ends
    }

    /// Whether segments that were read lead back from a position to one that is held.
    private func leadsHome(_ end: LogPosition, _ replica: ReplicaID) throws -> Bool {
        var position = end
        while !isTaken(position, of: replica), try !run.archive.read({ try $0.holds(position, of: replica) }) {
            guard let segment = read[replica]?.first(where: { $0.end == position }) else { return false }
            position = segment.start
        }
        return true
    }

    // MARK: Bringing

    private func heldHeads(_ replica: ReplicaID) throws -> Set<SegmentName> { try (heads[replica] ?? []).filter { try isHeld($0) } }

    private static func newest(_ heads: Set<SegmentName>) -> SegmentName? { heads.max { $0.last < $1.last } }

    /// Brings what the remote lacks of a log.
    /// - Returns: where it then ends there.
    private mutating func push(
        _ replica: ReplicaID, upTo end: LogPosition, isEmpty: Bool, _ progress: (SyncReport) -> Void
    ) throws -> RemoteEnd {
        let old = try heldHeads(replica)
        let asked = try (wanted[replica] ?? []).filter { try isHeld($0) }
        var newest = asked.isEmpty ? Self.newest(old) : nil
        if newest == nil, !isEmpty { newest = try covered(replica) }
        while newest?.last ?? 0 < end.sequence {
            let segment = try run.archive.read {
                try SegmentCutter($0, remote: run.name).segment(of: replica, after: newest?.end ?? .start, upTo: end)
            }
            // Where it ends is kept before it goes: what is sent again after a failure is then the same.
            try run.archive.write { try $0.addCuts([(replica, segment.header.last)], for: run.name) }
            try remote.put(segment.header.name.path, segment.bytes)
            newest = segment.header.name
            run.add(pushed: segment.header.last - segment.header.first + 1)
            run.count(remote.traffic)
            progress(run.report)
        }
        guard let newest else { return RemoteEnd(replica: replica, position: .start, isTaken: true) }
        if !old.contains(newest) { try remote.put(newest.headPath, []) }
        // Only then: a log that is on the remote has a head at any moment.
        for name in old where name != newest { try remote.delete(name.headPath) }
        for name in asked { try remote.delete(name.wantedPath) }
        return RemoteEnd(replica: replica, position: newest.end, isTaken: true)
    }

    /// The last of the segments that hold a log from its beginning without a gap, read back one by one.
    private func covered(_ replica: ReplicaID) throws -> SegmentName? {
        var newest: SegmentName?
        for name in try names.segments(of: replica) where try name.first <= (newest?.last ?? 0) + 1 && isHeld(name) {
            guard name.last > newest?.last ?? 0 else { continue }
            do {
                _ = try SegmentCodec.decode(names.segment(name))
                newest = name
            } catch is NamedRemote.Unreadable {
            } catch is MalformedMessage {
            } catch is SegmentError {}
        }
        return newest
    }
}
