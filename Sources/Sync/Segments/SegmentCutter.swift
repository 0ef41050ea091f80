import Archive
import History

/// Cuts the logs of an archive into segments.
struct SegmentCutter {
    /// How many bytes of entries go into one segment before compression, if nothing else is asked for.
    static let content = 8 << 20

    let codec: any SegmentCodec
    let content: Int
    let reader: ArchiveReader
    /// Where segments that were promised to the remote end: they are cut there again, and so come out the same.
    let cuts: [ReplicaID: [Int64]]

    init(
        _ reader: ArchiveReader, remote: String, codec: any SegmentCodec = .zstd, content: Int = Self.content
    ) throws {
        self.init(reader, cuts: try reader.cuts(for: remote), codec: codec, content: content)
    }

    init(
        _ reader: ArchiveReader, cuts: [ReplicaID: [Int64]], codec: any SegmentCodec = .zstd,
        content: Int = Self.content
    ) {
        self.codec = codec
        self.reader = reader
        self.content = content
        self.cuts = cuts
    }

    /// The logs in the order in which to send them: our own last, as it rests on what we took from others.
    func logs() throws -> [(replica: ReplicaID, end: LogPosition)] {
        let own = try reader.replicaID
        return try reader.vector().sorted { ($0.key == own ? 1 : 0, $0.key) < ($1.key == own ? 1 : 0, $1.key) }.map {
            ($0, $1)
        }
    }

    /// The segment after `start`, which is a position of the log; `nil` if the entry that follows is damaged here: nothing is sent that
    /// does not have its hash. A text that is damaged or missing is left out of its entry.
    /// - Parameter end: the log's end, which lies beyond.
    func segment(of replica: ReplicaID, after start: LogPosition, upTo end: LogPosition) throws -> LogSegment? {
        let last = cut(of: replica, after: start.sequence).map { min($0, end.sequence) } ?? end.sequence
        var entries: [LogEntry] = []
        var size = 0
        try reader.forEachSoundEntry(of: replica, in: start.sequence + 1...last) { entry in
            size += entry.size
            guard entries.isEmpty || size <= content && entries.count < SegmentLimits.entries else { return false }
            entries.append(entry)
            return true
        }
        guard !entries.isEmpty else { return nil }
        let segment = LogSegment(archive: try reader.archiveID, entries, after: start, codec: codec)
        // Where these are not the log's entries, the table of logs is damaged.
        return try reader.isAt(segment.header.end, of: replica) ? segment : nil
    }
}

extension SegmentCutter {
    /// The first recorded end of a segment beyond an entry.
    private func cut(of replica: ReplicaID, after sequence: Int64) -> Int64? {
        guard let cuts = cuts[replica] else { return nil }
        var (low, high) = (0, cuts.count)
        while low < high {
            let middle = (low + high) / 2
            if cuts[middle] <= sequence { low = middle + 1 } else { high = middle }
        }
        return low < cuts.count ? cuts[low] : nil
    }
}

extension LogSegment {
    /// Entries of one log, at least one, as a segment.
    package init(
        archive: ArchiveID, _ entries: [LogEntry], after start: LogPosition, codec: any SegmentCodec = .zstd
    ) {
        let payload = codec.encode(entries)
        let end = entries.reduce(start) { $0.appending($1.id) }
        self.init(
            header: SegmentHeader(
                archive: archive, replica: entries[0].replica, first: start.sequence + 1, last: end.sequence,
                previous: start.chain, chain: end.chain, payload: payload,
                codec: codec.name), payload: payload)
    }
}
