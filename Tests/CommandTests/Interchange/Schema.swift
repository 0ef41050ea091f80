import Foundation
import Schemas
import Testing

/// A committed JSON Schema of what a command prints, or a part of one.
struct Schema {
    let node: [String: Any]
    private let definitions: [String: [String: Any]]

    private init(_ node: [String: Any], _ definitions: [String: [String: Any]]) {
        self.node = node
        self.definitions = definitions
    }

    /// - Parameter path: in docs/schema.
    init(file path: String) throws {
        let data = try Data(contentsOf: Self.folder.appendingPathComponent(path))
        let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        self.init(root, root["$defs"] as? [String: [String: Any]] ?? [:])
    }

    static let package: URL = {
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.path + "/Package.swift") {
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    static let folder = package.appendingPathComponent("docs/schema")

    /// The shapes of what a command prints when it is called in a certain way.
    /// - Parameter label: the command and what makes it print that.
    static func shapes(of label: String) throws -> [Schema] {
        let output = try #require((CommandOutput.all + [.error]).first { $0.label == label }, "no output '\(label)'")
        let schema = try Schema(file: output.schema)
        guard let ways = schema.node["anyOf"] as? [[String: Any]] else { return [schema] }
        return ways.filter { $0["title"] as? String == label }.map { Schema($0, schema.definitions) }
    }

    // MARK: Parts

    /// The name of the definition that this refers to.
    var reference: String? { (node["$ref"] as? String)?.split(separator: "/").last.map(String.init) }

    /// What is meant, behind references and without `null`.
    var target: Schema {
        if let reference, let definition = definitions[reference] { return Schema(definition, definitions) }
        let choices = (node["anyOf"] as? [[String: Any]] ?? []).filter { $0["type"] as? String != "null" }
        return choices.count == 1 ? Schema(choices[0], definitions).target : self
    }

    /// The name of the definition of what is meant, behind `null`.
    var definition: String? {
        let choices = node["anyOf"] as? [[String: Any]] ?? []
        return reference ?? choices.lazy.compactMap { Schema($0, definitions).reference }.first
    }

    var isNullable: Bool {
        let choices = node["anyOf"] as? [[String: Any]] ?? []
        return types.contains("null") || choices.contains { $0["type"] as? String == "null" }
            || (node["enum"] as? [Any])?.contains { $0 is NSNull } == true
    }

    private var types: [String] { node["type"] as? [String] ?? (node["type"] as? String).map { [$0] } ?? [] }

    /// `string`, `integer`, `object` …; `nil` if it may be of several types.
    var type: String? {
        if node["enum"] != nil { return "string" }
        let types = target.types.filter { $0 != "null" }
        return types.count == 1 ? types[0] : nil
    }

    var properties: [String: Schema] {
        (target.node["properties"] as? [String: [String: Any]] ?? [:]).mapValues { Schema($0, definitions) }
    }

    var required: Set<String> { Set(target.node["required"] as? [String] ?? []) }

    /// What each element of a list is.
    var items: Schema? { (target.node["items"] as? [String: Any]).map { Schema($0, definitions) } }

    /// All definitions, with their names.
    var defined: [String: Schema] { definitions.mapValues { Schema($0, definitions) } }
}
