import CCurl

/// A request that brought no whole answer.
public struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// No connection: the name is unknown, the port closed, or nobody answers in time.
        case unreachable
        /// The other side's certificate is not trusted.
        case certificate
        /// The other side does not speak TLS, or no version of it that this one does.
        case tls
        /// There is a connection, and hardly anything moves on it; whether the request took effect is unknown.
        case stalled
        /// The connection ended before the answer did; whether the request took effect is unknown.
        case truncated
        /// What came back, or what was to be sent, is not HTTP.
        case `protocol`
        /// The caller's sink or body stopped the exchange.
        case stopped
    }

    public let kind: Kind
    /// libcurl's own account.
    public let reason: String

    public init(kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// - Parameter hasBegun: whether anything of the request was sent.
    init(code: CURLcode, reason: String, hasBegun: Bool) {
        self.init(kind: code == CURLE_OPERATION_TIMEDOUT && hasBegun ? .stalled : Self.kind(of: code), reason: reason)
    }

    public var description: String {
        switch kind {
        case .unreachable: "no connection: \(reason)"
        case .certificate: "its certificate is not trusted: \(reason)"
        case .tls: "no encrypted connection: what answers there does not speak TLS, or no version that both know"
        case .stalled: "the connection has stalled: \(reason)"
        case .truncated: "the connection broke: \(reason)"
        case .protocol: "no usable answer: \(reason)"
        case .stopped: "the exchange was stopped: \(reason)"
        }
    }

    private static func kind(of code: CURLcode) -> Kind {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT,
            CURLE_INTERFACE_FAILED, CURLE_PROXY:
            .unreachable
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_CLIENTCERT:
            .certificate
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND, CURLE_USE_SSL_FAILED:
            .tls
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_SEND_FAIL_REWIND,
            CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_HTTP3, CURLE_SSL_SHUTDOWN_FAILED:
            .truncated
        case CURLE_WRITE_ERROR, CURLE_READ_ERROR, CURLE_ABORTED_BY_CALLBACK:
            .stopped
        default:
            .protocol
        }
    }
}
