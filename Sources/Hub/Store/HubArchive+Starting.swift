import History
import Logging
import Sync

/// What an archive's folder holds is read when it is opened, and again when a segment was taken out.
extension HubArchive {
    static let maximumFile = SegmentLimits.line + SegmentLimits.payload

    static func load(
        _ index: inout ArrivalIndex, folder: String, archive: inout ArchiveDescription, logger: Logger
    ) throws(HubError) -> Int {
        var files: [ReplicaID: [SegmentName]] = [:]
        let log = try LogFolder(folder)
        for segment in log.segments where !setAside(other: segment, folder: folder, logger: logger) {
            files[segment.replica, default: []].append(segment)
        }
        for replica in log.misplaced {
            guard let kept = try DamagedSegments(folder: folder).takeOther(replica) else { continue }
            logger.error("a log's folder is none: set aside", metadata: ["log": "\(replica.hex)", "kept": "\(kept)"])
        }
        for path in log.foreign { logger.warning("passed by, as it is no segment", metadata: ["file": "\(path)"]) }
        let present = Set(files.values.joined())
        var size = 0
        var gone: [SegmentName] = []
        let dropped = try index.load { name in
            // An empty file is what a failing disk makes of one.
            guard present.contains(name), let bytes = HubFiles.size("\(folder)/\(name.path)"), 1...maximumFile ~= bytes
            else {
                gone.append(name)
                return false
            }
            size += bytes
            return true
        }
        for name in gone {
            let kept = try DamagedSegments(folder: folder).take(name)
            logger.error(
                "segment gone from the disk or damaged", metadata: ["segment": "\(name.path)", "kept": "\(kept)"])
        }
        if dropped > 0 {
            logger.warning("index repaired", metadata: ["dropped": .stringConvertible(dropped), "folder": "\(folder)"])
        }
        for replica in files.keys.sorted() {
            for name in files[replica]! where index.attaches(name) {
                guard let segment = try intact(name, folder: folder),
                    segment.header.start == index.end(of: replica) ?? .start,
                    archive.archive ?? segment.header.archive == segment.header.archive
                else { continue }
                do throws(HubError) {
                    try adopt(segment, &index, &archive, folder: folder)
                } catch {
                    // On a full disk what has a line can be read still; the next start tries again.
                    logger.error("segment not adopted", metadata: ["segment": "\(name.path)", "reason": "\(error)"])
                    return size
                }
                size += segment.bytes.count
                logger.notice("segment adopted", metadata: ["segment": "\(name.path)"])
            }
        }
        return size
    }

    /// Takes away what has a segment's name and is no file.
    /// - Returns: whether it was that.
    private static func setAside(other name: SegmentName, folder: String, logger: Logger) -> Bool {
        guard HubFiles.content("\(folder)/\(name.path)") == .other else { return false }
        do throws(HubError) {
            let kept = try DamagedSegments(folder: folder).take(name)
            logger.error(
                "damaged segment set aside: it is no file", metadata: ["segment": "\(name.path)", "kept": "\(kept)"])
        } catch {
            logger.error("damaged segment not set aside", metadata: ["segment": "\(name.path)", "reason": "\(error)"])
        }
        return true
    }

    private static func adopt(
        _ segment: LogSegment, _ index: inout ArrivalIndex, _ archive: inout ArchiveDescription, folder: String
    ) throws(HubError) {
        if archive.archive == nil {
            var bound = archive
            bound.archive = segment.header.archive
            try bound.write(folder: folder)
            archive = bound
        }
        try index.append([segment.header.name])
    }

    /// The segment in a file; `nil` if the file is not what its name says.
    static func intact(_ name: SegmentName, folder: String) throws(HubError) -> LogSegment? {
        guard let size = HubFiles.size("\(folder)/\(name.path)"), size <= maximumFile else { return nil }
        let bytes = try HubFiles.read("\(folder)/\(name.path)", limit: maximumFile)
        guard let end = bytes.prefix(SegmentLimits.line).firstIndex(of: UInt8(ascii: "\n")),
            let header = try? SegmentHeader(line: bytes[..<end]), header.name == name
        else { return nil }
        let segment = LogSegment(header: header, payload: Array(bytes[(end + 1)...]))
        return segment.isIntact ? segment : nil
    }
}
