import Archive
import History
import Sync

/// Storage in memory that holds names and understands nothing.
final class SimulatedStorage {
    var isHollow = false
    private(set) var content: [String: [UInt8]] = [:]
    private(set) var changes = 0
    /// The names as they were after each change, for lists that are out of date.
    private var past: [[String]] = [[]]
    /// All of it as it was now and then, for somebody to put back.
    private var images: [[String: [UInt8]]] = [[:]]

    /// - Parameter age: so many changes ago.
    func names(age: Int) -> [String] { past[max(0, past.count - 1 - age)] }

    func set(_ name: String, to bytes: [UInt8]?) {
        if content[name] != bytes { changes += 1 }
        content[name] = bytes
        past.append(content.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        if past.count % 8 == 0 { images.append(content) }
    }

    /// A PUT that was cut off; of one that was there already, since a list was out of date, less is there now.
    func tear(_ name: String, _ bytes: ArraySlice<UInt8>) {
        if bytes.count < content[name]?.count ?? 0 { isHollow = true }
        set(name, to: Array(bytes))
    }

    /// A PUT that was held up. What a head promises may be there no longer.
    func take(late name: String, _ bytes: [UInt8]) {
        if case .segment = RemoteName(name) {} else { isHollow = true }
        set(name, to: bytes)
    }

    private func replace(with image: [String: [UInt8]]) {
        changes += 1
        content = image
        past = [content.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }]
    }
}

extension SimulatedStorage: SimulatedRemote {
    func connection(_ network: Network, _ fuse: Fuse) -> any Remote {
        StorageConnection(storage: self, network: network, fuse: fuse)
    }

    /// What the heads lead to: an upload that was cut off before its head came is not there yet. Without any head all is read, but
    /// whoever has an old list at that moment does not see it, and writes the first head.
    var segments: [LogSegment] { led(isWhole: false) }

    var isHiding: Bool { led(isWhole: true).count < stored.count }

    /// - Parameter isWhole: without those segments into which heads lead only, and beyond whose end none does.
    private func led(isWhole: Bool) -> [LogSegment] {
        let heads = names.compactMap { name in
            if case .head(let head)? = RemoteName(name) { head } else { nil as SegmentName? }
        }
        let sound = stored
        return Dictionary(grouping: heads, by: \.replica).flatMap { replica, heads in
            Self.reached(from: heads, sound.filter { $0.header.replica == replica }, isWhole: isWhole)
        }
    }

    var stored: [LogSegment] {
        names.compactMap { name in
            guard case .segment(let segment)? = RemoteName(name) else { return nil }
            return try? LogSegment(content[name]!, name: segment)
        }
    }

    /// The segments of one log that its heads lead to, also to a place inside them. Where a file is missing on the way, all that
    /// could be meant.
    private static func reached(from heads: [SegmentName], _ segments: [LogSegment], isWhole: Bool) -> [LogSegment] {
        var positions = Set(heads.map(\.end))
        var reached: [LogSegment] = []
        var rest = segments.map { ($0, places(in: $0)) }
        while let index = rest.firstIndex(where: {
            isWhole ? positions.contains($0.0.header.end) : !positions.isDisjoint(with: $0.1)
        }) {
            reached.append(rest.remove(at: index).0)
            positions.insert(reached.last!.header.start)
        }
        if isWhole || positions.contains(.start) { return reached }
        let furthest = heads.map(\.last).max()!
        return segments.filter { $0.header.last <= furthest }
    }

    private static func places(in segment: LogSegment) -> Set<LogPosition> {
        var position = segment.header.start
        let entries = (try? ZstdCodec().decode(segment)) ?? []
        return Set(
            entries.map { entry in
                position = position.appending(entry.id)
                return position
            })
    }

    var names: [String] { names(age: 0) }

    func goBack(_ dice: Dice, isEmpty: Bool) -> String {
        let names = names(age: 0)
        guard !isEmpty, dice.chance(50) else {
            replace(with: isEmpty ? [:] : dice.pick(images)!)
            return "goes back from \(names.count) names to \(content.count)"
        }
        let lost = names.filter { _ in dice.chance(25) }
        for name in lost { set(name, to: nil) }
        isHollow = true
        return "loses \(lost.count) of \(names.count) names"
    }
}

/// A process's connection to a storage, with all that real ones do: what is put arrives not at all, in part, or twice, and
/// lists are out of date.
struct StorageConnection: Remote {
    let storage: SimulatedStorage
    let network: Network
    let fuse: Fuse

    var traffic: Traffic { Traffic() }

    func list(_ prefix: String) throws(RemoteError) -> [String] {
        try begin()
        let age = network.happens(15) ? network.dice.roll(6) : 0
        return try end(storage.names(age: age).filter { $0.utf8.starts(with: prefix.utf8) })
    }

    func get(_ name: String) throws(RemoteError) -> [UInt8]? {
        try begin()
        return try end(storage.content[name])
    }

    func put(_ name: String, _ bytes: [UInt8]) throws(RemoteError) {
        try begin()
        if network.happens(2) {
            storage.tear(name, bytes.prefix(network.dice.roll(bytes.count + 1)))
            throw .interrupted("the upload was cut off")
        }
        if network.happens(3) { network.remember([{ storage.take(late: name, bytes) }]) }
        storage.set(name, to: bytes)
        try end(())
    }

    func delete(_ name: String) throws(RemoteError) {
        try begin()
        storage.set(name, to: nil)
        try end(())
    }

    private func begin() throws(RemoteError) {
        network.meanwhile?()
        try fuse.burnWhileTalking()
        if network.happens(2) { throw .unavailable("the request was lost") }
    }

    private func end<Value>(_ value: Value) throws(RemoteError) -> Value {
        if network.happens(2) { throw .interrupted("the answer was lost") }
        try fuse.burnWhileTalking()
        return value
    }
}
