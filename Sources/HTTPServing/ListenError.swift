/// Why a server cannot listen.
public struct ListenError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// What is served would travel unencrypted over a network.
        case plainText = "plain-text"
        /// A certificate or key that TLS cannot use.
        case certificate
        /// The address cannot be listened on.
        case cannotListen = "cannot-listen"
    }

    public let code: Code
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
