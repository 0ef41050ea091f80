import Interchange

/// The JSON Schema of what one command prints.
struct CommandSchema {
    private let comments: DocComments
    private var definitions: [(String, SchemaNode)] = []

    /// - Parameter outputs: all that the command prints in the different ways of calling it.
    /// - Returns: the schema's text.
    static func text(of outputs: [CommandOutput], _ comments: DocComments) throws -> String {
        var schema = CommandSchema(comments: comments)
        return try schema.node(outputs).text() + "\n"
    }

    private init(comments: DocComments) { self.comments = comments }

    private mutating func node(_ outputs: [CommandOutput]) throws -> SchemaNode {
        let command = outputs[0].command
        var members: [(String, SchemaNode)] = [
            ("$schema", "https://json-schema.org/draft/2020-12/schema"), ("title", .string(command)),
            ("description", .string(Self.description(of: command))),
        ]
        if outputs.count == 1 {
            members += try reference(Form.of(outputs[0].type)).members
        } else {
            let ways = try outputs.map { output in
                let what = output.isStream ? "One line of the output." : "The whole output."
                return try reference(Form.of(output.type)).adding("description", .string(what))
                    .adding("title", .string(output.label))
            }
            members.append(("anyOf", .list(ways)))
        }
        definitions.sort { $0.0 < $1.0 }
        return .object(members + [("$defs", .object(definitions))])
    }

    private static func description(of command: String) -> String {
        command == CommandOutput.error.command
            ? "What a command that fails prints on standard error with --json."
            : "What `archivectl \(command) --json` prints."
    }

    /// The schema of a form. That of an object is among the definitions.
    private mutating func reference(_ form: Form) throws -> SchemaNode {
        let schema: SchemaNode
        switch form.kind {
        case .unknown: throw Unsupported()
        case .leaf(let leaf): schema = leaf
        case .list(let element): schema = ["type": "array", "items": try reference(element)]
        case .table(let value): schema = ["type": "object", "additionalProperties": try reference(value)]
        case .members(let members):
            let name = form.types.joined(separator: "With")
            if !definitions.contains(where: { $0.0 == name }) {
                definitions.append((name, try object(members, of: form.types)))
            }
            schema = ["$ref": .string("#/$defs/\(name)")]
        }
        return form.isNullable ? schema.nullable : schema
    }

    private mutating func object(_ members: [Form.Member], of types: [String]) throws -> SchemaNode {
        let properties = try members.map { member in
            let text = try comments.text(of: member.owner, member.key)
            return (member.key, try reference(member.form).adding("description", .string(text)))
        }
        let text = try types.map { try comments.text(of: $0) }.joined(separator: " ")
        return [
            "description": .string(text), "type": "object", "properties": .object(properties),
            "required": .list(members.filter(\.isRequired).map { .string($0.key) }), "additionalProperties": false,
        ]
    }
}
