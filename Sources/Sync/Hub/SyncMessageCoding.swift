import Archive
import History
import Prose

/// Bytes from the network, or from a file that others can write, that break the format: what, and where.
public struct MalformedMessage: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    /// Whether a limit on size is what was broken.
    public let isTooLarge: Bool
    /// Whether it is of a format that a later version may be able to read.
    public let isOfLaterFormat: Bool

    public init(_ description: String, isTooLarge: Bool = false, isOfLaterFormat: Bool = false) {
        self.description = description
        self.isTooLarge = isTooLarge
        self.isOfLaterFormat = isOfLaterFormat
    }
}

extension SyncRequest {
    /// The request line: canonical JSON and a line feed.
    public func encode() -> [UInt8] {
        var fields: [ExactString: CanonicalValue] = [:]
        fields["archive"] = archive.map { .text($0.hex) }
        fields["budget"] = budget.map { .integer(Int64($0)) }
        fields["seen"] = seen.map { .text($0.hex) }
        if !vector.isEmpty {
            fields["vector"] = .object(
                Dictionary(uniqueKeysWithValues: vector.map { (ExactString($0.key.hex), .integer($0.value)) }))
        }
        return CanonicalValue.object(fields).bytes + [UInt8(ascii: "\n")]
    }

    /// Reads a request line, without or with its line feed. Keys that this version does not know are ignored.
    public init(line: some Collection<UInt8>) throws(MalformedMessage) {
        let members = try MessageObject(line: line, of: "sync request")
        let budget = try members.integerIfPresent("budget")
        guard budget ?? 0 >= 0 else { throw members.error("'budget' is negative") }
        var vector: [ReplicaID: Int64] = [:]
        for (key, value) in try members.object("vector", most: VectorLimits.logs) {
            guard let replica = ReplicaID(hex: key.string), let sequence = value.integer, sequence >= 0 else {
                throw members.error("'vector' has something other than replica: sequence number")
            }
            vector[replica] = sequence
        }
        self.init(
            archive: try members.optional("archive") { ArchiveID(hex: $0) }, budget: budget.map { Int($0) },
            seen: try members.optional("seen") { VectorDigest(hex: $0) }, vector: vector)
    }
}

extension SyncResponse {
    /// The response line: canonical JSON and a line feed.
    public func encode() -> [UInt8] {
        var fields: [ExactString: CanonicalValue] = ["digest": .text(digest.hex)]
        fields["archive"] = archive.map { .text($0.hex) }
        if more { fields["more"] = .integer(1) }
        if isPartial { fields["partial"] = .integer(1) }
        if !vector.isEmpty {
            fields["vector"] = .object(
                Dictionary(
                    uniqueKeysWithValues: vector.map {
                        (ExactString($0.key.hex), .array([.integer($0.value.sequence), .text($0.value.chain.hex)]))
                    }))
        }
        if !refused.isEmpty {
            fields["refused"] = .array(
                refused.sorted { $0.key < $1.key }.map {
                    .array([.text($0.key.hex), .integer($0.value.sequence), .text($0.value.chain.hex)])
                })
        }
        if !lost.isEmpty {
            fields["lost"] = .object(
                Dictionary(uniqueKeysWithValues: lost.map { (ExactString($0.key.hex), .integer($0.value)) }))
        }
        return CanonicalValue.object(fields).bytes + [UInt8(ascii: "\n")]
    }

    /// Reads a response line, without or with its line feed. Keys that this version does not know are ignored.
    public init(line: some Collection<UInt8>) throws(MalformedMessage) {
        let members = try MessageObject(line: line, of: "sync response")
        var vector: ArchiveVector = [:]
        for (key, value) in try members.object("vector", most: VectorLimits.logs) {
            guard let replica = ReplicaID(hex: key.string), let pair = value.array, pair.count == 2,
                let position = Self.position(pair[0], pair[1]), position.sequence >= 1
            else { throw members.error("'vector' has something other than replica: [sequence number, chain]") }
            vector[replica] = position
        }
        var refused: ArchiveVector = [:]
        for value in try members.array("refused") {
            guard let triple = value.array, triple.count == 3,
                let replica = triple[0].string.flatMap({ ReplicaID(hex: $0) }),
                let position = Self.position(triple[1], triple[2])
            else { throw members.error("'refused' has something other than [replica, sequence number, chain]") }
            refused[replica] = position
        }
        var lost: [ReplicaID: Int64] = [:]
        for (key, value) in try members.object("lost", most: VectorLimits.logs) {
            guard let replica = ReplicaID(hex: key.string), let last = value.integer, last >= 1 else {
                throw members.error("'lost' has something other than replica: sequence number")
            }
            lost[replica] = last
        }
        self.init(
            archive: try members.optional("archive") { ArchiveID(hex: $0) },
            digest: try members.required("digest") { VectorDigest(hex: $0) }, vector: vector,
            more: try members.integerIfPresent("more") ?? 0 != 0,
            isPartial: try members.integerIfPresent("partial") ?? 0 != 0,
            refused: refused, lost: lost)
    }

    private static func position(_ sequence: CanonicalValue, _ chain: CanonicalValue) -> LogPosition? {
        guard let sequence = sequence.integer, sequence >= 0, let chain = chain.string.flatMap({ Chain(hex: $0) }),
            (sequence == 0) == (chain == .empty)
        else { return nil }
        return LogPosition(sequence: sequence, chain: chain)
    }
}

/// The members of one line of canonical JSON, read with errors that name the line and the key.
package struct MessageObject {
    private let members: [ExactString: CanonicalValue]
    private let subject: String

    package init(line: some Collection<UInt8>, of subject: String) throws(MalformedMessage) {
        var bytes = Array(line)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        self.subject = subject
        // Canonical JSON has no empty object inside a value; a whole line that says nothing is one.
        if bytes.elementsEqual("{}".utf8) {
            members = [:]
            return
        }
        do {
            guard let members = try CanonicalValue(canonical: bytes).object else {
                throw MalformedMessage("the \(subject) is not a JSON object")
            }
            self.members = members
        } catch let error as CanonicalError {
            throw MalformedMessage("the \(subject) is \(error)")
        } catch let error as MalformedMessage {
            throw error
        } catch {
            throw MalformedMessage("the \(subject) cannot be read: \(error)")
        }
    }

    package func error(_ reason: String) -> MalformedMessage { MalformedMessage("the \(subject) is wrong: \(reason)") }

    package func optional<Value>(_ key: ExactString, _ read: (String) -> Value?) throws(MalformedMessage) -> Value? {
        guard let member = members[key] else { return nil }
        guard let text = member.string, let value = read(text) else { throw error("'\(key)' is not in its form") }
        return value
    }

    package func required<Value>(_ key: ExactString, _ read: (String) -> Value?) throws(MalformedMessage) -> Value {
        guard let value = try optional(key, read) else { throw error("'\(key)' is missing") }
        return value
    }

    package func text(_ key: ExactString) throws(MalformedMessage) -> String { try required(key) { $0 } }

    package func integerIfPresent(_ key: ExactString) throws(MalformedMessage) -> Int64? {
        guard let member = members[key] else { return nil }
        guard let value = member.integer else { throw error("'\(key)' is not an integer") }
        return value
    }

    package func integer(_ key: ExactString) throws(MalformedMessage) -> Int64 {
        guard let value = try integerIfPresent(key) else { throw error("'\(key)' is missing") }
        return value
    }

    /// Empty if absent.
    package func object(_ key: ExactString, most: Int = .max) throws(MalformedMessage) -> [ExactString: CanonicalValue]
    {
        guard let member = members[key] else { return [:] }
        guard let value = member.object else { throw error("'\(key)' is not an object") }
        guard value.count <= most else {
            throw MalformedMessage("the \(subject) is wrong: '\(key)' names more than \(most) logs", isTooLarge: true)
        }
        return value
    }

    /// Empty if absent.
    package func array(_ key: ExactString) throws(MalformedMessage) -> [CanonicalValue] {
        guard let member = members[key] else { return [] }
        guard let value = member.array else { throw error("'\(key)' is not an array") }
        return value
    }
}
