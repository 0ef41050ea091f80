import Archive

@testable import Sync

/// Names in memory, and whatever can happen to them on their way.
final class MemoryRemote: Remote {
    enum Operation: Hashable {
        case list(String)
        case get(String)
        case put(String)
        case delete(String)
    }

    /// What becomes of an operation.
    enum Fault: Hashable {
        /// The operation fails and has no effect.
        case lost
        /// It takes effect, and fails all the same.
        case answerLost
        /// Only so many bytes of a PUT arrive, and it fails.
        case torn(Int)
        /// Only so many bytes of a PUT arrive, and it succeeds.
        case tornInSilence(Int)
        /// A PUT succeeds and has no effect.
        case forgotten
        /// A LIST tells what was there so many changes ago.
        case stale(Int)
    }

    /// Asked before each operation.
    var fault: (Operation) -> Fault? = { _ in nil }
    /// What the names hold, to look at and to meddle with.
    var content: [String: [UInt8]] = [:] {
        didSet { past.append(content.keys.sorted()) }
    }
    private var past: [[String]] = [[]]
    private(set) var traffic = Traffic()

    func list(_ prefix: String) throws(RemoteError) -> [String] {
        let fault = try begin(.list(prefix))
        var names = past.last!
        if case .stale(let age) = fault { names = past[max(0, past.count - 1 - age)] }
        names = names.filter { $0.utf8.starts(with: prefix.utf8) }
        traffic.receivedBytes += names.reduce(0) { $0 + $1.utf8.count }
        return try end(fault, names)
    }

    func get(_ name: String) throws(RemoteError) -> [UInt8]? {
        let fault = try begin(.get(name))
        traffic.receivedBytes += content[name]?.count ?? 0
        return try end(fault, content[name])
    }

    func put(_ name: String, _ bytes: [UInt8]) throws(RemoteError) {
        let fault = try begin(.put(name))
        traffic.sentBytes += bytes.count
        switch fault {
        case .forgotten: return
        case .torn(let count), .tornInSilence(let count): content[name] = Array(bytes.prefix(count))
        default: content[name] = bytes
        }
        try end(fault, ())
    }

    func delete(_ name: String) throws(RemoteError) {
        let fault = try begin(.delete(name))
        if fault != .forgotten { content[name] = nil }
        try end(fault, ())
    }

    private func begin(_ operation: Operation) throws(RemoteError) -> Fault? {
        traffic.requests += 1
        let fault = fault(operation)
        if fault == .lost { throw .unavailable("lost on the way") }
        return fault
    }

    private func end<Value>(_ fault: Fault?, _ value: Value) throws(RemoteError) -> Value {
        switch fault {
        case .answerLost, .torn: throw .interrupted("answer lost")
        default: return value
        }
    }
}
