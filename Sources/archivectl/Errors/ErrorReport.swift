import Archive
import Foundation
import HTTPServing
import History
import Hub
import Sync

/// An error as it is told to a person or, with `--json`, to a program, and the exit status that it gives.
struct ErrorReport {
    /// Stable: programs tell errors apart by it. docs/json.md lists them all.
    let code: String
    let message: String
    let advice: String
    let subject: String?
    let status: Int32

    /// `nil` if nothing is known of such errors.
    init?(_ error: any Error) {
        switch error {
        case let error as RemoteError: self.init(error)
        case let error as HubError: self.init(error)
        case let error as ListenError: self.init(error)
        case let error as MalformedMessage:
            self.init(
                code: "malformed", message: "the remote holds something that cannot be read: \(error)",
                advice: error.isOfLaterFormat ? Remedy.update.advice : "", status: 65)
        case let error as QueryError:
            self.init(
                code: "query", message: "\(error.message), at character \(error.position + 1) of the query",
                advice: error.advice,
                status: 64)
        case let error as CocoaError:
            self.init(code: ArchiveError.Code.cannotWrite.rawValue, message: error.localizedDescription, status: 73)
        default:
            guard let error = CommandError(error) else { return nil }
            self.init(error)
        }
    }

    init(code: String, message: String, advice: String = "", subject: String? = nil, status: Int32) {
        self.code = code
        self.message = message
        self.advice = advice
        self.subject = subject
        self.status = status
    }

    private init(_ error: CommandError) {
        // Damage may turn up anywhere: one command says in full what to do about it.
        let isAdvised = error.code != .corrupt || !error.advice.isEmpty
        let status: Int32 =
            switch error.code {
            case .usage, .ambiguous: 64
            case .badInput, .corrupt: 65
            case .notFound: 66
            case .cannotWrite: 73
            case .busy: 75
            default: 1
            }
        self.init(
            code: error.code.rawValue, message: error.message,
            advice: isAdvised ? error.advice : "`archivectl verify` lists what is damaged and how to repair it",
            subject: error.subject,
            status: status)
    }

    /// Has standard error say it: in a line for a person, or as one JSON object.
    func print() {
        guard Self.isJSON else { return Terminal.note("archivectl: \(Advice.joined(message, advice))") }
        var members: [(String, JSON)] = [("code", .string(code)), ("message", .advice(Self.trimmed(message)))]
        if let subject { members.append(("subject", .string(subject))) }
        if !advice.isEmpty { members.append(("advice", .advice(Self.trimmed(advice)))) }
        Terminal.standardError(JSON.object([("error", .object(members))]).text + "\n")
    }

    /// Whether the command line asks for JSON, also one that cannot be parsed.
    private static var isJSON: Bool { CommandLine.arguments.dropFirst().prefix { $0 != "--" }.contains("--json") }

    private static func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .newlines) }
}

// MARK: Remotes

extension ErrorReport {
    private init(_ error: RemoteError) {
        let (code, status, advice): (String, Int32, String) =
            switch error {
            case .unauthorized:
                (
                    "unauthorized", 77,
                    """
                    The token is in the file that --token-file names in `remote add` or `clone`; `archivectl hub token create`, \
                    run on the hub, makes a new one
                    """
                )
            case .forbidden: ("forbidden", 77, "")
            case .noSuchArchive: ("no-such-archive", 66, "")
            case .notFound: ("not-found", 66, "")
            case .archiveMismatch: ("archive-mismatch", 65, "")
            case .seenUnknown: ("seen-unknown", 1, "")
            case .unavailable: ("unavailable", 69, "")
            case .untrusted:
                (
                    "untrusted", 69,
                    "If the certificate is the hub's own, name its file with --ca-file in `remote add` or `clone`"
                )
            case .unencrypted: ("unencrypted", 69, "If the hub has no certificate, use a URL that begins with http://")
            case .busy: ("remote-busy", 69, "")
            case .interrupted: ("interrupted", 75, "Run the same command again to continue")
            case .stalled: ("stalled", 75, "Run the same command again to continue")
            case .rejected: ("rejected", 1, "")
            case .tooLarge: ("too-large", 1, "")
            case .full: ("full", 1, "")
            case .malformed: ("malformed", 1, "")
            case .laterFormat: ("later-format", 1, Remedy.update.advice)
            }
        self.init(code: code, message: error.description, advice: advice, status: status)
    }

    private init(_ error: HubError) {
        let isTaken = error.code == .nameTaken
        let status: Int32 =
            switch error.code {
            case .invalidName: 64
            case .nameTaken, .storage, .diskFull, .foreignFolder: 73
            case .storeInUse: 75
            case .noSuchArchive, .notFound, .noSuchToken: 66
            default: 1
            }
        let another =
            "Choose another name; for another machine's token to this archive, use `archivectl hub token create`"
        self.init(
            code: error.code.rawValue, message: error.message, advice: error.remedy?.advice ?? (isTaken ? another : ""),
            status: status)
    }

    private init(_ error: ListenError) {
        let (advice, status): (String, Int32) =
            switch error.code {
            case .plainText:
                (
                    "Give a certificate with --tls-cert and --tls-key, listen on 127.0.0.1 behind a proxy with TLS, or use --allow-plain-text where something else protects the network",
                    64
                )
            case .certificate: ("Name the PEM files of the certificate and its key with --tls-cert and --tls-key", 65)
            case .cannotListen: ("Stop what listens there, or choose another address with --listen", 69)
            }
        self.init(code: error.code.rawValue, message: error.message, advice: advice, status: status)
    }
}
