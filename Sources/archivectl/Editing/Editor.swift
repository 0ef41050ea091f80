import Archive
import ArgumentParser
import Foundation
import History

/// The person's own editor.
enum Editor {
    /// Lets a person edit a text and hands what they made of it to `commit`; `nil` if they left it as it was.
    ///
    /// The text is in an `EditFile`, which goes once `commit` has saved it, or if nothing was written. Otherwise it stays, also where
    /// this process is killed, and the next command on the same essay names it.
    /// - Throws: `CommandError` if there is no editor, `Interrupted` if Ctrl-C ended it, and whatever `commit` throws: an `ExitCode`
    ///   if it has saved the text and something needs a person. The message of any other error names the file.
    static func edit<Value>(_ text: [UInt8], _ subject: EditSubject, commit: ([UInt8]) throws -> Value) throws -> Value?
    {
        let editor = try Choice.made(for: subject)
        UnfinishedEdit.sweep()
        let file = try EditFile(subject, text)
        do {
            try run(editor, on: file.path)
            let edited = try file.read()
            let value = edited == text ? nil : try commit(edited)
            file.remove()
            return value
        } catch let code as ExitCode {
            file.remove()
            throw code
        } catch {
            if let error = CommandError(error) {
                let advice = error.advice.isEmpty ? "" : error.advice + ". "
                throw CommandError(
                    error.code, error.message, advice: advice + "Nothing was changed" + kept(file, text, "; "),
                    subject: error.subject)
            }
            let kept = kept(file, text, "")
            if !kept.isEmpty { Terminal.note(kept) }
            throw error
        }
    }

    /// Where the text is; nothing if it is as it was, or was emptied, and so not kept.
    ///
    /// An editor whose terminal is closed may end before this process hears of it, and leave a file to recover from.
    private static func kept(_ file: EditFile, _ text: [UInt8], _ separator: String) -> String {
        let others = file.others
        let isWritten = (try? file.read()).map { $0 != text && !EditFile.isBlank($0) }
        if let isWritten, !isWritten {
            guard let other = others.first else {
                file.remove()
                return ""
            }
            return separator
                + "the editor left \(ShellWord.quoted(other)): open \(ShellWord.quoted(file.path)) in it to recover what was not written"
        }
        guard FileManager.default.fileExists(atPath: file.path) else { return "" }
        return separator + "what you wrote is in \(ShellWord.quoted(file.path))"
    }

    /// Ctrl-C ended the editor: this command ends as if it had been its own, too.
    struct Interrupted: Error {
        let signal: Int32
    }

    // MARK: Which editor

    /// An editor's command, and what named it.
    private struct Choice {
        let command: String
        /// The variable that holds it; `nil` if it is one that is installed.
        let variable: String?
        /// What to give in place of opening an editor.
        let option: String

        /// Those that Debian's tools and git fall back on.
        private static let fallbacks = ["editor", "sensible-editor", "vi", "nano"]

        /// As git chooses it: $VISUAL on a terminal that can move its cursor, else $EDITOR, else one that is installed.
        static func made(for subject: EditSubject) throws -> Choice {
            let option = subject.kind == .note ? "--note TEXT" : "--from FILE"
            for variable in Terminal.isDumb ? ["EDITOR"] : ["VISUAL", "EDITOR"] {
                guard let command = Terminal.environment[variable], !command.allSatisfy(\.isWhitespace) else {
                    continue
                }
                return Choice(command: command, variable: variable, option: option)
            }
            guard !Terminal.isDumb, isatty(0) == 1, Terminal.isOutputTerminal else {
                throw CommandError(
                    .usage, "no editor can be opened without a terminal, and EDITOR is not set",
                    advice: "Set EDITOR, or give the text with \(option)")
            }
            guard let command = fallbacks.first(where: { Programs.find($0) != nil }) else {
                throw CommandError(
                    .usage,
                    "no editor was found: VISUAL and EDITOR are not set, and none of \(fallbacks.joined(separator: ", ")) is installed",
                    advice: "Install one, set EDITOR to one that you have, or give the text with \(option)")
            }
            return Choice(command: command, variable: nil, option: option)
        }

        /// - Parameter reason: why it did not start.
        func cannotStart(_ reason: String) -> CommandError {
            let name = variable.map { ", which \($0) names," } ?? ""
            return CommandError(
                .notFound, "the editor '\(command)'\(name) could not be started: \(reason)",
                advice:
                    "Set \(variable ?? "EDITOR") to an editor that is installed, such as vi or nano, or give the text with \(option)"
            )
        }
    }

    // MARK: Running it

    private static func run(_ editor: Choice, on file: String) throws {
        Output.flush()
        // Ctrl-C is for the editor alone while it runs.
        let ignored = IgnoredSignals([SIGINT, SIGQUIT])
        let end: ForegroundProgram.End
        do {
            end = try ForegroundProgram.start(editor.command, [file]).wait()
        } catch let error as ForegroundProgram.StartError {
            ignored.restore()
            throw editor.cannotStart(
                error.code == ENOENT ? "there is no such program" : String(cString: strerror(error.code)))
        }
        ignored.restore()
        switch end {
        case .status(0): return
        // The shell's word for it.
        case .status(127): throw editor.cannotStart("there is no such program")
        case .status(126): throw editor.cannotStart("it is not a program that can be run")
        case .status(let status): throw CommandError(.failed, "the editor ended with status \(status)")
        case .signal(let number) where number == SIGINT || number == SIGQUIT: throw Interrupted(signal: number)
        case .signal(let number): throw CommandError(.failed, "the editor was ended by signal \(number)")
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
