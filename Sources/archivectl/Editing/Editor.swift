import Archive
import Foundation

/// The person's own editor.
enum Editor {
    /// Lets a person edit a text and hands what they made of it to `commit`; `nil` if they left it as it was.
    /// - Throws: `ArchiveError` if there is no editor, `Interrupted` if Ctrl-C ended it, and whatever `commit` throws. What was
    ///   written then stays in a file that the message names.
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
        } catch {
            Terminal.note("what you wrote is in \(file.path)")
            throw error
        }
    }

    /// Ctrl-C ended the editor: this command ends as if it had been its own, too.
    struct Interrupted: Error {
        let signal: Int32
    }

    // MARK: Which editor

    /// Those that Debian's tools and git fall back on.
    private static let fallbacks = ["editor", "sensible-editor", "vi", "nano"]

    /// As git chooses it: $VISUAL on a terminal that can move its cursor, else $EDITOR, else one that is installed.
    private static func command() throws -> String {
        let variables = Terminal.environment
        let chosen = [Terminal.isDumb ? nil : variables["VISUAL"], variables["EDITOR"]].compactMap { $0 }
        if let editor = chosen.first(where: { !$0.allSatisfy(\.isWhitespace) }) { return editor }
        guard !Terminal.isDumb, isatty(0) == 1, Terminal.isOutputTerminal else {
            throw ArchiveError(
                .usage, "there is no terminal for an editor here, and $EDITOR names none",
                advice: "Set EDITOR, or give the text with --from FILE")
        }
        guard let editor = fallbacks.first(where: { Programs.find($0) != nil }) else {
            throw ArchiveError(
                .usage, "neither $VISUAL nor $EDITOR names an editor, and none of \(fallbacks.joined(separator: ", ")) is installed",
                advice: "Set one, or give the text with --from FILE")
        }
        return editor
    }

    // MARK: Running it

    private static func run(_ editor: String, on file: URL) throws {
        Output.flush()
        // Ctrl-C is for the editor alone while it runs.
        let ignored = IgnoredSignals([SIGINT, SIGQUIT])
        let end: ForegroundProgram.End
        do {
            end = try ForegroundProgram.start(editor, [file.path]).wait()
        } catch let error as ForegroundProgram.StartError {
            ignored.restore()
            throw ArchiveError(
                .notFound, "the editor '\(editor)' cannot be started: \(String(cString: strerror(error.code)))",
                advice: "$VISUAL or $EDITOR names it")
        }
        ignored.restore()
        switch end {
        case .status(0): return
        case .status(127):
            throw ArchiveError(.notFound, "the editor '\(editor)' was not found", advice: "$VISUAL or $EDITOR names it")
        case .status(let status): throw ArchiveError(.failed, "the editor ended with status \(status)")
        case .signal(let number) where number == SIGINT || number == SIGQUIT: throw Interrupted(signal: number)
        case .signal(let number): throw ArchiveError(.failed, "the editor was ended by signal \(number)")
        }
    }
}

/// Signals that this process passes over for a while.
struct IgnoredSignals {
    private let before: [(number: Int32, action: sigaction)]

    init(_ numbers: [Int32]) {
        before = numbers.map { number in
            var (ignoring, old) = (sigaction(), sigaction())
            ignoring.__sigaction_handler.sa_handler = SIG_IGN
            sigaction(number, &ignoring, &old)
            return (number, old)
        }
    }

    func restore() {
        for (number, action) in before {
            var action = action
            sigaction(number, &action, nil)
        }
    }
}

/// The programs of this machine.
enum Programs {
    /// The path of a program that a shell would start by this name; `nil` if there is none.
    static func find(_ name: String) -> String? {
        if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
        return Places.searchPath.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
