import Foundation
import Interchange
import Schemas
import Testing

/// What commands really print against the schemas and the types.
@Suite struct OutputTests {
    /// Made once for all tests.
    private static let examples = Result {
        let examples = try OutputExamples()
        try examples.essays()
        try examples.damage()
        try examples.unfinishedEdit()
        try examples.conflict()
        try examples.hub()
        try examples.imports()
        try examples.errors()
        return examples.all
    }

    @Test func `all that commands print is valid`() throws {
        let examples = try Self.examples.get()
        let lines = try examples.map { label, json in
            let output = try #require((CommandOutput.all + [.error]).first { $0.label == label }, "\(label)")
            return Data("{\"schema\":\"\(output.schema)\",\"value\":".utf8) + json + Data("}\n".utf8)
        }
        let problems = try Self.check(Data(lines.joined()))
        #expect(problems.isEmpty, "\(problems)")
    }

    @Test func `the validator finds what is wrong`() throws {
        let examples = try Self.examples.get()
        let json = try #require(examples.first { $0.label == "init" }?.json)
        func problems(_ change: (inout [String: Any]) -> Void) throws -> String {
            var value = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
            change(&value)
            let line = try JSONSerialization.data(withJSONObject: ["schema": "init.json", "value": value])
            return try Self.check(line)
        }
        #expect(try problems { _ in }.isEmpty)
        #expect(try problems { $0["new"] = 1 }.contains("'new' was unexpected"))
        #expect(try problems { $0["path"] = nil }.contains("'path' is a required property"))
        #expect(try problems { $0["replica"] = "x" }.contains("does not match"))
        #expect(try problems { $0["path"] = NSNull() }.contains("is not of type"))
    }

    /// - Returns: what the validator says of lines with values.
    private static func check(_ lines: Data) throws -> String {
        let command = try Command()
        let (input, output) = (command.path("values"), command.path("problems"))
        try lines.write(to: URL(fileURLWithPath: input))
        try Data().write(to: URL(fileURLWithPath: output))
        let process = Process()
        // The system's own, for which scripts/setup installs the validator.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [Schema.package.appendingPathComponent("docs/check-json.py").path]
        process.standardInput = FileHandle(forReadingAtPath: input)
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: output)
        try process.run()
        process.waitUntilExit()
        let problems = try String(contentsOfFile: output, encoding: .utf8)
        #expect((process.terminationStatus == 0) == problems.isEmpty, "\(problems)")
        return problems
    }

    @Test func `every value is one of the type that is said, and every type is printed`() throws {
        var unseen = (CommandOutput.all + [.error])
        for (label, json) in try Self.examples.get() {
            let fitting = (CommandOutput.all + [.error]).filter { output in
                guard output.label == label, let again = try? Self.again(json, output.type) else { return false }
                // Which kinds `verify` counts comes in an order of its own.
                return again == json || label == "verify" && again.count == json.count
            }
            #expect(!fitting.isEmpty, "\(label): \(String(decoding: json, as: UTF8.self))")
            unseen.removeAll { output in fitting.contains { $0.label == output.label && $0.type == output.type } }
        }
        #expect(unseen.isEmpty, "no example of \(unseen.map { "\($0.label): \($0.type)" })")
    }

    /// Reads a value, and writes it again.
    private static func again(_ json: Data, _ type: any (Codable & Sendable).Type) throws -> Data {
        func read<Value: Codable>(_ type: Value.Type) throws -> Data {
            Data(JSONLine.bytes(try JSONDecoder().decode(type, from: json)))
        }
        return try read(type)
    }

    @Test func `every key is printed by some command`() throws {
        var (unseen, seen) = (Set<String>(), Set<String>())
        for output in CommandOutput.all + [.error] {
            for (name, schema) in try Schema(file: output.schema).defined {
                unseen.formUnion(schema.properties.keys.map { "\(name).\($0)" })
            }
        }
        for (label, json) in try Self.examples.get() {
            let value = try JSONSerialization.jsonObject(with: json, options: .fragmentsAllowed)
            for shape in try Schema.shapes(of: label) { Self.see(value, as: shape, &seen) }
        }
        unseen.subtract(seen)
        #expect(unseen.isEmpty, "no example of \(unseen.sorted())")
    }

    /// Notes the keys of a value, and of all that is in it, if it is an object of this shape.
    private static func see(_ value: Any, as schema: Schema, _ seen: inout Set<String>) {
        if let items = schema.items {
            for element in value as? [Any] ?? [] { see(element, as: items, &seen) }
            return
        }
        guard let object = value as? [String: Any], let name = schema.definition else { return }
        let properties = schema.properties
        guard Set(object.keys).isSubset(of: properties.keys), schema.required.isSubset(of: object.keys) else { return }
        for (key, member) in object {
            seen.insert("\(name).\(key)")
            see(member, as: properties[key]!, &seen)
        }
    }
}
