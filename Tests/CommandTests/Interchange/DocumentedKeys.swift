import Foundation
import Testing

/// The keys that docs/json.md says commands print, and what it says of their types.
///
/// Its tables have the columns command, key, type and meaning. A command stands in the first row of its keys. A key with one dot before
/// it is of the objects in the last key without; `the keys of` another command includes all of those.
struct DocumentedKeys {
    struct Key: Hashable, Comparable, CustomStringConvertible {
        /// The keys around it and its own: `hits.start`.
        let path: String
        /// As in JSON Schema; `nil` where the documentation does not say it, or it may be of several.
        let type: String?
        let isNullable: Bool

        var description: String { "\(path): \(type ?? "any")\(isNullable ? "?" : "")" }
        static func < (left: Self, right: Self) -> Bool { left.description < right.description }
    }

    private(set) var keys: [String: Set<Key>] = [:]

    init() throws {
        let file = Schema.package.appendingPathComponent("docs/json.md")
        var labels: [String] = []
        var included: [(label: String, other: String)] = []
        var around: [String] = []
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where line.hasPrefix("|") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard cells.count == 5, !["key", "---"].contains(cells[1]) else { continue }
            if !cells[0].isEmpty {
                labels = cells[0].replacing("`", with: "").split(separator: ", ").map(String.init)
                around = []
            }
            let names = cells[1].matches(of: /`([^`]+)`/).map { String($0.output.1) }
            if cells[1].hasPrefix("the keys of") {
                included += labels.flatMap { label in names.map { (label, $0) } }
                continue
            }
            // The list that the whole output is.
            if names == ["[]"] { continue }
            let depth = cells[1].prefix { $0 == "·" }.count
            // `errors[]` and `warnings[]` may share the rows of their objects.
            let parents = depth == 0 ? [""] : around[depth - 1].split(separator: " ").map { $0 + "." }
            around = Array(around.prefix(depth))
            around.append(
                parents.flatMap { parent in names.map { parent + $0.replacing("[]", with: "") } }.joined(separator: " ")
            )
            for label in labels {
                for (index, name) in names.enumerated() {
                    let types = Self.types(cells[2])
                    let type = types.count == names.count ? types[index] : types.first ?? ""
                    for parent in parents { keys[label, default: []].insert(Self.key(parent, name, type)) }
                }
            }
        }
        for (label, other) in included { keys[label, default: []].formUnion(try #require(keys[other], "\(other)")) }
    }

    /// `n, [n, n][]` → `n`, `[n, n][]`
    private static func types(_ cell: String) -> [String] {
        cell.replacing("[n, n]", with: "pair").split(separator: ", ").map(String.init)
    }

    private static func key(_ parent: String, _ name: String, _ type: String) -> Key {
        let isList = name.hasSuffix("[]") || type.hasSuffix("[]")
        let isNullable = !isList && type.hasSuffix("?")
        return Key(
            path: parent + name.replacing("[]", with: ""),
            type: isList ? "array" : self.type(isNullable ? String(type.dropLast()) : type), isNullable: isNullable)
    }

    private static func type(_ name: String) -> String? {
        switch name {
        case "ID", "replica", "archive", "hash", "time", "string": "string"
        case "n", "place", "bytes": "integer"
        case "number": "number"
        case "bool": "boolean"
        case "vector", "fields", "subject", "object", "object: string → n": "object"
        default: nil
        }
    }

    // MARK: Those of the schemas

    /// The keys of a shape and of the objects in it. Subjects are described once.
    static func keys(of schema: Schema, below path: String = "") -> Set<Key> {
        let object = schema.items ?? schema
        guard path.isEmpty || object.reference != "Subject" else { return [] }
        return object.properties.reduce(into: []) { keys, member in
            let (name, value) = (path + member.key, member.value)
            keys.insert(Key(path: name, type: value.type, isNullable: value.isNullable))
            keys.formUnion(self.keys(of: value, below: name + "."))
        }
    }
}
