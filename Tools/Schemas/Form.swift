/// What a type looks like in JSON, as it tells a decoder that notes what it is asked for.
final class Form {
    enum Kind {
        case unknown
        /// A value without parts.
        case leaf(SchemaNode)
        case list(Form)
        /// An object whose keys are known.
        case members([Member])
        /// An object whose keys are data.
        case table(Form)
    }

    struct Member {
        let key: String
        /// The type whose property it is.
        let owner: String
        let form: Form
        /// Whether the key is always there.
        let isRequired: Bool
    }

    var kind = Kind.unknown
    var isNullable = false
    /// The types whose members it has: one, or those that are joined.
    var types: [String] = []

    /// - Throws: what a type throws that asks for what no JSON has here.
    static func of(_ type: any Decodable.Type) throws -> Form {
        let form = Form()
        _ = try form.note(type)
        return form
    }

    /// Notes what a type asks for.
    /// - Returns: a value, so that it goes on asking.
    func note<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if let (schema, sample) = Leaf.of(type) {
            kind = .leaf(schema)
            return sample
        }
        return try Value(from: NotingDecoder(form: self))
    }
}
