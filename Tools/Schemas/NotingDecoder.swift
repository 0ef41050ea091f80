/// Lets a type decode itself from nothing, and notes which keys and types it asks for.
struct NotingDecoder: Decoder {
    let form: Form

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        let owner = Self.owner(of: type)
        if case .members = form.kind {} else { form.kind = .members([]) }
        form.types.append(owner)
        return KeyedDecodingContainer(NotingMembers(form: form, owner: owner))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer { NotingList(form: form) }

    func singleValueContainer() -> any SingleValueDecodingContainer { NotingSingle(form: form) }

    /// The type that has these keys: `Interchange.Subject.(unknown context at $1a2b).CodingKeys` → `Subject`.
    private static func owner(of keys: any CodingKey.Type) -> String {
        let names = String(reflecting: keys).split(separator: ".").filter { !$0.hasPrefix("(") }
        return names.dropLast().last.map(String.init) ?? "?"
    }
}

struct NotingMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let form: Form
    let owner: String
    private let asked = Asked()

    /// Which keys a type asked for before it decoded them.
    private final class Asked {
        /// Whether they are there.
        var presence: Set<String> = []
        /// Whether they are `null`.
        var null: Set<String> = []
    }

    init(form: Form, owner: String) {
        self.form = form
        self.owner = owner
    }

    var codingPath: [any CodingKey] { [] }

    /// Only a type whose keys are data asks for them.
    var allKeys: [Key] {
        form.kind = .table(Form())
        return Key(stringValue: "").map { [$0] } ?? []
    }

    func contains(_ key: Key) -> Bool {
        asked.presence.insert(key.stringValue)
        return true
    }

    func decodeNil(forKey key: Key) -> Bool {
        asked.null.insert(key.stringValue)
        return false
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let name = key.stringValue
        let value = Form()
        value.isNullable = asked.null.contains(name)
        let isRequired = value.isNullable || !asked.presence.contains(name)
        switch form.kind {
        case .table: form.kind = .table(value)
        case .members(let members):
            form.kind = .members(members + [.init(key: name, owner: owner, form: value, isRequired: isRequired)])
        default: break
        }
        return try value.note(type)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
        -> KeyedDecodingContainer<Nested>
    { throw Unsupported() }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw Unsupported() }
    func superDecoder() throws -> any Decoder { throw Unsupported() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw Unsupported() }
}

/// A list of one element.
struct NotingList: UnkeyedDecodingContainer {
    let form: Form
    var currentIndex = 0

    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    var isAtEnd: Bool { currentIndex == 1 }

    mutating func decodeNil() -> Bool { false }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        currentIndex += 1
        let element = Form()
        form.kind = .list(element)
        return try element.note(type)
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        throw Unsupported()
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Unsupported() }
    mutating func superDecoder() throws -> any Decoder { throw Unsupported() }
}

/// A value that is another, or is `null`.
struct NotingSingle: SingleValueDecodingContainer {
    let form: Form

    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool {
        form.isNullable = true
        return false
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try form.note(type) }
}

/// A type decodes itself in a way that has no use here so far.
struct Unsupported: Error {}
