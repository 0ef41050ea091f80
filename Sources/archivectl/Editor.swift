import Archive
import ArgumentParser
import Foundation

/// The person's own editor.
enum Editor {
    /// Lets a person edit a text; `nil` if they left it as it was.
    /// - Throws: `ArchiveError` if there is no editor or it failed; what was written stays in the file that the message names.
    static func edit(_ text: [UInt8], name: String) throws -> [UInt8]? {
        let variables = Terminal.environment
        guard let editor = [variables["VISUAL"], variables["EDITOR"]].compactMap({ $0 }).first(where: { !$0.isEmpty }) else {
            throw ArchiveError(.usage, "neither $VISUAL nor $EDITOR names an editor", advice: "Set one, or give the text with --from FILE")
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("archivectl-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let file = folder.appendingPathComponent(name)
        try Data(text).write(to: file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // Through the shell, as git does it: the variable may hold options.
        process.arguments = ["-c", "\(editor) \"$@\"", editor, file.path]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ArchiveError(.failed, "the editor ended with status \(process.terminationStatus); the archive is unchanged", advice: "What was written is in \(file.path)")
        }
        let edited = [UInt8](try Data(contentsOf: file))
        guard String(validating: edited, as: UTF8.self) != nil else {
            throw ArchiveError(.badInput, "the edited text is not UTF-8; the archive is unchanged", advice: "It is in \(file.path)")
        }
        try? FileManager.default.removeItem(at: folder)
        return edited == text ? nil : edited
    }
}
