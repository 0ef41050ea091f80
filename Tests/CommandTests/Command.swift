import Foundation
import Testing

/// The built command, run as a user runs it, in a folder of its own.
final class Command: Sendable {
    struct Result {
        let status: Int32
        let output: Data
        let errors: String

        var text: String { String(decoding: output, as: UTF8.self) }

        /// The output as JSON.
        func json() throws -> Any { try JSONSerialization.jsonObject(with: output, options: .fragmentsAllowed) }
        func object() throws -> [String: Any] { try #require(try json() as? [String: Any]) }
        func array() throws -> [[String: Any]] { try #require(try json() as? [[String: Any]]) }
    }

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("archivectl-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Beside the test bundle.
    static let executable: URL = {
        let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return products.appendingPathComponent("archivectl")
    }()

    /// A process that is not started yet.
    func process(_ arguments: [String], archive: String = "a.db", environment: [String: String] = [:]) -> Process {
        let process = Process()
        process.executableURL = Self.executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = [
            "HOME": folder.path, "XDG_STATE_HOME": folder.path + "/state", "PATH": "/usr/bin:/bin",
            "ARCHIVECTL_ARCHIVE": folder.appendingPathComponent(archive).path, "ARCHIVECTL_AUTHOR": "测试者",
        ].merging(environment) { $1 }
        return process
    }

    /// Runs the command to its end. Output goes through files, so that no pipe fills up.
    @discardableResult
    func run(
        _ arguments: String..., archive: String = "a.db", input: String = "", environment: [String: String] = [:],
        expecting status: Int32? = 0,
        location: SourceLocation = #_sourceLocation
    ) throws -> Result {
        try run(
            arguments, archive: archive, input: input, environment: environment, expecting: status, location: location)
    }

    @discardableResult
    func run(
        _ arguments: [String], archive: String = "a.db", input: String = "", environment: [String: String] = [:],
        expecting status: Int32? = 0,
        location: SourceLocation = #_sourceLocation
    ) throws -> Result {
        let id = UUID().uuidString
        let (output, errors, source) = (
            folder.appendingPathComponent(".out-\(id)"), folder.appendingPathComponent(".err-\(id)"),
            folder.appendingPathComponent(".in-\(id)")
        )
        try Data(input.utf8).write(to: source)
        for file in [output, errors] { try Data().write(to: file) }
        defer { for file in [output, errors, source] { try? FileManager.default.removeItem(at: file) } }
        let process = process(arguments, archive: archive, environment: environment)
        process.standardInput = try FileHandle(forReadingFrom: source)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        let result = Result(
            status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: try Data(contentsOf: output), errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
        if let status {
            #expect(
                result.status == status, "archivectl \(arguments.joined(separator: " ")): \(result.errors)",
                sourceLocation: location)
        }
        return result
    }

    func write(_ text: String, to name: String) throws {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
}
