import History
import Prose
import Sync

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Which segments a hub holds, in the order they arrived, and what its vector was after each.
///
/// The file is a text of lines of one length, `<replica>/<segment name>`, so that line n is found without reading the
/// others. In memory stands only what every request needs: some 80 bytes a segment.
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

    private let path: String
    private var logs: [Log] = []
    private var ordinals: [ReplicaID: Int32] = [:]
    private var order: [Arrival] = []
    /// Of the vector after each arrival, and before the first.
    private var digests: [VectorDigest] = []
    private var positions: [VectorDigest: Int32] = [:]
    private var digester = VectorDigester()
    /// The digest of the vector now.
    var digest: VectorDigest { digests[order.count] }

    /// An index without lines over a file that may be of any content. No file stays open: a hub may have any number of archives.
    init(path: String) throws(HubError) {
        self.path = path
        _ = try HubFile(path: path, flags: O_RDWR | O_CREAT)
        remember(digester.digest)
    }

    // MARK: Asking

    /// How many segments have arrived.
    var count: Int { order.count }

    var logCount: Int { logs.count }

    /// How far the log of a replica goes; `nil` if there is none.
    func end(of replica: ReplicaID) -> LogPosition? { ordinals[replica].map { logs[Int($0)].end } }

    /// How many segments had arrived when the vector had this digest; `nil` if it never had.
    func position(of digest: VectorDigest) -> Int? { positions[digest].map { Int($0) } }

    /// The digest of the vector when `position` segments had arrived.
    func digest(at position: Int) -> VectorDigest { digests[position] }

    /// The logs that had grown between two moments, each given by how many segments had arrived, and how far they went at the second:
    /// of no more than `most` logs, at the latest such moment.
    func changes(since start: Int, most: Int) throws(HubError) -> (vector: ArchiveVector, end: Int) {
        var changed: Set<Int32> = []
        var end = start
        while end < order.count, changed.count < most || changed.contains(order[end].log) {
            changed.insert(order[end].log)
            end += 1
        }
        return (try vector(changed, at: end), end)
    }

    private func vector(_ changed: Set<Int32>, at end: Int) throws(HubError) -> ArchiveVector {
        var vector: ArchiveVector = [:]
        var earlier: [Int] = []
        for ordinal in changed {
            let log = logs[Int(ordinal)]
            if Int(log.arrivals.last!) < end {
                vector[log.replica] = log.end
            } else {
                earlier.append(Int(log.arrivals[Self.lowerBound(log.arrivals, Int32(end)) - 1]))
            }
        }
        for name in try names(earlier.sorted()) { vector[name.replica] = name.end }
        return vector
    }

    /// The numbers of those arrivals before `end`, in their order, that a client lacks, up to `most`.
    /// - Parameters:
    ///   - position: how many segments had arrived at the state that the client has seen: it holds those, and no later ones, but for
    ///   - held: logs of which it says how far it holds them.
    func missing(since position: Int, _ held: [ReplicaID: Int64], before end: Int, most: Int) -> [Int] {
        var known: [Int32: Int64] = [:]
        var start = position
        for (replica, sequence) in held {
            guard let ordinal = ordinals[replica] else { continue }
            known[ordinal] = sequence
            let log = logs[Int(ordinal)]
            let first = Self.lowerBound(log.boundaries, sequence &+ 1)
            if first < log.arrivals.count { start = min(start, Int(log.arrivals[first])) }
        }
        var found: [Int] = []
        var number = start
        while number < end, found.count < most {
            let arrival = order[number]
            if known[arrival.log].map({ arrival.last > $0 }) ?? (number >= position) { found.append(number) }
            number += 1
        }
        return found
    }

    /// When the segment that ends at this sequence number arrived; `nil` if no segment ends there.
    func arrival(of replica: ReplicaID, last: Int64) -> Int? {
        guard let log = ordinals[replica].map({ logs[Int($0)] }) else { return nil }
        let index = Self.lowerBound(log.boundaries, last)
        return index < log.boundaries.count && log.boundaries[index] == last ? Int(log.arrivals[index]) : nil
    }

    /// The names of the segments that arrived as these numbers, ascending, from the file.
    func names(_ arrivals: [Int]) throws(HubError) -> [SegmentName] {
        guard !arrivals.isEmpty else { return [] }
        let file = try HubFile(path: path, flags: O_RDONLY)
        var names: [SegmentName] = []
        var (block, first) = ([UInt8](), 0)
        for arrival in arrivals {
            if arrival < first || (arrival + 1 - first) * Self.lineLength > block.count {
                // Those that follow each other are read together.
                first = arrival
                block = try file.read(
                    Self.lineLength * Swift.min(64, arrivals.count - names.count), at: arrival * Self.lineLength)
            }
            guard let name = Self.name(block[((arrival - first) * Self.lineLength)...].prefix(Self.lineLength)) else {
                throw HubError(.storage, "line \(arrival + 1) of \(path) is damaged; restart the hub to repair it")
            }
            names.append(name)
        }
        return names
    }

    // MARK: Growing

    func attaches(_ name: SegmentName) -> Bool { name.first == (end(of: name.replica) ?? .start).sequence + 1 }

    /// Adds segments each of which attaches, and returns once the lines are on the disk.
    mutating func append(_ names: [SegmentName]) throws(HubError) {
        let file = try HubFile(path: path, flags: O_RDWR)
        // Always at the place after the last counted line: what a failed write left there is overwritten.
        try file.write(Array(names.map(Self.line).joined()), at: count * Self.lineLength)
        try file.synchronize()
        for name in names { remember(name) }
    }

    /// Takes in what the file holds.
    /// - Parameter isHeld: whether a segment's file is there.
    /// - Returns: the lines that no longer hold, which are cut out: a torn last line, damage, or a lost segment's.
    mutating func load(isHeld: (SegmentName) -> Bool) throws(HubError) -> Int {
        let file = try HubFile(path: path, flags: O_RDONLY)
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

    // Not atomic, and need not be: what a crash leaves is repaired again at the next start.
    private func rewrite(_ content: [UInt8]) throws(HubError) {
        let file = try HubFile(path: path, flags: O_RDWR)
        try file.write(content, at: 0)
        try file.truncate(to: content.count)
        try file.synchronize()
    }

    private mutating func remember(_ name: SegmentName) {
        let ordinal = ordinals[name.replica] ?? Int32(logs.count)
        if Int(ordinal) == logs.count {
            ordinals[name.replica] = ordinal
            logs.append(Log(replica: name.replica))
        }
        logs[Int(ordinal)].boundaries.append(name.last)
        logs[Int(ordinal)].arrivals.append(Int32(order.count))
        logs[Int(ordinal)].end = name.end
        order.append(Arrival(log: ordinal, last: name.last))
        digester.set(name.replica, to: name.end)
        remember(digester.digest)
    }

    private mutating func remember(_ digest: VectorDigest) {
        positions[digest] = Int32(digests.count)
        digests.append(digest)
    }

    private static func line(_ name: SegmentName) -> [UInt8] { Array("\(name.replica.hex)/\(name.file)\n".utf8) }

    private static func name(_ line: ArraySlice<UInt8>) -> SegmentName? {
        guard line.count == lineLength, line.last == UInt8(ascii: "\n"),
            line[line.startIndex + 32] == UInt8(ascii: "/"),
            let replica = Hex.decode(line.prefix(32)).flatMap({ ReplicaID(bytes: $0) })
        else { return nil }
        return SegmentName(replica: replica, file: line.dropFirst(33).dropLast())
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
