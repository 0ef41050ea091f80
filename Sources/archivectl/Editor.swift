import Archive
import ArgumentParser
import Foundation

/// The person's own editor.
enum Editor {
    /// Lets a person edit a text and hands what they made of it to `commit`; `nil` if they left it as it was.
    /// - Throws: `ArchiveError` if there is no editor or it failed, and whatever `commit` throws. What was written then stays
    ///   in a file that the message names.
    static func edit<Value>(_ text: [UInt8], name: String, commit: ([UInt8]) throws -> Value) throws -> Value? {
        let editor = try command()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("archivectl-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let file = folder.appendingPathComponent(name)
        try Data(text).write(to: file)
        do {
            try run(editor, on: file)
            let edited = [UInt8](try Data(contentsOf: file))
            guard String(validating: edited, as: UTF8.self) != nil else { throw ArchiveError(.badInput, "the edited text is not UTF-8") }
            let value = edited == text ? nil : try commit(edited)
            try? FileManager.default.removeItem(at: folder)
            return value
        } catch let error as ArchiveError {
            let advice = (error.advice.isEmpty ? "" : error.advice + ". ") + "Nothing was changed; what you wrote is in \(file.path)"
            throw ArchiveError(error.code, error.message, advice: advice)
        }
    }

    private static func command() throws -> String {
        let variables = Terminal.environment
        guard let editor = [variables["VISUAL"], variables["EDITOR"]].compactMap({ $0 }).first(where: { !$0.isEmpty }) else {
            throw ArchiveError(.usage, "neither $VISUAL nor $EDITOR names an editor", advice: "Set one, or give the text with --from FILE")
        }
        return editor
    }

    private static func run(_ editor: String, on file: URL) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // Through the shell, as git does it: the variable may hold options.
        process.arguments = ["-c", "\(editor) \"$@\"", editor, file.path]
        Output.flush()
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ArchiveError(.failed, "the editor ended with status \(process.terminationStatus)")
        }
    }
}
