import Archive

/// What to say and to send in one request.
struct SyncPlan {
    let reader: ArchiveReader
    let archive: ArchiveID
    /// The remote's vector as last seen; `nil` if it is not known.
    let known: ArchiveVector?

    /// How many bytes of entries go into one segment before compression.
    static let segmentContent = 8 << 20
    /// How many bytes of segments go into one request.
    static let requestBytes = 16 << 20

    func make() throws -> (SyncRequest, [Segment]) {
        let holding = try reader.vectorWithPending()
        let request = SyncRequest(archive: archive, holding: holding, seen: known)
        guard let known else { return (request, []) }
        var segments: [Segment] = []
        var bytes = 0
        // Our own log last: it rests on what we took from others.
        let own = try reader.replicaID
        let logs = try reader.vector().sorted { ($0.key == own ? 1 : 0, $0.key) < ($1.key == own ? 1 : 0, $1.key) }
        for (replica, end) in logs {
            var position = known[replica] ?? .start
            guard try position.sequence <= end.sequence && reader.chain(of: replica, at: position.sequence) == position.chain else {
                continue
            }
            while position.sequence < end.sequence, bytes < Self.requestBytes {
                let segment = try segment(of: replica, after: position, upTo: end.sequence)
                segments.append(segment)
                bytes += segment.payload.count
                position = segment.header.end
            }
        }
        return (request, segments)
    }

    private func segment(of replica: ReplicaID, after start: LogPosition, upTo last: Int64) throws -> Segment {
        var entries: [LogEntry] = []
        var size = 0
        try reader.forEachEntry(of: replica, in: start.sequence + 1...last) { entry in
            size += entry.bytes.count + (entry.text?.data.count ?? 0)
            guard entries.isEmpty || size <= Self.segmentContent else { return false }
            entries.append(entry)
            return true
        }
        let payload = SegmentCodec.encode(entries)
        let chain = entries.reduce(start.chain) { $0.appending($1.id) }
        return Segment(
            header: SegmentHeader(
                archive: archive, replica: replica, first: start.sequence + 1, last: start.sequence + Int64(entries.count),
                previous: start.chain, chain: chain, payload: payload), payload: payload)
    }
}
