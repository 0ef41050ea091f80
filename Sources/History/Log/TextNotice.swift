import Prose

/// What entries of the kinds `text` and `lacks` say, which repair texts: that a text comes with this entry, whole, or that a
/// replica lacks it. Whoever holds a text that somebody lacks logs it.
///
/// The bytes are `{"text":"<hash>"}` or `{"lacks":"<hash>"}` in canonical JSON, so that whoever says the same writes the same
/// entry.
public struct TextNotice: Hashable, Sendable {
    public enum Statement: String, Sendable, CaseIterable { case text, lacks }

    public let statement: Statement
    public let hash: TextHash

    public init(_ statement: Statement, _ hash: TextHash) {
        self.statement = statement
        self.hash = hash
    }

    public var kind: EntryKind { statement == .text ? .text : .lacks }

    public var bytes: [UInt8] {
        CanonicalValue.object([ExactString(statement.rawValue): .text(hash.hex)]).bytes
    }

    public var id: EntryID { EntryID(hashing: bytes) }

    /// Reads an entry's bytes; `nil` for anything else.
    public init?(bytes: [UInt8]) {
        guard let members = try? CanonicalValue(canonical: bytes).object, members.count == 1,
            let (key, value) = members.first,
            let statement = Statement(rawValue: key.string), let hash = value.string.flatMap({ TextHash(hex: $0) })
        else { return nil }
        self.init(statement, hash)
    }
}
