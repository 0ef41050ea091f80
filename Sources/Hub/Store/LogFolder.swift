import Archive
import History
import Sync

/// What is in the folder of an archive's segments, `log/<replica>/…`: files of other names, or in other places, are somebody's and are
/// passed by.
struct LogFolder {
    private(set) var segments: [SegmentName] = []
    /// The paths of what is none.
    private(set) var foreign: [String] = []
    /// The logs whose folder is none.
    private(set) var misplaced: [ReplicaID] = []

    /// - Parameter folder: the archive's.
    init(_ folder: String) throws(HubError) {
        for name in try HubFiles.list(folder + "/log") {
            let path = "\(folder)/log/\(name)"
            guard let replica = ReplicaID(hex: name), HubFiles.isFolder(path) else {
                if let replica = ReplicaID(hex: name) { misplaced.append(replica) }
                foreign.append(path)
                continue
            }
            for file in try HubFiles.list(path) {
                if let segment = SegmentName(replica: replica, file: file) {
                    segments.append(segment)
                } else {
                    foreign.append("\(path)/\(file)")
                }
            }
        }
    }
}
