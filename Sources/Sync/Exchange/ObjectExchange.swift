import Archive
import History

/// Synchronizes with a remote that holds names and understands nothing: first takes what is new, then brings what is
/// missing.
///
/// Heads only say where to look. Who finds that a head does not lead to what it promises says so beside it, and whoever
/// holds that log looks whether all of it is there. A head is never taken away for that: the reader's list may have been
/// old, and if the holder is lost one day, nobody finds what the head led to.
struct ObjectExchange {
    var run: SyncRun
    let remote: any Remote
    let names: ObjectStore
    var heads: ObjectStore.Logs = [:]
    /// Heads that led a reader nowhere.
    var wanted: ObjectStore.Logs = [:]
    /// All segments of logs without a head, as far as they were looked for.
    var headless: ObjectStore.Logs = [:]
    /// Logs that go on in a format of a later version.
    var later: Set<ReplicaID> = []
    /// The segments that this run has read.
    var read: Set<SegmentName> = []
    /// From where segments go that this run has read, by where they lead.
    var starts: [ReplicaID: [LogPosition: [LogPosition]]] = [:]
    /// Logs that were left on the remote since too much waits here already.
    var crowded: Set<ReplicaID> = []
    /// Whether anything new has come since a log was left there.
    var hasNews = false

    init(_ run: SyncRun, _ remote: any Remote) {
        self.run = run
        self.remote = remote
        names = ObjectStore(remote, codec: run.codec)
    }

    mutating func complete(progress: (SyncReport) -> Void) throws -> SyncReport {
        try run.retryInvalid()
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
        let found = heads.merging(headless) { head, _ in head }.sorted {
            ($0.value.count, $0.key) < ($1.value.count, $1.key)
        }
        try pull(found, progress)
        let followed = try followed(found)
        try run.askForTexts()
        let ends = try followed + push(isEmpty: found.isEmpty, progress)
        try run.askForTexts()
        try run.archive.write { try $0.setRemote(run.name, ends: Set(ends), digest: nil) }
        return try run.finish(remote.traffic)
    }

    /// How many entries are missing on either side, as far as the heads say.
    private func missing() throws -> Int {
        try run.archive.read { reader in
            let ours = try reader.vector()
            let theirs = heads.merging(headless) { head, _ in head }.mapValues { $0.map(\.last).max() ?? 0 }
            let here = theirs.reduce(0) { $0 &+ max(0, $1.value - (ours[$1.key]?.sequence ?? 0)) }
            return Int(ours.reduce(here) { $0 &+ max(0, $1.value.sequence - (theirs[$1.key] ?? 0)) })
        }
    }

    private mutating func noteLosses() {
        let (heads, headless) = (heads, headless)
        let isLess = run.record.ends.contains { end in
            end.position.sequence > (heads[end.replica] ?? headless[end.replica])?.map(\.last).max() ?? 0
        }
        if isLess {
            run.note(
                "the remote lacks something that it had: it was set back or lost files, and is sent again what it lacks"
            )
        }
    }

    func preview() throws -> SyncPreview {
        let heads = try names.ends()
        let new = try unknown(heads)
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
                let theirs = try heads[replica]?.filter {
                    try new[replica]!.contains($0) || reader.holds($0.end, of: replica)
                }
                preview.toSend += Int(max(0, end.sequence - (theirs?.map(\.last).max() ?? 0)))
            }
            return preview
        }
    }

    // MARK: What is here

    /// Those of the names whose ends are on no log that is held here.
    func notHeld(_ logs: ObjectStore.Logs) throws -> ObjectStore.Logs {
        try run.archive.read { reader in
            let ours = try reader.vector()
            return try logs.mapValues {
                try $0.filter { try ours[$0.replica] != $0.end && !reader.holds($0.end, of: $0.replica) }
            }
        }
    }

    func isHeld(_ name: SegmentName) throws -> Bool {
        try run.archive.read { try $0.holds(name.end, of: name.replica) }
    }

    func isTaken(_ position: LogPosition, of replica: ReplicaID) -> Bool {
        run.record.ends.contains(RemoteEnd(replica: replica, position: position, isTaken: true))
    }

    /// Those of the names whose ends are neither held nor known to be taken.
    func unknown(_ logs: ObjectStore.Logs) throws -> ObjectStore.Logs {
        try notHeld(logs).mapValues { $0.filter { !isTaken($0.end, of: $0.replica) } }
    }
}
