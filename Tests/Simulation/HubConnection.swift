import Archive
import Sync

/// What the network between the replicas and the remotes does to them.
final class Network {
    let dice: Dice
    var isFaulty = true
    /// Pushes that somebody else on the way will deliver once more, later.
    private var echoes: [(hub: SimulatedHub, segments: [Segment])] = []

    init(dice: Dice) { self.dice = dice }

    func happens(_ percent: Int) -> Bool { isFaulty && dice.chance(percent) }

    func remember(_ segments: [Segment], to hub: SimulatedHub) {
        if !segments.isEmpty { echoes.append((hub, segments)) }
    }

    /// Delivers what was held up: late, out of order, for the second time.
    func deliverEcho() {
        guard !echoes.isEmpty else { return }
        let echo = echoes.remove(at: dice.roll(echoes.count))
        for segment in dice.shuffled(echo.segments) { echo.hub.take(segment) }
    }
}

/// A process's connection to a hub.
struct HubConnection: SyncRemote {
    let hub: SimulatedHub
    let network: Network
    let fuse: Fuse

    var traffic: Traffic { Traffic() }

    // Only the fast path is simulated here.
    func list(_ prefix: String) throws(RemoteError) -> [String] { throw .rejected("ask by sync") }
    func get(_ name: String) throws(RemoteError) -> [UInt8]? { throw .rejected("ask by sync") }
    func put(_ name: String, _ bytes: [UInt8]) throws(RemoteError) { throw .rejected("ask by sync") }
    func delete(_ name: String) throws(RemoteError) { throw .rejected("ask by sync") }

    func sync(_ request: SyncRequest, segments: [Segment]) throws(RemoteError) -> (response: SyncResponse, segments: [Segment]) {
        try burn()
        if network.happens(4) { throw .unavailable("the request was lost") }
        if network.happens(4) { network.remember(segments, to: hub) }
        if network.happens(4) {
            for segment in segments.prefix(network.dice.roll(segments.count + 1)) { hub.take(segment) }
            throw .interrupted("the request was cut off")
        }
        if network.happens(2) { _ = try? hub.answer(request, segments: segments, budget: .max) }
        let budget = network.happens(30) ? 1 + network.dice.roll(3) : .max
        let answer = try hub.answer(request, segments: segments, budget: budget)
        if network.happens(4) { throw .interrupted("the answer was lost") }
        try burn()
        return (answer.0, answer.1)
    }

    private func burn() throws(RemoteError) {
        do { try fuse.burn() } catch { throw .interrupted("\(error)") }
    }
}
