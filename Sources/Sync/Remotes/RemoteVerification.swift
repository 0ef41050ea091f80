import Archive
import History

/// Reads back all that a remote holds: names, hashes, chains, gaps; and compares it with what is here.
public struct RemoteVerification {
    private let archive: Archive
    private let record: RemoteRecord
    private let remote: any Remote
    private let names: ObjectStore
    private var report = VerificationReport()
    private var segments = 0
    private var entries = 0
    /// Whether the log that is looked at is of another archive.
    private var isForeign = false
    private var texts: RemoteTexts

    /// - Parameter name: under which the archive knows the remote.
    public init(
        _ archive: Archive, remote name: String, _ remote: any Remote, codec: any SegmentCodec = .zstd
    ) throws {
        self.archive = archive
        record = try archive.read { try $0.remote(name) }
        self.remote = remote
        names = ObjectStore(remote, codec: codec)
        texts = RemoteTexts(archive)
    }

    /// - Parameter repairs: take away damaged segments whose entries are here, put heads where none leads to the last segments of a
    ///   log, and ask for all logs in which something is wrong, so that the next sync of whoever holds them looks at them and
    ///   sends again what is missing.
    /// - Parameter limit: the most problems that are listed one by one; of more, the number is given.
    public func run(
        repairs: Bool = false, listing limit: Int = VerificationReport.most, progress: (String) -> Void = { _ in }
    ) throws -> VerificationReport {
        var check = self
        check.report = VerificationReport(listing: limit)
        return try check.check(repairs: repairs, progress)
    }

    private mutating func check(repairs: Bool, _ progress: (String) -> Void) throws -> VerificationReport {
        let logs = try names.logs()
        let heads = try names.heads().all
        try requireOwn(logs)
        for replica in Set(logs.keys).union(heads.keys).union(record.ends.map(\.replica)).sorted() {
            progress("log \(replica.hex.prefix(12))")
            let before = report.problems.count
            isForeign = false
            let (positions, tips) = try check(logs[replica] ?? [], repairs: repairs)
            // A hub has none: what is given for them are its last segments.
            for head in (heads[replica] ?? []).sorted(by: SegmentName.coversMore)
            where !isForeign && !positions.contains(head.end) && !remote.properties.keepsOrder {
                note("the log's head names entry \(head.last), to which no segment leads", head.headPath)
            }
            for tip in tips
            where !remote.properties.keepsOrder && heads[replica]?.contains(where: { $0.end == tip.end }) != true {
                note(
                    "the log holds entries up to \(tip.last), but no head leads to them, so that other machines may not find them",
                    tip.path
                )
                if repairs { try remote.put(tip.headPath, []) }
            }
            try compare(replica, positions)
            guard repairs, !isForeign, !remote.properties.keepsOrder, report.problems.count > before else { continue }
            for head in heads[replica] ?? [] { try remote.put(head.wantedPath, []) }
        }
        try checkTexts(repairs: repairs)
        report.checked = [("logs", logs.count), ("segments", segments), ("entries", entries)]
        return report
    }

    /// - Throws: `RemoteError` if the remote holds another archive, and nothing of this one.
    private func requireOwn(_ logs: ObjectStore.Logs) throws {
        let isOwn = try archive.read { reader in
            try logs.values.joined().contains { try reader.holds($0.end, of: $0.replica) }
        }
        if !isOwn, record.ends.isEmpty { try names.requireArchive(archive.read { try $0.archiveID }) }
    }

    private mutating func note(
        _ what: String, _ item: String, repair: VerificationReport.Repair? = nil, subjects: [DamagedItem] = []
    ) {
        // A hub sets a damaged segment aside once somebody has asked for it.
        let usual: VerificationReport.Repair = remote.properties.keepsOrder ? .sync(record.name) : .request(record.name)
        report.add(VerificationReport.Problem(what: what, item: item, repair: repair ?? usual, subjects: subjects))
    }

    /// Reads the segments of one log.
    /// - Returns: the positions that they lead to from the beginning of the log, and those segments beyond which none goes.
    private mutating func check(_ names: Set<SegmentName>, repairs: Bool) throws -> (
        positions: Set<LogPosition>, tips: [SegmentName]
    ) {
        var positions: Set<LogPosition> = [.start]
        var inner: Set<LogPosition> = []
        var ends: [LogPosition: SegmentName] = [:]
        var gap: SegmentName?
        for name in names.sorted(by: SegmentName.coversMore) {
            segments += 1
            do {
                let segment = try self.names.segment(name)
                guard try segment.header.archive == archive.read({ try $0.archiveID }) else {
                    note(
                        "a segment is of another archive, \(segment.header.archive)", name.path,
                        repair: .separateFolder(name.replica))
                    isForeign = true
                    continue
                }
                let isReached = positions.contains(segment.header.start)
                if !isReached, gap == nil { gap = name }
                let decoded = try self.names.codec.decode(segment)
                try texts.check(decoded)
                let places = decoded.reduce(into: [segment.header.start], { $0.append($0.last!.appending($1.id)) })
                if isReached {
                    positions.formUnion(places)
                    inner.formUnion(places.dropLast())
                    ends[name.end] = name
                }
                entries += Int(name.last - name.first + 1)
            } catch ObjectStore.Unreadable.missing {
                note("a segment is listed and cannot be read", name.path)
            } catch is ObjectStore.Unreadable {
                note("a segment is not what its name says", name.path)
                if repairs { try remove(name) }
            } catch let error as MalformedMessage where error.isOfLaterFormat {
                note("\(error)", name.path, repair: .update)
            } catch let error as SegmentError where error.isOfLaterFormat {
                note("\(error)", name.path, repair: .update)
            } catch let error as SegmentError {
                note("\(error)", name.path)
                if repairs { try remove(name) }
            }
        }
        if let gap {
            note(
                "what comes before entry \(gap.first) of the log is missing or of another form, and so nothing leads to what comes behind it",
                gap.path,
                repair: remote.properties.keepsOrder ? .syncOnceSound(record.name) : nil)
        }
        return (positions, ends.filter { !inner.contains($0.key) }.values.sorted(by: SegmentName.coversMore))
    }

    /// Notes the texts that came damaged or not at all, and that no later entry brings. They are repaired by an entry that does,
    /// which needs no segment to be written anew: a hub, too, takes it.
    private mutating func checkTexts(repairs: Bool) throws {
        let damaged = texts.damaged
        for hash in damaged {
            let whose = try archive.read { $0.items(damagedBy: .text(hash), limit: 3) }
            note(
                "\(whose.first.map { "\($0): " } ?? "")the text is damaged or missing there", hash.hex,
                repair: .request(record.name), subjects: whose)
        }
        if repairs, !damaged.isEmpty { _ = try archive.write { try $0.offer(damaged) } }
    }

    /// Takes a damaged segment away, if its entries are here: it will be sent again.
    private func remove(_ name: SegmentName) throws {
        guard !remote.properties.keepsOrder, try archive.read({ try $0.holds(name.end, of: name.replica) }) else {
            return
        }
        try remote.delete(name.path)
    }

    /// What the remote was seen to hold it should hold still; what is there in another form than here, a sync repairs.
    private mutating func compare(_ replica: ReplicaID, _ positions: Set<LogPosition>) throws {
        let (own, end): (LogPosition?, Int64?) = try archive.read { reader in
            (try reader.vector()[replica], try reader.logEnds().first { $0.replica == replica }?.last)
        }
        let seen = record.ends.filter { $0.replica == replica }.map(\.position)
        for position in seen where !positions.contains(position) {
            note(
                "entries that the remote held up to \(position.sequence) of the log are not there any more", replica.hex
            )
        }
        guard let own, end == nil else { return }
        let differing = try positions.filter { position in
            try position.sequence <= own.sequence && !archive.read { try $0.holds(position, of: replica) }
        }.map(\.sequence).min()
        if let differing {
            note(
                "from entry \(differing) on the log is of another form than here: two files used one replica ID",
                replica.hex)
        }
    }
}
