import Archive
import Sync

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Which segments a hub holds, in the order they arrived, and what its vector was after each.
///
/// The file is a text of lines of one length, `<replica>/<segment name>`, so that line n is found without reading the
/// others. In memory stands only what every request needs: some 60 bytes a segment.
///
/// Invariants: the lines of one replica attach to each other, from sequence number 1; a line is counted only once it is
/// on the disk; lines are never changed or taken out, so a digest once given out keeps its place.
struct ArrivalIndex {
    /// In bytes, the line feed included.
    static let lineLength = 32 + 1 + SegmentName.fileLength + 1

    private struct Log {
        let replica: ReplicaID
        /// The last sequence number of each of its segments, ascending, and when that segment arrived.
        var boundaries: [Int64] = []
        var arrivals: [Int32] = []
        var end = LogPosition.start
    }

    private struct Arrival {
        let log: Int32
        let last: Int64
    }

    private let file: HubFile
    private var logs: [Log] = []
    private var ordinals: [ReplicaID: Int] = [:]
    private var order: [Arrival] = []
    private var positions: [VectorDigest: Int32] = [:]
    private var digester = VectorDigester()
    /// The digest of the vector now.
    private(set) var digest: VectorDigest

    /// An index without lines over a file that may be of any content.
    init(path: String) throws(HubError) {
        file = try HubFile(path: path, flags: O_RDWR | O_CREAT)
        digest = digester.digest
        positions[digest] = 0
    }

    // MARK: Asking

    /// How many segments have arrived.
    var count: Int { order.count }

    /// How far the log of a replica goes.
    func end(of replica: ReplicaID) -> LogPosition { ordinals[replica].map { logs[$0].end } ?? .start }

    /// How many segments had arrived when the vector had this digest; `nil` if it never had.
    func position(of digest: VectorDigest) -> Int? { positions[digest].map { Int($0) } }

    /// The vector's sequence numbers when `position` segments had arrived.
    func sequences(at position: Int) -> [ReplicaID: Int64] {
        var result: [ReplicaID: Int64] = [:]
        for log in logs {
            let known = Self.lowerBound(log.arrivals, Int32(position))
            if known > 0 { result[log.replica] = log.boundaries[known - 1] }
        }
        return result
    }

    /// The logs that have grown since `position` segments had arrived, and how far.
    func changes(since position: Int) -> ArchiveVector {
        var result: ArchiveVector = [:]
        for log in logs where Int(log.arrivals.last ?? -1) >= position { result[log.replica] = log.end }
        return result
    }

    /// The first arrival at or after `position` that goes beyond what a client holds; `nil` if there is none.
    func next(from position: Int, beyond held: [ReplicaID: Int64]) -> Int? {
        (position..<order.count).first { order[$0].last > held[logs[Int(order[$0].log)].replica] ?? 0 }
    }

    /// Where to begin looking for what a client lacks: no earlier arrival is new to it.
    func start(beyond held: [ReplicaID: Int64]) -> Int {
        var start = order.count
        for log in logs {
            let missing = Self.lowerBound(log.boundaries, (held[log.replica] ?? 0) + 1)
            if missing < log.arrivals.count { start = min(start, Int(log.arrivals[missing])) }
        }
        return start
    }

    /// When the segment that ends at this sequence number arrived; `nil` if no segment ends there.
    func arrival(of replica: ReplicaID, last: Int64) -> Int? {
        guard let log = ordinals[replica].map({ logs[$0] }) else { return nil }
        let index = Self.lowerBound(log.boundaries, last)
        return index < log.boundaries.count && log.boundaries[index] == last ? Int(log.arrivals[index]) : nil
    }

    /// The name of the segment that arrived as number `arrival`, from the file.
    func name(_ arrival: Int) throws(HubError) -> SegmentName {
        guard let name = Self.name(try file.read(Self.lineLength, at: arrival * Self.lineLength)[...]) else {
            throw HubError(.storage, "line \(arrival + 1) of \(file.path) is damaged; restart the hub to mend it")
        }
        return name
    }

    // MARK: Growing

    func attaches(_ name: SegmentName) -> Bool { name.first == end(of: name.replica).sequence + 1 }

    /// Adds a segment that attaches, and returns once the line is on the disk.
    mutating func append(_ name: SegmentName) throws(HubError) {
        // Always at the place after the last counted line: what a failed write left there is overwritten.
        try file.write(Self.line(name), at: count * Self.lineLength)
        try file.synchronize()
        remember(name)
    }

    /// Takes in what the file holds.
    /// - Parameter isHeld: whether a segment's file is there.
    /// - Returns: the lines that no longer hold, which are cut out: a torn last line, damage, or a lost segment's.
    mutating func load(isHeld: (SegmentName) -> Bool) throws(HubError) -> Int {
        let size = try file.size()
        var kept: [UInt8] = []
        var dropped = 0
        for start in stride(from: 0, to: size, by: Self.lineLength * 1024) {
            let block = try file.read(Self.lineLength * 1024, at: start)
            for offset in stride(from: 0, to: block.count, by: Self.lineLength) {
                let line = block[offset..<min(offset + Self.lineLength, block.count)]
                if let name = Self.name(line), attaches(name), isHeld(name) {
                    remember(name)
                    if dropped > 0 { kept += line }
                } else {
                    if dropped == 0 { kept = try file.read(start + offset, at: 0) }
                    dropped += 1
                }
            }
        }
        if dropped > 0 { try rewrite(kept) }
        return dropped
    }

    // Not atomic, and need not be: what a crash leaves is mended again at the next start.
    private func rewrite(_ content: [UInt8]) throws(HubError) {
        try file.write(content, at: 0)
        try file.truncate(to: content.count)
        try file.synchronize()
    }

    private mutating func remember(_ name: SegmentName) {
        let ordinal = ordinals[name.replica] ?? logs.count
        if ordinal == logs.count {
            ordinals[name.replica] = ordinal
            logs.append(Log(replica: name.replica))
        }
        logs[ordinal].boundaries.append(name.last)
        logs[ordinal].arrivals.append(Int32(order.count))
        logs[ordinal].end = name.end
        order.append(Arrival(log: Int32(ordinal), last: name.last))
        digester.set(name.replica, to: name.end)
        digest = digester.digest
        positions[digest] = Int32(order.count)
    }

    private static func line(_ name: SegmentName) -> [UInt8] { Array("\(name.replica.hex)/\(name.file)\n".utf8) }

    private static func name(_ line: ArraySlice<UInt8>) -> SegmentName? {
        guard line.count == lineLength, line.last == UInt8(ascii: "\n"), line[line.startIndex + 32] == UInt8(ascii: "/"),
            let replica = ReplicaID(hex: String(decoding: line.prefix(32), as: UTF8.self))
        else { return nil }
        return SegmentName(replica: replica, file: String(decoding: line.dropFirst(33).dropLast(), as: UTF8.self))
    }

    /// The index of the first element that is not less than `value`.
    private static func lowerBound<Value: Comparable>(_ values: [Value], _ value: Value) -> Int {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
