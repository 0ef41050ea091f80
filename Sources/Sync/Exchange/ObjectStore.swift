import Archive
import History

/// What stands under a remote's names, read and checked.
package struct ObjectStore {
    let remote: any Remote
    let codec: any SegmentCodec

    package init(_ remote: any Remote, codec: any SegmentCodec = .zstd) {
        self.remote = remote
        self.codec = codec
    }

    /// Names by the log that they are of.
    package typealias Logs = [ReplicaID: Set<SegmentName>]

    /// A segment that is not there, or is not what its name says.
    enum Unreadable: Error { case missing, damaged }

    /// How far the logs go: by the heads, or by all the segments where there are no heads.
    func ends() throws -> Logs {
        let heads = try heads().all
        return try heads.isEmpty ? logs() : heads
    }

    /// The heads, and those of them that led a reader nowhere.
    package func heads() throws -> (all: Logs, wanted: Logs) {
        let names = try remote.list(RemoteName.heads).compactMap(RemoteName.init)
        return (Self.grouped(names.filter { !$0.isWanted }), Self.grouped(names.filter(\.isWanted)))
    }

    func logs() throws -> Logs { try Self.grouped(remote.list(RemoteName.logs).compactMap(RemoteName.init)) }

    private static func grouped(_ names: [RemoteName]) -> Logs {
        Dictionary(grouping: names.map(\.segment), by: \.replica).mapValues(Set.init)
    }

    /// The segments of a log: the longest first of those that begin at one entry.
    /// - Parameter first: those that begin before this entry may be missing.
    func segments(of replica: ReplicaID, from first: Int64 = 0) throws -> [SegmentName] {
        let names = try remote.list(RemoteName.log(replica), from: RemoteName.log(replica) + SegmentName.padded(first))
        return names.compactMap { RemoteName($0)?.segment }.sorted(by: SegmentName.coversMore)
    }

    /// Reads a segment. What is damaged is read a second time, in case that it was damaged on its way.
    /// - Throws: `Unreadable`, `RemoteError`, or `MalformedMessage` if it is of a format that this version cannot read.
    func segment(_ name: SegmentName) throws -> LogSegment {
        for _ in 0..<2 {
            guard let bytes = try remote.get(name.path) else { throw Unreadable.missing }
            if let segment = try LogSegment(bytes, name: name) { return segment }
        }
        throw Unreadable.damaged
    }

    /// Which archive the remote holds; `nil` if it is empty. If nothing that it holds can be read, whoever holds that is asked for it.
    /// - Throws: `RemoteError` if nothing can be read, `MalformedMessage` if that is of a format that this version cannot read.
    package func archiveID() throws -> ArchiveID? {
        let heads = try heads().all
        let (archive, count) = try readableArchive(heads)
        guard archive == nil, count > 0 else { return archive }
        for name in heads.values.joined() { try? remote.put(name.wantedPath, []) }
        throw RemoteError.malformed(
            "all \(count) segments that it names are damaged or missing; a sync of an archive that holds them repairs it"
        )
    }

    /// - Throws: `RemoteError` if what can be read of the remote is another archive's.
    func requireArchive(_ id: ArchiveID) throws {
        if let other = try readableArchive(heads().all).id, other != id { throw RemoteError.archiveMismatch(other) }
    }

    /// The archive of the first segment that can be read, and how many were looked at.
    private func readableArchive(_ heads: Logs) throws -> (id: ArchiveID?, count: Int) {
        var seen: Set<SegmentName> = []
        var later: MalformedMessage?
        for isHead in [true, false] {
            let names = try isHead ? heads : logs()
            for name in names.values.joined().sorted(by: SegmentName.coversMore) where seen.insert(name).inserted {
                do {
                    let header = try segment(name).header
                    if header.codec == codec.name { return (header.archive, seen.count) }
                    later = header.laterFormat
                } catch is Unreadable {
                } catch let error as MalformedMessage {
                    later = error
                }
            }
        }
        if let later { throw later }
        return (nil, seen.count)
    }
}

extension SegmentName {
    /// By their first entry, and then the longest first: in this order nothing is read twice that a longer one holds.
    static func coversMore(_ left: SegmentName, _ right: SegmentName) -> Bool {
        if left.first != right.first { return left.first < right.first }
        return left.last != right.last ? left.last > right.last : left.file < right.file
    }
}

extension LogSegment {
    /// Reads the stored form; `nil` if it is not the segment of this name, whole.
    /// - Throws: `MalformedMessage` if it is whole, but of a format that this version cannot read.
    package init?(_ bytes: [UInt8], name: SegmentName) throws(MalformedMessage) {
        guard let end = bytes.prefix(SegmentLimits.line).firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let payload = Array(bytes[(end + 1)...])
        guard PayloadHash(hashing: payload) == name.payloadHash else { return nil }
        let header: SegmentHeader
        do {
            header = try SegmentHeader(line: bytes[..<end])
        } catch  where !error.isOfLaterFormat {
            return nil
        }
        guard header.name == name, header.length == payload.count else { return nil }
        self.init(header: header, payload: payload)
    }
}
