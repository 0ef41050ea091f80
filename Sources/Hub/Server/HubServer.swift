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

/// Where and how a hub listens.
public struct HubListener: Sendable {
    /// The address. Any other than the loopback is refused without TLS, as tokens and essays would travel readable,
    /// unless `allowPlainText` says that something else protects them.
    public var host: String
    /// 0 for any that is free.
    public var port: Int
    public var tls: HubTLS?
    public var allowPlainText: Bool
    public var limits: HubLimits

    public init(
        host: String = "127.0.0.1", port: Int = 8710, tls: HubTLS? = nil, allowPlainText: Bool = false,
        limits: HubLimits = HubLimits()
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.allowPlainText = allowPlainText
        self.limits = limits
    }

    func check() throws(HubError) {
        guard tls != nil || allowPlainText || isLoopback(host) else {
            throw HubError(
                .plainText,
                "listening on \(host) without TLS would send tokens and essays readable over the network; give a certificate, listen on 127.0.0.1 behind a proxy with TLS, or allow plain text"
            )
        }
    }

    /// `http://host:port`.
    func url(port: Int) -> String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return "\(tls == nil ? "http" : "https")://\(name):\(port)"
    }

    fileprivate func failure(_ reason: String) -> HubError {
        HubError(.cannotListen, "cannot listen on \(host), port \(port): \(reason)", remedy: .listenElsewhere)
    }

    fileprivate func server(_ limits: HubLimits) -> HTTPServerBuilder {
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

/// Serves a store over HTTP until SIGTERM or SIGINT: then it takes no new connection, lets the requests under way finish
/// within a limit, ends the event streams, and returns. Cancelling the surrounding task ends it at once, requests under
/// way included; no stored segment suffers.
///
/// - Parameter onReady: told the address, `http://host:port`, once connections are taken.
/// - Throws: `HubError` if there is no store, it is in use, or the address is refused or cannot be listened on.
public func serve(
    store: HubStore, listener: HubListener, onReady: @escaping @Sendable (String) async -> Void = { _ in },
    logger: Logger
) async throws {
    try listener.check()
    try store.requireFolder()
    try store.requireOwnFolder()
    let lock = try store.lock()
    store.removeLeftovers()
    var limits = listener.limits
    limits.connections = min(limits.connections, DescriptorLimit.raise())
    let archives = HubArchives(store: store, logger: logger)
    let routes = HubRoutes(store: store, archives: archives, limits: limits, logger: logger)
    var quiet = logger
    // The framework tells of every connection; the hub logs requests by itself.
    quiet.logLevel = max(logger.logLevel, .warning)
    let application = Application(
        router: routes.router(), server: listener.server(limits),
        configuration: .init(
            address: .hostname(listener.host, port: listener.port),
            availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
        onServerRunning: { channel in
            let url = listener.url(port: channel.localAddress?.port ?? listener.port)
            logger.notice("serving", metadata: ["url": "\(url)", "store": "\(store.path)"])
            await onReady(url)
        },
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
    logger.notice("stopped")
    withExtendedLifetime(lock) {}
}

func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "::1" { return true }
    // 127.0.0.0/8 (RFC 1122, section 3.2.1.3), in full dotted form only: "127.evil.example" is a name.
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
}
