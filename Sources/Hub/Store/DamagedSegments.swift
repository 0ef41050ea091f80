import History
import Sync

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The segments of an archive that were found damaged, or whose files are gone: in a folder of their own, under names that say of which
/// log they are. So clients are told, after a restart, too, that there was more than there is.
struct DamagedSegments {
    let folder: String

    private var path: String { folder + "/damaged" }

    /// Where the file of a damaged segment is kept, for whoever runs the hub. The folder is made.
    func place(_ name: SegmentName) throws(HubError) -> String {
        try HubFiles.makeFolder(path)
        return "\(path)/\(name.replica.hex)-\(name.file)"
    }

    /// Notes a segment of which no file is left.
    func note(_ name: SegmentName) throws(HubError) { _ = try HubFile(path: try place(name), flags: O_WRONLY | O_CREAT) }

    /// The logs that went further than they do by the index, and how far: what stood behind a damaged segment is still there, but
    /// attaches to nothing.
    func lost(_ index: ArrivalIndex) throws(HubError) -> [ReplicaID: Int64] {
        guard HubFiles.isFolder(path) else { return [:] }
        var lost: [ReplicaID: Int64] = [:]
        for file in try HubFiles.list(path) {
            guard let replica = ReplicaID(hex: String(file.prefix(32))), let name = SegmentName(replica: replica, file: String(file.dropFirst(33))) else { continue }
            lost[replica] = max(lost[replica] ?? 0, name.last)
        }
        for replica in lost.keys {
            guard HubFiles.isFolder("\(folder)/log/\(replica.hex)") else { continue }
            for file in try HubFiles.list("\(folder)/log/\(replica.hex)") {
                if let name = SegmentName(replica: replica, file: file) { lost[replica] = max(lost[replica]!, name.last) }
            }
        }
        return lost.filter { index.end(of: $0.key)?.sequence ?? 0 < $0.value }
    }
}
