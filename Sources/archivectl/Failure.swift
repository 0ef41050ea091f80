import Archive
import ArgumentParser
import Foundation
import History
import Hub
import Sync

/// How errors end the process: one place for all commands.
enum Failure {
    /// Done, but something needs a person: conflicts, orphans, files that failed, problems found.
    static let needsAttention = ExitCode(2)

    static func exit(with error: any Error) -> Never {
        switch error {
        case let error as ArchiveError:
            complain(error.description + advice(for: error))
            Foundation.exit(status(of: error.code))
        case let error as RemoteError:
            complain(error.description + advice(on: error))
            Foundation.exit(status(of: error))
        case let error as MalformedMessage:
            complain("the remote holds something that cannot be read: \(error)")
            Foundation.exit(65)
        case let error as HubError:
            complain(error.description + advice(on: error))
            Foundation.exit(status(of: error))
        case let error as QueryError:
            complain(error.description)
            Foundation.exit(64)
        case let error as Editor.Interrupted:
            // So that a shell's loop ends, too.
            signal(error.signal, SIG_DFL)
            raise(error.signal)
            Foundation.exit(128 + error.signal)
        case let error as CocoaError:
            complain(error.localizedDescription)
            Foundation.exit(73)
        default:
            let (message, code) = (Self.message(error), Archivectl.exitCode(for: error))
            // Help that was asked for is output, and may fail as such.
            if code == .success {
                if !message.isEmpty { Output.write(bytes: Array((message + "\n").utf8)) }
                Output.finish()
            } else if !message.isEmpty {
                Terminal.standardError(message + "\n")
            }
            Foundation.exit(code.rawValue)
        }
    }

    /// What ArgumentParser says of arguments, in the form of all other errors.
    private static func message(_ error: any Error) -> String {
        let message = Archivectl.fullMessage(for: error)
        guard message.hasPrefix("Error: ") else { return message }
        let text = message.dropFirst("Error: ".count)
        // A sentence's capital; not an option's or a name's.
        let isSentence = text.prefix(2).allSatisfy(\.isLetter) && text.dropFirst().first?.isLowercase == true
        return "archivectl: " + (isSentence ? text.prefix(1).lowercased() + text.dropFirst() : String(text))
    }

    /// What to do where it takes options of this command.
    private static func advice(on error: RemoteError) -> String {
        switch error {
        case .untrusted: ". If the certificate is the hub's own, name its file with --ca-file in `remote add` or `clone`"
        case .unencrypted: ". If the hub has no certificate, use a URL that begins with http://"
        case .unauthorized: ". The token is in the file that --token-file names in `remote add` or `clone`; `archivectl hub token create`, run on the hub, makes a new one"
        default: ""
        }
    }

    private static func advice(on error: HubError) -> String {
        switch error.code {
        case .nameTaken: ". Choose another name; for another machine's token to this archive, use `archivectl hub token create`"
        default: ""
        }
    }

    private static func complain(_ message: String) {
        Terminal.note("archivectl: \(message)")
    }

    /// What to do about damage, which may turn up anywhere: one command says it in full.
    private static func advice(for error: ArchiveError) -> String {
        guard error.code == .corrupt, error.advice.isEmpty else { return "" }
        return (error.message.hasSuffix("\n") ? "" : ". ") + "`archivectl verify` lists what is damaged and how to repair it"
    }

    /// An error about an archive that cannot even be checked.
    static func unreadable(_ error: ArchiveError, _ path: String) -> ArchiveError {
        ArchiveError(
            error.code, error.message,
            advice: "`archivectl restore --salvage \(ShellWord.quoted(path)) --to NEW` makes a new archive of all that can be read of it")
    }

    private static func status(of error: RemoteError) -> Int32 {
        switch error {
        case .unauthorized, .forbidden: 77
        case .noSuchArchive, .notFound: 66
        case .archiveMismatch: 65
        case .unavailable, .untrusted, .unencrypted, .busy: 69
        case .interrupted, .stalled: 75
        default: 1
        }
    }

    private static func status(of error: HubError) -> Int32 {
        switch error.code {
        case .invalidName, .plainText: 64
        case .certificate: 65
        case .nameTaken, .storage, .diskFull, .foreignFolder: 73
        case .cannotListen: 69
        case .storeInUse: 75
        case .noSuchArchive, .notFound, .noSuchToken: 66
        default: 1
        }
    }

    private static func status(of code: ArchiveError.Code) -> Int32 {
        switch code {
        case .usage, .ambiguous: 64
        case .badInput, .corrupt: 65
        case .notFound: 66
        case .cannotWrite: 73
        case .busy: 75
        default: 1
        }
    }
}
