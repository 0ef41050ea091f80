import NIOCore
import Synchronization

/// The open connections of a server: which are idle, and from where they come. When there are many, those that have been idle for
/// the longest time are closed, so that nobody locks others out by holding connections open.
final class ConnectionRegistry: Sendable {
    private struct Connection {
        let channel: any Channel
        let address: String
        /// Requests that have begun and are not answered.
        var requests = 0
        /// Grows with each change: the lowest has been idle for the longest time.
        var change: UInt64
    }

    private struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        var counts: [String: Int] = [:]
        var changes: UInt64 = 0

        /// Takes out the one that has been idle for the longest time, which is to be closed. One that is closing is nobody's any more.
        mutating func removeLongestIdle(_ isMeant: (Connection) -> Bool) -> Connection? {
            let idle = connections.filter { $0.value.requests == 0 && isMeant($0.value) }
            guard let longest = idle.min(by: { $0.value.change < $1.value.change }) else { return nil }
            remove(longest.key)
            return longest.value
        }

        mutating func remove(_ key: ObjectIdentifier) {
            guard let old = connections.removeValue(forKey: key) else { return }
            counts[old.address]! -= 1
            if counts[old.address] == 0 { counts[old.address] = nil }
        }

        mutating func nextChange() -> UInt64 {
            changes += 1
            return changes
        }
    }

    private let state = Mutex(State())
    /// From how many connections on idle ones are closed.
    private let most: Int
    private let mostOfAddress: Int

    init(_ limits: HTTPLimits) {
        // The server takes no connection beyond its limit: this one is reached before.
        most = max(1, limits.connections - limits.connections / 8)
        mostOfAddress = max(1, limits.connectionsOfAddress)
    }

    func opened(_ channel: any Channel) {
        let address = channel.remoteAddress?.ipAddress ?? ""
        let victims = state.withLock { state -> [Connection] in
            guard state.connections[ObjectIdentifier(channel)] == nil else { return [] }
            let new = Connection(channel: channel, address: address, change: state.nextChange())
            state.connections[ObjectIdentifier(channel)] = new
            state.counts[address, default: 0] += 1
            // The new one is the last that is meant: where all others are at work, there is no place for it.
            var victims: [Connection] = []
            if state.counts[address]! > mostOfAddress, let victim = state.removeLongestIdle({ $0.address == address }) {
                victims.append(victim)
            }
            while state.connections.count > most, let victim = state.removeLongestIdle({ $0.channel !== channel }) {
                victims.append(victim)
            }
            return victims
        }
        for victim in victims { victim.channel.close(promise: nil) }
    }

    func closed(_ channel: any Channel) {
        state.withLock { $0.remove(ObjectIdentifier(channel)) }
    }

    func requestBegan(_ channel: any Channel) { change(channel, by: 1) }
    func requestEnded(_ channel: any Channel) { change(channel, by: -1) }

    private func change(_ channel: any Channel, by count: Int) {
        state.withLock { state in
            let now = state.nextChange()
            state.connections[ObjectIdentifier(channel)]?.requests += count
            state.connections[ObjectIdentifier(channel)]?.change = now
        }
    }
}
