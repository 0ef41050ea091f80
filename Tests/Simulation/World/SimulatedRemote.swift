import Archive
import Sync

/// A remote as the network of a schedule sees it.
protocol SimulatedRemote: AnyObject {
    /// What a process talks to.
    func connection(_ network: Network, _ fuse: Fuse) -> any Remote
    /// The segments that it gives to whoever asks.
    var segments: [LogSegment] { get }
    /// All segments that lie there undamaged, also such as nobody would find.
    var stored: [LogSegment] { get }
    /// Whether it holds what its heads do not promise: whoever knows them all does not look for that.
    var isHiding: Bool { get }
    /// The names that it holds.
    var names: [String] { get }
    /// How often what it holds has changed.
    var changes: Int { get }
    /// Whether it lost something that its heads still promise: whoever holds it all does not look for that.
    var isHollow: Bool { get set }
    /// Sets it back, as a restored backup of its disk does; to nothing if `isEmpty`.
    func goBack(_ dice: Dice, isEmpty: Bool) -> String
}

/// What the network between the replicas and the remotes does to them.
final class Network {
    let dice: Dice
    var isFaulty = true
    /// What happens while a request is on its way: another process works on the same file.
    var meanwhile: (() -> Void)?
    /// What somebody on the way will deliver once more, later: the parts of each request.
    private var echoes: [[() -> Void]] = []

    init(dice: Dice) { self.dice = dice }

    func happens(_ percent: Int) -> Bool { isFaulty && dice.chance(percent) }

    func remember(_ parts: [() -> Void]) {
        if !parts.isEmpty { echoes.append(parts) }
    }

    /// Delivers what was held up: late, out of order, for the second time; `false` if nothing was.
    func deliverEcho() -> Bool {
        guard !echoes.isEmpty else { return false }
        for deliver in dice.shuffled(echoes.remove(at: dice.roll(echoes.count))) { deliver() }
        return true
    }
}

extension Fuse {
    /// The same for code that talks to a remote.
    func burnWhileTalking() throws(RemoteError) {
        do { try burn() } catch { throw .interrupted("\(error)") }
    }
}
