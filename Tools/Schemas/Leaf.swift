import History
import Interchange
import Prose

/// Types that are not taken apart: strings of a certain form, and what has any form.
enum Leaf {
    /// - Returns: the schema of a type and a value of it; `nil` of a type that is taken apart.
    static func of<Value>(_ type: Value.Type) -> (SchemaNode, Value)? {
        if let (schema, sample) = known[ObjectIdentifier(type)] { return (schema, sample as! Value) }
        guard let cases = (type as? any CaseIterable.Type).map(names), let first = cases.first else { return nil }
        return (["enum": .list(cases.map { .string($0.name) })], first.value as! Value)
    }

    private static func names(_ type: any CaseIterable.Type) -> [(name: String, value: Any)] {
        func all<Cases: CaseIterable>(_ type: Cases.Type) -> [Any] { Array(type.allCases) }
        return all(type).compactMap { value in
            ((value as? any RawRepresentable)?.rawValue as? String).map { ($0, value) }
        }
    }

    private static let known: [ObjectIdentifier: (SchemaNode, any Sendable)] = {
        let hash = ItemID(bytes: [UInt8](repeating: 0, count: 32))!
        return Dictionary(
            uniqueKeysWithValues: [
                entry("", ["type": "string"]),
                entry(false, ["type": "boolean"]),
                // Counts, places and sizes.
                entry(0, ["type": "integer", "minimum": 0]),
                entry(0.0, ["type": "number"]),
                entry(hash, digits(64)),
                entry(hash.root, digits(64)),
                entry(TextHash(hashing: []), digits(64)),
                entry(ArchiveID.random(), digits(32)),
                entry(ReplicaID.random(), digits(32)),
                entry(
                    Timestamp(milliseconds: 0),
                    [
                        "type": "string", "format": "date-time",
                        "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$",
                    ]),
                // Open: an archive may hold items of a kind that only a later version knows.
                entry(ItemKind.essay, ["type": "string"]),
                entry(
                    RevisionVector(),
                    [
                        "type": "object", "propertyNames": ["pattern": "^[0-9a-f]{32}$"],
                        "additionalProperties": ["type": "integer", "minimum": 1],
                    ]),
                entry(CanonicalValue.text(""), ["type": ["string", "integer", "array", "object"]]),
            ])
    }()

    private static func entry<Value: Sendable>(
        _ sample: Value, _ schema: SchemaNode
    ) -> (ObjectIdentifier, (SchemaNode, any Sendable)) {
        (ObjectIdentifier(Value.self), (schema, sample))
    }

    private static func digits(_ count: Int) -> SchemaNode {
        ["type": "string", "pattern": .string("^[0-9a-f]{\(count)}$")]
    }
}
