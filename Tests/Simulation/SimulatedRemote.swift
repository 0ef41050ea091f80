import Archive
import Sync

/// A remote as the network of a schedule sees it.
protocol SimulatedRemote: AnyObject {
    /// What a process talks to.
    func connection(_ network: Network, _ fuse: Fuse) -> any Remote
    /// The segments that it gives to whoever asks.
    var segments: [Segment] { get }
    /// All segments that lie there undamaged, also such as nobody would find.
    var stored: [Segment] { get }
    /// The names that it holds.
    var names: [String] { get }
    /// Delivers something that was held up on its way.
    func take(late segment: Segment)
    /// Whether it lost something that its heads still promise: whoever holds it all does not look for that.
    var isHollow: Bool { get set }
    /// Sets it back, as a restored backup of its disk does; to nothing if `isEmpty`.
    func goBack(_ dice: Dice, isEmpty: Bool) -> String
}

/// What the network between the replicas and the remotes does to them.
final class Network {
    let dice: Dice
    var isFaulty = true
    /// Pushes that somebody else on the way will deliver once more, later.
    private var echoes: [(remote: any SimulatedRemote, segments: [Segment])] = []

    init(dice: Dice) { self.dice = dice }

    func happens(_ percent: Int) -> Bool { isFaulty && dice.chance(percent) }

    func remember(_ segments: [Segment], to remote: any SimulatedRemote) {
        if !segments.isEmpty { echoes.append((remote, segments)) }
    }

    /// Delivers what was held up: late, out of order, for the second time.
    func deliverEcho() {
        guard !echoes.isEmpty else { return }
        let echo = echoes.remove(at: dice.roll(echoes.count))
        for segment in dice.shuffled(echo.segments) { echo.remote.take(late: segment) }
    }
}

extension Fuse {
    /// The same for code that talks to a remote.
    func burnWhileTalking() throws(RemoteError) {
        do { try burn() } catch { throw .interrupted("\(error)") }
    }
}
