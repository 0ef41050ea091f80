/// A part of a JSON Schema, whose keys keep their order.
indirect enum SchemaNode: Sendable, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    case null
    case bool(Bool)
    case integer(Int)
    case string(String)
    case list([SchemaNode])
    case object([(String, SchemaNode)])

    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(arrayLiteral elements: SchemaNode...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, SchemaNode)...) { self = .object(elements) }

    /// The members of an object; none of anything else.
    var members: [(String, SchemaNode)] {
        if case .object(let members) = self { members } else { [] }
    }

    subscript(key: String) -> SchemaNode? { members.first { $0.0 == key }?.1 }

    /// The same object with one more member in front.
    func adding(_ key: String, _ value: SchemaNode) -> SchemaNode { .object([(key, value)] + members) }

    /// The same schema, which `null` fits, too.
    var nullable: SchemaNode {
        if case .list(let values)? = self["enum"] { return ["enum": .list(values + [.null])] }
        guard let type = self["type"] else { return ["anyOf": [self, ["type": "null"]]] }
        let types = if case .list(let types) = type { types } else { [type] }
        return .object(members.map { $0.0 == "type" ? ($0.0, .list(types + ["null"])) : $0 })
    }

    // MARK: Text

    /// For people: two blanks a level, and what is short in one line.
    func text(margin: String = "") -> String {
        let inner = margin + "  "
        switch self {
        case .null: return "null"
        case .bool(let value): return "\(value)"
        case .integer(let value): return "\(value)"
        case .string(let value): return Self.quoted(value)
        case .list(let values):
            let line = "[" + values.map { $0.text() }.joined(separator: ", ") + "]"
            guard line.contains("\n") || margin.count + line.count > 90 else { return line }
            return "[\n" + values.map { inner + $0.text(margin: inner) }.joined(separator: ",\n") + "\n\(margin)]"
        case .object(let members):
            if members.count == 1, case .string(let value) = members[0].1 {
                return "{ \(Self.quoted(members[0].0)): \(Self.quoted(value)) }"
            }
            let lines = members.map { inner + Self.quoted($0.0) + ": " + $0.1.text(margin: inner) }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(margin)}"
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
