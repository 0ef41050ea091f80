import Foundation
import Schemas

// Writes a JSON Schema for what each command prints with `--json`. What else is in their folder is removed.
// Arguments: the folder of the sources of Interchange, and that of the schemas.

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
    FileHandle.standardError.write(Data("usage: write-schemas SOURCES SCHEMAS\n".utf8))
    exit(64)
}
let folder = URL(fileURLWithPath: arguments[2])

do {
    let schemas = try Schemas.all(sources: URL(fileURLWithPath: arguments[1]))
    if FileManager.default.fileExists(atPath: folder.path) { try FileManager.default.removeItem(at: folder) }
    for (path, text) in schemas {
        let file = folder.appendingPathComponent(path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
} catch {
    FileHandle.standardError.write(Data("write-schemas: \(error)\n".utf8))
    exit(1)
}
