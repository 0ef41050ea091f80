import ArgumentParser
import Foundation
import History
import Interchange

/// How errors end the process: one place for all commands.
enum Failure {
    /// Done, but something needs a person: conflicts, orphans, files that failed, problems found.
    static let needsAttention = ExitCode(ExitStatus.needsAttention.rawValue)

    static func exit(with error: any Error) -> Never {
        if let error = error as? Editor.Interrupted {
            // So that a shell's loop ends, too.
            signal(error.signal, SIG_DFL)
            raise(error.signal)
            Foundation.exit(128 + error.signal)
        }
        if let report = ErrorReport(error) {
            report.print()
            Foundation.exit(report.status)
        }
        let (message, code) = (Archivectl.fullMessage(for: error), Archivectl.exitCode(for: error))
        // Help that was asked for is output, and may fail as such.
        if code == .success {
            if !message.isEmpty { Output.write(bytes: Array((message + "\n").utf8)) }
            Output.finish()
        } else if !message.isEmpty {
            parsed(message, code).print()
        }
        Foundation.exit(code.rawValue)
    }

    /// What ArgumentParser says of arguments, in the form of all other errors. What follows the first sentence says how to use the
    /// command.
    private static func parsed(_ message: String, _ code: ExitCode) -> ErrorReport {
        let prefix = "Error: "
        let text = message.hasPrefix(prefix) ? message.dropFirst(prefix.count) : message[...]
        // A sentence's capital; not an option's or a name's.
        let isSentence = text.prefix(2).allSatisfy(\.isLetter) && text.dropFirst().first?.isLowercase == true
        let parsed =
            isSentence && message.hasPrefix(prefix) ? text.prefix(1).lowercased() + text.dropFirst() : String(text)
        let sentence = Mistyped.withoutFarOption(parsed)
        let end = sentence.firstMatch(of: #/\n(?:Help|Usage): /#)?.range.lowerBound ?? sentence.endIndex
        return ErrorReport(
            code == .validationFailure ? .usage : .failed, sentence[..<end] + (end < sentence.endIndex ? "\n" : ""),
            advice: sentence[end...].trimmingCharacters(in: .newlines), status: code.rawValue)
    }

    /// An error about an archive that cannot even be checked.
    static func unreadable(_ error: ArchiveError, _ path: String) -> CommandError {
        CommandError(
            error.code, error.message,
            advice:
                "`archivectl restore --salvage \(ShellWord.quoted(path)) --to NEW` makes a new archive of all that can be read of it",
            subject: path)
    }
}
