import Archive
import ArgumentParser
import Files
import Foundation
import History
import Prose

/// What all commands on an archive take.
struct ArchiveOptions: ParsableArguments {
    @Option(
        name: .customLong("archive"), parsing: .unconditional,
        help: ArgumentHelp("The archive's file.", valueName: "file"), completion: .file())
    var file: String?

    @Flag(name: .shortAndLong, help: "Print only results and errors, no progress, hints or notes.")
    var quiet = false

    @Flag(name: .customLong("no-pager"), help: "Print long output without a pager.")
    var isPagerless = false

    @Flag(
        name: .customLong("read-only"),
        help: "Change neither the archive nor any file beside it. Also reads an archive of a newer archivectl.")
    var isReadOnly = false

    func validate() throws { try requirePath(file, "--archive") }

    var path: String { file ?? Places.archive }

    /// The path of an archive that is to be made. Where nobody named one, its folder is made, too.
    func pathForNew() throws -> String {
        try requireWriting()
        if file == nil, Places.isArchiveDefault { try SafeFile.makeFolder(Places.data) }
        return path
    }

    func open(concurrently: Bool = false) throws -> Archive {
        try requireWriting()
        Recomputing.forbid()
        return try noting {
            try Archive.open(path, environment: Places.environment, concurrently: concurrently, migrating: $0)
        }
    }

    /// - Throws: `CommandError` if nothing may be changed.
    func requireWriting() throws {
        guard isReadOnly else { return }
        throw CommandError(
            .usage, "--read-only does not allow this command, because it may change the archive",
            advice: "Run it without --read-only")
    }

    /// Opens the archive for a command that only reads.
    func openForReading(_ purpose: Recomputing.Purpose = .showing) throws -> Archive {
        try Recomputing.open(path, for: purpose) {
            try noting {
                try Archive.openForReading(path, environment: Places.environment, isForced: isReadOnly, migrating: $0)
            }
        }
    }

    /// Opens an archive, and says so if its schema is changed.
    private func noting(_ open: ((Int) -> Void) throws -> Archive) throws -> Archive {
        var isTold = false
        let archive = try open { _ in
            if !isTold { note("\(path) was written by an older archivectl, and is converted now") }
            isTold = true
        }
        guard let migration = archive.migration else { return archive }
        note("converted \(path) from schema \(migration.from) to \(migration.to)")
        if let copy = migration.keptCopy {
            Terminal.note(
                "archivectl: warning: \(path) was damaged already before this; \(copy) is the file as it was. `archivectl verify` lists the damage"
            )
        }
        return archive
    }

    /// Has a pager show what is printed, where a person reads it.
    func usePager(_ json: JSONOption) {
        if !isPagerless, !json.isOn { Output.usePager() }
    }

    /// Prints a hint or a summary that is no data.
    func note(_ text: String) {
        if !quiet { Terminal.note(text) }
    }

    /// The same of a text that may be styled.
    func note(shown text: Shown) {
        if !quiet { Terminal.note(shown: text) }
    }
}

struct JSONOption: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print JSON for programs instead of text.")
    var isOn = false
}

struct AuthorOption: ParsableArguments {
    @Option(
        name: .customLong("author"), parsing: .unconditional,
        help: ArgumentHelp("Who makes the change; by default $ARCHIVECTL_AUTHOR or your login name.", valueName: "name")
    )
    var name: String?

    var author: Author { Author(name ?? Places.author) }
}

/// Where things are on this machine.
enum Places {
    static var archive: String {
        variable("ARCHIVECTL_ARCHIVE") ?? data + "/archive.db"
    }

    /// Whether the environment names no archive.
    static var isArchiveDefault: Bool { variable("ARCHIVECTL_ARCHIVE") == nil }
    /// The folder of the archive that is used where none is named.
    static var data: String { base("XDG_DATA_HOME", "/.local/share") + "/archivectl" }

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
        return Account.current?.name
    }

    /// The person's home directory: $HOME, else what the password database says. Without either the command ends.
    static var home: String {
        if let path = variable("HOME"), path.hasPrefix("/") { return path }
        if let path = Account.current?.home, path.hasPrefix("/") { return path }
        Failure.exit(
            with: CommandError(
                .usage,
                "your home directory is unknown: HOME is not set, and the password database has none for user \(getuid())",
                advice: "Set HOME, or XDG_STATE_HOME and XDG_DATA_HOME"))
    }

    private static func base(_ name: String, _ fallback: String) -> String {
        // The XDG specification has relative paths ignored.
        if let path = variable(name), path.hasPrefix("/") { return path }
        return home + fallback
    }

    /// A variable that holds a path; `nil` if it is not set, or empty. One that is not UTF-8 would name another file.
    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        if let path = String(validatingCString: value) { return path }
        Failure.exit(
            with: CommandError(
                .usage, "the environment variable \(name) is not UTF-8", advice: "Set it to a path in UTF-8"))
    }
}

/// What the system knows of the person.
struct Account {
    let name: String
    let home: String

    /// The entry of the password database; `nil` if there is none.
    static var current: Account? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 1 << 10)
        while true {
            let failure = getpwuid_r(getuid(), &entry, &buffer, buffer.count, &found)
            guard failure == ERANGE, buffer.count < 1 << 20 else { break }
            buffer = [CChar](repeating: 0, count: 2 * buffer.count)
        }
        guard found != nil else { return nil }
        return buffer.withUnsafeBufferPointer { _ in
            Account(name: String(cString: entry.pw_name), home: String(cString: entry.pw_dir))
        }
    }
}

/// Reads what a person named as `FILE`, `-` being standard input.
enum Input {
    /// No text may be longer, nor in another encoding more than twice as long.
    private static let limit = 32 << 20

    /// - Parameter limit: how many bytes it may have.
    static func read(_ name: String, limit: Int = limit) throws -> [UInt8] {
        let file = name == "-" ? STDIN_FILENO : Arguments.open(name)
        guard file >= 0 else { throw failure(name) }
        defer { if name != "-" { close(file) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Foundation.read(file, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(name) }
            bytes += buffer[..<count]
            guard bytes.count <= limit else {
                throw CommandError(
                    .badInput, "\(shown(name)) is longer than \(limit >> 20) MiB, which is the most that can be read",
                    advice: "Split it into several", subject: name)
            }
        }
    }

    private static func failure(_ name: String) -> CommandError {
        CommandError(
            .notFound, "\(name) cannot be read: \(String(cString: strerror(errno)))",
            advice: "Check the name and the permissions", subject: name)
    }

    /// The same, decoded to UTF-8.
    static func text(_ name: String) throws -> [UInt8] {
        do {
            return try TextDecoder.decode(try read(name)).bytes
        } catch let error as TextDecodingError {
            let advice =
                switch ArchiveError(error).remedy {
                // Only an import takes the name of an encoding.
                case .nameEncoding(let guess):
                    "\(guess.map { "It looks most like \($0.rawValue). " } ?? "")Convert it to UTF-8 first"
                case .repairBytes: "Repair it there, or convert it to UTF-8 first"
                case let remedy: remedy?.advice ?? ""
                }
            throw CommandError(.badInput, "\(shown(name)): \(error)", advice: advice, subject: name)
        }
    }

    /// A text that is to replace another: an empty one is a mistake far more often than meant.
    static func replacement(_ name: String) throws -> [UInt8] {
        let text = try text(name)
        guard !text.isEmpty else {
            throw CommandError(
                .badInput, "\(shown(name)) is empty; nothing was changed",
                advice: "To delete an essay: archivectl delete", subject: name)
        }
        return text
    }

    private static func shown(_ name: String) -> String { name == "-" ? "standard input" : name }
}
