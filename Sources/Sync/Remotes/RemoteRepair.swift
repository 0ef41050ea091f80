import Archive

/// Takes what is damaged in an archive from a remote that holds it sound.
public struct RemoteRepair {
    private let archive: Archive
    private let names: ObjectStore

    public init(_ archive: Archive, _ remote: any Remote, codec: any SegmentCodec = .zstd) {
        self.archive = archive
        names = ObjectStore(remote, codec: codec)
    }

    /// Reads the segments of the remote, in the order of each log, until nothing damaged is left.
    /// - Throws: `RemoteError` if the remote cannot be had; what was repaired by then stays.
    public func run(_ damage: inout ArchiveDamage, progress: (String) -> Void = { _ in }) throws {
        let id = try archive.read { try $0.archiveID }
        // Twice: a text may rest on one that another log brings.
        for _ in 0..<2 {
            for (replica, segments) in try names.logs().sorted(by: { $0.key < $1.key }) {
                progress("log \(replica.hex.prefix(12))")
                for name in segments.sorted(by: SegmentName.coversMore) {
                    guard !damage.isEmpty else { return }
                    guard let segment = try? names.segment(name), segment.header.archive == id,
                        let entries = try? names.codec.decode(segment)
                    else { continue }
                    let before = damage
                    damage = try archive.write { writer in
                        var left = before
                        try writer.repair(&left, from: entries)
                        return left
                    }
                }
            }
        }
    }
}
