import Archive
import Sync

extension SimulatedHub: SimulatedRemote {
    func connection(_ network: Network, _ fuse: Fuse) -> any Remote {
        HubConnection(hub: self, network: network, fuse: fuse)
    }
    var segments: [LogSegment] { arrivals }
    var stored: [LogSegment] { arrivals }
    var isHiding: Bool { false }
    var names: [String] { arrivals.map(\.header.name.path) }

    func goBack(_ dice: Dice, isEmpty: Bool) -> String {
        let count = isEmpty ? 0 : dice.roll(arrivals.count + 1)
        defer { rollBack(to: count) }
        return "goes back from \(arrivals.count) segments to \(count)"
    }
}

/// A process's connection to a hub.
struct HubConnection: SyncRemote {
    let hub: SimulatedHub
    let network: Network
    let fuse: Fuse

    var traffic: Traffic { Traffic() }

    func sync(_ request: SyncRequest, segments: [LogSegment]) throws(RemoteError) -> (
        response: SyncResponse, segments: [LogSegment]
    ) {
        network.meanwhile?()
        try fuse.burnWhileTalking()
        if network.happens(4) { throw .unavailable("the request was lost") }
        if network.happens(4) { network.remember(segments.map { segment in { hub.take(segment) } }) }
        if network.happens(4) {
            for segment in segments.prefix(network.dice.roll(segments.count + 1)) { hub.take(segment) }
            throw .interrupted("the request was cut off")
        }
        if network.happens(2) { _ = try? hub.answer(request, segments: segments, budget: .max) }
        let budget = request.budget == 0 ? 0 : network.happens(30) ? 1 + network.dice.roll(3) : .max
        let answer = try hub.answer(request, segments: segments, budget: budget)
        if network.happens(4) { throw .interrupted("the answer was lost") }
        try fuse.burnWhileTalking()
        return (answer.0, answer.1)
    }

    // A replica speaks to a hub by requests alone.
    func list(_ prefix: String) throws(RemoteError) -> [String] { throw .rejected("list \(prefix)") }
    func get(_ name: String) throws(RemoteError) -> [UInt8]? { throw .rejected("get \(name)") }
    func put(_ name: String, _ bytes: [UInt8]) throws(RemoteError) { throw .rejected("put \(name)") }
    func delete(_ name: String) throws(RemoteError) { throw .rejected("delete \(name)") }
}
