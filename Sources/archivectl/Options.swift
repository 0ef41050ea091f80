import Archive
import ArgumentParser
import Foundation

/// What all commands on an archive take.
struct ArchiveOptions: ParsableArguments {
    @Option(name: .customLong("archive"), help: ArgumentHelp("The archive's file.", valueName: "file"))
    var file: String?

    @Flag(name: .shortAndLong, help: "Print no progress and no hints.")
    var quiet = false

    var path: String { file ?? Places.archive }

    func open(concurrently: Bool = false) throws -> Archive {
        try Archive.open(path, environment: Places.environment, concurrently: concurrently)
    }

    /// Prints a hint or a summary that is no data.
    func note(_ text: String) {
        if !quiet { Terminal.note(text) }
    }
}

struct JSONOption: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print JSON for programs instead of text.")
    var isOn = false
}

struct AuthorOption: ParsableArguments {
    @Option(name: .customLong("author"), help: "Who makes the change; else $ARCHIVECTL_AUTHOR, else your login name.")
    var name: String?

    var author: Author { Author(name ?? Places.author) }
}

/// Where things are on this machine.
enum Places {
    static var archive: String {
        if let path = Terminal.environment["ARCHIVECTL_ARCHIVE"], !path.isEmpty { return path }
        return base("XDG_DATA_HOME", "/.local/share") + "/archivectl/archive.db"
    }

    static var environment: Archive.Environment {
        Archive.Environment(stateDirectory: state)
    }

    /// The folder of what this machine keeps outside the archives.
    static var state: String { base("XDG_STATE_HOME", "/.local/state") + "/archivectl" }

    /// Where programs are looked for.
    static var searchPath: String { Terminal.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin" }

    static var author: String? {
        if let name = Terminal.environment["ARCHIVECTL_AUTHOR"], !name.isEmpty { return name }
        if let user = Terminal.environment["USER"], !user.isEmpty { return user }
        return getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) }
    }

    private static func base(_ variable: String, _ fallback: String) -> String {
        // The XDG specification has relative paths ignored.
        if let path = Terminal.environment[variable], path.hasPrefix("/") { return path }
        return (Terminal.environment["HOME"] ?? "/") + fallback
    }
}

/// Reads what a person named as `FILE`, `-` being standard input.
enum Input {
    static func read(_ name: String) throws -> [UInt8] {
        guard name == "-" else {
            guard let data = FileManager.default.contents(atPath: name) else {
                throw ArchiveError(.notFound, "\(name) cannot be read", advice: "Check that it is there and that you may read it")
            }
            return Array(data)
        }
        return Array(FileHandle.standardInput.readDataToEndOfFile())
    }

    /// The same, decoded to UTF-8.
    static func text(_ name: String) throws -> [UInt8] {
        do {
            return try TextDecoder.decode(try read(name)).bytes
        } catch let error as TextDecodingError {
            throw ArchiveError(.badInput, "\(shown(name)): \(error)")
        }
    }

    /// A text that is to replace another: an empty one is a mistake far more often than meant.
    static func replacement(_ name: String) throws -> [UInt8] {
        let text = try text(name)
        guard !text.isEmpty else {
            throw ArchiveError(.badInput, "\(shown(name)) is empty; nothing was changed", advice: "`archivectl delete` deletes an essay")
        }
        return text
    }

    private static func shown(_ name: String) -> String { name == "-" ? "standard input" : name }
}
