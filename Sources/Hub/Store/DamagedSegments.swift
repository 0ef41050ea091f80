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

    /// So many that came in one segment's place are kept.
    private static let most = 100

    /// Takes whatever is in the place of a damaged segment away from there, and keeps it for whoever runs the hub. Where nothing is
    /// left, that is noted.
    /// - Returns: where it is kept.
    @discardableResult
    func take(_ name: SegmentName) throws(HubError) -> String {
        try HubFiles.makeFolder(path)
        let source = "\(folder)/\(name.path)"
        let target = "\(path)/\(name.replica.hex)-\(name.file)"
        guard HubFiles.content(source) != .nothing else {
            // The name alone counts, whatever has it.
            if HubFiles.content(target) == .nothing {
                _ = try HubFile(path: target, flags: O_WRONLY | O_CREAT | O_EXCL)
            }
            return target
        }
        for number in 1...Self.most {
            let place = number == 1 ? target : "\(target).\(number)"
            // What was kept before stays, unless it says no more than the name.
            if number < Self.most, HubFiles.content(place) != .nothing, HubFiles.size(place) != 0 { continue }
            if rename(source, place) == 0 { return place }
            // A folder takes no file's place.
            guard errno == ENOTDIR, number < Self.most else { throw HubError.system("move", name.path) }
        }
        return target
    }

    /// Takes what has the name of a log's folder, and is none, away from there.
    /// - Returns: where it is kept; `nil` if there is nothing of the kind.
    @discardableResult
    func takeOther(_ replica: ReplicaID) throws(HubError) -> String? {
        let source = "\(folder)/log/\(replica.hex)"
        guard !HubFiles.isFolder(source), HubFiles.content(source) != .nothing else { return nil }
        try HubFiles.makeFolder(path)
        let places = (1...Self.most).map { "\(path)/\(replica.hex).\($0)" }
        let place = places.first { HubFiles.content($0) == .nothing } ?? places[Self.most - 1]
        guard rename(source, place) == 0 else { throw HubError.system("move", source) }
        return place
    }

    /// The logs that went further than they do by the index, and how far: what stood behind a damaged segment is still there, but
    /// attaches to nothing.
    func lost(_ index: ArrivalIndex) throws(HubError) -> [ReplicaID: Int64] {
        guard HubFiles.isFolder(path) else { return [:] }
        var lost: [ReplicaID: Int64] = [:]
        for file in try HubFiles.list(path) {
            guard let replica = ReplicaID(hex: String(file.prefix(32))),
                let name = SegmentName(replica: replica, file: String(file.dropFirst(33)))
            else { continue }
            lost[replica] = max(lost[replica] ?? 0, name.last)
        }
        for replica in lost.keys {
            guard HubFiles.isFolder("\(folder)/log/\(replica.hex)") else { continue }
            for file in try HubFiles.list("\(folder)/log/\(replica.hex)") {
                if let name = SegmentName(replica: replica, file: file) {
                    lost[replica] = max(lost[replica]!, name.last)
                }
            }
        }
        return lost.filter { index.end(of: $0.key)?.sequence ?? 0 < $0.value }
    }
}
