import Foundation
import Testing

/// What commands really print, each under the command and what makes it print that.
final class OutputExamples {
    let command: Command
    private(set) var all: [(label: String, json: Data)] = []

    init() throws { command = try Command() }

    /// Runs a command with `--json`, and keeps what it prints.
    @discardableResult
    func run(
        _ label: String, _ arguments: [String], archive: String = "a.db", input: String = "",
        environment: [String: String] = [:], expecting status: Int32? = 0, location: SourceLocation = #_sourceLocation
    ) throws -> Command.Result {
        let result = try command.run(
            arguments + ["--json"], archive: archive, input: input, environment: environment, expecting: status,
            location: location)
        #expect(!result.output.isEmpty, "\(arguments) printed nothing", sourceLocation: location)
        add(label, lines: result.output)
        return result
    }

    /// Runs a command that fails, and keeps its error.
    func fail(_ arguments: [String], archive: String = "a.db", location: SourceLocation = #_sourceLocation) throws {
        let result = try command.run(arguments + ["--json"], archive: archive, expecting: nil, location: location)
        let line = result.errors.split(separator: "\n").last { $0.hasPrefix("{\"error\":") }
        add("error", lines: Data(try #require(line, "\(result.errors)", sourceLocation: location).utf8))
    }

    func add(_ label: String, lines: Data) {
        all += lines.split(separator: UInt8(ascii: "\n")).map { (label, Data($0)) }
    }

    /// The ID of the first essay with a title.
    func essay(_ title: String) throws -> String {
        let essays = try command.run("list", "--json").array()
        return try #require(essays.first { $0["title"] as? String == title }?["id"] as? String, "\(title)")
    }
}
