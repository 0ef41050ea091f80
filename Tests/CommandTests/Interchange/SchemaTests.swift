import Foundation
import Schemas
import Testing

/// The schemas in docs/schema against the types of the program and the commands that its parser knows.
@Suite struct SchemaTests {
    @Test func `the committed schemas are those of the types`() throws {
        let made = try Schemas.all(sources: Schema.package.appendingPathComponent("Sources/Interchange"))
        let files = try #require(FileManager.default.enumerator(atPath: Schema.folder.path))
        let committed = files.compactMap { $0 as? String }.filter { $0.hasSuffix(".json") }
        #expect(Set(committed) == Set(made.keys), "run `make schema`")
        for (path, text) in made {
            let file = Schema.folder.appendingPathComponent(path)
            #expect(try String(contentsOf: file, encoding: .utf8) == text, "\(path): run `make schema`")
        }
    }

    @Test func `no object of any schema allows further keys`() throws {
        for output in CommandOutput.all + [.error] {
            for (name, schema) in try Schema(file: output.schema).defined {
                #expect(schema.node["additionalProperties"] as? Bool == false, "\(output.schema): \(name)")
                #expect((schema.node["description"] as? String)?.isEmpty == false, "\(output.schema): \(name)")
            }
        }
    }

    @Test func `every command that takes --json has a schema, and no other`() throws {
        let help = try Command().run("--experimental-dump-help").object()
        let commands = Self.commands(try #require(help["command"] as? [String: Any]), below: [])
        #expect(commands.count > 35)
        #expect(Set(commands) == Set(CommandOutput.all.map(\.command)))
    }

    /// The commands at and below one that take `--json`.
    private static func commands(_ command: [String: Any], below words: [String]) -> [String] {
        let arguments = command["arguments"] as? [[String: Any]] ?? []
        let names = arguments.flatMap { $0["names"] as? [[String: Any]] ?? [] }
        let own = names.contains { $0["name"] as? String == "json" } ? [words.joined(separator: " ")] : []
        let subcommands = command["subcommands"] as? [[String: Any]] ?? []
        return own
            + subcommands.flatMap { subcommand in
                commands(subcommand, below: words + [subcommand["commandName"] as? String ?? "?"])
            }
    }
}
