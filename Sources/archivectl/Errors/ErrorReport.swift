import Archive
import Foundation
import HTTPServing
import History
import Hub
import Interchange
import Sync

/// An error as it is told to a person or, with `--json`, to a program, and the exit status that it gives.
struct ErrorReport {
    /// Stable: programs tell errors apart by it.
    let code: ErrorCode
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
                .malformed, "the remote holds something that cannot be read: \(error)",
                advice: error.isOfLaterFormat ? Remedy.update.advice : "", status: ExitStatus.badData.rawValue)
        case let error as QueryError:
            self.init(
                .query, "\(error.message), at character \(error.position + 1) of the query", advice: error.advice)
        case let error as CocoaError: self.init(.cannotWrite, error.localizedDescription)
        default:
            guard let error = CommandError(error) else { return nil }
            self.init(error)
        }
    }

    /// - Parameter status: `nil` for the one that errors of this code usually give.
    init(_ code: ErrorCode, _ message: String, advice: String = "", subject: String? = nil, status: Int32? = nil) {
        self.code = code
        self.message = message
        self.advice = advice
        self.subject = subject
        self.status = status ?? code.statuses[0].rawValue
    }

    private init(_ error: CommandError) {
        // Damage may turn up anywhere: one command says in full what to do about it.
        let isAdvised = error.code != .corrupt || !error.advice.isEmpty
        self.init(
            ErrorCode(rawValue: error.code.rawValue) ?? .failed, error.message,
            advice: isAdvised ? error.advice : "`archivectl verify` lists what is damaged and how to repair it",
            subject: error.subject)
    }

    /// Has standard error say it: in a line for a person, or as one JSON object.
    func print() {
        guard Self.isJSON else { return Terminal.note("archivectl: \(Advice.joined(message, advice))") }
        let details = ErrorDetails(
            code: code, message: Self.complete(message), subject: subject,
            advice: advice.isEmpty ? nil : Self.complete(advice))
        Terminal.standardError(JSONLine.text(ErrorLine(details)) + "\n")
    }

    /// Whether the command line asks for JSON, also one that cannot be parsed.
    private static var isJSON: Bool { CommandLine.arguments.dropFirst().prefix { $0 != "--" }.contains("--json") }

    private static func complete(_ text: String) -> String {
        Advice.complete(text.trimmingCharacters(in: .newlines))
    }
}

// MARK: Remotes

extension ErrorReport {
    private init(_ error: RemoteError) {
        let (code, advice): (ErrorCode, String) =
            switch error {
            case .unauthorized:
                (
                    .unauthorized,
                    """
                    The token is in the file that --token-file names in `remote add` or `clone`; `archivectl hub token create`, \
                    run on the hub, makes a new one
                    """
                )
            case .forbidden: (.forbidden, "")
            case .noSuchArchive: (.noSuchArchive, "")
            case .notFound: (.notFound, "")
            case .archiveMismatch: (.archiveMismatch, "")
            case .seenUnknown: (.seenUnknown, "")
            case .unavailable: (.unavailable, "")
            case .untrusted:
                (
                    .untrusted,
                    "If the certificate is the hub's own, name its file with --ca-file in `remote add` or `clone`"
                )
            case .unencrypted: (.unencrypted, "If the hub has no certificate, use a URL that begins with http://")
            case .busy: (.remoteBusy, "")
            case .interrupted: (.interrupted, "Run the same command again to continue")
            case .stalled: (.stalled, "Run the same command again to continue")
            case .rejected: (.rejected, "")
            case .tooLarge: (.tooLarge, "")
            case .full: (.full, "")
            case .malformed: (.malformed, "")
            case .laterFormat: (.laterFormat, Remedy.update.advice)
            }
        self.init(code, error.description, advice: advice)
    }

    private init(_ error: HubError) {
        let another =
            "Choose another name; for another machine's token to this archive, use `archivectl hub token create`"
        self.init(
            ErrorCode(rawValue: error.code.rawValue) ?? .failed, error.message,
            advice: error.remedy?.advice ?? (error.code == .nameTaken ? another : ""))
    }

    private init(_ error: ListenError) {
        let (code, advice): (ErrorCode, String) =
            switch error.code {
            case .plainText:
                (
                    .plainText,
                    "Give a certificate with --tls-cert and --tls-key, listen on 127.0.0.1 behind a proxy with TLS, or use --allow-plain-text where something else protects the network"
                )
            case .certificate:
                (.certificate, "Name the PEM files of the certificate and its key with --tls-cert and --tls-key")
            case .cannotListen: (.cannotListen, "Stop what listens there, or choose another address with --listen")
            }
        self.init(code, error.message, advice: advice)
    }
}
