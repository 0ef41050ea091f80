import Archive
import History

/// Why a remote did not do what it was asked.
public enum RemoteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The token is missing, wrong or withdrawn.
    case unauthorized(String)
    /// The token is good, but not for this: a reader's token, and segments to push. Or the folder is read-only.
    case forbidden(String)
    case noSuchArchive(String)
    /// The remote has the archive, but nothing under the name that was asked for.
    case notFound(String)
    /// The remote holds another archive, whose ID it tells.
    case archiveMismatch(ArchiveID)
    /// The remote no longer knows the state that the request builds on: repeat with the full vector.
    case seenUnknown
    /// No connection: nothing has happened, trying again later is right.
    case unavailable(String)
    /// Somebody answers whose certificate is not trusted. Nothing was sent.
    case untrusted(String)
    /// What answers does not speak TLS as the address says. Nothing was sent.
    case unencrypted(String)
    /// It is there, but in trouble, or wants to be asked less often: try again after so many seconds, if it says how many.
    case busy(String, after: Int?)
    /// The answer broke off. Whether the request took effect is unknown; repeating it does no harm.
    case interrupted(String)
    /// The remote is there, and hardly anything comes from it. Whether the request took effect is unknown; repeating it does no harm.
    case stalled(String)
    /// The remote understood and refuses: trying again changes nothing.
    case rejected(String)
    /// The request is larger than the remote, or something before it, takes: smaller ones may get through.
    case tooLarge(String)
    /// There is no room for what was brought: the quota or the disk is used up.
    case full(String)
    /// The answer breaks the protocol: it is no hub, or a damaged one. Nothing of it was used.
    case malformed(String)
    /// The answer has a part of a format that a later version of this program may be able to read. Nothing of that part was used.
    case laterFormat(String)

    init(_ message: MalformedMessage) {
        self = message.isOfLaterFormat ? .laterFormat(message.description) : .malformed(message.description)
    }

    init(_ answer: HTTPAnswer) {
        let body = try? MessageObject(line: answer.body, of: "error")
        let code = try? body?.optional("error") { $0 }
        let message = (try? body?.optional("message") { $0 }) ?? "HTTP status \(answer.status)"
        switch answer.status {
        case 401: self = .unauthorized(message)
        case 403: self = .forbidden(message)
        case 404: self = code == "not-found" ? .notFound(message) : .noSuchArchive(message)
        case 409:
            guard code == "archive-mismatch", let id = try? body?.optional("archive", { ArchiveID(hex: $0) }) else {
                self = .rejected(message)
                return
            }
            self = .archiveMismatch(id)
        case 412: self = .seenUnknown
        case 413: self = .tooLarge(message)
        case 507: self = .full(message)
        case 408, 429, 500...599:
            let status = "HTTP status \(answer.status)"
            self = .busy(message == status ? status : "\(message) (status \(answer.status))", after: answer.retryAfter)
        case 300..<400:
            self = .rejected(
                "it redirects to \(answer.headers["location"] ?? "another address"); use that address if you trust it")
        case 400..<500: self = .rejected(message)
        default: self = .malformed("HTTP status \(answer.status)")
        }
    }

    public var description: String {
        switch self {
        case .unauthorized(let message): "the hub refuses access: \(message)"
        case .forbidden(let message): "the remote does not allow this: \(message)"
        case .noSuchArchive(let message), .notFound(let message): "the hub does not have it: \(message)"
        case .archiveMismatch(let id): "the remote holds another archive, \(id); nothing was exchanged"
        case .seenUnknown: "the remote no longer knows the state this builds on; repeat with the full vector"
        case .busy(let message, let seconds):
            "the remote is in trouble or busy: \(message)"
                + (seconds.map { "; it asks to wait \($0) s" } ?? "; try again later")
        case .untrusted(let reason), .unencrypted(let reason), .unavailable(let reason):
            "the remote is not available now: \(reason)"
        case .interrupted(let reason): "the remote's answer broke off (\(reason)); what arrived before is kept"
        case .stalled(let reason): "the remote stopped sending (\(reason)); what arrived before is kept"
        case .rejected(let message), .tooLarge(let message), .full(let message): "the remote refuses: \(message)"
        case .malformed(let reason), .laterFormat(let reason): "the remote's answer cannot be used: \(reason)"
        }
    }
}
