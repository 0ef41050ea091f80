import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where and how a server listens.
public struct HTTPListener: Sendable {
    /// The address. Any other than the loopback is refused without TLS, as what is served would travel readable, unless
    /// `allowPlainText` says that something else protects it.
    public var host: String
    /// 0 for any that is free.
    public var port: Int
    public var tls: ServerTLS?
    public var allowPlainText: Bool
    public var limits: HTTPLimits

    public init(
        host: String = "127.0.0.1", port: Int, tls: ServerTLS? = nil, allowPlainText: Bool = false,
        limits: HTTPLimits = HTTPLimits()
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.allowPlainText = allowPlainText
        self.limits = limits
    }

    /// - Throws: `ListenError` if what is served would travel readable over a network.
    package func check() throws(ListenError) {
        guard tls != nil || allowPlainText || isLoopback(host) else {
            throw ListenError(
                .plainText,
                "listening on \(host) without TLS would send tokens and texts readable over the network"
            )
        }
    }

    /// `http://host:port`.
    func url(port: Int) -> String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return "\(tls == nil ? "http" : "https")://\(name):\(port)"
    }

    fileprivate func failure(_ reason: String) -> ListenError {
        ListenError(.cannotListen, "cannot listen on \(host), port \(port): \(reason)")
    }

    fileprivate func server(_ limits: HTTPLimits) -> HTTPServerBuilder {
        let registry = ConnectionRegistry(limits)
        return HTTPServerBuilder { responder in
            let http = HTTP1Channel(
                responder: responder,
                configuration: .init(
                    additionalChannelHandlers: [ConnectionGuard(limits: limits, registry: registry)],
                    idleTimeout: .init(limits.idle),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: limits.headers, maxHeaderListSize: limits.headers, maxHeaderFieldCount: 100)
                ))
            return if let tls { TLSConnection(tls: tls, inner: http) } else { http }
        }
    }
}

/// Serves what a router answers until SIGTERM or SIGINT: then it takes no new connection, lets the requests under way finish
/// within a limit, and returns. Cancelling the surrounding task ends it at once, requests under way included.
///
/// - Parameter onReady: told the address, `http://host:port`, once connections are taken.
/// - Throws: `ListenError` if the address is refused or cannot be listened on.
package func serve(
    _ router: Router<ServedContext>, _ listener: HTTPListener, logger: Logger,
    onReady: @escaping @Sendable (String) async -> Void
) async throws {
    try listener.check()
    var limits = listener.limits
    limits.connections = min(limits.connections, DescriptorLimit.raise())
    var quiet = logger
    // The framework tells of every connection; requests have a log of their own.
    quiet.logLevel = max(logger.logLevel, .warning)
    let application = Application(
        router: router, server: listener.server(limits),
        configuration: .init(
            address: .hostname(listener.host, port: listener.port),
            availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
        onServerRunning: { channel in await onReady(listener.url(port: channel.localAddress?.port ?? listener.port)) },
        logger: quiet)
    var configuration = ServiceGroupConfiguration(
        services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
    configuration.maximumGracefulShutdownDuration = limits.stop
    do {
        try await ServiceGroup(configuration: configuration).run()
    } catch let error as IOError {
        throw listener.failure(String(cString: strerror(error.errnoCode)))
    } catch let error as SocketAddressError.UnknownHost {
        throw listener.failure(error.errorDescription)
    }
}

package func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "::1" { return true }
    // 127.0.0.0/8 (RFC 1122, section 3.2.1.3), in full dotted form only: "127.evil.example" is a name.
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
}
